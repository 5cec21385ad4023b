"""Findings as JSON, written from columns: `row_of` of some hundred findings at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from annotools.validate.edits import Edit
from annotools.validate.findings import Found
from annotools.validate.report import Batch, Report
from annotools.validate.reports.texts import Texts
from annotools.validate.reports.written import braced, keyed, known, objects, spread, values, written
from annotools.validate.wheres import Wheres

_OPTIONS = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS


def rows_of(report: Report, batch: Batch, rows: range, texts: Texts, head: Mapping[str, Any]) -> list[str]:
    """Some findings that are about rows of a table.  head: what each says first.

    Raises: TypeError for what orjson refuses.
    """
    columns, answer, size = report.columns(batch, rows), batch.found, len(rows)
    start = {**head, "rule": batch.rule.code, "name": batch.rule.name, "severity": batch.severity.word}
    parts = [part for key, value in start.items() for part in keyed(key, values([value])[0])]
    parts += [*keyed("message", written(columns.texts)), *keyed("where", located(columns.wheres, texts))]
    parts += keyed("evidence", evidence(answer, rows))
    parts += keyed("fingerprint", values(columns.marks))
    if any(columns.paired):
        others = [f',"related":{where}' for where in located(columns.others, texts)]
        parts.append(spread(others, columns.paired))
    parts.append(_fixes(answer, answer.edits_of(rows)))
    return braced(parts, size)


def located(wheres: Wheres, texts: Texts) -> list[str]:
    """Addresses as JSON: what of them is known."""
    columns = texts.many_located(wheres)
    parts = [known(name, column) for name, column in columns._asdict().items()]
    return braced(parts, len(wheres.file))


def evidence(answer: Found, rows: range) -> list[str]:
    """The numbers of findings as JSON."""
    columns = [(name, value if along else [value] * len(rows)) for name, value, along in answer.columns(rows)]
    return objects(columns, len(rows))


def _fixes(answer: Found, edits: Sequence[tuple[Edit, ...]]) -> list[str]:
    if answer.remedy is None:
        return [""] * len(edits)
    head = f',"fix":{{"title":{values([answer.remedy.title])[0]},"safe":{values([answer.remedy.safe])[0]},"edits":['
    texts = iter(
        _flat_edits([some for some in edits if some]) or [",".join(map(_edit, some)) for some in edits if some]
    )
    return [f"{head}{next(texts)}]}}" if some else "" for some in edits]


def _flat_edits(edits: Sequence[tuple[Edit, ...]]) -> list[str]:
    """Edits all of one kind with nothing below them, written as one list: in two thirds of the time.  Else none."""
    if len(edits) > 1 and not _flat_edits(edits[:1]):
        return []
    count, kinds = sum(map(len, edits)), {type(edit) for some in edits for edit in some}
    text: str = orjson.dumps(edits, option=_OPTIONS).decode() if len(kinds) == 1 else ""
    if text.count("{") != count or text.count("[") != len(edits) + 1:  # or there are such in what they say
        return []
    text = text.replace("{", f'{{"edit":"{kinds.pop().__name__}",')
    return text[2:-2].split("],[") if text.count("]") == len(edits) + 1 else []


def _edit(edit: Edit) -> str:
    return f'{{"edit":"{type(edit).__name__}",{orjson.dumps(edit, option=_OPTIONS)[1:].decode()}'
