"""The law of losses on inputs that people sent, written in every format."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

import annotools as at
from annotools.formats import TABLE
from annotools.formats.base import Format
from annotools.model import Dataset
from tests.formats.law_runs import judged, pipeline, sized
from tests.formats.ways import FORMATS
from tests.law import invented, unnamed

CASES = Path(__file__).parents[1] / "data" / "cases"
FEW = (
    "cvat-api", "cvat-images", "cvat-video", "coco", "coco-keypoints", "datumaro", "voc", "yolo-ultralytics-detection",
    "mot",
)  # fmt: skip
TWINS = "a shape and a keyframe say the same, so that the judge takes one for the other"
# What is not asked, and why: format and case, or case alone.
SPARED = {
    "coco-keypoints coco-instances-and-keypoints-together": "keys that coco hands on are points to a reader of points",
    "cvat-video backup-of-a-project": TWINS,
    "cvat-video backup-in-a-folder": TWINS,
    "cvat-video backup-tag-unknown-label": TWINS,
    "cvat-video backup-unknown-attribute": TWINS,
}


@cache
def inputs() -> dict[str, Dataset]:
    """What can be read of every case, by its name and the file in it."""
    datasets: dict[str, Dataset] = {}
    for path in sorted(CASES.rglob("*")):
        name = path.relative_to(CASES).as_posix()
        if name.startswith("_") or not (path.is_dir() or path.suffix in (".json", ".xml", ".zip")):
            continue
        try:
            dataset = at.read(path, on_error="skip").dataset
        except at.AnnotoolsError:
            continue  # what cannot be read at all is expected by other tests
        if len(dataset.shapes) + len(dataset.tags) + len(dataset.tracks):
            datasets[name] = dataset
    return datasets


def test_most_cases_can_be_read() -> None:
    assert len({name.partition("/")[0] for name in inputs()}) > 40


@pytest.mark.parametrize("form", [form for form in FORMATS if form.slug in FEW], ids=lambda form: form.slug)
def test_the_law_holds(form: Format) -> None:
    broken = []
    for name, dataset in inputs().items():
        case = name.partition("/")[0]
        if case in SPARED or f"{form.slug} {case}" in SPARED or (form.slug == "voc" and not len(dataset.frames)):
            continue  # without frames VOC has no files
        ready = pipeline(form, sized(dataset))
        result, losses = judged(form, ready)
        if result.problems or unnamed(ready, result.dataset, losses) or invented(ready, result.dataset, losses):
            broken.append(name)
    assert broken == []


def test_every_format_is_of_the_table() -> None:
    assert set(FEW) <= set(TABLE)
