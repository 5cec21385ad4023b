"""Small odd inputs that the other tests thought of, answered in full: those look at one thing of an answer.

tests/data/recorded/inputs.jsonl.xz, a line for each, by group and name: `read-coco` members of a format, `write-coco` a
dataset on its way to a format, `steps-m` one that goes through steps, `call-diff` another function of datasets; named
by the test that had it.  `tests/recorded/harvest.py` collects them.
"""

from __future__ import annotations

import base64
import json
import lzma
from collections.abc import Iterator, Mapping
from functools import cache, partial
from importlib import import_module
from typing import Any

import numpy as np

from annotools import formats
from annotools.convert.work import Work
from annotools.formats.base import ReadOptions, WriteOptions
from annotools.quirks import CVAT, NONE
from annotools.transform.pipeline import run
from annotools.transform.steps import STEPS
from annotools.validate.overlay import Overlay
from tests.paths import DATA
from tests.recorded.parts.writing import members_of
from tests.recorded.records import Cases
from tests.recorded.stored import restored

EVERY = 3
INPUTS = DATA / "recorded" / "inputs.jsonl.xz"


def groups() -> Iterator[str]:
    """What is done with the inputs, and to which format."""
    yield from _inputs()


def cases(group: str) -> Cases:
    """Every input of a group, and of what is read every third in the server's language too."""
    for number, (name, asked) in enumerate(_inputs()[group].items()):
        yield name, partial(answer, asked)
        if asked["kind"] == "read" and number % EVERY == 0 and not asked["options"].get("compat"):
            yield f"{name}/cvat", partial(answer, asked | {"options": asked["options"] | {"compat": True}})


def answer(asked: Mapping[str, Any]) -> Any:
    """What annotools answers to an input."""
    return _WAYS[asked["kind"]](asked)


@cache
def _inputs() -> dict[str, dict[str, dict[str, Any]]]:
    known: dict[str, dict[str, dict[str, Any]]] = {}
    with lzma.open(INPUTS, "rt", encoding="utf-8") as lines:
        for line in lines:
            asked = json.loads(line)
            known.setdefault(asked["group"], {})[asked["name"]] = asked
    return known


def _read(asked: Mapping[str, Any]) -> dict[str, Any]:
    options = ReadOptions(**_options(asked["options"]))
    form = formats.get(asked["slug"])
    reader = form.dialect(options).read or form.read
    assert reader is not None
    members = {name: _bytes(content) for name, content in asked["members"].items()}
    context = restored(asked["context"]) if asked["context"] is not None else None
    result = reader(Overlay("given", members), context, options)
    media = None if result.media is None else result.media
    return {"problems": list(result.problems), "changes": result.losses, "read": result.dataset, "media": media}


def _bytes(content: Any) -> bytes:
    return content.encode() if isinstance(content, str) else base64.b64decode(content["b64"])


def _options(known: Mapping[str, Any]) -> dict[str, Any]:
    """The options of a reader or writer by name."""
    options = dict(known)
    compat = options.pop("compat", False)
    return options | {"quirks": CVAT if compat is True else frozenset(compat or ())}


def _write(asked: Mapping[str, Any]) -> dict[str, Any]:
    form, options = formats.get(asked["slug"]), WriteOptions(**_options(asked["options"]))
    work = Work(restored(asked["dataset"]))
    work.fit(form, options)
    return {"losses": work.losses, "members": members_of(form, work.dataset, options)}


def _steps(asked: Mapping[str, Any]) -> dict[str, Any]:
    after, losses = run(restored(asked["dataset"]), asked["steps"], CVAT if asked["compat"] else NONE, STEPS)
    return {"losses": losses, "after": after}


def _call(asked: Mapping[str, Any]) -> Any:
    module, _, name = asked["call"].partition(":")
    result = getattr(import_module(module), name)(
        *map(_argument, asked["args"]), **{name: _argument(value) for name, value in asked["kw"].items()}
    )
    return result.as_dict() if hasattr(result, "as_dict") else result


def _argument(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if "dataset" in value:
        return restored(value["dataset"])
    return np.array(value["array"]) if "array" in value else frozenset(value["set"])


_WAYS = {"read": _read, "write": _write, "steps": _steps, "call": _call}
