"""Labels as the API lists them (with ids) and as a backup does (without).

    {"id": 1, "name": "car", "color": "#ff0000", "type": "any", "attributes": [{"id": 3, "name": "colour",
     "mutable": false, "input_type": "select", "default_value": "red", "values": ["red", "blue"]}],
     "sublabels": [], "parent_id": null, "has_parent": false}

A skeleton has `sublabels` and `svg`, which names them by id in the API and by name in a backup.
Source: CVAT's OpenAPI document, Label, Sublabel and Attribute.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any

from annotools.formats.cvat_json.fields import Fields
from annotools.model import AttributeSpec, Label, Labels
from annotools.model.skeleton import with_ids, with_names

LABEL_KEYS = ("id", "name")  # without which it is none


class LabelReader:
    """Reads definitions of labels.  named: they have no ids, which are made up in their order."""

    def __init__(self, *, named: bool = False) -> None:
        self._named = named
        self._needed = LABEL_KEYS[1:] if named else LABEL_KEYS
        self._ids = count(1)
        self._spec_ids = count(1)
        self._seen: dict[int, str] = {}

    def read(self, items: Iterable[Fields]) -> Labels:
        """The labels, each skeleton followed by its sublabels.  items: that have a name, and an id unless named."""
        labels = [label for fields in items for label in self._family(fields)]
        families: dict[int, list[Label]] = {label.id: [label] for label in labels if label.parent is None}
        for label in labels:  # the list endpoint may name sublabels beside their skeletons
            if label.parent is not None:
                families.setdefault(label.parent, []).append(label)
        return Labels(tuple(label for family in families.values() for label in family))

    def _family(self, fields: Fields) -> Iterator[Label]:
        parent = fields.optional("parent_id")
        label = self._label(fields, parent)
        if label is None:
            return
        parts = [
            part
            for item in fields.objects("sublabels", *self._needed)
            if (part := self._label(item, label.id)) is not None
        ]
        names = {part.id: part.name for part in parts}
        yield Label(
            label.id, label.name, parent, label.type, label.color, label.attributes,
            with_names(fields.text("svg"), names),
        )  # fmt: skip
        yield from parts

    def _label(self, fields: Fields, parent: int | None) -> Label | None:
        number = next(self._ids) if self._named else fields.integer("id")
        name = fields.text("name")
        if number in self._seen:  # a sublabel may be listed in its skeleton and once more on its own
            if self._seen[number] != name:
                fields.fault("id", number, f"one that {self._seen[number]!r} has not")
            return None
        self._seen[number] = name
        specs = tuple(map(self._spec, fields.objects("attributes", *self._needed)))
        return Label(number, name, parent, fields.text("type", "any"), fields.text("color"), specs)

    def _spec(self, fields: Fields) -> AttributeSpec:
        return AttributeSpec(
            next(self._spec_ids) if self._named else fields.integer("id"),
            fields.text("name"), fields.flag("mutable"), fields.text("input_type", "text"),
            fields.text("default_value"), fields.texts("values"),
        )  # fmt: skip


def label_items(labels: Labels, *, named: bool = False, task_id: int | None = None) -> list[dict[str, Any]]:
    """The labels as JSON values."""
    return [_item(labels, label, named, task_id) for label in labels.top]


def _item(labels: Labels, label: Label, named: bool, task_id: int | None) -> dict[str, Any]:
    parts = labels.sublabels(label.id)
    item = _common(label, named) | {"sublabels": [_common(p, named) | _flag(named, True) for p in parts]}
    if not named:
        item |= {"task_id": task_id, "parent_id": None, "has_parent": False}
    if label.svg:
        item["svg"] = label.svg if named else with_ids(label.svg, {part.name: part.id for part in parts})
    return item


def _flag(named: bool, value: bool) -> dict[str, Any]:
    return {} if named else {"has_parent": value}


def _common(label: Label, named: bool) -> dict[str, Any]:
    number = {} if named else {"id": label.id}
    specs = [_spec_item(spec, named) for spec in label.attributes]
    return number | {"name": label.name, "color": label.color, "attributes": specs, "type": label.type}


def _spec_item(spec: AttributeSpec, named: bool) -> dict[str, Any]:
    number = {} if named else {"id": spec.id}
    return number | {
        "name": spec.name, "mutable": spec.mutable, "input_type": spec.input_type,
        "default_value": spec.default_value, "values": list(spec.values) or [""],
    }  # fmt: skip
