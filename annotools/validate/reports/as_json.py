"""For programs: one JSON document, or a JSON object a line.

{"annotools": "0.1", "reports": [{"source": .., "counts": {..}, "findings": [{"rule": "GEO007", ..}], ..}]}

{"type": "finding", "source": .., "rule": "GEO007", "where": {..}, ..}
{"type": "finding", .., "where": {"pointer": "/shapes/3", ..}, "count": 120, "items": [[3, 99], [200, 222]]}
{"type": "summary", "source": .., "counts": {"error": 1, "warning": 0, "info": 0}, ..}

What is the same of a hundred or more items of a list is one entry, of the first of them: `count` is how many there are,
`items` which, from first to last.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import orjson

from annotools._version import __version__
from annotools.validate.findings import Finding, chunks
from annotools.validate.report import Batch, Report
from annotools.validate.reports.base import SEVERITIES, RenderOptions, groups, spans
from annotools.validate.reports.json_rows import rows_of
from annotools.validate.reports.texts import Texts

_BATCH = 512  # findings written at once
_COMMAS = ("\n", ",\n")


def as_json(reports: Sequence[Report], options: RenderOptions) -> Iterator[str]:
    """One document; its findings are written as they are made."""
    yield f'{{"annotools": {dumped(__version__)}, "reports": ['
    for number, report in enumerate(reports):
        head = dumped(summary(report))
        yield f'{_COMMAS[number > 0]}{head[:-1]},"findings":['
        for index, rows in enumerate(_rows(report, options, {})):
            yield _COMMAS[index > 0] + ",\n".join(rows)
        yield "\n]}"
    yield "\n]}\n"


def as_lines(reports: Sequence[Report], options: RenderOptions) -> Iterator[str]:
    """A line for each finding, and one with the summary after those of a report."""
    for report in reports:
        for rows in _rows(report, options, {"type": "finding", "source": report.source}):
            yield "\n".join([*rows, ""])
        yield dumped({"type": "summary"} | summary(report)) + "\n"


def _rows(report: Report, options: RenderOptions, head: Mapping[str, Any]) -> Iterator[list[str]]:
    """The findings, some at once.  head: what each of them says first."""
    texts = Texts(report)
    for batch, shown in report.listed(options.shown):
        if batch.found.kind == "document":
            entries = islice(report.entries_of(batch), shown)
            rows = (dumped({**head, **row_of(one, texts), **_items(items)}) for one, items in entries)
            while several := list(islice(rows, _BATCH)):
                yield several
            continue
        for some in chunks(len(batch) if shown is None else min(shown, len(batch))):
            yield _about_rows(report, batch, some, texts, head)


def _about_rows(report: Report, batch: Batch, some: range, texts: Texts, head: Mapping[str, Any]) -> list[str]:
    """Some findings that are about rows of a table; where one has what orjson refuses, one by one."""
    try:
        return rows_of(report, batch, some, texts, head)
    except TypeError:
        return [dumped({**head, **row_of(finding, texts)}) for finding in report.some(batch, some)]


def _items(items: Sequence[int]) -> dict[str, Any]:
    """How often there is a finding, where it is of many items of a list."""
    return {"count": len(items), "items": spans(items)} if items else {}


def summary(report: Report) -> dict[str, Any]:
    """A report without its findings."""
    return {
        "source": report.source, "member": report.member, "format": report.slug, "preset": report.preset,
        "action": report.action, "counts": {s.word: report.counts[s] for s in SEVERITIES},
        "checked": report.checked, "rules": len(report.rules), "by_rule": [
            {"rule": g.rule.code, "name": g.rule.name, "severity": g.severity.word, "count": len(g)}
            for g in groups(report)
        ],
        "skipped": [{"rule": s.rule.code, "missing": s.missing.words} for s in report.skipped],
        "ignored": dict(report.ignored),
    }  # fmt: skip


def row_of(finding: Finding, texts: Texts) -> dict[str, Any]:
    """A finding as plain data."""
    row: dict[str, Any] = {
        "rule": finding.rule, "name": finding.name, "severity": finding.severity.word, "message": finding.message,
        "where": texts.located(finding.where), "evidence": finding.evidence,
        "fingerprint": finding.fingerprint,
    }  # fmt: skip
    if finding.related:
        row["related"] = texts.located(finding.related)
    if finding.fix:
        fix = finding.fix
        row["fix"] = {"title": fix.title, "safe": fix.safe, "edits": [_edit(edit) for edit in fix.edits]}
    return row


def _edit(edit: Any) -> dict[str, Any]:
    return {"edit": type(edit).__name__} | {name: getattr(edit, name) for name in edit.__slots__}


def dumped(value: Any) -> str:
    """JSON without spaces; names with lone surrogates and huge whole numbers, which orjson refuses, included."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS).decode()
    except TypeError:
        return json.dumps(_finite(value), default=str, separators=(",", ":"))


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
