"""A Code Quality report of GitLab: a list of issues, each with a fingerprint of its own.

    [{"description": .., "check_name": "GEO007", "fingerprint": .., "severity": "critical",
      "location": {"path": "body.json", "lines": {"begin": 1}}}]

Source: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import Any

from annotools.validate.findings import ERROR, INFO, WARNING, Finding
from annotools.validate.report import Report
from annotools.validate.reports.as_json import dumped
from annotools.validate.reports.base import RenderOptions, path_of
from annotools.validate.reports.texts import Texts

LEVELS = {ERROR: "critical", WARNING: "minor", INFO: "info"}


def gitlab(reports: Sequence[Report], options: RenderOptions) -> Iterator[str]:
    """The issues of all reports."""
    seen: Counter[str] = Counter()
    first = True
    yield "["
    for report in reports:
        texts = Texts(report)
        for finding, items in report.entries(options.shown):
            issue = _issue(report, finding, texts, seen)
            issue["description"] += f", and {len(items) - 1:,} more like it" if items else ""
            yield ("\n" if first else ",\n") + dumped(issue)
            first = False
    yield "\n]\n"


def _issue(report: Report, finding: Finding, texts: Texts, seen: Counter[str]) -> dict[str, Any]:
    where = finding.where
    path, address = path_of(report, where), f" [{where.address}]" if where.address else ""
    return {
        "description": f"{finding.name}: {finding.message}{address}", "check_name": finding.rule,
        "fingerprint": _unique(path, finding.fingerprint, seen), "severity": LEVELS[finding.severity],
        "location": {"path": path, "lines": {"begin": texts.line(where) or 1}},
    }  # fmt: skip


def _unique(path: str, fingerprint: str, seen: Counter[str]) -> str:
    """A fingerprint that no other issue has: equal findings of a file are numbered."""
    key = f"{path}\x1f{fingerprint}"
    seen[key] += 1
    return blake2b(f"{key}\x1f{seen[key]}".encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
