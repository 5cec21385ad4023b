"""Definitions come back whole from the formats that carry them: every type of label, every input of an attribute."""

from __future__ import annotations

from pathlib import Path

import pytest

import annotools as at
from annotools import formats
from annotools.formats import TABLE
from annotools.model import AttributeSpec, Dataset, DatasetBuilder, Label, Task

# All that CVAT's API knows, and values of which none is the default.
KINDS = (
    "any", "rectangle", "polygon", "polyline", "points", "ellipse", "cuboid", "mask", "skeleton", "tag", "interval"
)  # fmt: skip
INPUTS = {
    "checkbox": AttributeSpec(0, "working", True, "checkbox", "true"),
    "radio": AttributeSpec(0, "colour", False, "radio", "red", ("red", "green")),
    "number": AttributeSpec(0, "lamps", True, "number", "3", ("1", "9", "2")),
    "text": AttributeSpec(0, "note", False, "text", "none yet"),
    "select": AttributeSpec(0, "make", True, "select", "b", ("a", "b")),
}
CLOUDS = {"datumaro-3d", "sly-pointcloud"}
TYPED = [slug for slug in TABLE if "type" in formats.get(slug).keeps.labels and slug != "yolo-ultralytics-pose"]


def defined(slug: str, **label: object) -> Dataset:
    build = DatasetBuilder(task=Task(name="kinds", dimension="3d" if slug in CLOUDS else "2d"))
    build.add_frame("a.pcd" if slug in CLOUDS else "a.png", 40, 30)
    build.add_label("thing", color="#33ddff", **label)  # type: ignore[arg-type]
    return build.dataset()


def read_back(dataset: Dataset, slug: str, tmp_path: Path) -> Label:
    out = tmp_path / ("out.zip" if slug != "cvat-api" else "out")
    at.write(dataset, out, slug)
    return next(label for label in at.read(out, slug).dataset.labels if label.name == "thing")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("slug", TYPED)
def test_a_label_keeps_its_type(slug: str, kind: str, tmp_path: Path) -> None:
    assert read_back(defined(slug, type=kind), slug, tmp_path).type == kind


@pytest.mark.parametrize("kind", INPUTS)
@pytest.mark.parametrize("slug", TYPED)
def test_an_attribute_keeps_its_definition(slug: str, kind: str, tmp_path: Path) -> None:
    (spec,) = read_back(defined(slug, attributes=[INPUTS[kind]]), slug, tmp_path).attributes
    assert (spec.name, spec.mutable, spec.input_type, spec.default_value, spec.values) == (
        INPUTS[kind].name, INPUTS[kind].mutable, kind, INPUTS[kind].default_value, INPUTS[kind].values
    )  # fmt: skip
