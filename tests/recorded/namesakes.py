"""A small task of two skeletons whose points have equal names, labels that begin alike, odd names of pictures, large
ids, rows of jobs beside rows of none, and deleted frames at both ends.
"""

from __future__ import annotations

from annotools.model import AttributeSpec, Dataset, DatasetBuilder, Job, Task

LARGE = 1 << 40
FRAMES = (
    ("first.jpg", ""), ("Dir\\win.JPG", "train"), ("CON.png", "train"), ("a.b.c", "val"), ("e\u0301t\u00e9.png", "val"),
    ("name without end", "Train"), ("train/0001.jpg", "train"), ("0001.jpg", "val"), ("x.", ""), ("last.jpeg", "test"),
)  # fmt: skip
LAST = len(FRAMES) - 1
SOURCES = ("manual", "file", "auto", "semi-auto", "consensus")


def namesakes() -> Dataset:
    build = DatasetBuilder(
        Task(id=LARGE, name="namesakes", start_frame=10, stop_frame=10 + 5 * LAST, step=5, segment_size=6, overlap=2)
    )
    _add_labels(build)
    for number, (name, subset) in enumerate(FRAMES):
        build.add_frame(name, 20 + number, 30 - number, deleted=number in (0, LAST), subset=subset)
    jobs = [build.add_job(Job(id=LARGE + 1, stop_frame=5)), build.add_job(Job(id=7, start_frame=4, stop_frame=LAST))]
    _add_skeletons(build)
    for number, name in enumerate(("car", "car wheel", "car", "Car", "carpet")):
        for frame in (number, LAST - number):
            job = (-1, jobs[0] if frame < 6 else jobs[1])[number % 2]
            values = {"size": str(number), "kind": ("small", "")[number % 2]} if name == "car" else {}
            box = (number, 1.5, number + 4.25, 9 + number)
            build.add_shape(
                "rectangle", frame, name, box, job=job, id=LARGE + 20 * number + frame, z_order=-number,
                group=LARGE + number // 2, source=SOURCES[number], attributes=values, score=number / 4,
                rotation=(0.0, 90.0, 0.5, 0.0, 359.5)[number],
            )  # fmt: skip
            outline = (1, 1, 6 + number, 1, 6 + number, 7)
            build.add_shape("polygon", frame, name, outline, job=job, z_order=3 - number, group=LARGE + number // 2)
            build.add_shape("mask", frame, name, (2, 3, 1, number, 2, number + 2, 3), job=job, z_order=-1)
            build.add_tag(frame, name, job=job, id=LARGE + 500 + frame, attributes=values, group=number % 2)
    _add_tracks(build, jobs)
    return build.dataset()


def _add_skeletons(build: DatasetBuilder) -> None:
    """They are the first rows: what is row 0 is easily taken for nothing."""
    for number, name in enumerate(("person", "dog", "dog")):
        skeleton = next(label for label in build.labels if label.name == name and label.parent is None)
        row = build.add_shape("skeleton", number + 1, skeleton, occluded=number == 1, z_order=-5)
        for spot, label in enumerate(build.labels):
            if label.parent == skeleton.id:
                away = (spot + number) % 3 == 0
                build.add_shape("points", number + 1, label, (spot + 1.5, 3), parent=row, outside=away)


def _add_labels(build: DatasetBuilder) -> None:
    specs = [
        AttributeSpec(0, "size", False, "number", "0", ("0", "10", "1")),
        AttributeSpec(0, "kind", True, "select", "small", ("small", "large")),
    ]
    build.add_label("car", attributes=specs)
    build.add_label("car wheel", attributes=[AttributeSpec(0, "size", True, "text", "")])
    build.add_label("Car")
    build.add_label("carpet")
    for name in ("person", "dog"):
        skeleton = build.add_label(name, type="skeleton")
        for point in ("head", "tail", name):
            build.add_label(point, parent=skeleton, type="points")
    build.add_label("unused", color="#010203")


def _add_tracks(build: DatasetBuilder, jobs: list[int]) -> None:
    """Tracks that begin and end at borders, with keyframes on deleted frames, in jobs and in none."""
    first, second = jobs
    ways = (
        (-1, (0, LAST)), (-1, (LAST,)), (first, (0, 5)), (second, (4, 5, LAST)), (-1, (1, 2)), (second, (LAST - 1,)),
    )  # fmt: skip
    for number, (job, frames) in enumerate(ways):
        track = build.add_track(("car", "Car")[number % 2], frames[0], job=job, id=LARGE + number, group=number // 2)
        for spot, frame in enumerate(frames):
            box = (2 + frame, 2, 8 + frame, 9 + spot)
            build.add_shape("rectangle", frame, points=box, track=track, z_order=-spot, occluded=spot > 0,
                outside=spot > 0 and number % 2 == 0, rotation=170.0 * spot)  # fmt: skip
