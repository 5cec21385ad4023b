"""The examples in the docstrings of rules, as inputs: a standard street task round the annotations of an example.

An example is
  * annotations, `{"shapes": [...]}`, or any other text, which is then the annotations.json as it stands, or
  * an object with some of the keys `annotations`, `labels`, `data_meta`, `job`, `task`, `as`, `from`, `files`,
    `options`, `elsewhere`.

`labels` replaces the standard ones; `data_meta`, `job`, `task` change keys of the standard ones (null: there is none);
`as` is --as; `files` (name -> text) are the whole input, in place of a bundle, read as `from`, and the others, if any
is given, its --task.  `<x*4097>` in the text stands for 4097 times x.  `options` are those of the rule; `elsewhere` are
the annotations of the task's other job, 4; `truth` are the frames of its ground truth job, 5.
"""

from __future__ import annotations

import json
import re
from typing import Any

_KEYS = {"annotations", "labels", "data_meta", "job", "task", "as", "from", "files", "options", "elsewhere", "truth"}
_LONG = re.compile(r"<([^<>*]+)\*(\d+)>")

LABELS: list[dict[str, Any]] = [
    {"id": 1, "name": "car", "type": "any", "attributes": [
        {"id": 11, "name": "colour", "mutable": False, "input_type": "select", "default_value": "red",
         "values": ["red", "green", "blue"]},
        {"id": 12, "name": "moving", "mutable": True, "input_type": "checkbox", "default_value": "false",
         "values": ["false"]},
        {"id": 13, "name": "speed", "mutable": True, "input_type": "number", "default_value": "0",
         "values": ["0", "200", "5"]},
        {"id": 14, "name": "plate", "mutable": False, "input_type": "text", "default_value": "", "values": [""]}]},
    {"id": 2, "name": "person", "type": "rectangle", "attributes": []},
    {"id": 3, "name": "road", "type": "polygon", "attributes": []},
    {"id": 4, "name": "sky", "type": "mask", "attributes": []},
    {"id": 5, "name": "pose", "type": "skeleton", "attributes": [], "sublabels": [
        {"id": 51, "name": "head", "type": "points", "attributes": []},
        {"id": 52, "name": "left", "type": "points", "attributes": []},
        {"id": 53, "name": "right", "type": "points", "attributes": []}],
     "svg": "".join(f'<circle r="1" cx="{i}" cy="{i}" data-type="element node" data-element-id="{i}" '
                    f'data-node-id="{i}" data-label-id="5{i}"></circle>' for i in (1, 2, 3))},
    {"id": 6, "name": "rain", "type": "tag", "attributes": []},
    {"id": 7, "name": "horn", "type": "interval", "attributes": []},
    {"id": 8, "name": "hand", "type": "skeleton", "attributes": [], "sublabels": [
        {"id": 81, "name": "thumb", "type": "points", "attributes": []}],
     "svg": '<circle r="1" cx="1" cy="1" data-type="element node" data-element-id="1" data-node-id="1" '
            'data-label-id="81"></circle>'},
]  # fmt: skip
FRAMES = [{"width": 200, "height": 100, "name": f"street/{i:03d}.jpg", "related_files": 0} for i in range(12)]
DATA_META: dict[str, Any] = {
    "size": 12, "start_frame": 0, "stop_frame": 11, "frame_filter": "", "frames": FRAMES, "deleted_frames": [8],
    "included_frames": None, "chunk_size": 36, "image_quality": 70, "storage": "local", "cloud_storage_id": None,
}  # fmt: skip
TASK: dict[str, Any] = {
    "id": 1, "name": "street", "mode": "annotation", "dimension": "2d", "media_type": "image", "size": 12, "subset": "",
    "segment_size": 12, "overlap": 0, "validation_mode": None, "consensus_enabled": False,
}  # fmt: skip
JOB: dict[str, Any] = {
    "id": 3, "task_id": 1, "type": "annotation", "start_frame": 0, "stop_frame": 9, "frame_count": 10,
    "stage": "annotation", "state": "new", "mode": "annotation", "dimension": "2d", "media_type": "image",
    "parent_job_id": None, "assignee": None,
}  # fmt: skip


def parts_of(text: str) -> dict[str, Any]:
    """An example's parts, by the keys above; `annotations` is text."""
    text = _LONG.sub(lambda match: match[1] * int(match[2]), text)
    try:
        value = json.loads(text)
    except ValueError:
        return {"annotations": text}
    if not isinstance(value, dict) or not value or not value.keys() <= _KEYS:
        return {"annotations": text}
    return value


def files_of(parts: dict[str, Any]) -> dict[str, bytes]:
    """The members of the input of an example."""
    if "files" in parts:
        return {name: _bytes(content) for name, content in parts["files"].items()}
    bundle = {
        "annotations.json": parts.get("annotations", {}),
        "labels.json": parts.get("labels", LABELS),
        "data_meta.json": _changed(DATA_META, parts.get("data_meta", {})),
        "job.json": _changed(JOB, parts.get("job", {})),
        "task.json": _changed(TASK, parts.get("task", {})),
    }
    return {name: _bytes(content) for name, content in bundle.items() if content is not None}


def context_of(parts: dict[str, Any]) -> dict[str, bytes] | None:
    """The members of the context that an example needs besides its input: the task with its other jobs."""
    if "files" in parts and parts.keys() & {"labels", "data_meta", "job", "task"}:
        return files_of({name: part for name, part in parts.items() if name != "files"} | {"annotations": None})
    if not parts.keys() & {"elsewhere", "truth"}:
        return None
    other = JOB | {"id": 4, "start_frame": 8, "stop_frame": 11, "frame_count": 4}
    members = {"labels.json": LABELS, "data_meta.json": DATA_META, "task.json": TASK, "jobs/3/job.json": JOB}
    members |= {"jobs/4/job.json": other, "jobs/4/annotations.json": parts.get("elsewhere", {})}
    if "truth" in parts:
        members["jobs/5/job.json"] = JOB | {"id": 5, "type": "ground_truth", "start_frame": 0, "stop_frame": 11}
        members["jobs/5/data_meta.json"] = DATA_META | {"included_frames": parts["truth"]}
    return {name: _bytes(content) for name, content in members.items()}


def _changed(standard: dict[str, Any], changes: dict[str, Any] | None) -> dict[str, Any] | None:
    return None if changes is None else standard | changes


def _bytes(content: Any) -> bytes:
    return (content if isinstance(content, str) else json.dumps(content)).encode("utf-8", "surrogatepass")
