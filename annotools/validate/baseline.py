"""A baseline: the findings that were there before, known by their content, so that only new ones are told.

    {"version": 1, "findings": {"GEO007": {"1887bb72a41a4dea": 2, ..}, ..}}

A fingerprint does not depend on ids, order or place; equal findings are counted, so one more of them is new.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np

from annotools.errors import InputError, Problem, UsageError
from annotools.model import Dataset
from annotools.model.tables import Bools
from annotools.storage import open_source, write_document
from annotools.validate.findings import Found
from annotools.validate.fingerprints import Fingerprints
from annotools.validate.registry import Rule

VERSION = 1


class Baseline:
    """Known findings: how many of each fingerprint, by rule code."""

    def __init__(self, known: dict[str, dict[str, int]] | None = None) -> None:
        self.known = {code: Counter(counts) for code, counts in (known or {}).items()}

    def __len__(self) -> int:
        return sum(sum(counts.values()) for counts in self.known.values())

    def add(self, rule: Rule, answer: Found, fingerprints: Fingerprints) -> None:
        """Take findings in."""
        counts = self.known.setdefault(rule.code, Counter())
        counts.update(fingerprints.each(rule.code, answer))

    def quiet(self, rule: Rule, answer: Found, dataset: Dataset) -> Bools:
        """Which findings were there before."""
        left = Counter(self.known.get(rule.code, ()))
        flags = np.zeros(len(answer), np.bool_)
        if not left:
            return flags
        for index, mark in enumerate(Fingerprints(dataset).each(rule.code, answer)):
            if left[mark] > 0:
                left[mark] -= 1
                flags[index] = True
        return flags

    def as_bytes(self) -> bytes:
        """The file, sorted, one fingerprint a line, so that versions of it can be compared."""
        rows = {code: dict(sorted(self.known[code].items())) for code in sorted(self.known) if self.known[code]}
        return json.dumps({"version": VERSION, "findings": rows}, indent=1).encode() + b"\n"

    def write(self, where: str | os.PathLike[str]) -> None:
        """Write the file, all of it or nothing.  Raises UsageError where a file is that is not a baseline."""
        if os.path.isfile(where) and os.path.getsize(where) and not _is_baseline(where):
            raise UsageError(f"{os.fspath(where)}: is not a baseline, expected an earlier one or nothing there")
        write_document(where, self.as_bytes())


def _is_baseline(where: str | os.PathLike[str]) -> bool:
    try:
        read_baseline(where)
    except InputError:
        return False
    return True


def read_baseline(where: str | os.PathLike[str]) -> Baseline:
    """A baseline from its file.  Raises: InputError."""
    with open_source(where) as source:
        text = source.read(source.members()[0]) if source.members() else b""
    try:
        value: Any = json.loads(text)
        rows = value["findings"]
        known = {str(code): {str(mark): int(n) for mark, n in counts.items()} for code, counts in rows.items()}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        wanted = '{"version": 1, "findings": {..}}'
        raise InputError(Problem("is not a baseline", os.fspath(where), expected=wanted)) from error
    return Baseline(known)


def baseline_of(batches: Iterable[tuple[Rule, Found]], dataset: Dataset) -> Baseline:
    """A baseline of findings."""
    made, fingerprints = Baseline(), Fingerprints(dataset)
    for rule, answer in batches:
        made.add(rule, answer, fingerprints)
    return made
