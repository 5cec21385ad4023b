"""What a fix changes in the text of the input: which region is replaced by what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

import msgspec

from annotools.errors import InputError
from annotools.validate.edits import Drop, Edit, grouped
from annotools.validate.fixing.changes import CannotError, ClashError
from annotools.validate.fixing.dialects import dialect_of
from annotools.validate.fixing.json_edits import JsonEdits
from annotools.validate.fixing.json_text import NoPlaceError
from annotools.validate.fixing.line_edits import LineEdits
from annotools.validate.report import Report
from annotools.validate.reports.texts import Texts

_REFUSED = (CannotError, ClashError, NoPlaceError, InputError, KeyError, UnicodeDecodeError, msgspec.DecodeError)

Replacement = tuple[int, int, int, int, str]  # line, column, end line, end column, new text
Repair = Mapping[str, Sequence[Replacement]]  # by member
Changed = Mapping[str, Sequence[tuple[int, int, str]]]  # start, stop, new text


class Repairs:
    """Looks up what fixes of one report change."""

    def __init__(self, report: Report, texts: Texts) -> None:
        self._texts = texts
        self._edits = dialect_of(report.slug, report.dataset, texts.source())

    def many(self, fixes: Sequence[Sequence[Edit]]) -> list[Repair]:
        """Of the edits of each of some fixes: regions with their new text by member.

        Nothing where there are no edits, or where the bytes of a fix cannot be told.
        """
        changes_of = self._cuts(fixes) or list(map(self._changes, fixes))
        changes: dict[str, list[tuple[int, int, str]]] = {}
        for member, some in (part for one in changes_of for part in one.items()):
            changes.setdefault(member, []).extend(some)
        made = {member: self._replacements(member, some) for member, some in changes.items()}
        return [{member: list(islice(made[member], len(some))) for member, some in one.items()} for one in changes_of]

    def _changes(self, edits: Sequence[Edit]) -> Changed:
        try:
            changes_of = self._edits.alone(grouped(edits)) if edits else {}
            if any(self._texts.positions(member) is None for member in changes_of):
                return {}
            return {
                member: [(start, stop, new.decode()) for start, stop, new in changes]
                for member, changes in changes_of.items()
            }
        except _REFUSED:
            return {}

    def _cuts(self, fixes: Sequence[Sequence[Edit]]) -> list[Changed] | None:
        """What fixes change that all take one row away, if any: a third of the time of one after the other."""
        drops = [edits[0] for edits in fixes if len(edits) == 1 and isinstance(edits[0], Drop)]
        if not drops or len(drops) < sum(map(bool, fixes)) or len({drop.kind for drop in drops}) > 1:
            return None
        if not isinstance(self._edits, JsonEdits | LineEdits):
            return None
        try:
            cuts = self._edits.cuts(drops[0].kind, [drop.row for drop in drops])
        except _REFUSED:
            return None
        rest = ({member: [(start, stop, "")]} for member, (start, stop, _) in cuts or ())
        return [next(rest) if edits else {} for edits in fixes] if cuts else None

    def _replacements(self, member: str, changes: Sequence[tuple[int, int, str]]) -> Iterator[Replacement]:
        positions = self._texts.positions(member)
        assert positions is not None  # or there is no change
        starts, stops, texts = zip(*changes, strict=True) if changes else ((), (), ())
        return zip(*positions.regions(starts, stops), texts, strict=True)
