"""Datasets in which any column of any table may say something, drawn at random: what the law of losses is asked with.

Coordinates are drawn finely, so that no two rows are the same by chance and rounding shows.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from annotools.model import AttributeSpec, Dataset, DatasetBuilder, Frames, Job, Labels, ShapeType, Task
from annotools.model.extras import Extra
from tests.datasets import PARTS, SVG, label_of

FRAMES = 5
MEASURE = st.integers(1, 399_999).map(lambda n: n / 1000 + 1 / 3)
FLAG = st.booleans()
WORD = st.sampled_from(["", "true", "7", "rød & <b>", 'a "b", c'])
SOURCE = st.sampled_from(["manual", "auto", "semi-auto", "file", "consensus"])
NAMES = ("a b/1.jpg", "a b/2.png", "ü.c.jpg", "2.jpg", "x/2.jpg")
PLAIN = {"rectangle": 4, "polygon": 8, "polyline": 6, "points": 4, "ellipse": 4, "cuboid": 16}
EXTRAS = ("iscrowd", "annotation_id", "note")


@st.composite
def tasks(draw: st.DrawFn) -> Task:
    """Every field may have another value than its default."""
    step = draw(st.integers(1, 3))
    start = draw(st.sampled_from([0, 10]))
    video = draw(FLAG)
    text = st.sampled_from(["", "x & y"])
    return Task(
        id=draw(st.sampled_from([-1, 17])),
        name=draw(text),
        mode="interpolation" if video else "annotation",
        dimension=draw(st.sampled_from(["2d", "2d", "3d"])),
        media_type="video" if video else "image",
        subset=draw(st.sampled_from(["", "Train"])),
        start_frame=start,
        stop_frame=draw(st.sampled_from([None, start + step * (FRAMES - 1), start + step * (FRAMES - 1) + step - 1])),
        step=step,
        segment_size=draw(st.integers(0, 3)),
        overlap=draw(st.integers(0, 2)),
        chunk_size=draw(st.sampled_from([None, 36])),
        quality=draw(st.sampled_from([70, 83])),
        bug_tracker=draw(text),
        owner=draw(text),
        owner_email=draw(text),
        assignee=draw(text),
        assignee_email=draw(text),
        status=draw(st.sampled_from(["annotation", "completed"])),
        created=draw(_moment()),
        updated=draw(_moment()),
        source_name=draw(st.sampled_from(["", "film.mp4"])) if video else "",
        project_id=draw(st.sampled_from([None, 4])),
    )


def _moment() -> st.SearchStrategy[str]:
    return st.sampled_from(["", "2024-05-01 10:11:12.131415+00:00"])


def _labels(draw: st.DrawFn, build: DatasetBuilder) -> None:
    specs = (
        AttributeSpec(11, "colour", False, "select", "red", ("red", "rød & <b>")),
        AttributeSpec(12, "parked", True, "checkbox", "false"),
    )
    kind = st.sampled_from(["any", "rectangle"])
    build.add_label("car", id=draw(st.sampled_from([1, 71])), type=draw(kind), color=draw(_color()), attributes=specs)
    tag = st.sampled_from(["any", "tag"])
    build.add_label("night", id=72, type=draw(tag), color=draw(_color()), attributes=(AttributeSpec(14, "rain"),))
    person = build.add_label("person", id=73, type="skeleton", color=draw(_color()), svg=SVG)
    for name in PARTS:
        hat = (AttributeSpec(13, "hat", True),) if name == PARTS[0] else ()
        build.add_label(name, parent=person, type="points", color=draw(_color()), attributes=hat)


def _color() -> st.SearchStrategy[str]:
    return st.sampled_from(["", "#fa3253"])


def _frames(draw: st.DrawFn, task: Task) -> Frames:
    names = NAMES if not task.is_video else [f"frame_{task.start_frame + task.step * n:06d}" for n in range(FRAMES)]
    size = draw(st.sampled_from([0, 500]))
    return Frames.of(
        names,
        [size + n * (size > 0) for n in range(FRAMES)],
        size and size + 9,
        deleted=draw(st.sampled_from([(), (), (1,), (4,)])),
        subsets=draw(_column(st.sampled_from(["", "Train", "val"]))),
        related=draw(_column(st.sampled_from([0, 2]))),
        extras=_extras(draw, FRAMES),
    )


def _column(values: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(values, min_size=FRAMES, max_size=FRAMES)


def _extras(draw: st.DrawFn, rows: int) -> dict[str, Extra]:
    """None, a column that all rows have, or one that some have."""
    if not rows or not draw(FLAG):
        return {}
    name = draw(st.sampled_from(EXTRAS))
    there = np.array(draw(st.lists(FLAG, min_size=rows, max_size=rows)), np.bool_)
    if name == "note":
        texts = np.empty(rows, object)
        texts[:] = [b'{"a": %d}' % row for row in range(rows)]
        return {name: Extra(texts, there)}
    return {name: Extra(np.arange(1, rows + 1), there)}


def _jobs(draw: st.DrawFn, build: DatasetBuilder) -> int:
    """Jobs over all frames, and sometimes one of ground truth and a replica.  Returns how many are ordinary."""
    kind = draw(st.sampled_from(["none", "one", "two", "two", "truth"]))
    work: Any = {
        "stage": draw(st.sampled_from(["annotation", "validation"])),
        "state": draw(st.sampled_from(["new", "completed"])),
        "assignee": draw(st.sampled_from(["", "cara"])),
    }
    if kind == "none":
        return 0
    if kind == "one":
        build.add_job(Job(31, start_frame=0, stop_frame=FRAMES - 1, **work))
        return 1
    build.add_job(Job(31, start_frame=0, stop_frame=2, disabled=draw(st.sampled_from([(), (1,)])), **work))
    build.add_job(Job(32, start_frame=3, stop_frame=FRAMES - 1, honeypots=draw(st.sampled_from([(), ((3, 0),)]))))
    if kind == "truth":
        build.add_job(Job(33, type="ground_truth", start_frame=0, stop_frame=FRAMES - 1, included=(0, 4)))
        build.add_job(Job(34, type="consensus_replica", start_frame=0, stop_frame=2, parent_job=31))
    return 2


def _common(draw: st.DrawFn, jobs: int) -> dict[str, Any]:
    return {
        "group": draw(st.sampled_from([0, 0, 2, 5])),
        "source": draw(SOURCE),
        "job": draw(st.integers(-1, jobs - 1)),
        "id": draw(st.sampled_from([-1, 8])),
    }


def _look(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    turned = kind in ("rectangle", "ellipse") and draw(FLAG)
    return {
        "occluded": draw(FLAG),
        "z_order": draw(st.integers(-1, 2)),
        "rotation": draw(MEASURE) % 360 if turned else 0.0,
    }


def _points(draw: st.DrawFn, kind: str) -> list[float]:
    values = draw(st.lists(MEASURE, min_size=PLAIN[kind], max_size=PLAIN[kind]))
    if kind == "rectangle":
        return [
            min(values[0], values[2]),
            min(values[1], values[3]),
            max(values[0], values[2]),
            max(values[1], values[3]),
        ]
    if kind == "ellipse":
        return [values[0], values[1], values[0] + values[2] % 50, values[1] - values[3] % 50]
    return values


def _add_shape(draw: st.DrawFn, build: DatasetBuilder, jobs: int) -> None:
    frame, score = draw(st.integers(0, FRAMES - 1)), draw(st.sampled_from([1.0, 0.25]))
    parked = {"parked": draw(WORD)} if draw(FLAG) else {}
    if draw(st.integers(0, 6)) == 0:
        left, top = draw(st.integers(0, 50)), draw(st.integers(0, 50))
        rle = (1, 2, 2, 3, 1, 1, 2, left, top, left + 2, top + 3)
        build.add_shape("mask", frame, "car", rle, score=score, **_look(draw, "mask"), **_common(draw, jobs))
        return
    kind = draw(st.sampled_from(list(PLAIN)))
    build.add_shape(
        kind,
        frame,
        "car",
        _points(draw, kind),
        score=score,
        attributes=parked,
        outside=draw(st.sampled_from([False] * 5 + [True])),
        **_look(draw, kind),
        **_common(draw, jobs),
    )


def _add_skeleton(draw: st.DrawFn, build: DatasetBuilder, jobs: int) -> None:
    frame, columns = draw(st.integers(0, FRAMES - 1)), _common(draw, jobs)
    whole = build.add_shape(
        "skeleton", frame, "person", occluded=draw(FLAG), z_order=draw(st.integers(0, 2)), **columns
    )
    same = {name: columns[name] for name in ("group", "source", "job")}
    for name in draw(st.sampled_from([PARTS, PARTS[:2], PARTS[::-1]])):
        at = draw(st.tuples(MEASURE, MEASURE))
        hat = {"hat": draw(WORD)} if name == PARTS[0] and draw(FLAG) else {}
        build.add_shape(
            "points",
            frame,
            label_of(build, name),
            at,
            parent=whole,
            outside=draw(FLAG),
            occluded=draw(FLAG),
            attributes=hat,
            **same,
        )


def _add_track(draw: st.DrawFn, build: DatasetBuilder, jobs: int) -> None:
    frames = sorted(draw(st.sets(st.integers(0, FRAMES - 1), min_size=1)))
    track = build.add_track("car", frames[0], attributes={"colour": draw(WORD)}, **_common(draw, jobs))
    kind = draw(st.sampled_from(list(PLAIN)))
    for index, frame in enumerate(frames):
        build.add_shape(
            kind,
            frame,
            points=_points(draw, kind),
            track=track,
            outside=index > 0 and draw(FLAG),
            keyframe=index == 0 or draw(FLAG),
            attributes={"parked": draw(WORD)},
            **_look(draw, kind),
        )


def _add_skeleton_track(draw: st.DrawFn, build: DatasetBuilder, jobs: int) -> None:
    columns = _common(draw, jobs)
    whole = build.add_track("person", 0, **columns)
    same = {name: columns[name] for name in ("group", "source", "job")}
    build.add_shape("skeleton", 0, track=whole, occluded=draw(FLAG))
    for name in PARTS:
        part = build.add_track(label_of(build, name), 0, parent=whole, **same)
        build.add_shape("points", 0, track=part, points=draw(st.tuples(MEASURE, MEASURE)), occluded=draw(FLAG))


@st.composite
def everything(draw: st.DrawFn) -> Dataset:
    """A dataset of up to a dozen annotations."""
    build = DatasetBuilder(draw(tasks()))
    _labels(draw, build)
    jobs = _jobs(draw, build)
    for frame in sorted(draw(st.sets(st.integers(0, FRAMES - 1), max_size=2))):  # twins could not be told apart
        rain = {"rain": draw(WORD)} if draw(FLAG) else {}
        build.add_tag(frame, "night", attributes=rain, **_common(draw, jobs))
    for add, most in ((_add_shape, 4), (_add_skeleton, 1), (_add_track, 2), (_add_skeleton_track, 1)):
        for _ in range(draw(st.integers(0, most))):
            add(draw, build, jobs)
    if draw(st.integers(0, 3)) == 0:
        columns = _common(draw, jobs)
        build.add_interval(
            "car", 3, draw(st.sampled_from([None, 5])), score=0.5, attributes={"colour": "red"}, **columns
        )
    dataset = _apart(build.dataset())
    frames = _frames(draw, dataset.task)
    tables = {n: _extras(draw, len(getattr(dataset, n))) for n in ("tags", "shapes", "tracks", "intervals")}
    own = {"info": Extra.of([b'{"year": 2024}'])} if draw(FLAG) else {}
    rows = [replace(dataset.labels[0], extras=draw(_label_extras())), *dataset.labels[1:]]
    return dataset.replace(frames=frames, labels=Labels(tuple(rows)), extras=tables | {"dataset": own})


def _apart(dataset: Dataset) -> Dataset:
    """The dataset with every shape moved by its row: no two are where the other is, however simple the numbers are."""
    shapes = dataset.shapes
    row = np.repeat(np.arange(len(shapes)), shapes.counts)
    moves = shapes.type[row] != ShapeType.MASK
    for column in (-4, -2):  # left and right of masks
        moves[(shapes.offsets[1:] + column)[shapes.type == ShapeType.MASK]] = True
    return dataset.replace(shapes=shapes.with_points(shapes.values + row * moves))


def _label_extras() -> st.SearchStrategy[tuple[tuple[str, Any], ...]]:
    return st.sampled_from([(), (("supercategory", "vehicle"), ("category_id", 3))])


def kinds(dataset: Dataset) -> set[str]:
    """The shape types of plain shapes."""
    return {ShapeType(code).word for code in dataset.shapes.type[dataset.plain_shapes].tolist()}
