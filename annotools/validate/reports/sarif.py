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
from annotools.validate.findings import Where, chunks
from annotools.validate.registry import Rule, all_rules
from annotools.validate.report import Batch, Report
from annotools.validate.reports.as_json import dumped
from annotools.validate.reports.base import RenderOptions, lacks, path_of, spans
from annotools.validate.reports.repairs import Repairs
from annotools.validate.reports.sarif_results import Views, result_of, results_of
from annotools.validate.reports.sarif_rules import descriptor
from annotools.validate.reports.texts import Texts
from annotools.validate.reports.written import values

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_BATCH = 512  # results written at once
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
    results = (some for report in reports for some in _Results(report, places).all(options.shown))
    for number, some in enumerate(results):
        yield ("\n" if not number else ",\n") + ",\n".join(some)
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
    """The results of one report, some at once.  places: of rules among those declared."""

    def __init__(self, report: Report, places: Mapping[str, int]) -> None:
        self._report, self._texts = report, Texts(report)
        repairs, text = Repairs(report, self._texts), lru_cache(_URIS)(self._artifact_text)
        self._views = Views(report, self._texts, repairs, places, self._artifact, text)

    def all(self, shown: int | None) -> Iterator[list[str]]:
        """Findings, then those that were kept quiet.  shown: of each rule."""
        for batch, most in self._report.listed(shown):
            yield from self._of(batch, most, {})
        for quiet in self._report.silenced:
            kind = "inSource" if quiet.why == "comment" else "external"
            why = {"kind": kind, "justification": _JUSTIFIED.get(quiet.why, quiet.why)}
            yield from self._of(quiet.batch, shown, {"suppressions": [why]})

    def _of(self, batch: Batch, shown: int | None, tail: Mapping[str, Any]) -> Iterator[list[str]]:
        """The results of a batch.  tail: what each of them says last."""
        if batch.found.kind == "document":
            entries = islice(self._report.entries_of(batch), shown)
            results = (dumped({**result_of(one, self._views), **_occurrences(items), **tail}) for one, items in entries)
            while some := list(islice(results, _BATCH)):
                yield some
            return
        for rows in chunks(len(batch) if shown is None else min(shown, len(batch))):
            try:
                yield results_of(batch, rows, self._views, tail)
            except TypeError:  # orjson refuses something that one of them says
                findings = self._report.some(batch, rows)
                yield [dumped({**result_of(finding, self._views), **tail}) for finding in findings]

    def _artifact(self, member: str) -> dict[str, str]:
        return {"uri": uri(path_of(self._report, Where(member)))}

    def _artifact_text(self, member: str) -> str:
        """Raises: TypeError for what orjson refuses."""
        return values([self._artifact(member)])[0]


def _occurrences(items: Sequence[int]) -> dict[str, Any]:
    """How often there is a result, where it is of many items of a list."""
    return {"occurrenceCount": len(items), "properties": {"items": spans(items)}} if items else {}


@lru_cache(_URIS)
def uri(path: str) -> str:
    """A path as a URI reference."""
    if "://" in path:
        return quote(path, safe=":/?#[]@!$&'()*+,;=%~")
    plain = quote(path.replace("\\", "/"))
    return f"file://{plain}" if plain.startswith("/") else plain
