"""What a fix changes in the text of the input: which region is replaced by what."""

from __future__ import annotations

import msgspec

from annotools.errors import InputError
from annotools.validate.edits import grouped
from annotools.validate.findings import Fix
from annotools.validate.fixing.changes import CannotError, ClashError
from annotools.validate.fixing.dialects import dialect_of
from annotools.validate.fixing.json_text import NoPlaceError
from annotools.validate.report import Report
from annotools.validate.reports.texts import Region, Texts

_REFUSED = (CannotError, ClashError, NoPlaceError, InputError, KeyError, UnicodeDecodeError, msgspec.DecodeError)


class Repairs:
    """Looks up what fixes of one report change."""

    def __init__(self, report: Report, texts: Texts) -> None:
        self._texts = texts
        self._edits = dialect_of(report.slug, report.dataset, texts.source())

    def of(self, fix: Fix) -> dict[str, list[tuple[Region, str]]]:
        """Regions with their new text by member, nothing where the bytes of the fix cannot be told."""
        try:
            changes = self._edits.alone(grouped(fix.edits))
            return {member: [self._placed(member, *change) for change in spans] for member, spans in changes.items()}
        except _REFUSED:
            return {}

    def _placed(self, member: str, start: int, stop: int, new: bytes) -> tuple[Region, str]:
        positions = self._texts.positions(member)
        if positions is None:
            raise NoPlaceError(member)
        return positions.region(start, stop), new.decode()
