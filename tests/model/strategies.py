"""Small datasets with everything in them, drawn at random: skeletons, tracks, groups, attributes, jobs."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from annotools.model import AttributeSpec, Dataset, DatasetBuilder, Job, Task
from tests.datasets import label_of

PLAIN = {"rectangle": 4, "polygon": 8, "polyline": 4, "points": 2, "ellipse": 4, "cuboid": 16}
COORDINATE = st.floats(-50, 500, allow_nan=False, width=32)
TEXT = st.sampled_from(["", "true", "42", "rød", "a, b"])
SOURCES = st.sampled_from(["manual", "auto", "semi-auto", "file", "consensus"])


def task() -> DatasetBuilder:
    """Three labels, one of them a skeleton, four frames, two jobs."""
    build = DatasetBuilder(Task(id=7, name="streets", segment_size=2))
    build.add_label("car", type="any", attributes=(AttributeSpec(11, "colour"), AttributeSpec(12, "parked", True)))
    person = build.add_label("person", type="skeleton")
    build.add_label("head", parent=person, type="points", attributes=(AttributeSpec(13, "hat"),))
    build.add_label("foot", parent=person, type="points")
    for number, name in enumerate(["a b/1.jpg", "a b/2.jpg", "ü.png", "c.d.jpg"]):
        build.add_frame(name, 640 + number, 480, deleted=number == 2)
    build.add_job(Job(1, start_frame=0, stop_frame=1))
    build.add_job(Job(2, start_frame=2, stop_frame=3))
    return build


def common(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "group": draw(st.integers(0, 3)), "source": draw(SOURCES), "job": draw(st.integers(-1, 1)),
        "id": draw(st.integers(1, 9)),
    }  # fmt: skip


def add_shape(draw: st.DrawFn, build: DatasetBuilder, frame: int, **columns: Any) -> int:
    kind, count = draw(st.sampled_from(list(PLAIN.items())))
    return build.add_shape(
        kind, frame, None if "track" in columns else "car", draw(st.lists(COORDINATE, min_size=count, max_size=count)),
        occluded=draw(st.booleans()), z_order=draw(st.integers(-2, 2)), **columns,
    )  # fmt: skip


def add_skeleton(draw: st.DrawFn, build: DatasetBuilder) -> None:
    frame, columns = draw(st.integers(0, 3)), common(draw)
    whole = build.add_shape("skeleton", frame, "person", **columns)
    for name in draw(st.sampled_from([("head", "foot"), ("foot", "head"), ("head",)])):
        points = draw(st.tuples(COORDINATE, COORDINATE))
        gone = draw(st.booleans())
        build.add_shape("points", frame, label_of(build, name), points, parent=whole, outside=gone, **columns)


def add_track(draw: st.DrawFn, build: DatasetBuilder) -> None:
    columns = common(draw)
    frames = sorted(draw(st.sets(st.integers(0, 3), min_size=1)))
    track = build.add_track("car", frames[0], attributes={"colour": draw(TEXT)}, **columns)
    for frame in frames:
        add_shape(draw, build, frame, track=track, attributes={"parked": draw(TEXT)}, outside=draw(st.booleans()))


def add_skeleton_track(draw: st.DrawFn, build: DatasetBuilder) -> None:
    columns = common(draw)
    whole = build.add_track("person", 0, **columns)
    build.add_shape("skeleton", 0, track=whole)
    for name in ("head", "foot"):
        part = build.add_track(label_of(build, name), 0, parent=whole, **columns)
        build.add_shape("points", 0, track=part, points=draw(st.tuples(COORDINATE, COORDINATE)))


@st.composite
def datasets(draw: st.DrawFn) -> Dataset:
    """A dataset of up to a dozen annotations."""
    build = task()
    for _ in range(draw(st.integers(0, 3))):
        build.add_tag(draw(st.integers(0, 3)), "car", attributes={"colour": draw(TEXT)}, **common(draw))
    for _ in range(draw(st.integers(0, 4))):
        add_shape(draw, build, draw(st.integers(0, 3)), attributes={"parked": draw(TEXT)}, **common(draw))
    for kind in (add_skeleton, add_track, add_skeleton_track):
        for _ in range(draw(st.integers(0, 2))):
            kind(draw, build)
    for _ in range(draw(st.integers(0, 2))):
        build.add_interval("car", 3, draw(st.sampled_from([None, 5])), **common(draw))
    return build.dataset()
