"""The grammar of annotations against CVAT's OpenAPI document (`tests/data/labeled_data.json`, its part on requests)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from annotools.cvat_limits import SHAPE_TYPES
from annotools.formats.cvat_json.wire import wire
from annotools.labeled_data import (
    Attribute,
    Element,
    Interval,
    KeyRule,
    LabeledData,
    Shape,
    Tag,
    Track,
    TrackedShape,
    TrackElement,
    keys_of,
)
from annotools.validate.schema import objects

DOCUMENT: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "labeled_data.json").read_bytes())
NAMES: dict[str, type[msgspec.Struct]] = {
    "LabeledDataRequest": LabeledData,
    "LabeledImageRequest": Tag,
    "LabeledShapeRequest": Shape,
    "SubLabeledShapeRequest": Element,
    "LabeledTrackRequest": Track,
    "SubLabeledTrackRequest": TrackElement,
    "TrackedShapeRequest": TrackedShape,
    "LabeledIntervalRequest": Interval,
    "AttributeValRequest": Attribute,
}
WORDS = {
    "count": "integer", "int32": "integer", "key": "integer", "label": "integer", "integer": "integer",
    "angle": "number", "share": "number", "flag": "boolean", "value": "string", "source": "string",
    "points": "array", "list": "array",
}  # fmt: skip


def expected(name: str, schema: dict[str, Any], required: bool) -> tuple[Any, ...]:
    kind = schema.get("type", "words")
    items = schema.get("items", {}).get("$ref", "").rpartition("/")[2]
    return name, kind, NAMES.get(items), required, schema.get("nullable", False)


def own(rule: KeyRule) -> tuple[Any, ...]:
    return rule.name, WORDS.get(rule.kind, "words"), rule.items, rule.required, rule.nullable


@pytest.mark.parametrize("name", NAMES)
def test_keys_are_those_of_the_document(name: str) -> None:
    schema = DOCUMENT[name]
    # what may be null and has no default is not required there, yet the server asks for it
    asked = {*schema.get("required", ()), *({"stop"} if name == "LabeledIntervalRequest" else ())}
    document = {expected(key, field, key in asked) for key, field in schema["properties"].items()}
    assert {own(rule) for rule in keys_of(NAMES[name])} == document


@pytest.mark.parametrize("name", NAMES)
def test_defaults_are_those_of_the_document(name: str) -> None:
    defaults = {key: value["default"] for key, value in DOCUMENT[name]["properties"].items() if "default" in value}
    rules = {rule.name: rule.default for rule in keys_of(NAMES[name])}
    assert {key: rules[key] for key in defaults} == defaults


def test_words_are_those_of_the_document() -> None:
    assert set(SHAPE_TYPES) == set(DOCUMENT["ShapeType"]["enum"])


def test_decoders_and_schema_have_the_keys_of_the_grammar() -> None:
    kinds = {"tag": Tag, "shape": Shape, "track": Track, "interval": Interval}
    for name, kind in kinds.items():
        keys = {rule.name for rule in keys_of(kind)}
        assert set(objects(named=False)[name]) == keys
        assert set(getattr(wire(named=False), name).__struct_encode_fields__) == keys
        backup = {"label" if key == "label_id" else key for key in keys}
        assert set(getattr(wire(named=True), name).__struct_encode_fields__) == backup
