"""COCO that we write, as others read it: pycocotools and our own reader."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pycocotools.mask as oracle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

import annotools as at
from annotools import formats
from annotools.convert.writing import fit_to_format
from annotools.formats.base import WriteOptions
from annotools.model import AttributeSpec, Dataset, DatasetBuilder, fit
from annotools.model.canonical import differing
from tests.formats.coco_files import one, read, write
from tests.formats.coco_scenes import MASK, loaded, numbers, shapes_of_every_kind, texts


def inside(outline: list[float]) -> float:
    """The area of an outline, as triangles from its first corner."""
    corners = list(zip(outline[::2], outline[1::2], strict=True))
    (x, y), pairs = corners[0], pairwise(corners[1:])
    return abs(sum((a - x) * (d - y) - (c - x) * (b - y) for (a, b), (c, d) in pairs)) / 2


@pytest.mark.parametrize("chosen", [{}, {"masks": "polygons"}, {"rle": "uncompressed", "iscrowd": "1"}])
def test_pycocotools_agrees_with_areas_and_boxes(chosen: dict[str, str]) -> None:
    coco = loaded(one(shapes_of_every_kind(), **chosen))
    drawn = [ann for ann in coco.anns.values() if ann["segmentation"]]
    assert len(drawn) == 4
    for ann in drawn:
        rle = coco.annToRLE(ann)
        if isinstance(ann["segmentation"], dict):
            assert ann["area"] == oracle.area(rle)
            assert ann["bbox"] == oracle.toBbox(rle).tolist()
        else:
            assert ann["area"] == pytest.approx(sum(map(inside, ann["segmentation"])))
    assert coco.anns[1]["area"] == 200


def test_pycocotools_loads_and_judges_it(tmp_path: Path) -> None:
    at.write(shapes_of_every_kind(), tmp_path / "out", "coco")
    path = tmp_path / "out" / "annotations" / "instances_default.json"
    results = [ann | {"score": 0.9} for ann in json.loads(path.read_text())["annotations"]]
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO(str(path))
        judged = COCOeval(truth, truth.loadRes(results), "bbox")
        judged.evaluate()
        judged.accumulate()
        judged.summarize()
    assert judged.stats[0] == pytest.approx(1)


polygons = st.lists(numbers, min_size=6, max_size=14).filter(lambda values: len(values) % 2 == 0)
boxes = st.lists(numbers, min_size=4, max_size=4)
specs = st.builds(
    AttributeSpec, st.just(0), st.just("a"), st.booleans(), st.sampled_from(("text", "number", "checkbox"))
)


@st.composite
def datasets(draw: st.DrawFn) -> Dataset:
    """A few frames, labels with attributes, boxes, polygons and masks, some in groups, some in tracks."""
    build = DatasetBuilder()
    for word in draw(st.lists(texts, min_size=1, max_size=3, unique=True)):
        build.add_label(word, attributes=[replace(draw(specs), name=name) for name in "ab"])
    frames = draw(st.integers(1, 4))
    for frame in range(frames):
        build.add_frame(f"{frame}.jpg", 60, 40)
    values = st.dictionaries(st.sampled_from("ab"), st.sampled_from(["1", "1.0", "true", "True", "x", "", "-7", "1e5"]))
    for _ in range(draw(st.integers(0, 6))):
        label, frame = draw(st.sampled_from(build.labels)), draw(st.integers(0, frames - 1))
        kind, points = draw(
            st.one_of(
                st.tuples(st.just("polygon"), polygons), st.tuples(st.just("rectangle"), boxes),
                st.just(("mask", MASK)),
            )
        )  # fmt: skip
        group, z_order = draw(st.integers(0, 2)), draw(st.integers(-2, 2))
        columns = {"group": group, "occluded": draw(st.booleans()), "z_order": z_order}
        if draw(st.booleans()):
            track = build.add_track(label, frame)
            build.add_shape(kind, frame, points=points, track=track, attributes={})
        else:
            build.add_shape(kind, frame, label, points, attributes=draw(values), **columns)
    return build.dataset()


@settings(max_examples=60, deadline=None)
@given(datasets())
def test_what_is_written_reads_back(dataset: Dataset) -> None:
    form = formats.get("coco")
    ready, _ = fit_to_format(dataset, form, WriteOptions())
    again, losses = fit(ready, form.keeps)
    assert not losses.of(None, "annotations", "definitions")
    result = read(write(dataset))
    assert [str(problem) for problem in result.problems] == []
    assert differing(result.dataset, again) == []
