"""Steps of formats with a file for each picture."""

from __future__ import annotations

import pytest

from annotools.model import Dataset, DatasetBuilder, Frames, Job, Task
from annotools.transform import run


def framed(names: str, subsets: str = "", **task: object) -> Dataset:
    build = DatasetBuilder(Task(**task))  # type: ignore[arg-type]
    label = build.add_label("car")
    for name, subset in zip(names.split(), (subsets or "- " * 9).split(), strict=False):
        number = build.add_frame(name, 9, 9, subset=subset.strip("-"))
        build.add_shape("rectangle", number, label, [number] * 4)
        build.add_tag(number, label)
    return build.dataset()


def with_losses(dataset: Dataset, step: str) -> tuple[Dataset, list[tuple[str, str, list[int], str]]]:
    result, losses = run(dataset, [step])
    return result, [(loss.kind, loss.table, loss.rows.tolist(), loss.column) for loss in losses]


def test_frames_of_a_subset_come_together() -> None:
    result, losses = with_losses(framed("a b c d", "x y x z"), "frames-by-subset")
    assert (result.frames.names, result.frames.subsets) == (("a", "c", "b", "d"), ("x", "x", "y", "z"))
    assert result.shapes.frame.tolist() == [0, 2, 1, 3]
    assert result.tags.frame.tolist() == [0, 2, 1, 3]
    assert losses == []


def test_lists_of_subsets_have_an_order_of_their_own() -> None:
    result, losses = with_losses(framed("a b c d", "x - default Train"), "frames-by-subset=default")
    assert (result.frames.names, result.frames.subsets) == (("d", "b", "c", "a"), ("Train", "", "", "x"))
    assert result.shapes.frame.tolist() == [3, 1, 2, 0]
    assert losses == [("changed", "frames", [2], "subsets")]


def test_a_subset_that_is_called_as_that_of_none_is_none() -> None:
    dataset, losses = with_losses(framed("a b c d", "x - default Default"), "unnamed-subset=default")
    assert (dataset.frames.names, dataset.frames.subsets) == (("a", "b", "c", "d"), ("x", "", "", "Default"))
    assert losses == [("changed", "frames", [2], "subsets")]


@pytest.mark.parametrize(("task", "name"), [("", "train"), ("Mine", "Mine")])
def test_every_frame_is_in_a_subset(task: str, name: str) -> None:
    result, losses = with_losses(framed("a b", "x -", subset=task), "subsets-named=train")
    assert result.frames.subsets == ("x", name)
    assert losses == [("changed", "frames", [1], "subsets")]


def test_stems_differ_within_a_subset() -> None:
    result, losses = with_losses(framed("a.jpg a.png a_1.png a.b.jpg a.jpg", "x x x x y"), "unique-stems")
    assert result.frames.names == ("a.jpg", "a_2.png", "a_1.png", "a.b.jpg", "a.jpg")
    assert losses == [("changed", "frames", [1], "name")]


def test_pictures_of_a_video_are_called_as_the_servers() -> None:
    result, losses = with_losses(framed("frame_000001 b.jpg", mode="interpolation"), "server-file-names")
    assert result.frames.names == ("frame_000001.PNG", "b.jpg")
    assert losses == [("changed", "frames", [0], "name")]
    assert with_losses(framed("a"), "server-file-names")[1] == []


def test_only_what_is_shown_stays() -> None:
    dataset = framed("a b c d")
    frames = Frames.of(dataset.frames.names, 9, 9, deleted=[1])
    shapes = dataset.shapes.replace(frame=[0, 1, 2, 9])
    dataset = dataset.replace(frames=frames, shapes=shapes, jobs=(Job(start_frame=1, stop_frame=3),))
    result, losses = with_losses(dataset, "only-shown-frames")
    assert result.frames.names == ("c", "d")
    assert result.shapes.frame.tolist() == [0]
    assert result.tags.frame.tolist() == [0, 1]
    assert ("lost", "shapes", [3], "") in losses
