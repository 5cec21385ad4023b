"""How many findings each rule has, as a table."""

from __future__ import annotations

from collections.abc import Iterator

from annotools.validate.report import Report
from annotools.validate.reports.base import Group, groups, title_of


def table(report: Report) -> Iterator[str]:
    """The table as lines: count, severity, code, name, how it can be mended; most first."""
    rows = sorted(groups(report), key=lambda group: (-group.severity, -len(group), group.rule.code))
    yield f"{title_of(report)}\n"
    if not rows:
        return
    width = max(len(f"{len(group):,}") for group in rows)
    name = max(len(group.rule.name) for group in rows)
    for group in rows:
        line = f"{len(group):>{width},}  {group.severity.word:7}  {group.rule.code:7} {group.rule.name:{name}}"
        yield f"{line}  {mended(group, report.tried)}".rstrip() + "\n"


def mended(group: Group, tried: frozenset[bool] = frozenset()) -> str:
    """The option that mends the findings of a rule, empty where none does.  tried: as of the report."""
    mended = [batch.mended for batch in group.batches if batch.mended not in (None, *tried)]
    return "" if not mended else "--fix" if all(mended) else "--unsafe-fixes"
