"""How alike lines and skeletons are, and which frames are compared, by numbers worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from annotools.model import Dataset, Frames, Job
from annotools.quality import QualitySettings, drawings, report
from annotools.quality.validation_frames import plan
from tests.quality.tasks import SIZE, Thing, task


def _alike_lines(one: list[float], other: list[float]) -> list[float]:
    """The similarity of two polylines on a picture of 240 x 240, where one deviation is 4.8 px."""
    line = Thing("polyline", 0, 0)
    dataset = task([line], [line])
    values, offsets = np.array([*one, *other]), np.array([0, len(one), len(one) + len(other)])
    dataset = dataset.replace(shapes=dataset.shapes.replace(values=values, offsets=offsets))
    alike: list[float] = report(dataset, QualitySettings(iou_threshold=0.1)).pairing.pairs.similarity.tolist()
    return alike


@pytest.mark.parametrize(
    ("one", "other", "distances"),
    [
        # the start counts once more than the vertices, the end once less
        ([10, 10, 60, 10, 110, 10], [10, 10, 110, 20], [0, 5, 10]),
        ([10, 10, 110, 20], [10, 10, 60, 10, 110, 10], [0, 5, 10]),
        ([10, 10, 110, 10], [10, 14, 110, 14], [4, 4]),
        # short lines beside each other are near enough to be looked at
        ([10, 10, 11, 10], [10, 17.2, 11, 17.2], [7.2, 7.2]),
        ([10, 10, 11, 10], [10, 19.6, 11, 19.6], [9.6, 9.6]),
        # the other way round
        ([10, 10, 110, 10], [110, 14, 10, 14], [4, 4]),
    ],
)
def test_how_alike_polylines_are(one: list[float], other: list[float], distances: list[float]) -> None:
    """The mean over the points at the relative lengths of all vertices."""
    nearness = np.exp(-(np.array(distances) ** 2) / (2 * 4.8**2))
    assert _alike_lines(one, other) == pytest.approx([nearness.mean()], rel=1e-9)


@pytest.mark.parametrize(("gone", "expected"), [((), 1), ((1,), 2 / 3), ((2,), 2 / 3)])
@pytest.mark.parametrize("home", [0, 1])
@pytest.mark.parametrize("column", ["outside", "occluded"])
def test_points_that_one_skeleton_does_not_show_count_as_nothing(
    gone: tuple[int, ...], expected: float, home: int, column: str
) -> None:
    """Three points at the same places on both sides, of which one side shows fewer."""
    body = Thing("skeleton", 0, 0)
    dataset = task([body], [body])
    shapes = dataset.shapes
    elements = np.flatnonzero((shapes.parent >= 0) & (shapes.job == home))
    flags = np.zeros(len(shapes), np.bool_)
    flags[elements[list(gone)]] = True
    dataset = dataset.replace(shapes=shapes.replace(**{column: flags}))
    alike = report(dataset, QualitySettings(iou_threshold=0.1)).pairing.pairs.similarity.tolist()
    assert alike == pytest.approx([expected])


@pytest.mark.parametrize(
    ("deleted", "disabled", "frames"),
    [((), (), [(0, 2), (1, 3)]), ((1,), (), [(0, 2)]), ((3,), (), [(0, 2)]), ((), (3,), [(0, 2)]), ((0, 3), (), [])],
)
def test_a_honeypot_counts_where_it_and_the_frame_it_shows_do(
    deleted: tuple[int, ...], disabled: tuple[int, ...], frames: list[tuple[int, int]]
) -> None:
    """Frames 0 and 1 of a job show the frames 2 and 3 of the ground truth."""
    truth = Job(2, "ground_truth", 2, 3, stage="acceptance", state="completed", included=(2, 3), disabled=disabled)
    jobs = (Job(1, start_frame=0, stop_frame=1, honeypots=((0, 2), (1, 3))), truth)
    names = [f"{number}.png" for number in range(4)]
    all_frames = Frames.of(names, SIZE, SIZE)
    gone = np.isin(np.arange(4), deleted)
    planned = plan(Dataset(frames=replace(all_frames, deleted=gone), jobs=jobs))
    assert list(zip(planned.frame.tolist(), planned.truth_frame.tolist(), strict=True)) == frames
    assert set(planned.job.tolist()) <= {0}


@pytest.mark.parametrize("rotation", [0.0, 30.0])
def test_ellipses_are_drawn_alike_some_at_a_time(rotation: float, monkeypatch: pytest.MonkeyPatch) -> None:
    truth = [Thing("ellipse", 0, cell, rotation=rotation) for cell in range(5)]
    job = [replace(thing, shift=float(n)) for n, thing in enumerate(truth)]
    whole = report(task(job, truth)).pairing.pairs.similarity.tolist()
    assert whole[0] == 1
    assert sorted(whole, reverse=True) == whole  # the further off, the less alike
    monkeypatch.setattr(drawings, "_PORTION", 2)
    assert report(task(job, truth)).pairing.pairs.similarity.tolist() == whole
