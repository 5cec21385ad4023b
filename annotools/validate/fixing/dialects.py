"""Which input can be changed in place, and by what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from annotools.model import Dataset
from annotools.storage import Source
from annotools.validate.fixing.changes import CannotError, Change
from annotools.validate.fixing.json_edits import JsonEdits
from annotools.validate.fixing.kinds import A_ROW_A_LINE
from annotools.validate.fixing.line_edits import LineEdits
from annotools.validate.fixing.splice import Splice
from annotools.validate.fixing.xml_edits import XmlEdits


class Edits(Protocol):
    """Applies edits to the members of an input, all of a fix or none."""

    def apply(self, edit: Any) -> None:
        """Apply one edit.  Raises: CannotError, ClashError, NoPlaceError."""

    def marks(self) -> Any:
        """The state to go back to when a fix is refused."""

    def back(self, marks: Any) -> None:
        """Forget what came after."""

    def since(self, marks: Any) -> Mapping[str, list[Change]]:
        """What came after some marks, by member, as (start, stop, new bytes)."""

    def alone(self, edits: Sequence[Any]) -> Mapping[str, list[Change]]:
        """What a fix changes where nothing else is changed, by member.  Raises: as `apply`."""

    def results(self) -> Mapping[str, bytes | None]:
        """The members that changed; None for one that is not there any more."""


class PlacesOnly(JsonEdits):
    """Another JSON format: what is addressed by a pointer can be changed, rows of the hub cannot."""

    def _place(self, kind: str, row: int) -> tuple[Splice, str]:
        raise CannotError("rows of this format cannot be changed in place")


def dialect_of(slug: str, dataset: Dataset, source: Source) -> Edits:
    """What changes inputs of a format."""
    if slug in ("cvat-api", "cvat-backup"):
        return JsonEdits(dataset, source.read, named=slug == "cvat-backup")
    if slug in ("cvat-images", "cvat-video"):
        return XmlEdits(dataset, source.read)
    return (
        PlacesOnly(dataset, source.read, named=False)
        if slug in ("coco", "coco-keypoints")
        else LineEdits(source, dataset, rows=slug.startswith(A_ROW_A_LINE))
    )
