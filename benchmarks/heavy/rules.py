"""The Bad examples of rules, each some thousand times: what a finding costs, made, listed and mended.  As in `bundles`.

`spread`: the copies on some hundred frames; `crowded`: all on the same frames.
"""

from __future__ import annotations

import copy
import json
from typing import Any

from annotools.validate.registry import all_rules
from benchmarks.heavy.bundles import Item, Make, Members
from tests.validate.examples import DATA_META, FRAMES, files_of, parts_of

_LISTS = ("tags", "shapes", "tracks", "intervals")
_SIZE = 400_000  # bytes of annotations
GROUPS = 40  # of frames


def _annotations(text: str) -> Item | None:
    """The annotations of an example, None where it is about a whole input."""
    parts = parts_of(text)
    bad = parts.get("annotations", {})
    try:
        bad = json.loads(bad) if isinstance(bad, str) else bad
        json.dumps(bad, allow_nan=False)
    except ValueError:
        return None
    if "files" in parts or not isinstance(bad, dict) or not any(bad.get(name) for name in _LISTS):
        return None
    lists = [bad.get(name, []) for name in _LISTS]
    return bad if all(isinstance(rows, list) and all(isinstance(row, dict) for row in rows) for rows in lists) else None


def _moved(value: Any, frames: int, ids: int) -> None:
    """Move a row and all below it to other frames, with other ids and groups."""
    for key, held in value.items():
        if key in ("frame", "id", "group") and type(held) is int and held >= (key != "frame"):
            value[key] = held + (frames if key == "frame" else ids)
        elif key in ("shapes", "elements", "attributes") and isinstance(held, list):
            for row in held:
                if isinstance(row, dict):
                    _moved(row, frames, ids)


def _copies(text: str, spread: bool) -> Make:
    def make(count: int) -> Members:
        parts, bad = parts_of(text), _annotations(text) or {}
        number = max(count // max(len(json.dumps(bad)), 1), 1)
        lists: Item = {name: [] for name in _LISTS}
        for index in range(number):
            for name in _LISTS:
                for row in copy.deepcopy(bad.get(name, [])):
                    _moved(row, 12 * (index % GROUPS) if spread else 0, 100 * index)
                    lists[name].append(row)
        if not lists["intervals"]:
            del lists["intervals"]
        if not spread:
            return files_of(parts | {"annotations": bad | lists})
        size = 12 * GROUPS
        frames = [frame | {"name": f"{i}/{frame['name']}"} for i in range(GROUPS) for frame in FRAMES]
        meta = {"size": size, "stop_frame": size - 1, "frames": frames, "deleted_frames": []}
        job = {"stop_frame": size - 1, "frame_count": size} | (parts.get("job") or {})
        parts = parts | {"data_meta": DATA_META | meta | (parts.get("data_meta") or {}), "job": job}
        return files_of(parts | {"annotations": bad | lists, "task": {"size": size} | (parts.get("task") or {})})

    return make


def _rules() -> dict[str, tuple[Make, int]]:
    inputs = {}
    for rule in all_rules().values():
        for number, text in enumerate(rule.manual.bad):
            if _annotations(text) is not None:
                inputs[f"{rule.code} {number}, crowded"] = (_copies(text, spread=False), _SIZE)
                inputs[f"{rule.code} {number}, spread"] = (_copies(text, spread=True), _SIZE)
    return inputs


RULES: dict[str, tuple[Make, int]] = _rules()
