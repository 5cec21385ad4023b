"""COCO as the world writes it: what is understood, and what is a problem with its place."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pycocotools.mask as oracle
import pytest

from annotools import formats, quirks
from annotools.formats.base import ReadOptions
from annotools.geometry.rle import cvat_rle_to_mask
from annotools.model import AttributeSpec, DatasetBuilder, Label, Owner
from tests.formats.coco_files import INSTANCES, Doc, box, doc, one, packed, read, task
from tests.formats.files import problems_of

MASK = np.zeros((10, 20), np.uint8)
MASK[2:6, 3:9] = 1
MASK[3:5, 5:7] = 0


def test_a_plain_document() -> None:
    result = read(doc(box(score=0.5), box(image_id=2, segmentation=[[1, 1, 5, 1, 5, 5]], category_id=2)))
    assert problems_of(result) == []
    first, second = result.dataset.shapes
    assert first.points.tolist() == [1.5, 2, 4.5, 6.25]
    assert (first.label.name, first.frame.name, first.score) == ("car", "a.jpg", 0.5)
    assert second.points.tolist() == [1, 1, 5, 1, 5, 5]
    assert (second.label.name, second.frame.name) == ("bus", "sub/b.jpg")
    assert result.dataset.frames.sizes(np.array([0, 1])).tolist() == [[20, 10], [30, 40]]


@pytest.mark.parametrize(
    ("image", "annotation"), [("7", "7"), (7, "7"), ("7", 7), (7.0, 7), (7, 7.0), ("x-1", "x-1"), (2.5, 2.5),
     ("9" * 5000, "9" * 5000)],
)  # fmt: skip
def test_ids_in_any_spelling(image: Any, annotation: Any) -> None:
    images = [{"id": image, "file_name": "a.jpg"}]
    categories = [{"id": image, "name": "car"}]
    row = box(image_id=annotation, category_id=annotation, id="an id")
    result = read(doc(row, images=images, categories=categories))
    assert problems_of(result) == []
    assert [shape.label.name for shape in result.dataset.shapes] == ["car"]


def test_compressed_and_uncompressed_run_lengths() -> None:
    packed = oracle.encode(np.asfortranarray(MASK))
    flat = np.flatnonzero(np.diff(MASK.ravel(order="F"), prepend=0)).tolist()
    counts = np.diff([0, *flat, MASK.size]).tolist()
    texts = {"size": [10, 20], "counts": packed["counts"].decode()}
    result = read(doc(box(segmentation=texts), box(segmentation={"size": [10, 20], "counts": counts}, bbox=None)))
    assert problems_of(result) == []
    for shape in result.dataset.shapes:
        assert cvat_rle_to_mask(shape.points, (20, 10)).tolist() == MASK.astype(bool).tolist()


def test_masks_tell_the_size_of_an_image_that_has_none() -> None:
    images = [{"id": 1, "file_name": "a.jpg"}, {"id": 2, "file_name": "b.jpg", "height": None}]
    result = read(doc(box(segmentation={"size": [10, 20], "counts": [50, 3, 147]}), images=images))
    assert problems_of(result) == []
    assert result.dataset.frames.sizes(np.array([0, 1])).tolist() == [[20, 10], [0, 0]]


def test_a_category_0_is_a_label_like_any_other() -> None:
    categories = [{"id": 0, "name": "car"}, {"id": 1, "name": "bus"}]
    result = read(doc(box(category_id=0), categories=categories))
    assert problems_of(result) == []
    assert [label.name for label in result.dataset.labels] == ["car", "bus"]
    assert [shape.label.name for shape in result.dataset.shapes] == ["car"]


def test_roboflows_category_0_goes_when_nothing_uses_it() -> None:
    categories = [
        {"id": 0, "name": "vehicles", "supercategory": "none"}, {"id": 1, "name": "car", "supercategory": "vehicles"},
    ]  # fmt: skip
    name = "train/_annotations.coco.json"
    unused = read({name: doc(box(), categories=categories)})
    assert [label.name for label in unused.dataset.labels] == ["car"]
    assert unused.dataset.frames.subsets == ("train", "train")
    used = read({name: doc(box(category_id=0), categories=categories)})
    assert [label.name for label in used.dataset.labels] == ["vehicles", "car"]


def test_gaps_and_names_only_in_urls_as_in_lvis() -> None:
    images = [{"id": 391895, "coco_url": "http://images.example.org/val2017/000000391895.jpg", "width": 9, "height": 8}]
    categories = [{"id": 1203, "name": "zucchini", "synset": "x"}, {"id": 7, "name": "aerosol"}]
    result = read(doc(box(image_id=391895, category_id=1203), images=images, categories=categories))
    assert problems_of(result) == []
    assert [label.id for label in result.dataset.labels] == [1203, 7]
    assert result.dataset.frames.names == ("000000391895.jpg",)


def test_several_images_of_one_name_stay_two_frames() -> None:
    images = [{"id": 1, "file_name": "a.jpg"}, {"id": 2, "file_name": "a.jpg"}]
    result = read(doc(box(image_id=2), images=images))
    assert problems_of(result) == []
    assert result.dataset.shapes.frame.tolist() == [1]


def test_files_of_several_subsets() -> None:
    result = read({"annotations/instances_train.json": doc(box()), "annotations/instances_val.json": doc(box(), box())})
    assert problems_of(result) == []
    assert result.dataset.frames.subsets == ("train", "train", "val", "val")
    assert result.dataset.shapes.frame.tolist() == [0, 2, 2]
    assert [label.name for label in result.dataset.labels] == ["car", "bus"]


def test_images_and_annotations_in_files_of_their_own() -> None:
    whole = doc(box())
    parts = {f"annotations/{key}.json": {key: value} for key, value in whole.items()}
    result = read(parts)
    assert problems_of(result) == []
    assert [(shape.label.name, shape.frame.name) for shape in result.dataset.shapes] == [("car", "a.jpg")]


def test_a_task_gives_frames_and_labels() -> None:
    result = read(doc(box(image_id=2, category_id=2, attributes={"red": "yes", "blue": 1})), task())
    assert problems_of(result) == []
    (shape,) = result.dataset.shapes
    assert (shape.frame.number, shape.label.id, shape.attributes) == (2, 12, {"red": "yes"})
    assert [str(loss) for loss in result.losses] == [
        "lost: 1 x attribute: its label has no attribute of that name (frames 2)"
    ]


def test_frame_names_that_lead_outside_are_kept_as_far_as_they_are_safe() -> None:
    names = ("../../etc/passwd", "/abs.jpg", "C:\\data\\b.jpg", "a.jpg")
    images = [{"id": index, "file_name": name} for index, name in enumerate(names, 1)]
    result = read(doc(*(box(image_id=index) for index in (1, 2, 3, 4)), images=images))
    assert problems_of(result) == []
    assert result.dataset.frames.names == ("etc/passwd", "abs.jpg", "data/b.jpg", "a.jpg")
    (loss,) = result.losses.of("changed")
    assert (loss.what, loss.count) == ("file_name that leads outside", 3)
    assert loss.why.endswith("as in '../../etc/passwd' is 'etc/passwd'")


def test_a_name_that_leads_outside_is_found_in_the_task_by_its_end() -> None:
    images = [{"id": 1, "file_name": "..\\..\\media\\upload\\a.jpg"}]
    result = read(doc(box(), images=images), task())
    assert problems_of(result) == []
    assert result.dataset.shapes.frame.tolist() == [0]


def test_an_annotation_of_nothing_is_a_tag_and_comes_back_in_its_place() -> None:
    bare = {"id": 5, "image_id": 2, "category_id": 2, "attributes": {"wet": True}}
    document = doc(box(id=4), bare, box(id=6, bbox=[]), box(id=7))
    result = read(document)
    assert problems_of(result) == []
    tags = [(tag.frame.number, tag.label.name, tag.attributes) for tag in result.dataset.tags]
    assert tags == [(1, "bus", {"wet": "true"}), (0, "car", {})]
    assert [row["id"] for row in one(result.dataset)["annotations"]] == [4, 5, 6, 7]
    assert one(result.dataset)["annotations"][1] == bare


def test_attributes_without_a_definition_get_one() -> None:
    values = {"make": "ford", "lamps": 3, "broken": True, "mixed": 1, "none": None, "list": [1, "x"]}
    result = read(doc(box(attributes=values), box(attributes={"mixed": "one"})))
    assert problems_of(result) == []
    car = result.dataset.labels[0]
    assert {spec.name: spec.input_type for spec in car.attributes} == {
        "make": "text", "lamps": "number", "broken": "checkbox", "mixed": "text", "list": "text",
    }  # fmt: skip
    assert result.dataset.shapes[0].attributes == {
        "make": "ford", "lamps": "3", "broken": "true", "mixed": "1", "list": '[1,"x"]',
    }  # fmt: skip


def test_tracks_are_put_together_and_closed() -> None:
    images = [{"id": n, "file_name": f"{n}.jpg"} for n in range(1, 8)]
    rows = [box(image_id=n, attributes={"track_id": 4, "keyframe": n in (1, 5)}) for n in (1, 2, 5, 7)]
    rows.append(box(image_id=1, category_id=2, attributes={"track_id": 4, "keyframe": True}))
    rows.append(box(image_id=1, attributes={"track_id": 4, "keyframe": True}))
    result = read(doc(*rows, images=images))
    assert problems_of(result) == []
    first, second = result.dataset.tracks
    assert sorted((s.frame.number, s.outside, s.keyframe) for s in first.shapes) == [
        (0, False, True), (1, False, False), (2, True, True), (4, False, True), (5, True, True), (6, False, False),
    ]  # fmt: skip
    assert second.label.name == "bus"
    assert [str(loss) for loss in result.losses] == [
        "changed: 1 x second shape of a track on a frame: a track has one; it is a shape by itself (frames 0)"
    ]


def test_the_server_refuses_two_categories_of_one_name() -> None:
    document = doc(box(segmentation=[]), categories=[{"id": 1, "name": "car"}, {"id": 2, "name": "car"}])
    result = read(document)
    assert [loss.what for loss in result.losses] == ["second category of one name"]
    strict = read(document, options=ReadOptions(quirks=quirks.CVAT))
    assert [problem.pointer for problem in strict.problems] == ["/categories/1/name"]


def test_places_are_kept_when_asked_for() -> None:
    rows = [box(), box(segmentation=[[0, 0, 5, 0, 5, 5], [6, 6, 9, 6, 9, 9]])]
    result = read(doc(*rows), options=ReadOptions(origin=True, extras=True))
    origin = result.dataset.origin
    assert origin is not None
    pointers = [origin.pointer(Owner.SHAPE, row) for row in range(3)]
    assert pointers == ["/annotations/0", "/annotations/1", "/annotations/1"]
    assert origin.member(Owner.SHAPE, 2) == INSTANCES


def test_the_server_reads_as_it_does() -> None:
    build = DatasetBuilder(labels=[Label(11, "car", attributes=(AttributeSpec(5, "n", False, "number", "1"),))])
    for name in ("x/a.jpg", "x/0001.jpg"):
        build.add_frame(name, 20, 10)
    images = [{"id": 1, "file_name": "0001.jpg", "width": 20, "height": 10}]
    first = box(bbox=[1.234, 2, 3.333, 4], segmentation=[], attributes={"n": 2, "other": "x"})
    rows = [first, box(segmentation=[], score=0.5)]
    result = read(doc(*rows, images=images), build.dataset(), options=ReadOptions(quirks=quirks.CVAT))
    assert problems_of(result) == []
    first, second = result.dataset.shapes
    assert first.points.tolist() == [1.23, 2, 4.57, 6]
    assert (first.attributes, second.attributes) == ({"n": "2"}, {"n": "1"})
    assert {shape.source for shape in result.dataset.shapes} == {"file"}


@pytest.mark.parametrize("order", list(permutations(("images", "annotations", "categories"))), ids="-".join)
@pytest.mark.parametrize("slug", ["coco", "coco-keypoints"])
def test_a_long_file_is_recognised_whatever_stands_first(slug: str, order: tuple[str, ...]) -> None:
    points = {"keypoints": [1, 2, 2], "num_keypoints": 1} if slug == "coco-keypoints" else {}
    lists: Doc = {
        "images": [{"id": number, "file_name": f"folder/{number:060d}.jpg"} for number in range(10_000)],
        "annotations": [{"id": n, "image_id": n, "category_id": 1, "bbox": [1, 2, 3, 4]} | points for n in range(9000)],
        "categories": [{"id": 1, "name": "car"}],
    }  # fmt: skip
    with packed({"some.json": {key: lists[key] for key in order}}) as source:
        assert formats.sniff(source) == slug
