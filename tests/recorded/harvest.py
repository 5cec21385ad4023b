"""Collects what tests give to readers, writers, steps and other functions of datasets, for the part `inputs`.

    python -m pytest -p tests.recorded.harvest tests/formats tests/transform ...    # adds lines to inputs.jsonl.xz
    python -m tests.recorded --update inputs --new

Of each test a few small inputs, of each answer one: what several tests ask alike is kept once.  Tests that draw their
inputs give none, as nobody would know them again.
"""

from __future__ import annotations

import base64
import json
import lzma
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial, wraps
from importlib import import_module
from typing import Any

import pytest

from annotools.convert.work import Work
from annotools.formats import TABLE
from annotools.formats.registry import formats
from annotools.model import Dataset
from annotools.transform import pipeline
from annotools.transform.steps import STEPS, TRANSFORMS
from tests.recorded.answers import digest
from tests.recorded.parts.inputs import INPUTS, answer
from tests.recorded.records import answered
from tests.recorded.stored import stored

LARGEST = {"read": 8000, "write": 4500, "steps": 12_000, "call": 12_000}
MOST = {"read": 4, "write": 2, "steps": 4, "call": 4}  # of a test and what it asks
CALLS = {
    "annotools.tracks": ("interpolate", "merge_jobs", "split_into_jobs", "to_keyframes", "cut"),
    "annotools.quality": ("report", "merge_replicas", "with_truth"),
    "annotools": ("diff", "stats", "concat"),
}
_FLAGS = ("settings", "job", "by_job", "origin", "extras", "unknown", "images", "video")


class Harvest:
    """What was collected, and of which test now."""

    def __init__(self) -> None:
        self.test, self.busy, self.new = "", False, {}
        self.count: Counter[tuple[str, str, str]] = Counter()
        self.known = _lines()
        self.answers = {_digest(asked) for asked in self.known}

    def put(self, kind: str, owner: str, **asked: Any) -> None:
        """Keep an input, if it is small and says something new."""
        key = kind, owner, self.test
        asked = {"kind": kind, **asked}
        if self.count[key] >= MOST[kind] or len(json.dumps(asked)) > LARGEST[kind]:
            return
        code = _digest(asked)
        if code not in self.answers:
            self.answers.add(code)
            self.count[key] += 1
            name = f"{self.test}-{self.count[key]:02d}"
            self.new[f"{kind}-{owner}", name] = asked


def _digest(asked: dict[str, Any]) -> str:
    return digest(answered("", partial(answer, asked)).lines)


def _lines() -> list[dict[str, Any]]:
    with lzma.open(INPUTS, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


HARVEST = Harvest()


def _asking(function: Callable[..., Any], keep: Callable[..., None]) -> Callable[..., Any]:
    """The same function, which keeps what a test gives it; not what it gives others on the way."""

    @wraps(function)
    def asking(*given: Any, **named: Any) -> Any:
        if not HARVEST.test or HARVEST.busy:
            return function(*given, **named)
        HARVEST.busy = True
        try:
            with suppress(Exception):  # what cannot be kept is no matter, whatever is odd about it
                keep(*given, **named)
            return function(*given, **named)
        finally:
            HARVEST.busy = False

    return asking


def _options(options: Any) -> dict[str, Any]:
    flags = {name: getattr(options, name, None) for name in _FLAGS}
    flags["compat"] = len(options.quirks) > 1 or sorted(options.quirks)
    return {name: dict(value) if name == "settings" else value for name, value in flags.items() if value}


def _keep_read(slug: str) -> Callable[..., None]:
    def keep(source: Any, context: Dataset | None, options: Any) -> None:
        if options.earlier is None and not options.share and sum(map(source.size, source.members())) < LARGEST["read"]:
            members = {name: _text(_data(source, name)) for name in source.members()}
            known = None if context is None else stored(context)
            HARVEST.put("read", slug, slug=slug, members=members, options=_options(options), context=known)

    return keep


def _data(source: Any, name: str) -> bytes:
    with source.open(name) as stream:
        data: bytes = stream.read()
    return data


def _text(data: bytes) -> Any:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return {"b64": base64.b64encode(data).decode()}


def _keep_fit(work: Work, form: Any, options: Any) -> None:
    HARVEST.put("write", form.slug, slug=form.slug, options=_options(options), dataset=stored(work.dataset))


def _keep_run(dataset: Dataset, names: Any, quirks: Any = (), known: Any = STEPS) -> None:
    if known in (STEPS, TRANSFORMS) and not isinstance(names, Iterator):
        steps = list(names)
        HARVEST.put("steps", steps[0][0], steps=steps, compat=bool(quirks), dataset=stored(dataset))


def _keep_call(module: str, name: str) -> Callable[..., None]:
    def keep(*given: Any, **named: Any) -> None:
        args, kw = [_argument(value) for value in given], {word: _argument(value) for word, value in named.items()}
        HARVEST.put("call", name, call=f"{module}:{name}", args=args, kw=kw)

    return keep


def _argument(value: Any) -> Any:
    if isinstance(value, Dataset):
        return {"dataset": stored(value)}
    if isinstance(value, frozenset):
        return {"set": sorted(value)}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"a {type(value).__name__} cannot be kept")


def pytest_configure() -> None:
    """Put what collects round the functions, before tests import them."""
    for slug in TABLE:
        form = formats.get(slug)
        for one in (form, *form.dialects.values()):
            if one.read is not None:
                object.__setattr__(one, "read", _asking(one.read, _keep_read(slug)))
    Work.fit = _asking(Work.fit, _keep_fit)  # type: ignore[method-assign]
    run = _asking(pipeline.run, _keep_run)
    for owner in (pipeline, import_module("annotools.transform")):
        owner.run = run  # type: ignore[attr-defined]
    for module, names in CALLS.items():
        for name in names:
            owner = import_module(module)
            setattr(owner, name, _asking(getattr(owner, name), _keep_call(module, name)))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """From now on it is this test that gives."""
    drawn = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
    HARVEST.test = "" if drawn else re.sub(r"\W", "_", item.name.partition("[")[0].removeprefix("test_"))


def pytest_sessionfinish() -> None:
    """Write what is new behind what was known."""
    rows = [{"group": group, "name": name, **asked} for (group, name), asked in HARVEST.new.items()]
    named = {(row["group"], row["name"]): row for row in [*rows, *HARVEST.known]}
    text = "".join(json.dumps(named[key]) + "\n" for key in sorted(named))
    INPUTS.write_bytes(lzma.compress(text.encode(), preset=9))
