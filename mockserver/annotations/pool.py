"""Annotations of a task with a pool of validation frames: what is drawn on a frame of the pool, its honeypots show too.

    spread({"shapes": [on frame 24]}, layout, "create")     {"shapes": [on frame 24, on its honeypots 0 and 13]}

Only a whole document or new annotations may touch the pool by way of the task; what the request has on honeypots
gives way to that.
"""

from __future__ import annotations

import copy
from typing import Any

from mockserver.protocol.http import errors
from mockserver.state.tables import Record

Item = dict[str, Any]
EDITED = "Annotations on validation frames can only be edited via task import or the GT job"


def spread(document: Item, layout: Record, action: str) -> Item:
    """The document with copies on honeypots. Raises: ApiError 400 for tracks, and for changes of the pool."""
    if document["tracks"]:
        raise errors("Tracks are not supported when task validation mode is gt_pool")
    pool, honeypots = set(layout["validation_frames"]), set(layout["honeypot_frames"])
    touched = any(item["frame"] in pool for kind in ("tags", "shapes") for item in document[kind])
    if not touched and action != "replace":
        return document
    if action not in ("replace", "create"):
        raise errors(EDITED)
    result = dict(document)
    for kind in ("tags", "shapes"):
        rest = [item for item in document[kind] if item["frame"] not in honeypots]
        result[kind] = rest + [row for item in rest if item["frame"] in pool for row in _copies(item, layout)]
    return result


def _copies(item: Item, layout: Record) -> list[Item]:
    pairs = zip(layout["honeypot_frames"], layout["honeypot_real_frames"], strict=True)
    return [_on(item, honeypot) for honeypot, real in pairs if real == item["frame"]]


def _on(item: Item, frame: int) -> Item:
    """A copy of an annotation on another frame, without ids."""
    annotation = {**copy.deepcopy(item), "frame": frame, "id": None}
    for element in annotation.get("elements", ()):
        element.update(frame=frame, id=None)
    return annotation
