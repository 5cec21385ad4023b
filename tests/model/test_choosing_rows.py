"""Rows are chosen, and columns replaced, as somebody means it, or the call says what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from annotools.model import Dataset, Frames, Job, Label, Labels, Shapes, Tags, Task
from tests.datasets import FULL, FULL_JOBS

SIZE = len(FULL.shapes)
CALLS: list[tuple[Callable[[], Any], type[Exception], str]] = [
    (lambda: FULL.select(shape=[0]), TypeError, "has no 'shape', did you mean shapes"),
    (lambda: FULL.select(labels=[0]), TypeError, "has no 'labels', "),
    (lambda: FULL.select(shapes=[True]), ValueError, f"shapes: a mask of 1, expected one of {SIZE}, one a row"),
    (lambda: FULL.select(shapes=True), ValueError, "shapes: a choice of 0 dimensions, expected a mask or row numbers"),
    (lambda: FULL.select(shapes=3), ValueError, "shapes: a choice of 0 dimensions"),
    (lambda: FULL.select(shapes=[[0]]), ValueError, "shapes: a choice of 2 dimensions"),
    (lambda: FULL.select(shapes=[0.5]), TypeError, "shapes: a choice of float64, expected a boolean mask"),
    (lambda: FULL.select(tags=["0"]), TypeError, "tags: a choice of <U1, expected"),
    (lambda: FULL.select(shapes=[SIZE]), IndexError, f"shapes: there is no row {SIZE}, expected one of {SIZE}"),
    (lambda: FULL.select(tracks=[-99]), IndexError, "tracks: there is no row -99"),
    (lambda: FULL_JOBS.in_job(FULL_JOBS.jobs[1].id), IndexError, rf"\(the job of id {FULL_JOBS.jobs[1].id} is row 1\)"),
    (lambda: FULL_JOBS.in_job(-2), IndexError, "no job has row -2, expected -1 to "),
    (lambda: Dataset().in_job(0), IndexError, "no job has row 0, expected -1 to -1"),
    (lambda: FULL.on_frames([0, 99]), IndexError, "there is no frame 99, expected one of 0 to "),
    (lambda: FULL.on_frames(-1), IndexError, "there is no frame -1"),
    (lambda: FULL.on_frames([0.5]), TypeError, r"frames are \[0.5\], expected numbers of frames"),
    (lambda: FULL.on_frames("0"), TypeError, "frames are '0', expected numbers"),
    (lambda: FULL.shapes.replace(group=[1]), ValueError, f"column group has 1 rows, expected {SIZE}"),
    (lambda: FULL.shapes.replace(group=1), ValueError, "column group has 0 dimensions, expected one value a row"),
    (lambda: FULL.shapes.replace(groop=[1]), TypeError, "a table of shapes has no 'groop', did you mean group"),
    (lambda: Tags.of(frame=[1, 2], label=[1]), ValueError, "column label has 1 rows, expected 2"),
    (lambda: Tags.of(frame=1), ValueError, "column frame has 0 dimensions"),
    (lambda: Tags.of(frame=[[1]]), ValueError, "column frame has 2 dimensions"),
    (lambda: Tags.of(frame=[1.5]), ValueError, "column frame has fractions or too large numbers, expected int64"),
    (lambda: Tags.of(frame=[1 << 63]), ValueError, "column frame"),
    (lambda: FULL.shapes.replace(occluded=[2] * SIZE), ValueError, "column occluded has fractions or too large"),
    (lambda: Tags.of(frame=["1"]), TypeError, "column frame has texts, expected numbers"),
    (lambda: Tags.of(frame=["a"]), ValueError, "column frame: invalid literal"),
    (lambda: Tags.of(frame=[None]), TypeError, "column frame: "),
    (lambda: Tags.of(source=[300]), ValueError, "column source has fractions or too large numbers, expected int8"),
    (lambda: Tags.of(frames=[1]), TypeError, "a table of tags has no 'frames', did you mean frame"),
    (lambda: Shapes.of(type=[0], values=[1, 2], offsets=[0, 3]), ValueError, "offsets must be 2 numbers from 0 to 2"),
    (lambda: Frames.of(["a", "b"], width=[1, 2, 3]), ValueError, "width has 3 values, expected 1 or 2, one a name"),
    (lambda: Frames.of(["a", "b"], subsets=["x"]), ValueError, "subsets has 1 values, expected 2, one a name"),
    (lambda: Frames.of(["a", "b"], related=[1]), ValueError, "related has 1 values, expected 2"),
    (lambda: Frames.of(["a"], subset="x"), TypeError, "has no 'subset', did you mean subsets"),  # type: ignore[call-arg]
    (lambda: Frames(("a",), width=np.zeros(2)), ValueError, "width has 2 values, expected 1, one a name"),
    (lambda: Dataset(shape=FULL.shapes), TypeError, "a dataset has no 'shape', did you mean shapes"),
    (lambda: FULL.replace(tag=FULL.tags), TypeError, "a dataset has no 'tag', did you mean tags"),
    (lambda: Dataset(shapes=FULL.tags), TypeError, "shapes are a Tags, expected Shapes"),
    (lambda: Dataset(frames=["a.jpg"]), TypeError, "frames is a list, expected Frames"),
    (lambda: Dataset(task="t"), TypeError, "task is a str, expected Task"),
    (lambda: Dataset(labels=["car"]), TypeError, "a label is a str, expected Label"),
    (lambda: Dataset(jobs=[7]), TypeError, "a job is a int, expected Job"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "error", "text"), CALLS, ids=range(len(CALLS)))
def test_a_wrong_choice_is_told(call: Callable[[], Any], error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        call()


def test_choices_of_all_kinds_mean_the_same() -> None:
    mask = np.zeros(SIZE, np.bool_)
    mask[[0, SIZE - 1]] = True
    alike: list[Any] = [mask, mask.tolist(), [0, SIZE - 1], (0, -1), np.array([0, SIZE - 1], np.uint8)]
    assert all(FULL.select(shapes=choice) == FULL.select(shapes=mask) for choice in alike)
    assert len(FULL.select(shapes=[]).shapes) == 0


def test_frames_that_only_an_annotation_has_can_be_chosen() -> None:
    stray = Dataset(frames=Frames.of(["a"]), labels=[Label(1, "car")], tags=Tags.of(frame=[0, 9], label=[1, 1]))
    assert stray.on_frames([9]).tags.frame.tolist() == [9]
    unknown = stray.replace(frames=None)
    assert unknown.on_frames([9, 3]).tags.frame.tolist() == [9]
    assert FULL.on_frames([]).tags.frame.tolist() == []
    assert set(FULL.on_frames(1).tags.frame.tolist()) <= {1}


def test_what_frames_do_not_say_is_empty() -> None:
    assert Dataset(frames=Frames(("a", "b"))) == Dataset(frames=Frames.of(["a", "b"]))


def test_whole_numbers_may_be_written_as_others() -> None:
    assert Tags.of(frame=[1.0, 2.0], label=(1, 2)).frame.dtype == np.int64
    assert Dataset(task=Task(), labels=Labels(), jobs=(Job(),)).in_job(0).jobs == (Job(),)
