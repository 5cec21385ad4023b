"""Calls that no command makes as they are: valid or not, mended into a place, reports that draw, diffs of texts."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import chdir
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

import annotools as at
from annotools.cli.messages import Amount, Progress
from annotools.progress import BYTES
from annotools.validate.api import assert_valid, write_changed
from annotools.validate.configuration import find_settings
from annotools.validate.fixing.text_diff import unified
from annotools.validate.reports import RenderOptions, render
from annotools.validate.settings import ValidateSettings
from tests.recorded.corpus import datasets
from tests.recorded.faulty import faulty
from tests.recorded.places import tried
from tests.recorded.words import FILES


def answers() -> Iterator[tuple[str, Callable[[], Any]]]:
    """The cases."""
    yield "amounts", _amounts
    yield "diffs", _diffs
    yield "valid", _valid
    yield "mended", _mended
    yield "settings", _found_settings
    yield "drawn", _drawn


def _amounts() -> list[Any]:
    seconds = (0.0, 0.05, 0.2, 1.0, 9.0, 100.0, 5000.0, 1e6)
    amounts = ((0, 9), (1, 9), (9, 9), (5, 0), (250, 1000), (10**9, 10**10))
    lines: list[Any] = [
        Amount(done, total, unit, 10.0).text(10.0 + passed) for unit in (BYTES, "rows") for passed in seconds
        for done, total in amounts
    ]  # fmt: skip
    shown = Progress()
    for step in ("reading", "writing"):
        shown.amount(1, 2, BYTES)
        lines.append(shown._how_far(shown._start + 3))
        shown(step)
        for done, total in ((1, 4), (2, 4), (4, 4), (1, 8)):
            shown.amount(done, total, "rows")
            lines.append(shown._how_far(shown._start)[:6])
    shown.end()
    return [*lines, shown.is_seen]


def _diffs() -> list[Any]:
    random = np.random.default_rng(3)
    lines: list[Any] = []
    for count, letters in ((6, 3), (20, 4), (60, 3), (60, 50), (400, 2), (700, 60), (1500, 2)):
        before = [f"{letter}\n" for letter in random.integers(0, letters, count)]
        after = [line for line in before if random.random() > 0.1]
        for spot in random.integers(0, len(after), max(count // 10, 1)):
            after.insert(int(spot), f"new {spot % 3}\n")
        for one, other in ((before, after), (after, before), (before, before), (before, []), ([], after)):
            lines += ["".join(unified("x", one, other, context)) for context in (0, 3)]
    return lines


def _valid() -> list[Any]:
    body = json.loads(faulty(1)["annotations.json"])
    asked: list[dict[str, Any]] = [{}, {"least": "warning"}, {"least": "odd"}, {"preset": "strict", "least": "info"}, {
        "select": "GEO", "ignore": ["GEO007", "GEO004, GEO001"]},
        {"settings": ValidateSettings("strict"), "select": ""},
        {"settings": ValidateSettings("strict"), "preset": "upload"}, {"action": "put", "slug": "cvat-api"}, {"context":
        datasets()["full"]}, {"job": 3}, {"slug": "coco"}]  # fmt: skip
    lines: list[Any] = []
    for judged in (
        body,
        {"shapes": []},
        {"odd": 1},
    ):
        lines += [tried(lambda judged=judged, choice=choice: dict(assert_valid(judged, **choice).by_rule()))
                  for choice in asked]  # fmt: skip
    return lines


def _mended() -> list[Any]:
    lines: list[Any] = []
    with TemporaryDirectory() as folder, chdir(folder):
        for name, data in faulty(0).items():
            for where in ("in", "in/jobs/7", "jobs/3"):
                path = Path(where) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
        os.symlink("/nowhere", "in/link")
        for where, output, choice in (
            ("in", "out", {}), ("in", "out", {}), ("in", "out", {"force": True}), ("in", "in", {"force": True}), ("in",
            "out.zip", {"unsafe": True}), ("in/annotations.json", "one.json", {"unsafe": True}),
            ("jobs/3/annotations.json", None, {}),
            ("in/jobs/7/annotations.json", None, {"unsafe": True, "select": "GEO"}), ("in", None, {"job": 7}),
        ):  # fmt: skip
            made = tried(lambda: at.fix(where, output, **choice))  # type: ignore[arg-type]  # noqa: B023
            lines.append(made if isinstance(made, str) else (dict(made.applied), made.remarks, made.diff(1)))
            lines.append(sorted(str(path) for path in Path().rglob("*")))
        outcome = at.fix("jobs/3", unsafe=True)
        write_changed(outcome, "jobs/3")
        lines.append(Path("jobs/3/annotations.json").read_bytes())
    return [str(line).replace(os.path.realpath(folder), "<here>") for line in lines]


def _found_settings() -> list[Any]:
    lines: list[Any] = []
    with TemporaryDirectory() as folder, chdir(folder):
        for name, text in FILES.items():
            for where in (f"a/{name.replace('.', '/')}",):
                Path(where, "b").mkdir(parents=True, exist_ok=True)
                Path(where, "annotools.toml" if "pyproject" not in name else "pyproject.toml").write_text(text)
                lines += [str(tried(partial(find_settings, at_))) for at_ in (where, f"{where}/b", "a")]
    return [
        line.replace(os.path.realpath(folder), "<here>").replace(os.path.basename(folder), "<here>") for line in lines
    ]


def _drawn() -> list[Any]:
    reports = [at.validate(datasets()[name], preset="strict") for name in ("edges", "tracks", "skeletons")]
    reports.append(at.validate(json.loads(faulty(1)["annotations.json"]), context=datasets()["full"]))
    looks = [RenderOptions(4, True, width, statistics, True) for width in (40, 100) for statistics in (False, True)]
    return ["".join(render("full", reports, look)) for look in looks]
