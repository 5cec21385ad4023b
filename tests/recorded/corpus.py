"""Small datasets that are rich in odd things, hand-made or drawn with a seed; equal wherever they are made.

edges     boxes, masks and outlines at borders, turned by odd angles, flat, doubled, grouped
tracks    gaps, outside intervals, keyframes on the first and the last frame and on deleted ones
drawn-*   rows of every kind, drawn
namesakes names and labels that are nearly equal, large numbers, rows of jobs and of none
sequence  boxes of persons over frames: what MOT, MOTS and KITTI have
faces     what is said of faces and persons by tags, boxes and points
texts     boxes and outlines with texts
clouds    solid cuboids, with related files
audio     stretches
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from annotools.model import AttributeSpec, Dataset, DatasetBuilder, Frames, Task
from annotools.model.extras import Extra
from tests.datasets import FULL, FULL_CLOUDS, FULL_JOBS, FULL_VIDEO, add_labels, add_skeleton_track
from tests.recorded.drawing import drawn
from tests.recorded.edges import edges
from tests.recorded.namesakes import namesakes
from tests.recorded.tracked import tracked


def _sequence() -> Dataset:
    build = DatasetBuilder(
        Task(id=8, name="sequence", mode="interpolation", media_type="video", start_frame=2, stop_frame=12, step=2)
    )
    for name in ("car", "pedestrian", "Van"):
        build.add_label(name, attributes=[AttributeSpec(0, "truncated", True, "number", "0", ("0", "1", "1"))])
    for frame in range(6):
        build.add_frame(f"frame_{2 + 2 * frame:06d}", 60, 40, deleted=frame == 4, subset="train")
    boxes = [(0, 1, 2, 5), (1, 3), (0, 5), (2,)]
    for number, frames in enumerate(boxes):
        track = build.add_track(("car", "pedestrian", "Van")[number % 3], frames[0], source="auto")
        for spot, frame in enumerate(frames):
            left = 4.25 * number + 1.5 * frame
            away = (number, spot) in ((0, 3), (1, 1))
            build.add_shape("rectangle", frame, points=(left, 3, left + 9.125, 17 + frame), track=track,
                outside=away, occluded=spot == 1,
                attributes={"truncated": "1"} if spot else {})  # fmt: skip
    mask = build.add_track("car", 1)
    for frame in (1, 2, 3):
        build.add_shape(
            "mask", frame, points=(0, 6, 10 + frame, 10, 12 + frame, 11), track=mask, z_order=frame, outside=frame == 3
        )
    outline = build.add_track("pedestrian", 0)
    for frame in (0, 3):
        build.add_shape("polygon", frame, points=(20 + frame, 20, 30, 20, 30, 33 - frame), track=outline)
    build.add_shape("rectangle", 2, "Van", (1, 2, 3, 4), score=0.25)
    build.add_shape("mask", 3, "Van", (0, 2, 0, 0, 1, 0), group=2)
    return build.dataset()


def _person_specs(names: str, mutable: bool = False) -> list[AttributeSpec]:
    return [AttributeSpec(0, name, mutable, "text", "") for name in names.split()]


def _faces() -> Dataset:
    build = DatasetBuilder(
        Task(id=9, name="faces", stop_frame=6, created="2024-05-01 10:11:12+02:00", updated="2024-05-01T10:11:12Z")
    )
    flags = "blur expression illumination occluded pose invalid"
    specs = [
        AttributeSpec(0, name, False, "checkbox" if name in ("expression", "invalid") else "text", "")
        for name in flags.split()
    ]
    build.add_label("face", attributes=specs)
    build.add_label(
        "market-1501", type="tag", attributes=_person_specs("person_id camera_id track_id frame_id bbox_id query")
    )
    for name in ("anna", "ben b"):
        build.add_label(name, attributes=_person_specs("positive_pairs negative_pairs"))
    for number, name in enumerate(
        ("anna/anna_0001.jpg", "anna_0002.jpg", "ben b_0001.jpg", "0--Parade/x.jpg", "y.jpg", "z.png", "z.jpg")
    ):
        build.add_frame(name, 100 + number, 80, deleted=number == 5, subset=("train", "val", "")[number % 3])
    _add_persons(build)
    _add_faces(build)
    return build.dataset()


def _add_persons(build: DatasetBuilder) -> None:
    pairs = {"positive_pairs": "anna_0002", "negative_pairs": "ben b_0001; y"}
    listed = {"positive_pairs": "['y', 'z', 'gone']", "negative_pairs": "anna/anna_0001, x"}
    for frame, label in ((0, "anna"), (1, "anna"), (2, "ben b"), (4, "ben b"), (4, "anna")):
        build.add_tag(frame, label, attributes=(pairs, listed)[frame // 2] if frame in (0, 2) else {})
    for frame in range(0, 7, 2):
        values = {
            "person_id": str(frame or 1502),
            "camera_id": str(frame % 6),
            "track_id": "1",
            "frame_id": str(9 * frame),
            "bbox_id": "0",
        }
        build.add_tag(frame, "market-1501", attributes=values | {"query": "true" if frame == 2 else "false"})


def _add_faces(build: DatasetBuilder) -> None:
    for number in range(9):
        frame, left = number % 7, 5.5 * number
        values = {
            "blur": str(number % 3),
            "expression": "true" if number % 2 else "false",
            "pose": "1" if number == 4 else "0",
        }
        label = "face" if number % 3 else "anna"
        build.add_shape("rectangle", frame, label, (left, 4, left + 20, 29.5),
            attributes=values if label == "face" else {},
            occluded=number == 2, group=number % 4)  # fmt: skip
        points = tuple(left + 2 * spot for spot in range((2, 10, 4)[number % 3]))
        build.add_shape("points", frame, label, points, group=number % 4)


def _texts() -> Dataset:
    build = DatasetBuilder(
        Task(id=10, name="texts", stop_frame=3, created="2024-05-01", updated="2024-05-01 10:11:12.5+00:00")
    )
    build.add_label("icdar", attributes=[AttributeSpec(0, "text", False, "text", "")])
    build.add_label(
        "other", attributes=[AttributeSpec(0, "text", False, "text", ""), AttributeSpec(0, "color", False, "text", "")]
    )
    for number, name in enumerate(("word_1.png", "word 2.png", "a/word_3.png", "d.png")):
        build.add_frame(name, 50, 20 + number, subset=("train", "train", "", "test")[number])
    texts = ("plain", 'say "hi", you', "", "é 日本", "two words", "a\\b", "###", " edge ")
    for number, text in enumerate(texts):
        frame, label = number % 4, "icdar" if number % 3 else "other"
        build.add_tag(frame, label, attributes={"text": text})
        left = 3.5 * number
        build.add_shape(
            "rectangle",
            frame,
            label,
            (left, 2, left + 8, 9.25),
            attributes={"text": text},
            rotation=15.0 * (number == 5),
        )
        build.add_shape(
            "polygon",
            frame,
            label,
            (left, 10, left + 9, 10, left + 8, 18, left, 17.5),
            attributes={"text": text},
            group=number % 3,
        )
        build.add_shape(
            "mask", frame, label, (0, 6, 2 * number, 5, 2 * number + 2, 6), attributes={"text": text}, group=number % 3
        )
    return build.dataset()


def _clouds() -> Dataset:
    frames = replace(FULL_CLOUDS.frames, related=(0, 1, 2, 0, 1, 1))
    files = np.empty(6, object)
    files[:] = [None, ["a.png"], ["b.png", "c d.png"], None, [], ["e.jpg"]]
    known = Extra(files, np.array([value is not None for value in files]))
    shapes = FULL_CLOUDS.shapes
    values = shapes.values + (np.arange(len(shapes.values)) == 9)  # a number behind the nine of a solid cuboid
    return FULL_CLOUDS.replace(
        shapes=shapes.with_points(values), frames=replace(frames, extras={"related_images": known})
    )


def _audio() -> Dataset:
    build = DatasetBuilder(Task(id=11, name="talk", media_type="audio", source_name="talk.mp3"))
    build.add_label("speech", type="interval", attributes=_person_specs("speaker", True))
    build.add_label("music", type="interval", attributes=[AttributeSpec(0, "loud", False, "checkbox", "false")])
    build.add_frame("talk.mp3")
    for number, (start, stop) in enumerate(
        [(0, 2450), (2450, 2450), (60_000, None), (3_599_999, 3_600_000), (5, 4), (86_400_000, 90_000_001)]
    ):
        values: dict[str, Any] = {"speaker": f"anna {number}"} if number % 2 else {}
        build.add_interval("speech" if number % 2 else "music", start, stop, group=number % 3, attributes=values,
            source=("manual", "auto", "file")[number % 3], score=1.0 - number / 8)  # fmt: skip
    return build.dataset()


def _odd() -> Dataset:
    """References to what there is not, and numbers that are no places."""
    build = DatasetBuilder(Task(id=12, name="odd", stop_frame=1), frames=Frames.of(["a.jpg", "a.jpg"], 20, 10))
    build.add_label("car", attributes=[AttributeSpec(0, "n", False, "number", "1", ("0", "4", "1"))])
    build.add_label("car", parent=build.labels[0])
    build.add_label("car ", color="red")
    for frame, label in ((0, 1), (5, 1), (-1, 1), (1, 99)):
        build.add_shape("rectangle", frame, label, (1, 2, 3, 4 + frame))
        build.add_tag(frame, label)
    for points in ((), (1, 2, 3), (float("nan"), 1, 2, 3), (1e9, 1, 1e12, 4), (1, 2, 3, 4, 5, 6)):
        build.add_shape("rectangle", 0, "car", points, attributes={"n": "x"})
        build.add_shape("polygon", 0, "car", points, attributes={999: "x"})
        build.add_shape("mask", 1, "car", points)
    track = build.add_track("car", 0)
    empty = build.add_track("car", 1)
    build.add_shape("rectangle", 1, points=(1, 2, 3, 4), track=track, outside=True)
    build.add_shape("rectangle", 7, points=(1, 2, 3, 4), track=track)
    build.add_track("car", 1, parent=empty)
    build.add_shape("skeleton", 0, "car")
    return build.dataset()


def _skeletons() -> Dataset:
    build = DatasetBuilder(Task(id=13, name="skeletons", mode="interpolation", stop_frame=6))
    add_labels(build)
    for frame in range(7):
        build.add_frame(f"{frame}.jpg", 640, 480)
    add_skeleton_track(build, (0, 2, 6), group=1)
    add_skeleton_track(build, (3, 4), source="auto")
    return build.dataset()


@cache
def datasets() -> dict[str, Dataset]:
    """All of them by name."""
    random = {f"drawn-{seed}": drawn(seed) for seed in range(4)}
    own = {
        "edges": edges(),
        "tracks": tracked(0),
        "jobs-tracks": tracked(1),
        "sequence": _sequence(),
        "faces": _faces(),
        "namesakes": namesakes(),
    }
    given = {"full": FULL, "full-jobs": FULL_JOBS, "video": FULL_VIDEO, "solid": FULL_CLOUDS, "clouds": _clouds()}
    more = {"texts": _texts(), "audio": _audio(), "odd": _odd(), "skeletons": _skeletons(), "empty": Dataset()}
    small = own["edges"].select(shapes=np.arange(len(own["edges"].shapes)) % 3 == 0)
    return given | own | random | more | {"small": small}
