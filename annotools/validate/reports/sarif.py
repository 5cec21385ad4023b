"""SARIF 2.1.0, for code scanning: all rules with their manual, findings with places, fixes and suppressions.

    {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "annotools", "rules": [..]}}, "results": [..]}]}

All rules are declared, also those that found nothing, so that a scanner can close what is gone.
Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any
from urllib.parse import quote

from annotools._version import __version__
from annotools.validate.findings import ERROR, INFO, WARNING, Finding, Where
from annotools.validate.registry import Rule, all_rules
from annotools.validate.report import Report
from annotools.validate.reports.as_json import dumped
from annotools.validate.reports.base import RenderOptions, lacks, path_of, spans
from annotools.validate.reports.repairs import Repairs
from annotools.validate.reports.sarif_rules import descriptor
from annotools.validate.reports.texts import Region, Texts

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {ERROR: "error", WARNING: "warning", INFO: "note"}
_LOCATIONS = 1 << 14  # that are kept: an object may have findings of several rules
_URIS = 64  # that are kept: findings of a file follow each other
_JUSTIFIED = {
    "baseline": "known to the baseline", "label": "ignored for this label", "file": "ignored for this file",
    "comment": "ignored by a comment",
}  # fmt: skip


def sarif(reports: Sequence[Report], options: RenderOptions) -> Iterator[str]:
    """One run of all reports; its results are written as they are made."""
    preset = reports[0].preset if reports else "upload"
    rules = declared(reports)
    run = dumped({
        "tool": {"driver": {"name": "annotools", "version": __version__, "rules": [
            descriptor(rule, preset) for rule in rules.values()
        ]}},
        "automationDetails": {"id": f"annotools/{preset}/"}, "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True, "toolConfigurationNotifications": [
            notice for report in reports for notice in _notices(report)
        ]}],
    })  # fmt: skip
    yield f'{{"$schema":"{SCHEMA}","version":"2.1.0","runs":[{run[:-1]},"results":['
    places = {code: index for index, code in enumerate(rules)}
    results = (dumped(result) for report in reports for result in _Results(report, places).all(options.shown))
    for number, result in enumerate(results):
        yield ("\n" if not number else ",\n") + result
    yield "\n]}]}\n"


def declared(reports: Sequence[Report]) -> dict[str, Rule]:
    """All rules by code, those that only these reports know included."""
    asked = {rule.code: rule for report in reports for rule in report.rules}
    return dict(sorted({**all_rules(), **asked}.items()))


def _notices(report: Report) -> Iterator[dict[str, Any]]:
    """What could not be asked."""
    for skipped in report.skipped:
        text = f"{skipped.rule.code} was skipped: {lacks(skipped.missing)}"
        yield {"message": {"text": text}, "level": "note", "associatedRule": {"id": skipped.rule.code}}


class _Results:
    """The results of one report.  places: of rules among those declared."""

    def __init__(self, report: Report, places: Mapping[str, int]) -> None:
        self._report, self._places = report, places
        self._texts = Texts(report)
        self._repairs = Repairs(report, self._texts)
        self._location = lru_cache(_LOCATIONS)(self._located)
        self._artifact = lru_cache(_URIS)(self._artifact_of)

    def all(self, shown: int | None) -> Iterator[dict[str, Any]]:
        """Findings, then those that were kept quiet.  shown: of each rule."""
        for finding, items in self._report.entries(shown):
            yield self._result(finding) | _occurrences(items) if items else self._result(finding)
        for quiet in self._report.silenced:
            kind = "inSource" if quiet.why == "comment" else "external"
            why = {"kind": kind, "justification": _JUSTIFIED.get(quiet.why, quiet.why)}
            for finding, items in islice(self._report.entries_of(quiet.batch), shown):
                yield self._result(finding) | _occurrences(items) | {"suppressions": [why]}

    def _result(self, finding: Finding) -> dict[str, Any]:
        result = {
            "ruleId": finding.rule, "ruleIndex": self._places[finding.rule], "level": LEVELS[finding.severity],
            "message": {"text": finding.message}, "locations": [self._location(finding.where)],
            "partialFingerprints": {"annotoolsFinding/v1": finding.fingerprint},
        }  # fmt: skip
        if finding.related:
            result["relatedLocations"] = [self._location(finding.related) | {"message": {"text": "the other one"}}]
        if finding.fix and (replaced := self._repairs.of(finding.fix)):
            changes = [self._change(member, parts) for member, parts in replaced.items()]
            result["fixes"] = [{"description": {"text": finding.fix.title}, "artifactChanges": changes}]
        return result

    def _located(self, where: Where) -> dict[str, Any]:
        region = self._texts.region(where)
        physical: dict[str, Any] = {"artifactLocation": self._artifact(where.file)}
        if region is not None:
            physical["region"] = _region(region)
        elif where.line is not None:
            physical["region"] = {"startLine": where.line}
        logical = [{"kind": "member", "fullyQualifiedName": where.pointer}] if where.pointer else []
        if address := where.address:
            logical.append({"kind": "object", "fullyQualifiedName": address})
        return (
            {"physicalLocation": physical, "logicalLocations": logical} if logical else {"physicalLocation": physical}
        )

    def _artifact_of(self, member: str) -> dict[str, str]:
        return {"uri": uri(path_of(self._report, Where(member)))}

    def _change(self, member: str, parts: Sequence[tuple[Region, str]]) -> dict[str, Any]:
        replacements = [{"deletedRegion": _region(region), "insertedContent": {"text": text}} for region, text in parts]
        return {"artifactLocation": self._artifact(member), "replacements": replacements}


def _occurrences(items: Sequence[int]) -> dict[str, Any]:
    """How often there is a result, where it is of many items of a list."""
    return {"occurrenceCount": len(items), "properties": {"items": spans(items)}} if items else {}


def _region(region: Region) -> dict[str, int]:
    return {
        "startLine": region.line, "startColumn": region.column, "endLine": region.end_line,
        "endColumn": region.end_column,
    }  # fmt: skip


@lru_cache(_URIS)
def uri(path: str) -> str:
    """A path as a URI reference."""
    if "://" in path:
        return quote(path, safe=":/?#[]@!$&'()*+,;=%~")
    plain = quote(path.replace("\\", "/"))
    return f"file://{plain}" if plain.startswith("/") else plain
