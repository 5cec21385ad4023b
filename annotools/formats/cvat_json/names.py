"""Names of labels and attributes -> ids, for backups, which hold no ids.

A row whose label nothing defines cannot be a row and is left out with a problem; so is an attribute of an unknown name.
"""

from __future__ import annotations

from annotools.errors import Problem, Problems
from annotools.formats.cvat_json.lenient import Kept, value_kind
from annotools.formats.cvat_json.wire import Row
from annotools.formats.kernel.label_names import UNKNOWN_ATTRIBUTE, UNKNOWN_LABEL, expected_name
from annotools.model import Labels


class Names:
    """The ids of a task's labels and attributes by name."""

    def __init__(self, labels: Labels, problems: Problems) -> None:
        self._labels = {key: label.id for key, label in labels.by_name.items()}
        specs = ((label, spec) for label in reversed(labels) for spec in reversed(label.attributes))
        self._specs = {(label.id, spec.name): spec.id for label, spec in specs}  # of several with one name the first
        self._known = labels
        self._problems = problems

    def resolve(self, rows: list[Row], places: list[int], pointer: str) -> tuple[list[Row], list[int]]:
        """The rows whose labels are known, with ids in place of names (the rows themselves are changed)."""
        pairs = zip(rows, places, strict=True)
        kept = [(row, index) for row, index in pairs if self._resolved(row, None, f"{pointer}/{index}")]
        return [row for row, _ in kept], [index for _, index in kept]

    def _resolved(self, row: Row, parent: int | None, pointer: str) -> bool:
        label_id = self._labels.get((row.label, parent))
        if label_id is None:
            what = "label" if parent is None else "sublabel"
            known = self._known.top if parent is None else self._known.sublabels(parent)
            expected = expected_name(row.label, (label.name for label in known), f"a {what} of the task")
            self._say(f"unknown {what} {value_kind(row.label)}", f"{pointer}/label", expected, UNKNOWN_LABEL)
            return False
        row.label = label_id
        row.attributes = self._attributes(row.attributes, label_id, f"{pointer}/attributes")
        for keyframe, index in _numbered(getattr(row, "shapes", ())):
            at = f"{pointer}/shapes/{index}/attributes"
            keyframe.attributes = self._attributes(keyframe.attributes, label_id, at)
        if getattr(row, "elements", ()):
            self._elements(row, label_id, f"{pointer}/elements")
        return True

    def _elements(self, row: Row, label: int, pointer: str) -> None:
        kept = Kept()
        for element, index in _numbered(row.elements):
            if self._resolved(element, label, f"{pointer}/{index}"):
                kept.keep(index, element)
        row.elements = kept

    def _attributes(self, attributes: list[Row], label: int, pointer: str) -> list[Row]:
        known = []
        for attribute, index in _numbered(attributes):
            spec = self._specs.get((label, attribute.spec))
            if spec is None:
                message, names = f"unknown attribute {value_kind(attribute.spec)}", self._known.by_id[label].attributes
                expected = expected_name(attribute.spec, (spec.name for spec in names), "an attribute of the label")
                self._say(message, f"{pointer}/{index}/name", expected, UNKNOWN_ATTRIBUTE)
            else:
                attribute.spec = spec
                known.append(attribute)
        return known

    def _say(self, message: str, pointer: str, expected: str, kind: str) -> None:
        self._problems.append(Problem(message, self._problems.file, pointer=pointer, expected=expected, kind=kind))


def _numbered(items: list[Row] | tuple[()]) -> zip[tuple[Row, int]]:
    """Items with their places in the input."""
    return zip(items, places_of(items), strict=True)


def places_of(items: list[Row] | tuple[()]) -> list[int] | range:
    """The places of a list's items in the input: not one after the other where some could not be read."""
    return items.places if isinstance(items, Kept) else range(len(items))
