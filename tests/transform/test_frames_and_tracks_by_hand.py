"""Frames that a format has room for, lines of the server, and shapes that become tracks."""

from __future__ import annotations

from typing import Any

import pytest

from annotools.errors import UsageError
from annotools.model import Dataset, DatasetBuilder, Frames
from annotools.transform import run
from annotools.transform.server_lines import EMPTY, SAID
from tests.transform.test_steps_by_hand import after, builder, pose


@pytest.mark.parametrize(("width", "height", "stays"), [
    (1, 1, True), (64, 48, True), (0, 48, False), (64, 0, False), (-1, 48, False), (0, 0, False),
])  # fmt: skip
def test_frames_of_known_size(width: int, height: int, stays: bool) -> None:
    build = DatasetBuilder(frames=Frames.of(["a", "b"], [9, width], [9, height]))
    build.add_label("car")
    for frame in (0, 1):
        build.add_tag(frame, "car")
    result, losses = after(build.dataset(), "sized-frames")
    assert (list(result.frames.names), result.tags.frame.tolist()) == ((["a", "b"], [0, 1]) if stays else (["a"], [0]))
    assert losses == ([] if stays else [("lost", "frames", "", [1]), ("lost", "tags", "", [1])])


def _painted() -> Dataset:
    """A mask, a hidden mask, a polygon, a tag and nothing, a frame each."""
    build = builder(5)
    build.add_shape("mask", 0, "car", (0, 4, 1, 1, 2, 2))
    build.add_shape("mask", 1, "car", (0, 4, 1, 1, 2, 2), outside=True)
    build.add_shape("polygon", 2, "car", (1, 1, 5, 1, 5, 5))
    build.add_tag(3, "car")
    return build.dataset()


@pytest.mark.parametrize(("step", "frames"), [
    ("painted-frames", ["0.jpg"]), ("painted-frames=polygon", ["0.jpg", "2.jpg"]),
    ("painted-frames=points", ["0.jpg"]), ("painted-frames=bare", ["0.jpg", "4.jpg"]),
])  # fmt: skip
def test_frames_on_which_something_is_painted(step: str, frames: list[str]) -> None:
    result, _ = after(_painted(), step)
    kept = list(result.frames.names)
    assert [name for name in kept if name != "1.jpg"] == frames
    with pytest.raises(UsageError, match="painted-frames=polygons: no such type, expected polygon"):
        run(_painted(), ("painted-frames=polygons",))


def test_lines_of_the_server_are_of_what_is_seen_from_the_bottom_up() -> None:
    build = builder(3)
    whole, head = pose(build)
    build.add_tag(1, "car")
    for frame, kind, points, columns in (
        (0, "polygon", (1, 1, 5, 1, 5, 5), {"z_order": 2}), (0, "points", (1, 1), {"z_order": 1}),
        (0, "rectangle", (1, 1, 5, 5), {"outside": True}), (1, "rectangle", (1, 1, 5, 5), {}),
        (0, "cuboid", [1, 2] * 8, {}), (5, "rectangle", (1, 1, 5, 5), {}), (0, "mask", (0, 4, 1, 1, 2, 2), {}),
        (3, "rectangle", (1, 1, 5, 5), {}),  # there are three frames
    ):  # fmt: skip
        build.add_shape(kind, frame, "car", points, **columns)
    row = build.add_shape("skeleton", 2, whole)
    build.add_shape("points", 2, head, (1, 2), parent=row)
    result, losses = after(build.dataset(), "server-lines")
    assert result.extras["frames"]["lines"].plain() == [EMPTY + EMPTY + SAID, EMPTY + SAID, EMPTY]
    assert losses == []


def _keys(dataset: Dataset) -> list[tuple[str, Any, list[tuple[int, bool]]]]:
    return [
        (track.label.name, track.parent.row if track.parent else None,
         [(key.frame.number, key.outside) for key in track.shapes])
        for track in dataset.tracks
    ]  # fmt: skip


def test_plain_shapes_become_tracks_that_are_closed_behind_them() -> None:
    build = builder(4)
    whole, head = pose(build)
    build.add_shape("rectangle", 3, "car", (1, 2, 3, 4), attributes={"lit": "last"}, group=4, source="auto")
    row = build.add_shape("skeleton", 2, whole)
    build.add_shape("points", 2, head, (1, 2), parent=row)
    build.add_shape("rectangle", 0, "car", (1, 2, 3, 4), attributes={"lit": "first"}, score=0.5)
    old = build.add_track("car", 1)
    build.add_shape("rectangle", 1, points=(1, 2, 3, 4), track=old)
    result, losses = after(build.dataset(), "shapes-to-tracks")
    assert _keys(result) == [
        ("car", None, [(1, False)]), ("car", None, [(0, False), (1, True)]), ("pose", None, [(2, False), (3, True)]),
        ("car", None, [(3, False)]), ("pose head", 2, [(2, False), (3, True)]),
    ]  # fmt: skip
    assert (result.shapes.parent >= 0).sum() == 0
    (first, closing) = list(result.tracks)[1].shapes
    assert (first.score, closing.score, closing.attributes, closing.points.tolist()) == (
        0.5,
        1,
        {"lit": "first"},
        [1, 2, 3, 4],
    )
    last = list(result.tracks)[3]
    assert (last.group, last.source, [key.attributes for key in last.shapes]) == (4, "auto", [{"lit": "last"}])
    assert losses == [("changed", "shapes", "", [0, 1, 3])]


def test_tracks_of_shapes_are_closed_on_the_next_frame_that_is_shown() -> None:
    build = DatasetBuilder(frames=Frames.of(["a", "b", "c"], 9, 9, deleted=[1]))
    build.add_label("car")
    build.add_shape("points", 0, "car", (1, 2))
    result, _ = after(build.dataset(), "shapes-to-tracks")
    assert _keys(result) == [("car", None, [(0, False), (2, True)])]
