"""Rows that are made have no id: the server knows none of them, and two rows of one id would be one."""

from __future__ import annotations

from annotools.model import Dataset, DatasetBuilder, Job
from annotools.tracks import cut, interpolate, split_into_jobs, to_keyframes
from annotools.transform.track_gaps import close_tracks
from tests.tracks.documents import plain_frames


def _task(*frames: int) -> Dataset:
    """A box that moves, with the id 100 + frame at each of some frames."""
    build = DatasetBuilder(frames=plain_frames(8))
    build.add_label("car", id=1)
    track = build.add_track(1, frames[0], id=7)
    for frame in frames:
        build.add_shape("rectangle", frame, points=[frame, 0, frame + 9, 9], track=track, id=100 + frame)
    return build.dataset()


def _ids(dataset: Dataset) -> dict[int, int]:
    assert dataset.tracks.id.tolist() == [7]
    return dict(zip(dataset.shapes.frame.tolist(), dataset.shapes.id.tolist(), strict=True))


def test_rows_between_keyframes() -> None:
    ids = _ids(interpolate(_task(0, 3))[0])
    assert ids == {0: 100, 1: -1, 2: -1, 3: 103, 4: -1, 5: -1, 6: -1, 7: -1}


def test_keyframes_at_the_border_of_a_cut() -> None:
    assert _ids(cut(_task(0, 4, 7), 2, 5)[0]) == {2: -1, 4: 104, 5: -1}


def test_outside_keyframes_behind_gaps() -> None:
    expected = {0: 100, 1: 101, 2: -1, 4: 104, 5: -1}
    assert _ids(to_keyframes(_task(0, 1, 4))[0]) == expected
    assert _ids(close_tracks(_task(0, 1, 4))[0]) == expected


def test_an_id_stays_with_the_first_job_however_many_follow() -> None:
    """A track that is seen in the first and the third of three jobs, and in the second not."""
    build = DatasetBuilder(frames=plain_frames(9))
    build.add_label("car", id=1)
    track = build.add_track(1, 0, id=7)
    for frame, outside in ((0, False), (2, True), (7, False)):
        build.add_shape(
            "rectangle", frame, points=[frame, 0, 9, 9], track=track, outside=outside, id=100 + frame
        )  # fmt: skip
    jobs = tuple(Job(start_frame=start, stop_frame=start + 2) for start in (0, 3, 6))
    result, _ = split_into_jobs(build.dataset().replace(jobs=jobs))
    assert (result.tracks.job.tolist(), result.tracks.id.tolist()) == ([0, 2], [7, -1])
    known = result.shapes.id[result.shapes.id >= 0].tolist()
    assert sorted(known) == [100, 102, 107]
