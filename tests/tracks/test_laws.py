"""What holds for all tracks."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from annotools.model import Dataset, DatasetBuilder, Job, Task
from annotools.tracks import cut, interpolate, merge_jobs, split_into_jobs, to_keyframes
from annotools.transform import tracks_to_shapes
from tests.tracks.documents import plain_frames, texts_of

FRAMES = 14
LAWS = settings(max_examples=30, deadline=None)
Rows = Counter[tuple[Any, ...]]
_KINDS = {"rectangle": 4, "ellipse": 4, "polygon": 8, "polyline": 6, "points": 2, "cuboid": 16, "mask": 9}


@st.composite
def _tracks(draw: st.DrawFn, kinds: tuple[str, ...] = ("rectangle",), *, deleted: bool = False) -> Dataset:
    gone = draw(st.sets(st.integers(0, FRAMES - 1), max_size=4)) if deleted else set()
    build = DatasetBuilder(frames=plain_frames(FRAMES, gone))
    labels = [build.add_label(name) for name in ("car", "bus")]
    for _ in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(kinds))
        frames = sorted(draw(st.sets(st.integers(0, FRAMES - 1), min_size=1, max_size=5)))
        track = build.add_track(draw(st.sampled_from(labels)), frames[0], attributes={7: draw(st.sampled_from("ab"))})
        for frame in frames:
            _add_keyframe(draw, build, kind, frame, track)
    return build.dataset()


def _add_keyframe(draw: st.DrawFn, build: DatasetBuilder, kind: str, frame: int, track: int) -> None:
    x, y, step = (draw(st.integers(0, 40)) for _ in range(3))
    points = [x + (i + 1) * (step + 1) if i % 2 == 0 else y + (i * i) % 7 + i for i in range(_KINDS[kind])]
    if kind == "mask":
        points = [0, 4, 2, 3, 0, x, y, x + 2, y + 2]
    attributes = draw(st.dictionaries(st.sampled_from([8, 9]), st.sampled_from("xyz")))
    rotation = draw(st.sampled_from([0, 10, 100, 350])) if kind == "rectangle" else 0
    build.add_shape(
        kind, frame, points=points, track=track, attributes=attributes, rotation=rotation,
        outside=draw(st.booleans()) and draw(st.booleans()), occluded=draw(st.booleans()),
    )  # fmt: skip


def _shown(dataset: Dataset) -> Rows:
    """What is to be seen on every frame, in any order, coordinates to 6 decimals."""
    flat, _ = tracks_to_shapes(dataset)
    shapes, texts = flat.shapes, texts_of(flat)
    rows = [
        (
            int(shapes.frame[row]), int(shapes.label[row]), tuple(np.round(shapes.points(row), 6).tolist()),
            round(float(shapes.rotation[row]), 6) % 360, bool(shapes.occluded[row]),
            tuple(sorted(texts.get((1, row), {}).items())),
        )
        for row in range(len(shapes))
    ]  # fmt: skip
    return Counter(rows)


@LAWS
@given(_tracks(tuple(_KINDS)))
def test_keyframes_stay_as_they_are(dataset: Dataset) -> None:
    result, _ = interpolate(dataset)
    kept = result.shapes.take(result.shapes.keyframe)
    shapes = dataset.shapes
    order = np.lexsort((shapes.frame, shapes.track))
    given_ = shapes.take(order)
    for name in shapes.COLUMNS:
        assert np.array_equal(getattr(kept, name), getattr(given_, name)), name
    assert np.array_equal(kept.values, given_.values)
    assert np.array_equal(kept.offsets, given_.offsets)


@LAWS
@given(_tracks(tuple(_KINDS), deleted=True))
def test_interpolation_has_nothing_to_add_to_itself(dataset: Dataset) -> None:
    once, _ = interpolate(dataset)
    twice, losses = interpolate(once)
    assert twice == once
    assert not losses


@LAWS
@given(_tracks(tuple(_KINDS), deleted=True))
def test_every_row_stands_once_on_a_frame_that_is_there(dataset: Dataset) -> None:
    shapes = interpolate(dataset)[0].shapes
    assert not dataset.frames.deleted[shapes.frame].any()
    keys = shapes.track.astype(np.int64) * FRAMES + shapes.frame
    assert (np.diff(keys) > 0).all()


@LAWS
@given(_tracks(("rectangle", "points", "cuboid"), deleted=True))
def test_keyframes_of_frames_show_the_same(dataset: Dataset) -> None:
    frames, _ = interpolate(dataset)
    keyframes, _ = to_keyframes(frames)
    assert keyframes.shapes.keyframe.all()
    assert _shown(keyframes) == _shown(dataset)


@LAWS
@given(_tracks(), st.integers(2, 9), st.integers(0, 4))
def test_what_is_cut_and_put_together_shows_the_same(dataset: Dataset, size: int, overlap: int) -> None:
    places = Counter(row[:3] for row in _shown(dataset).elements())
    assume(max(places.values(), default=1) == 1)  # two in one place are one object to whoever merges jobs
    overlap = min(overlap, size // 2)
    starts = range(0, FRAMES - overlap, size - overlap)
    jobs = [Job(start, "annotation", start, min(start + size, FRAMES) - 1) for start in starts]
    task = dataset.replace(jobs=jobs, task=Task(segment_size=size, overlap=overlap))
    parts, losses = split_into_jobs(task)
    assert {loss.why for loss in losses} <= {"it is to be seen in no job"}
    assert (parts.shapes.job >= 0).all()
    whole, _ = merge_jobs(parts)
    assert (whole.shapes.job == -1).all()
    assert _shown(whole.replace(jobs=())) == _shown(dataset)


@LAWS
@given(_tracks(), st.integers(0, FRAMES - 1), st.integers(0, FRAMES - 1))
def test_a_cut_shows_what_was_there(dataset: Dataset, one: int, other: int) -> None:
    first, last = min(one, other), max(one, other)
    part, _ = cut(dataset, first, last)
    expected = Counter({row: count for row, count in _shown(dataset).items() if first <= row[0] <= last})
    inside = part.replace(jobs=(Job(start_frame=first, stop_frame=last),))
    assert _shown(inside) == expected
