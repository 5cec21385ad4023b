"""Examples of rules as they would be elsewhere: in a second job, in ground truth, as tracks, by the dozen."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from tests.validate.examples import DATA_META

Parts = dict[str, Any]
_KINDS = ("tags", "shapes", "tracks", "intervals")
_SMALL = [{"width": 50, "height": 30 + number, "name": f"s/{number}.png"} for number in range(12)]
_OWN = ("label_id", "group", "source", "id", "attributes", "elements", "score")


def _with(**changes: Any) -> Callable[[Parts], Parts]:
    """Other keys of the job, the task, the frames; or none of them."""

    def changed(parts: Parts) -> Parts:
        merged = dict(parts)
        for name, change in changes.items():
            old = parts.get(name, {})
            merged[name] = old | change if isinstance(change, dict) and isinstance(old, dict) else change
        return merged

    return changed


def _of_annotations(change: Callable[[Parts], Parts]) -> Callable[[Parts], Parts]:
    return lambda parts: parts | {"annotations": change(parts["annotations"])}


def _many(annotations: Parts) -> Parts:
    """A dozen of each, without ids."""
    copies = {}
    for kind in _KINDS:
        rows = annotations.get(kind)
        if isinstance(rows, list) and 0 < len(rows) < 12:
            plain = [{name: value for name, value in row.items() if name != "id"} if isinstance(row, dict) else row
                     for row in rows]  # fmt: skip
            copies[kind] = rows + plain * (12 // len(rows))
    return annotations | copies


def _later(value: Any) -> Any:
    """Every frame one more."""
    if isinstance(value, list):
        return [_later(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    return {
        name: inner + 1 if name == "frame" and type(inner) is int else _later(inner) for name, inner in value.items()
    }


def _spaced(value: Any) -> Any:
    """Spaces round every value of an attribute."""
    if isinstance(value, list):
        return [_spaced(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    return {name: f"  {inner} " if name == "value" and isinstance(inner, str) else _spaced(inner)
            for name, inner in value.items()}  # fmt: skip


def _tracked(annotations: Parts) -> Parts:
    """Shapes as tracks of two keyframes."""
    shapes = annotations.get("shapes")
    if not isinstance(shapes, list) or not all(isinstance(shape, dict) for shape in shapes):
        return annotations
    tracks = []
    for shape in shapes:
        frame = shape.get("frame", 0)
        key = {name: value for name, value in shape.items() if name not in _OWN}
        own = {name: value for name, value in shape.items() if name in _OWN and name != "elements"}
        next_ = key | {"frame": frame + 2 if type(frame) is int else frame, "outside": True}
        tracks.append(own | {"frame": frame, "shapes": [key, next_]})
    return {name: rows for name, rows in annotations.items() if name != "shapes"} | {
        "tracks": [*(annotations.get("tracks") or []), *tracks]
    }


def _in_lines(name: str, text: Any) -> Any:
    """Elements of XML on lines of their own; blank lines in a text of lines, and other line ends."""
    if not isinstance(text, str):
        return text
    if name.endswith(".xml"):
        return text.replace("><", ">\n<")
    return text.replace("\n", "\r\n\r\n") if name.endswith((".txt", ".csv")) else text


_TRUTH = {"type": "ground_truth", "start_frame": 0, "stop_frame": 11, "stage": "acceptance"}
PLACES: tuple[tuple[str, Callable[[Parts], Parts]], ...] = (
    ("many", _of_annotations(_many)), ("second", _with(job={"start_frame": 2, "stop_frame": 5, "frame_count": 4})),
    ("tracks", _of_annotations(_tracked)), ("later", _of_annotations(_later)),
    ("spaced", _of_annotations(_spaced)), ("truth", _with(job=_TRUTH, data_meta={"included_frames": [0, 2, 9]})),
    ("video", _with(job={"mode": "interpolation"}, task={"mode": "interpolation"})),
    ("pool", _with(task={"validation_mode": "gt_pool"})),
    ("bare", _with(labels=None, data_meta=None, job=None, task=None)),
    ("small", _with(data_meta={"frames": _SMALL})), ("hidden", _with(data_meta={"deleted_frames": [0, 1, 2]})),
    ("cloud", _with(job={"dimension": "3d"}, task={"dimension": "3d", "media_type": "point_cloud"})),
    ("put", _with(**{"as": "put"})), ("update", _with(**{"as": "update"})), ("delete", _with(**{"as": "delete"})),
    ("few", _with(data_meta={"size": 3, "stop_frame": 2, "frames": DATA_META["frames"][:3]})),
    ("twice", lambda parts: parts | {"elsewhere": parts["annotations"], "truth": [0, 1, 9]}),
)  # fmt: skip


def elsewhere(parts: Parts, start: int, turns: int) -> Iterator[tuple[str, Parts]]:
    """The example in some of the places, from one on; files in other lines; nothing of broken text."""
    annotations = parts.get("annotations", {})
    if isinstance(annotations, str):
        try:
            annotations = json.loads(annotations)
        except ValueError:
            return
    if "files" in parts:
        yield "lines", parts | {"files": {name: _in_lines(name, text) for name, text in parts["files"].items()}}
        return
    if not isinstance(annotations, dict):
        return
    for turn in range(turns):
        word, change = PLACES[(start + turn * 5) % len(PLACES)]
        yield word, change(parts | {"annotations": annotations})
