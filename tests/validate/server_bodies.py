"""Bodies that a CVAT 2.73 server refuses, and such as it takes, line by line of its checks."""

from __future__ import annotations

import json
from typing import Any

Item = dict[str, Any]
SIZES = {
    "rectangle": (4,), "ellipse": (4,), "polygon": (6, 8, 30), "polyline": (4, 6, 30), "points": (2, 4, 30),
    "cuboid": (16,), "mask": (5, 9),
}  # fmt: skip
WRONG_SIZES = {
    "rectangle": (0, 2, 3, 5, 8), "ellipse": (0, 3, 6), "polygon": (0, 2, 4, 5, 7), "polyline": (0, 2, 3, 5),
    "points": (0, 1, 3), "cuboid": (0, 4, 8, 15, 17), "mask": (0, 3, 4),
}  # fmt: skip
FLAGS = ("t", "f", "y", "n", "yes", "no", "true", "false", "True", "FALSE", "on", "off", "On", "1", "0", 1, 0)
NUMBERS = [10, 10, 60, 10, 60, 40, 40, 60, 20, 60, 10, 40, 8, 30, *range(16)]
MASKS = {5: [4, 0, 0, 1, 1], 9: [1, 3, 2, 3, 0, 10, 10, 12, 12]}


def shape(**keys: Any) -> Item:
    """A rectangle of a car with some keys changed; `...` takes a key away."""
    whole = {"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40]} | keys
    return {name: value for name, value in whole.items() if value is not ...}


def tag(**keys: Any) -> Item:
    """A tag with some keys changed."""
    return {"label_id": 6, "frame": 0} | keys


def keyframe(frame: int = 0, **keys: Any) -> Item:
    """A keyframe of a rectangle."""
    return shape(label_id=..., frame=frame, **keys)


def track(*shapes: Item, **keys: Any) -> Item:
    """A track of a car."""
    return {"label_id": 1, "frame": 0, "shapes": list(shapes) or [keyframe()]} | keys


def element(label: int = 51, **keys: Any) -> Item:
    """An element of a pose."""
    return shape(**({"type": "points", "label_id": label, "points": [10, 10]} | keys))


def pose(*elements: Item, **keys: Any) -> Item:
    """A skeleton."""
    return shape(**({"type": "skeleton", "label_id": 5, "points": [], "elements": list(elements)} | keys))


def part(label: int = 51, *shapes: Item, **keys: Any) -> Item:
    """An element of a track of a pose."""
    return {"label_id": label, "frame": 0, "shapes": list(shapes) or [keyframe(type="points", points=[1, 1])]} | keys


def poses(*elements: Item, **keys: Any) -> Item:
    """A track of a pose."""
    first = keyframe(type="skeleton", points=[])
    return {"label_id": 5, "frame": 0, "shapes": [first], "elements": list(elements)} | keys


def interval(**keys: Any) -> Item:
    """An interval."""
    return {"label_id": 7, "start": 0, "stop": 3} | keys


def value(spec: Any, text: Any = "red", **more: Any) -> Item:
    """An attribute."""
    return {"spec_id": spec, "value": text, **more}


def shapes(*items: Item) -> Item:
    """A body of shapes."""
    return {"shapes": list(items)}


def tracks(*items: Item) -> Item:
    """A body of tracks."""
    return {"tracks": list(items)}


POSE = (element(51), element(52), element(53))
PARTS = (part(51), part(52), part(53))
ALL_KEYS = shape(
    id=None, group=None, source="auto", score=0.5, occluded=True, outside=False, z_order=-3, rotation=30.5,
    attributes=[value(11)], elements=[],
)  # fmt: skip
REFUSED: dict[str, Any] = {
    **{
        f"{kind} of {n}": shapes(shape(type=kind, points=NUMBERS[:n]))
        for kind, sizes in WRONG_SIZES.items()
        for n in sizes
    },
    "no points": shapes(shape(points=...)),
    "points of an element": shapes(pose(element(51, points=[1, 2, 3]))),
    "points of a keyframe": tracks(track(keyframe(points=[1, 2, 3]))),
    "points of a part": tracks(poses(part(51, keyframe(type="points", points=[])))),
    "points of a skeleton": shapes(pose(*POSE, points=[1, 2])),
    "points that are flags": shapes(shape(points=[1, True, 3, 4])),
    "points that are texts": shapes(shape(points=["1", "2", "3", "4"])),
    "points that are null": shapes(shape(points=[1, None, 3, 4])),
    "points in points": shapes(shape(points=[[1, 2], [3, 4]])),
    "null for points": shapes(shape(points=None)),
    "a number for points": shapes(shape(points=5)),
    "text for points": shapes(shape(points="1,2,3,4")),
    "an object for points": shapes(shape(points={"x": 1})),
    "points of a keyframe that are texts": tracks(track(keyframe(points=["1", 2, 3, 4]))),
    "a skeleton without elements": shapes(pose()),
    "a skeleton with no list of elements": shapes(shape(type="skeleton", label_id=5, points=[])),
    "a rectangle with elements": shapes(shape(elements=[element()])),
    "rotation below 0": shapes(shape(rotation=-0.5)),
    "rotation above 360": shapes(shape(rotation=360.5)),
    "rotation of a keyframe": tracks(track(keyframe(rotation=361))),
    "score above 1": shapes(shape(score=1.01)),
    "score below 0": shapes(shape(score=-0.01)),
    "score null": shapes(shape(score=None)),
    "score of an element": shapes(pose(element(score=2), *POSE[1:])),
    "score of an interval": {"intervals": [interval(score=1.5)]},
    "frame below 0": shapes(shape(frame=-1)),
    "frame of a tag below 0": {"tags": [tag(frame=-1)]},
    "frame of a track below 0": tracks(track(frame=-1)),
    "frame of a keyframe below 0": tracks(track(keyframe(-1))),
    "frame a fraction": shapes(shape(frame=0.5)),
    "frame null": shapes(shape(frame=None)),
    "no frame": shapes(shape(frame=...)),
    "frame too large": shapes(shape(frame=2**31)),
    "frame of a keyframe too large": tracks(track(keyframe(0), keyframe(2**31))),
    "frame of a tag too large": {"tags": [tag(frame=2**31)]},
    "group below 0": shapes(shape(group=-1)),
    "group of a tag below 0": {"tags": [tag(group=-1)]},
    "group of a track below 0": tracks(track(group=-1)),
    "group too large": shapes(shape(group=2**31)),
    "group of an element below 0": shapes(pose(element(group=-1), *POSE[1:])),
    "z_order too large": shapes(shape(z_order=2**31)),
    "z_order too small": shapes(shape(z_order=-(2**31) - 1)),
    "z_order of a keyframe too large": tracks(track(keyframe(z_order=2**31))),
    "label below 0": shapes(shape(label_id=-1)),
    "label unknown": shapes(shape(label_id=99)),
    "label 0": shapes(shape(label_id=0)),
    "label null": shapes(shape(label_id=None)),
    "no label": shapes(shape(label_id=...)),
    "label of a tag unknown": {"tags": [tag(label_id=99)]},
    "label of a track unknown": tracks(track(label_id=99)),
    "label of an interval unknown": {"intervals": [interval(label_id=99)]},
    "label of an element unknown": shapes(pose(element(99), *POSE[1:])),
    "label of a part unknown": tracks(poses(part(99), *PARTS[1:])),
    "source unknown": shapes(shape(source="robot")),
    "source empty": shapes(shape(source="")),
    "source in capitals": {"tags": [tag(source="Manual")]},
    "source of a track unknown": tracks(track(source="robot")),
    "source of an element unknown": shapes(pose(element(source="robot"), *POSE[1:])),
    "source null": shapes(shape(source=None)),
    "type unknown": shapes(shape(type="box")),
    "type null": shapes(shape(type=None)),
    "no type": shapes(shape(type=...)),
    "type of a keyframe unknown": tracks(track(keyframe(type="box"))),
    "id": shapes(shape(id=5)),
    "id of a tag": {"tags": [tag(id=5)]},
    "id of a track": tracks(track(id=5)),
    "id of an interval": {"intervals": [interval(id=5)]},
    "id of an element": shapes(pose(element(id=5), *POSE[1:])),
    "id of a part": tracks(poses(part(id=5), *PARTS[1:])),
    "attribute of another label": shapes(shape(label_id=2, attributes=[value(11)])),
    "attribute unknown": shapes(shape(attributes=[value(99)])),
    "attribute of a tag unknown": {"tags": [tag(attributes=[value(11)])]},
    "attribute of an element unknown": shapes(pose(element(attributes=[value(11)]), *POSE[1:])),
    "attribute of an interval unknown": {"intervals": [interval(attributes=[value(11)])]},
    "mutable attribute of a track": tracks(track(attributes=[value(12, "true")])),
    "immutable attribute of a keyframe": tracks(track(keyframe(attributes=[value(11)]))),
    "attribute without spec_id": shapes(shape(attributes=[{"value": "red"}])),
    "attribute without value": shapes(shape(attributes=[{"spec_id": 11}])),
    "attribute that is text": shapes(shape(attributes=["red"])),
    "attribute that is null": shapes(shape(attributes=[None])),
    "attribute of a tag without value": {"tags": [tag(label_id=1, attributes=[{"spec_id": 11}])]},
    "attribute of a keyframe without value": tracks(track(keyframe(attributes=[{"spec_id": 12}]))),
    "attributes null": shapes(shape(attributes=None)),
    "attributes an object": shapes(shape(attributes={"11": "red"})),
    "track without shapes": tracks(track(shapes=[])),
    "track without a list of shapes": tracks({"label_id": 1, "frame": 0}),
    "part without shapes": tracks(poses(part(shapes=[]), *PARTS[1:])),
    "interval that ends before it starts": {"intervals": [interval(start=3, stop=2)]},
    "interval before the task": {"intervals": [interval(start=-1, stop=2)]},
    "interval after the task": {"intervals": [interval(start=99, stop=None)]},
    "interval too long": {"intervals": [interval(start=0, stop=99)]},
    "interval without start": {"intervals": [{"label_id": 7, "stop": 3}]},
    "number too large": json.dumps(shapes(shape())).replace("60", "1e400"),
    "NaN": json.dumps(shapes(shape())).replace("60", "NaN"),
    "a list": [],
    "a list of shapes": [shape()],
    "text": '"shapes"',
    "no JSON": "{shapes: []}",
    "cut off": '{"shapes": [{"type": "rectangle"',
    "shapes null": {"shapes": None},
    "shapes an object": {"shapes": {}},
    "tags text": {"tags": "rain"},
    "tracks a number": {"tracks": 3},
    "a shape that is null": {"shapes": [None]},
    "a tag that is a number": {"tags": [6]},
    "an element on another frame": shapes(pose(element(51), element(52, frame=1), element(53))),
    "occluded null": shapes(shape(occluded=None)),
    "occluded a word": shapes(shape(occluded="maybe")),
    "version text": {"version": "new"},
}
ACCEPTED: dict[str, Any] = {
    "nothing": {},
    "empty lists": {"version": 0, "tags": [], "shapes": [], "tracks": [], "intervals": []},
    **{
        f"{kind} of {n}": shapes(shape(type=kind, points=MASKS[n] if kind == "mask" else NUMBERS[:n]))
        for kind, sizes in SIZES.items()
        for n in sizes
    },
    "all keys": shapes(ALL_KEYS),
    "a skeleton": shapes(pose(*POSE)),
    "a skeleton without points key": shapes(pose(*POSE, points=...)),
    "rotation 0": shapes(shape(rotation=0)),
    "rotation 360": shapes(shape(rotation=360)),
    "score 0": shapes(shape(score=0)),
    "score 1": shapes(shape(score=1)),
    "whole numbers as texts": shapes(shape(frame="0", label_id="1", group="2")),
    "a whole number with a point": shapes(shape(frame=0.0)),
    **{f"the flag {word}": shapes(shape(occluded=word, outside=0)) for word in FLAGS},
    "negative z_order": shapes(shape(z_order=-5)),
    "group null": shapes(shape(group=None)),
    "id null": shapes(shape(id=None)),
    "id of a keyframe": tracks(track(keyframe(id=5))),
    "a version": {"version": 7},
    "keys that nobody knows": shapes(shape(zorder=3, attributes=[value(11, "red", name="colour")])),
    "a key of the body that nobody knows": {"shape": []},
    "type of label ignored: rectangle with a tag's label": shapes(shape(label_id=6)),
    "type of label ignored: tag with a polygon's label": {"tags": [tag(label_id=3)]},
    "type of label ignored: polygon": shapes(shape(type="polygon", label_id=2, points=NUMBERS[:6])),
    "sublabel at the top": shapes(shape(type="points", label_id=51, points=[3, 3])),
    "a skeleton with a plain label": shapes(pose(*POSE, label_id=1)),
    "an element of another type": shapes(pose(element(51, type="rectangle", points=[1, 1, 9, 9]), *POSE[1:])),
    "an element twice": shapes(pose(element(51), element(51), element(52), element(53))),
    "a skeleton that lacks an element": shapes(pose(element(51))),
    "values not offered": shapes(shape(attributes=[value(11, "pink"), value(12, "maybe")])),
    "a value twice": shapes(shape(attributes=[value(11), value(11, "blue")])),
    "values that are no text": shapes(shape(attributes=[value(13, 15), value(12, True), value(14, 1.5)])),
    "a value that is null": shapes(shape(attributes=[value(14, None)])),
    "frame beyond the task": shapes(shape(frame=500)),
    "frame as large as it may be": shapes(shape(frame=2**31 - 1)),
    "frame that is deleted": shapes(shape(frame=8)),
    "tag beyond the task": {"tags": [tag(frame=500)]},
    "points outside the picture": shapes(shape(points=[-50, -50, 5000, 5000])),
    "points far outside the picture": shapes(shape(points=[5000, 5000, 6000, 6000])),
    "a rectangle without area": shapes(shape(points=[5, 5, 5, 5])),
    "inverted corners": shapes(shape(points=[60, 40, 10, 10])),
    "huge numbers": shapes(shape(points=[0, 0, 1e300, 1e300])),
    "a polygon in a line": shapes(shape(type="polygon", points=[0, 0, 5, 5, 9, 9])),
    "a polygon that crosses itself": shapes(shape(type="polygon", points=[0, 0, 50, 50, 50, 0, 0, 50])),
    "the same shape twice": shapes(shape(), shape()),
    "many of one frame": tracks(track(keyframe(0), keyframe(3), keyframe(1))),
    "two keyframes of a frame": tracks(track(keyframe(2), keyframe(2), frame=2)),
    "a track that begins later than it says": tracks(track(keyframe(3))),
    "a track that begins before it says": tracks(track(keyframe(0), frame=4)),
    "keyframes beyond the job, outside": tracks(track(keyframe(0), keyframe(11, outside=True))),
    "a track that is outside at once": tracks(track(keyframe(0, outside=True))),
    "a track that is hidden and seen again": tracks(track(keyframe(0), keyframe(2, outside=True), keyframe(4))),
    "mutable attribute of a keyframe": tracks(track(keyframe(attributes=[value(12, "true")]))),
    "immutable attribute of a track": tracks(track(attributes=[value(11)])),
    "a track of poses": tracks(poses(*PARTS)),
    "a track of polygons": tracks(track(keyframe(type="polygon", points=NUMBERS[:6]), label_id=3)),
    "an interval up to the end": {"intervals": [interval(stop=None)]},
    "an interval to one past the task": {"intervals": [interval(start=0, stop=12)]},
    "an interval of no length": {"intervals": [interval(start=3, stop=3)]},
    "many groups": shapes(shape(group=5), shape(group=5, points=[70, 10, 90, 30])),
    "white space": ' \n{"shapes" : [ ] }\n',
}
