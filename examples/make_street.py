"""Makes `examples/street`: a CVAT API bundle of a small street, with pictures drawn for it.

    python examples/make_street.py [FOLDER]

Every shape type, tags, groups, attributes of all kinds, two tracks (a car; a walking person), two jobs and a deleted
frame, and a ground truth for three of the frames.  The JSON is spelt out as the API returns it, and not written by
annotools, so that reading it is a real test.
Running it again gives the same files.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from draw_street import (
    BOLT,
    BUS,
    CAR,
    HEAD,
    HEIGHT,
    HIP,
    LEFT,
    LIGHT,
    LIMBS,
    MARKING,
    PERSON,
    RIGHT,
    ROAD,
    SCENE,
    SIGN,
    TREE,
    WHEEL,
    WIDTH,
    box,
    cuboid,
    disc,
    picture,
)
from street_rows import (
    COLOUR,
    DOORS,
    HEADING,
    LINE_POINTS,
    PARKED,
    PLATE,
    POSE,
    ROAD_POINTS,
    SEEN,
    STATE,
    TEXT,
    WEATHER,
    Annotations,
    Row,
    keyframe,
    values,
)
from street_truth import truth

NAMES = (
    "north/street 01.jpg", "north/street 02.jpg", "north/street 03.jpg", "north/street 04.jpg",
    "south/street 01.jpg", "south/street.02.jpg", "south/straße 03.png", "south/street 04.jpg",
)  # fmt: skip
DELETED = [6]
JOBS = ((1, 0, 3), (2, 4, 7))
TRUTH, TRUE_FRAMES = 3, [0, 2, 5]
DAY = "2025-03-01T08:00:00.000000Z"


def spec(number: int, name: str, kind: str, values: list[str], *, mutable: bool = False) -> Row:
    """The definition of an attribute."""
    return {
        "id": number, "name": name, "mutable": mutable, "input_type": kind, "default_value": values[0],
        "values": values,
    }  # fmt: skip


def label(number: int, name: str, kind: str, color: str, **more: Any) -> Row:
    """A label; more: attributes, sublabels, svg."""
    row = {"id": number, "name": name, "color": color, "attributes": [], "type": kind, "sublabels": []}
    return row | {"task_id": 1, "parent_id": None, "has_parent": False} | more


def skeleton_svg() -> str:
    """The drawing of a person: nodes by sublabel, and the edges between them."""
    nodes = {HEAD: (50, 10), HIP: (50, 50), LEFT: (30, 95), RIGHT: (70, 95)}
    edges = [
        f'<line x1="{nodes[a][0]}" y1="{nodes[a][1]}" x2="{nodes[b][0]}" y2="{nodes[b][1]}" stroke="black" '
        f'data-type="edge" data-node-from="{a - 20}" data-node-to="{b - 20}" stroke-width="0.5"></line>'
        for a, b in LIMBS
    ]
    circles = [
        f'<circle r="0.75" cx="{x}" cy="{y}" stroke="black" fill="#b3b3b3" stroke-width="0.1" '
        f'data-type="element node" data-element-id="{n - 20}" data-node-id="{n - 20}" data-label-id="{n}"></circle>'
        for n, (x, y) in nodes.items()
    ]
    return "".join(edges + circles)


def skeleton_points() -> list[Row]:
    """The labels of the points of a person."""
    seen = spec(SEEN, "seen", "checkbox", ["true"], mutable=True)
    return [
        {"id": number, "name": name, "color": color, "attributes": [seen] if number == HEAD else [], "type": "points",
         "has_parent": True}
        for number, name, color in (
            (HEAD, "head", "#d12345"), (HIP, "hip", "#350dea"), (LEFT, "left foot", "#479ffe"),
            (RIGHT, "right foot", "#2b5c11"),
        )
    ]  # fmt: skip


def labels() -> Row:
    """What GET /api/labels?task_id=1 returns."""
    car = [
        spec(COLOUR, "colour", "select", ["red", "blue", "other"]),
        spec(PARKED, "parked", "checkbox", ["false"], mutable=True),
        spec(PLATE, "plate", "text", [""]),
        spec(DOORS, "doors", "number", ["2", "5", "1"]),
        spec(HEADING, "heading", "radio", ["left", "right"], mutable=True),
    ]
    state = spec(STATE, "state", "radio", ["red", "amber", "green"], mutable=True)
    weather = spec(WEATHER, "weather", "select", ["clear", "rain", "snow"])
    results = [
        label(CAR, "car", "any", "#ff355e", attributes=car),
        label(LIGHT, "traffic light", "rectangle", "#fcf75e", attributes=[state]),
        label(ROAD, "road", "polygon", "#8c8c8c"),
        label(MARKING, "lane marking", "polyline", "#fafafa"),
        label(WHEEL, "wheel", "ellipse", "#3c3c3c"),
        label(BUS, "bus", "cuboid", "#ff9933"),
        label(TREE, "tree", "mask", "#66ff66"),
        label(BOLT, "bolt", "points", "#50bfe6"),
        label(
            PERSON, "person", "skeleton", "#ff00cc", sublabels=skeleton_points(), svg=skeleton_svg(),
            attributes=[spec(POSE, "pose", "text", [""], mutable=True)],
        ),
        label(SCENE, "scene", "tag", "#733380", attributes=[weather]),
        label(SIGN, "Straßenschild", "any", "#ff6ec7", attributes=[spec(TEXT, "text", "text", [""])]),
    ]  # fmt: skip
    return {"count": len(results), "next": None, "previous": None, "results": results}


def annotated() -> Annotations:
    """Everything that is annotated on the eight frames."""
    notes = Annotations()
    for frame in range(len(NAMES)):
        notes.shape("polygon", ROAD, frame, ROAD_POINTS, z_order=-1, source="auto", score=0.87)
        notes.shape("polyline", MARKING, frame, LINE_POINTS)
        notes.shape("mask", TREE, frame, disc(266, 70 + 2 * frame, 31), z_order=1, source="semi-auto")
    for frame, weather in ((0, "clear"), (3, "rain"), (7, "snow")):
        notes.tag(SCENE, frame, attributes=values((WEATHER, weather)))
    for frame, state in ((0, "red"), (1, "red"), (4, "amber"), (5, "green")):
        notes.shape("rectangle", LIGHT, frame, [212.25, 88.5, 224.75, 121.0], attributes=values((STATE, state)))
    parked = values((COLOUR, "blue"), (PARKED, "true"), (PLATE, "B & <CD> 123"), (DOORS, "4"), (HEADING, "left"))
    for frame in (0, 5):
        notes.shape("rectangle", CAR, frame, [20.5, 168.25, 88.75, 199.5], group=1 + frame, attributes=parked)
        for x in (36.25, 73.5):
            notes.shape("ellipse", WHEEL, frame, [x, 197.5, x + 7.5, 190.25], group=1 + frame, rotation=15.0)
    text = values((TEXT, "Hauptstraße 7"))
    notes.shape("rectangle", SIGN, 2, [120.5, 92.75, 151.25, 108.0], rotation=352.5, attributes=text)
    notes.shape("points", BOLT, 2, [122.0, 94.5, 149.5, 94.75, 149.25, 106.5, 122.25, 106.25])
    notes.shape("cuboid", BUS, 3, cuboid(180.5, 140.25), occluded=True)
    notes.shape("cuboid", BUS, 7, cuboid(60.25, 138.75))
    notes.skeleton(1, (100.5, 140.25), attributes=values((POSE, "waiting")))
    notes.skeleton(6, (140.25, 138.5), attributes=values((POSE, "on the deleted frame")))
    moving = [
        keyframe("rectangle", 0, box(150, 180), attributes=values((PARKED, "false"), (HEADING, "right"))),
        keyframe("rectangle", 2, box(210, 178), attributes=values((PARKED, "false"), (HEADING, "right"))),
        keyframe("rectangle", 3, box(240, 177), outside=True, attributes=values((PARKED, "false"), (HEADING, "right"))),
    ]
    notes.track(CAR, moving, attributes=values((COLOUR, "red"), (PLATE, "M 42"), (DOORS, "2")))
    notes.walk([(4, (60.5, 142.25), False), (5, (84.25, 141.5), False), (7, (131.75, 140.25), False)])
    return notes


def meta(first: int, last: int) -> Row:
    """What GET .../data/meta returns for frames from first to last."""
    frames = [
        {"width": WIDTH, "height": HEIGHT, "name": name, "related_files": 0, "has_related_context": False}
        for name in NAMES[first : last + 1]
    ]
    return {
        "chunks_updated_date": DAY, "chapters": None, "chunk_size": 72, "size": last - first + 1, "image_quality": 70,
        "start_frame": first, "stop_frame": last, "frame_filter": "", "frames": frames,
        "deleted_frames": [frame for frame in DELETED if first <= frame <= last], "included_frames": None,
        "storage_method": "cache", "storage": "local", "cloud_storage_id": None,
    }  # fmt: skip


def task() -> Row:
    """What GET /api/tasks/1 returns."""
    return {
        "url": "http://localhost/api/tasks/1", "id": 1, "name": "street", "project_id": None, "mode": "annotation",
        "owner": {"url": "http://localhost/api/users/1", "id": 1, "username": "ann", "first_name": "", "last_name": ""},
        "assignee": None, "bug_tracker": "", "created_date": DAY, "updated_date": DAY, "overlap": 0, "segment_size": 4,
        "status": "annotation", "data_chunk_size": 72, "data_original_chunk_type": "imageset",
        "data_compressed_chunk_type": "imageset", "size": len(NAMES), "image_quality": 70, "data": 1, "dimension": "2d",
        "media_type": "image", "subset": "", "jobs": {"count": 2, "completed": 0, "validation": 0},
        "consensus_enabled": False, "validation_mode": "gt",
    }  # fmt: skip


def job(number: int, first: int, last: int, **more: Any) -> Row:
    """What GET /api/jobs/<number> returns."""
    row = {
        "url": f"http://localhost/api/jobs/{number}", "id": number, "task_id": 1, "task_name": "street",
        "project_id": None, "assignee": None, "dimension": "2d", "mode": "annotation", "media_type": "image",
        "status": "annotation", "stage": "annotation", "state": "in progress" if number == 1 else "new",
        "frame_count": last - first + 1, "start_frame": first, "stop_frame": last, "data_chunk_size": 72,
        "data_compressed_chunk_type": "imageset", "data_original_chunk_type": "imageset", "created_date": DAY,
        "updated_date": DAY, "type": "annotation", "parent_job_id": None, "consensus_replicas": 0,
    }  # fmt: skip
    return row | more


def judged() -> Row:
    """The files of the ground truth."""
    last = len(NAMES) - 1
    done = {"type": "ground_truth", "stage": "acceptance", "state": "completed", "frame_count": len(TRUE_FRAMES)}
    shown = {"included_frames": TRUE_FRAMES, "deleted_frames": [], "size": len(TRUE_FRAMES)}
    return {
        "validation_layout.json": {
            "mode": "gt", "frames_per_job_count": None, "validation_frames": TRUE_FRAMES, "disabled_frames": [],
        },
        f"jobs/{TRUTH}/job.json": job(TRUTH, 0, last, **done),
        f"jobs/{TRUTH}/data_meta.json": meta(0, last) | shown,
        f"jobs/{TRUTH}/annotations.json": document(truth()),
    }  # fmt: skip


def document(notes: Annotations, first: int = 0, last: int = len(NAMES)) -> Row:
    """What GET .../annotations returns for the frames from first to last."""
    kinds = {"tags": notes.tags, "shapes": notes.shapes, "tracks": notes.tracks}
    rows = {kind: [row for row in all_rows if first <= row["frame"] <= last] for kind, all_rows in kinds.items()}
    return {"version": 0, **rows, "intervals": []}


def main(folder: Path) -> None:
    """Write the bundle."""
    notes = annotated()
    files = {"labels.json": labels(), "task.json": task(), "data_meta.json": meta(0, len(NAMES) - 1)}
    files["annotations.json"] = document(notes)
    for number, first, last in JOBS:
        files |= {
            f"jobs/{number}/job.json": job(number, first, last),
            f"jobs/{number}/data_meta.json": meta(first, last),
            f"jobs/{number}/annotations.json": document(notes, first, last),
        }  # fmt: skip
    files |= judged()
    for name, value in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", "utf-8")
    for frame, name in enumerate(NAMES):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        picture(frame, notes.shapes).save(folder / name, quality=70, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "street")
