"""One conversion in parts: the same bytes whoever makes them, and nothing different when a worker is lost."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import annotools as at
from annotools.errors import AnnotoolsError, UsageError
from annotools.formats.base import Members
from annotools.scale import Crew, Late, at_work, made_ahead, mapped
from tests.scale import work

PAINTING = (
    "segmentation-mask", "camvid", "cityscapes", "kitti", "voc", "labelme", "open-images",
)  # fmt: skip
STEP = "polygons-to-masks"


class Counting(Executor):
    """Counts what it is given."""

    def __init__(self) -> None:
        self.count = 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.count += 1
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """150 frames of masks that overlap, of many sizes, some without any."""
    build = at.DatasetBuilder()
    for name in ("car", "person"):
        build.add_label(name)
    random = np.random.default_rng(7)
    for number in range(150):
        width, height = int(random.integers(30, 90)), int(random.integers(30, 90))
        build.add_frame(f"{number:03}.jpg", width, height, subset="train" if number % 3 else "val")
        for _ in range(number % 5):
            x, y = random.integers(0, 15, 2).tolist()
            points = [x, y, x + 12.5, y, x + 12, y + 14, x, y + 9.5]
            build.add_shape("polygon", frame=number, label="car" if x % 2 else "person", points=points, z_order=x)
    where = tmp_path_factory.mktemp("crowded") / "crowded.zip"
    at.write(build.dataset(), where, "cvat-images")
    return where


@pytest.mark.parametrize("compat", [False, True])
@pytest.mark.parametrize("slug", PAINTING)
def test_painted_formats_are_the_same_bytes_in_parts(tmp_path: Path, crowded: Path, slug: str, compat: bool) -> None:
    executor = Counting()
    alone = at.convert(crowded, tmp_path / "alone.zip", slug, compat=compat, transforms=STEP)
    done = at.convert(crowded, tmp_path / "parts.zip", slug, compat=compat, transforms=STEP, executor=executor)
    assert executor.count >= 2
    assert (tmp_path / "parts.zip").read_bytes() == (tmp_path / "alone.zip").read_bytes()
    assert done.losses.as_list() == alone.losses.as_list()


def test_processes_make_the_same_bytes(tmp_path: Path, crowded: Path) -> None:
    for workers in (1, 2, 3):
        at.convert(crowded, tmp_path / f"{workers}.zip", "voc", workers=workers)
    assert (tmp_path / "1.zip").read_bytes() == (tmp_path / "2.zip").read_bytes()
    assert (tmp_path / "1.zip").read_bytes() == (tmp_path / "3.zip").read_bytes()


def test_what_has_no_parts_asks_nobody(tmp_path: Path, crowded: Path) -> None:
    executor = Counting()
    at.convert(crowded, tmp_path / "parts.zip", "coco", executor=executor)
    assert executor.count == 0


def test_results_come_in_the_order_of_the_parts_and_few_wait() -> None:
    begun: list[int] = []

    def parts() -> Iterator[tuple[int]]:
        for number in range(200):
            begun.append(number)
            yield (number,)

    with ThreadPoolExecutor(2) as executor, at_work(Crew(executor=executor)):
        results = mapped(work.squared, parts())
        assert next(results) == 0
        assert len(begun) < 100
        assert list(results) == [number * number for number in range(1, 200)]


def test_parts_whose_process_was_killed_are_made_here(tmp_path: Path) -> None:
    with at_work(Crew(2)):
        parts = ((str(tmp_path / "marker"), number) for number in range(9))
        assert list(mapped(work.killed_once, parts)) == list(range(9))


def test_an_error_of_a_part_is_one_of_the_whole() -> None:
    with at_work(Crew(2)), pytest.raises(UsageError, match="1 is odd, expected an even one"):
        list(mapped(work.refused, ((number,) for number in range(9))))
    with at_work(Crew(2)), pytest.raises(AnnotoolsError, match="internal error: ZeroDivisionError: of ours"):
        list(mapped(work.broken, [("fault",), ("fault",)]))


def members(log: list[str]) -> Members:
    """Members of all kinds; a stream can be read only until the next is asked for."""
    for number in range(60):
        yield f"{number}.txt", [b"a", b"b"]
        if number > 3:
            yield f"{number}.png", Late(work.named, (number,))
        if number % 25 == 24:
            stream = iter([b"x", b"y"])
            yield f"{number}.jpg", stream
            log.append(f"{number}: {len(list(stream))} left")


def test_members_keep_their_order_and_streams_are_read_in_time() -> None:
    bytes_of = [(name, b"".join(pieces)) for name, pieces in members([])]
    log: list[str] = []
    with at_work(Crew(executor=Counting())):
        assert [(name, b"".join(pieces)) for name, pieces in made_ahead(members(log))] == bytes_of
    assert log == ["24: 0 left", "49: 0 left"]


@pytest.mark.parametrize("slug", ["segmentation-mask", "camvid"])
def test_masks_are_read_the_same_in_parts_damaged_pictures_too(tmp_path: Path, crowded: Path, slug: str) -> None:
    at.convert(crowded, tmp_path / "out", slug)
    pictures = sorted((tmp_path / "out").rglob("*.png"))
    pictures[3].write_bytes(pictures[3].read_bytes()[:60])
    pictures[5].write_bytes(b"")
    shutil.copy(pictures[0], pictures[-1])
    pictures[20].unlink()
    alone = at.read(tmp_path / "out", slug, on_error="skip")
    executor = Counting()
    with at_work(Crew(executor=executor)):
        parts = at.read(tmp_path / "out", slug, on_error="skip")
    assert executor.count >= len({path.stem for path in pictures}) - 2
    assert parts.dataset == alone.dataset
    assert parts.problems == alone.problems
    assert parts.losses.as_list() == alone.losses.as_list()
    assert len(parts.problems) >= 2
