"""Results of SARIF: of one finding as plain data, and of some hundred as text, written from columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import msgspec

from annotools.validate.edits import Edit
from annotools.validate.findings import ERROR, INFO, WARNING, Finding, Found, Where
from annotools.validate.report import Batch, Report
from annotools.validate.reports.repairs import Repair, Repairs, Replacement
from annotools.validate.reports.texts import Texts
from annotools.validate.reports.written import Column, Written, braced, joined, keyed, spread, values, written
from annotools.validate.wheres import Wheres

LEVELS = {ERROR: "error", WARNING: "warning", INFO: "note"}
_EDGES = ("startLine", "startColumn", "endLine", "endColumn")
_KEYS = [f'{{"{_EDGES[0]}":', *(f',"{edge}":' for edge in _EDGES[1:])]
_REGION = "{" + ",".join(f'"{edge}":%d' for edge in _EDGES) + "}"
_OTHER = "the other one"


class Views(msgspec.Struct, frozen=True):
    """What results are made with.  places: of rules among those declared.  artifact: says where a member is;
    artifact_text: the same as JSON.
    """

    report: Report
    texts: Texts
    repairs: Repairs
    places: Mapping[str, int]
    artifact: Callable[[str], dict[str, str]]
    artifact_text: Callable[[str], str]


def result_of(finding: Finding, views: Views) -> dict[str, Any]:
    """One finding."""
    result = {
        "ruleId": finding.rule, "ruleIndex": views.places[finding.rule], "level": LEVELS[finding.severity],
        "message": {"text": finding.message}, "locations": [_location(finding.where, views)],
        "partialFingerprints": {"annotoolsFinding/v1": finding.fingerprint},
    }  # fmt: skip
    if finding.related:
        result["relatedLocations"] = [_location(finding.related, views) | {"message": {"text": _OTHER}}]
    if finding.fix and (repair := views.repairs.many([finding.fix.edits])[0]):
        changes = [_change(member, parts, views) for member, parts in repair.items()]
        result["fixes"] = [{"description": {"text": finding.fix.title}, "artifactChanges": changes}]
    return result


def _location(where: Where, views: Views) -> dict[str, Any]:
    region = views.texts.region(where)
    physical: dict[str, Any] = {"artifactLocation": views.artifact(where.file)}
    if region is not None:
        physical["region"] = dict(zip(_EDGES, region, strict=True))
    elif where.line is not None:
        physical["region"] = {"startLine": where.line}
    logical = [{"kind": "member", "fullyQualifiedName": where.pointer}] if where.pointer else []
    if address := where.address:
        logical.append({"kind": "object", "fullyQualifiedName": address})
    return {"physicalLocation": physical, "logicalLocations": logical} if logical else {"physicalLocation": physical}


def _change(member: str, parts: Sequence[Replacement], views: Views) -> dict[str, Any]:
    replacements = [
        {"deletedRegion": dict(zip(_EDGES, region, strict=True)), "insertedContent": {"text": text}}
        for *region, text in parts
    ]
    return {"artifactLocation": views.artifact(member), "replacements": replacements}


def results_of(batch: Batch, rows: range, views: Views, tail: Mapping[str, Any]) -> list[str]:
    """Some findings that are about rows of a table.  tail: what each says last.

    Raises: TypeError for what orjson refuses.
    """
    columns, code, size = views.report.columns(batch, rows), batch.rule.code, len(rows)
    head = {"ruleId": code, "ruleIndex": views.places[code], "level": LEVELS[batch.severity]}
    parts = [part for key, value in head.items() for part in keyed(key, values([value])[0])]
    parts += [',"message":{"text":', written(columns.texts), '},"locations":[', _locations(columns.wheres, views)]
    parts += ['],"partialFingerprints":{"annotoolsFinding/v1":', values(columns.marks), "}"]
    if any(columns.paired):
        others = _locations(columns.others, views)
        ending = f',"message":{{"text":"{_OTHER}"}}}}]'
        related = [f',"relatedLocations":[{other[:-1]}{ending}' for other in others]
        parts.append(spread(related, columns.paired))
    parts.append(list(_fixes(batch.found, batch.found.edits_of(rows), views)))
    parts += [part for key, value in tail.items() for part in keyed(key, values([value])[0])]
    return braced(parts, size)


def _locations(wheres: Wheres, views: Views) -> list[str]:
    size, addresses = len(wheres.file), wheres.addresses()
    artifacts = {file: views.artifact_text(file) for file in dict.fromkeys(wheres.file)}
    files = next(iter(artifacts.values())) if len(artifacts) == 1 else [artifacts[file] for file in wheres.file]
    logical = [
        f',"logicalLocations":[{member}{"," if member and thing else ""}{thing}]' if member or thing else ""
        for member, thing in zip(_logical("member", wheres.pointer), _logical("object", addresses), strict=True)
    ]
    parts = ['{"physicalLocation":{"artifactLocation":', files, _regions(wheres, views.texts), "}", logical, "}"]
    return joined(parts, size)


def _logical(kind: str, names: Column) -> list[str]:
    texts = values(names)
    return [
        f'{{"kind":"{kind}","fullyQualifiedName":{text}}}' if name else ""
        for name, text in zip(names, texts, strict=True)
    ]


def _regions(wheres: Wheres, texts: Texts) -> list[str]:
    spans = texts.spans(wheres)
    positions = texts.positions(wheres.file[0]) if spans else None
    if spans and positions:
        return joined([',"region":', *_edges(positions.regions(*spans))], len(wheres.file))
    regions = zip(map(texts.region, wheres.each()), wheres.line, strict=True)
    return [_region(region, line) for region, line in regions]


def _edges(columns: Sequence[list[int]]) -> list[Written]:
    """Regions as columns as parts of a text."""
    edges = [written(column) for column in columns]
    return [part for key, edge in zip(_KEYS, edges, strict=True) for part in (key, edge)] + ["}"]


def _region(region: Sequence[int] | None, line: int | None) -> str:
    if region is not None:
        return f',"region":{_REGION % tuple(region)}'
    return "" if line is None else f',"region":{{"startLine":{line}}}'


def _fixes(answer: Found, edits: Sequence[Sequence[Edit]], views: Views) -> list[str]:
    if answer.remedy is None:
        return [""] * len(edits)
    repairs = views.repairs.many(edits)
    parts = iter(_replacements([part for repair in repairs for some in repair.values() for part in some]))
    title = values([answer.remedy.title])[0]
    head = f',"fixes":[{{"description":{{"text":{title}}},"artifactChanges":['
    return [f"{head}{_changes(repair, parts, views)}]}}]" if repair else "" for repair in repairs]


def _replacements(parts: Sequence[Replacement]) -> list[str]:
    """Replacements as JSON."""
    if not parts:
        return []
    *columns, texts = map(list, zip(*parts, strict=True))
    pieces = ['{"deletedRegion":', *_edges(columns), ',"insertedContent":{"text":', written(texts), "}}"]
    return joined(pieces, len(parts))


def _changes(repair: Repair, parts: Iterator[str], views: Views) -> str:
    return ",".join([
        f'{{"artifactLocation":{views.artifact_text(member)},"replacements":[{",".join(islice(parts, len(some)))}]}}'
        for member, some in repair.items()
    ])  # fmt: skip
