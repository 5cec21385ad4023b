"""Masks as pictures can hold them: cut at the border, with runs that fill their boxes."""

from __future__ import annotations

from annotools.model import Dataset, DatasetBuilder
from annotools.transform import run


def _masks(*points: tuple[float, ...], size: tuple[int, int] = (6, 5)) -> Dataset:
    build = DatasetBuilder()
    label = build.add_label("car")
    build.add_frame("a.png", *size)
    for row in points:
        build.add_shape("mask", 0, label, row)
    return build.dataset()


def _clipped(*points: tuple[float, ...]) -> tuple[list[list[float]], list[tuple[str, str, list[int]]]]:
    result, losses = run(_masks(*points), ("clip-masks",))
    rows = [result.shapes.points(row).tolist() for row in range(len(result.shapes))]
    return rows, [(loss.kind, loss.what, loss.rows.tolist()) for loss in losses]


def test_runs_that_do_not_fill_the_box_are_background_and_said() -> None:
    rows, losses = _clipped((1, 2, 1, 1, 2, 2), (0, 4, 1, 1, 2, 2), (1, 2, 0, 1, 1, 3, 3))
    assert rows == [[1, 2, 1, 1, 1, 2, 2], [0, 4, 1, 1, 2, 2], [1, 2, 6, 1, 1, 3, 3]]
    assert losses == [("changed", "runs of mask", [0, 2])]


def test_what_leaves_the_frame_is_cut_and_what_is_outside_goes() -> None:
    rows, losses = _clipped((0, 4, -1, 0, 0, 1), (0, 4, 5, 4, 6, 5), (0, 1, 9, 9, 9, 9))
    assert rows == [[0, 2, 0, 0, 0, 1], [0, 1, 5, 4, 5, 4]]
    assert losses == [("changed", "mask", [0, 1]), ("lost", "mask", [2])]


def test_runs_that_are_none_stay_for_others_to_judge() -> None:
    rows, losses = _clipped((0, 9, 1, 1, 2, 2), (0, -1, 5, 1, 1, 2, 2))
    assert rows == [[0, 9, 1, 1, 2, 2], [0, -1, 5, 1, 1, 2, 2]]
    assert losses == []
