"""What is wrong with very many rows is told of each, and no problem is made of it until somebody looks."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import annotools as at
from annotools import errors
from annotools.errors import InputError, Problem
from annotools.model import DatasetBuilder
from annotools.row_problems import LINES, RowProblems, below_each, in_lines
from annotools.sequences import Chain

COUNT = 3000
HEAD: dict[str, Any] = {
    "images": [{"id": 1, "file_name": "a.jpg", "width": 90, "height": 90}], "categories": [{"id": 1, "name": "car"}],
}  # fmt: skip
BOX = {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 4, 4], "segmentation": []}


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts the problems that are made, by message."""
    counts: Counter[str] = Counter()
    plain = Problem.__init__

    def counted(self: Problem, message: str, *rest: Any, **more: Any) -> None:
        counts[message] += 1
        plain(self, message, *rest, **more)

    monkeypatch.setattr(errors.Problem, "__init__", counted)
    return counts


def written(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def coco(row: object, count: int) -> dict[str, str]:
    return {"a.json": json.dumps(HEAD | {"annotations": [BOX, *[row] * count]})}


def voc(row: str, count: int) -> dict[str, str]:
    text = f"<annotation><filename>a.jpg</filename>{row * count}</annotation>"
    return {"Annotations/a.xml": text}


def images(row: str, count: int) -> dict[str, str]:
    body = f"<image id='0' name='a.jpg' width='9' height='9'>\n{row * count}</image>"
    return {"annotations.xml": f"<annotations><version>1.1</version>\n{body}</annotations>"}


def yolo(row: str, count: int) -> dict[str, str]:
    return {
        "data.yaml": "names: [car]\ntrain: train.txt\n", "train.txt": "images/train/a.jpg\n",
        "labels/train/a.txt": "0 .5 .5 .1 .1\n" + row * count,
    }  # fmt: skip


def datumaro(row: object, count: int) -> dict[str, str]:
    items = [{"id": "a", "annotations": []}, *[row] * count]
    labels = {"label": {"labels": [{"name": "car"}]}}
    return {"annotations/default.json": json.dumps({"info": {}, "categories": labels, "items": items})}


CASES = [
    ("coco", coco, {}), ("coco", coco, 1), ("coco", coco, None), ("coco", coco, {"image_id": 1, "category_id": 7}),
    ("coco", coco, {"image_id": 1, "category_id": 1, "bbox": ["x"]}), ("voc", voc, "<object/>"),
    ("cvat-images", images, "<box/>\n"), ("cvat-images", images, "<polygon label='car' points='x'/>\n"),
    ("yolo-ultralytics-detection", yolo, "x\n"), ("yolo-ultralytics-detection", yolo, "0 x .5 .1 .1\n"),
    ("datumaro", datumaro, {}), ("datumaro", datumaro, 1),
]  # fmt: skip
NAMES = [f"{slug}-{row!s:.20}" for slug, _, row in CASES]


def problems_of(folder: Path, slug: str, files: dict[str, str]) -> Any:
    task = DatasetBuilder()
    task.add_label("car")
    task.add_frame("a.jpg", 90, 90)
    with pytest.raises(InputError) as caught:
        at.read(written(folder, files), slug, context=task.dataset() if slug.startswith("yolo") else None)
    return caught.value.problems


@pytest.mark.parametrize(("slug", "text", "row"), CASES, ids=NAMES)
def test_each_row_has_the_problems_of_one(tmp_path: Path, slug: str, text: Any, row: Any) -> None:
    alone = problems_of(tmp_path / "one", slug, text(row, 1))
    many = problems_of(tmp_path / "many", slug, text(row, COUNT))
    assert len(many) == COUNT * len(alone)
    assert Counter((one.message, one.expected, one.kind) for one in many) == {
        (one.message, one.expected, one.kind): COUNT for one in alone
    }
    places = {(one.line, one.pointer, one.message) for one in many}
    assert len(places) == (1 if slug == "voc" else COUNT) * len(alone)  # all of VOC are on one line here


@pytest.mark.parametrize(("slug", "text", "row"), CASES, ids=NAMES)
def test_no_problem_is_made_that_nobody_looks_at(
    tmp_path: Path, made: Counter[str], slug: str, text: Any, row: Any
) -> None:  # fmt: skip
    report = at.validate(written(tmp_path, text(row, COUNT)), slug=slug)
    assert report.errors >= COUNT
    assert sum(made.values()) < COUNT / 10


def test_what_is_said_twice_is_a_finding_once(tmp_path: Path) -> None:
    """The importer refuses what the reader refuses too: only what it alone refuses is a finding of its own."""
    report = at.validate(written(tmp_path, coco({"id": 1}, COUNT)), slug="coco")
    pointers = [one.where.pointer for one in report.findings() if one.rule == "FMT009"]
    known = {one.where.pointer for one in report.findings() if one.rule == "SCH022"}
    assert len(pointers) == 3 * COUNT
    assert not known & set(pointers)


def test_many_keys_that_nobody_knows_are_lost_and_told(tmp_path: Path) -> None:
    rows = [BOX | {f"key{number}": number} for number in range(150)]
    path = written(tmp_path, {"a.json": json.dumps(HEAD | {"annotations": rows})})
    read = at.read(path, "coco")
    assert sum(name.startswith("key") for name in read.dataset.shapes.extras) == 100
    assert [(loss.what, loss.count) for loss in read.losses if "100" in loss.why] == [("value of a key", 50)]


def test_problems_of_lines_come_in_their_order() -> None:
    problems = errors.Problems("a.txt")
    problems.add("late", line=90)
    wrong = RowProblems(LINES)
    wrong.add_all(range(100, 50, -2), "odd", "a.txt", "even")
    problems.extend(wrong.all())
    problems.add("nowhere")
    ordered = in_lines(problems)
    assert isinstance(ordered, Chain)
    assert [one.line for one in ordered] == [None, *range(52, 90, 2), 90, 90, *range(92, 102, 2)]
    assert str(ordered[1]) == "a.txt:52: odd, expected even"


def test_rows_are_known_by_what_is_said() -> None:
    wrong = RowProblems(below_each("/rows"))
    wrong.add_each([5, 3, 9], [("a", "f"), ("b", "f", "c", "/x", "k")], [1, 0, 1])
    wrong.add(7, "a", "f")
    assert wrong.all() == (
        Problem("b", "f", None, "/rows/5/x", None, "c", "k"), Problem("a", "f", None, "/rows/3"),
        Problem("b", "f", None, "/rows/9/x", None, "c", "k"), Problem("a", "f", None, "/rows/7"),
    )  # fmt: skip
