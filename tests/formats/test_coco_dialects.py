"""COCO as the world writes it: what is understood, and what is a problem with its place."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pycocotools.mask as oracle
import pytest
from click.testing import CliRunner

from annotools import formats, quirks
from annotools.cli import group
from annotools.errors import InputError
from annotools.formats.base import Options
from annotools.geometry.rle import cvat_rle_to_mask
from annotools.model import AttributeSpec, DatasetBuilder, Label, Owner
from annotools.model.skeleton import edges, nodes
from tests.cli.conftest import APART
from tests.formats.coco_files import INSTANCES, KEYPOINTS, Doc, box, doc, one, packed, read, said, texts, write

MASK = np.zeros((10, 20), np.uint8)
MASK[2:6, 3:9] = 1
MASK[3:5, 5:7] = 0


def test_a_plain_document() -> None:
    found = read(doc(box(score=0.5), box(image_id=2, segmentation=[[1, 1, 5, 1, 5, 5]], category_id=2)))
    assert said(found) == []
    first, second = found.dataset.shapes
    assert first.points.tolist() == [1.5, 2, 4.5, 6.25]
    assert (first.label.name, first.frame.name, first.score) == ("car", "a.jpg", 0.5)
    assert second.points.tolist() == [1, 1, 5, 1, 5, 5]
    assert (second.label.name, second.frame.name) == ("bus", "sub/b.jpg")
    assert found.dataset.frames.sizes(np.array([0, 1])).tolist() == [[20, 10], [30, 40]]


@pytest.mark.parametrize(
    ("image", "annotation"), [("7", "7"), (7, "7"), ("7", 7), (7.0, 7), (7, 7.0), ("x-1", "x-1"), (2.5, 2.5),
     ("9" * 5000, "9" * 5000)],
)  # fmt: skip
def test_ids_in_any_spelling(image: Any, annotation: Any) -> None:
    images = [{"id": image, "file_name": "a.jpg"}]
    categories = [{"id": image, "name": "car"}]
    row = box(image_id=annotation, category_id=annotation, id="an id")
    found = read(doc(row, images=images, categories=categories))
    assert said(found) == []
    assert [shape.label.name for shape in found.dataset.shapes] == ["car"]


def test_compressed_and_uncompressed_run_lengths() -> None:
    packed = oracle.encode(np.asfortranarray(MASK))
    flat = np.flatnonzero(np.diff(MASK.ravel(order="F"), prepend=0)).tolist()
    counts = np.diff([0, *flat, MASK.size]).tolist()
    texts = {"size": [10, 20], "counts": packed["counts"].decode()}
    found = read(doc(box(segmentation=texts), box(segmentation={"size": [10, 20], "counts": counts}, bbox=None)))
    assert said(found) == []
    for shape in found.dataset.shapes:
        assert cvat_rle_to_mask(shape.points, (20, 10)).tolist() == MASK.astype(bool).tolist()


def test_masks_tell_the_size_of_an_image_that_has_none() -> None:
    images = [{"id": 1, "file_name": "a.jpg"}, {"id": 2, "file_name": "b.jpg", "height": None}]
    found = read(doc(box(segmentation={"size": [10, 20], "counts": [50, 3, 147]}), images=images))
    assert said(found) == []
    assert found.dataset.frames.sizes(np.array([0, 1])).tolist() == [[20, 10], [0, 0]]


def test_keys_may_be_missing() -> None:
    images = [{"id": 1, "file_name": "a.jpg"}]
    row = {"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]}
    outline = {"image_id": 1, "category_id": 1, "segmentation": [1, 1, 5, 1, 5, 5]}
    found = read(doc(row, outline, box(segmentation=[[]]), box(segmentation=None), images=images))
    assert said(found) == []
    assert [shape.type for shape in found.dataset.shapes] == ["rectangle", "polygon", "rectangle", "rectangle"]
    assert found.dataset.frames.width.tolist() == [0]


def test_a_category_0_is_a_label_like_any_other() -> None:
    categories = [{"id": 0, "name": "car"}, {"id": 1, "name": "bus"}]
    found = read(doc(box(category_id=0), categories=categories))
    assert said(found) == []
    assert [label.name for label in found.dataset.labels] == ["car", "bus"]
    assert [shape.label.name for shape in found.dataset.shapes] == ["car"]


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
    found = read(doc(box(image_id=391895, category_id=1203), images=images, categories=categories))
    assert said(found) == []
    assert [label.id for label in found.dataset.labels] == [1203, 7]
    assert found.dataset.frames.names == ("000000391895.jpg",)


def test_several_images_of_one_name_stay_two_frames() -> None:
    images = [{"id": 1, "file_name": "a.jpg"}, {"id": 2, "file_name": "a.jpg"}]
    found = read(doc(box(image_id=2), images=images))
    assert said(found) == []
    assert found.dataset.shapes.frame.tolist() == [1]


def test_files_of_several_subsets() -> None:
    found = read({"annotations/instances_train.json": doc(box()), "annotations/instances_val.json": doc(box(), box())})
    assert said(found) == []
    assert found.dataset.frames.subsets == ("train", "train", "val", "val")
    assert found.dataset.shapes.frame.tolist() == [0, 2, 2]
    assert [label.name for label in found.dataset.labels] == ["car", "bus"]


def test_images_and_annotations_in_files_of_their_own() -> None:
    whole = doc(box())
    parts = {f"annotations/{key}.json": {key: value} for key, value in whole.items()}
    found = read(parts)
    assert said(found) == []
    assert [(shape.label.name, shape.frame.name) for shape in found.dataset.shapes] == [("car", "a.jpg")]


RESULT = {"image_id": 2, "category_id": 2, "bbox": [1, 2, 3, 4], "score": 0.75}


def task() -> Any:
    build = DatasetBuilder(labels=[Label(11, "car"), Label(12, "bus", attributes=(AttributeSpec(5, "red"),))])
    for name in ("a.jpg", "gone.jpg", "sub/b.jpg"):
        build.add_frame(name, 20, 10, deleted=name == "gone.jpg")
    return build.dataset()


def test_results_need_images() -> None:
    alone = read({"results.json": [RESULT]})
    expected = "a file with images beside it, or the task as context (context=...)"
    assert said(alone)[0] == f"results.json: has annotations but no images, expected {expected}"
    beside = read({"results.json": [RESULT], "truth.json": doc()})
    assert said(beside) == []
    assert [(s.label.name, s.frame.name, s.score) for s in beside.dataset.shapes] == [("bus", "sub/b.jpg", 0.75)]


@pytest.mark.parametrize("image", [2, "sub/b.jpg", "sub/b"])
def test_results_for_a_task_count_its_frames_as_an_export_does(image: Any) -> None:
    found = read({"results.json": [RESULT | {"image_id": image}]}, task())
    assert said(found) == []
    assert [(shape.label.name, shape.frame.number) for shape in found.dataset.shapes] == [("bus", 2)]


DETECTION = {"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 0.5}


@pytest.mark.parametrize(("more", "slug"), [({}, "coco"), ({"keypoints": [3, 4, 2]}, "coco-keypoints")])
def test_a_list_of_results_is_recognised_and_asks_for_the_task(tmp_path: Path, more: Doc, slug: str) -> None:
    with packed({"results.json": [DETECTION | more]}) as source:
        assert formats.sniff(source) == slug
    place = tmp_path / "results.json"
    place.write_bytes(orjson.dumps([DETECTION | more]))
    refused = CliRunner(**APART).invoke(group, ["convert", str(place), "--to", "cvat-api", "-o", str(tmp_path / "out")])
    assert refused.exit_code == 3
    assert "has annotations but no images, expected a file with images beside it, or the task as context (--task)" in (
        refused.stderr
    )


CUT_OUT = {
    "image": {"image_id": 7, "file_name": "sa_7.jpg", "width": 20, "height": 10},
    "annotations": [{
        "id": 5, "segmentation": {"size": [10, 20], "counts": [100, 30, 70]}, "bbox": [10, 0, 3, 10], "area": 30,
        "predicted_iou": 0.9, "point_coords": [[11.5, 4]], "crop_box": [0, 0, 20, 10], "stability_score": 0.97,
    }],
}  # fmt: skip


def test_segment_anything_has_one_picture_a_file_and_no_categories() -> None:
    with packed({"sa_7.json": CUT_OUT}) as source:
        assert formats.sniff(source) == "coco"
    found = read({"sa_7.json": CUT_OUT})
    assert said(found) == []
    assert found.dataset.frames.names == ("sa_7.jpg",)
    (shape,) = found.dataset.shapes
    assert (shape.type, shape.label.name) == ("mask", "object")
    assert [loss.what for loss in found.losses] == ["file of Segment-Anything"]
    document = one(found.dataset)
    assert document["images"] == [{"id": 7, "file_name": "sa_7.jpg", "width": 20, "height": 10}]
    assert document["annotations"] == [{**CUT_OUT["annotations"][0], "image_id": 7, "category_id": 1}]
    strict = read({"sa_7.json": CUT_OUT}, options=Options(quirks=quirks.CVAT))
    assert "sa_7.json: is a file of Segment-Anything" in said(strict)[0]


def test_a_folder_of_segment_anything_is_one_dataset() -> None:
    files = {
        f"sa_{n}.json": CUT_OUT | {"image": CUT_OUT["image"] | {"image_id": n, "file_name": f"sa_{n}.jpg"}}
        for n in (7, 8)
    }
    found = read(files)
    assert said(found) == []
    assert found.dataset.shapes.frame.tolist() == [0, 1]
    assert len(found.dataset.labels) == 1


def test_a_task_gives_frames_and_labels() -> None:
    found = read(doc(box(image_id=2, category_id=2, attributes={"red": "yes", "blue": 1})), task())
    assert said(found) == []
    (shape,) = found.dataset.shapes
    assert (shape.frame.number, shape.label.id, shape.attributes) == (2, 12, {"red": "yes"})
    assert [str(loss) for loss in found.losses] == [
        "lost: 1 x attribute: its label has no attribute of that name (frames 2)"
    ]


def test_what_a_task_does_not_have_is_named_once() -> None:
    images = [{"id": 1, "file_name": "a.jpg"}, {"id": 2, "file_name": "other.jpg"}]
    categories = [{"id": 1, "name": "car"}, {"id": 2, "name": "tram"}]
    rows = [box(), box(image_id=2), box(category_id=2), box(category_id=2)]
    found = read(doc(*rows, images=images, categories=categories), task())
    assert len(found.dataset.shapes) == 1
    assert [(problem.pointer, "other.jpg" in str(problem) or "tram" in str(problem)) for problem in found.problems] == [
        ("/images/1/file_name", True), ("/categories/1", True),
    ]  # fmt: skip


def test_frame_names_that_lead_outside_are_kept_as_far_as_they_are_safe() -> None:
    names = ("../../etc/passwd", "/abs.jpg", "C:\\data\\b.jpg", "a.jpg")
    images = [{"id": place, "file_name": name} for place, name in enumerate(names, 1)]
    found = read(doc(*(box(image_id=place) for place in (1, 2, 3, 4)), images=images))
    assert said(found) == []
    assert found.dataset.frames.names == ("etc/passwd", "abs.jpg", "data/b.jpg", "a.jpg")
    (loss,) = found.losses.of("changed")
    assert (loss.what, loss.count) == ("file_name that leads outside", 3)
    assert loss.why.endswith("as in '../../etc/passwd' is 'etc/passwd'")


def test_a_name_that_leads_outside_is_found_in_the_task_by_its_end() -> None:
    images = [{"id": 1, "file_name": "..\\..\\media\\upload\\a.jpg"}]
    found = read(doc(box(), images=images), task())
    assert said(found) == []
    assert found.dataset.shapes.frame.tolist() == [0]


def test_an_annotation_of_nothing_is_a_tag_and_comes_back_in_its_place() -> None:
    bare = {"id": 5, "image_id": 2, "category_id": 2, "attributes": {"wet": True}}
    document = doc(box(id=4), bare, box(id=6, bbox=[]), box(id=7))
    found = read(document)
    assert said(found) == []
    tags = [(tag.frame.number, tag.label.name, tag.attributes) for tag in found.dataset.tags]
    assert tags == [(1, "bus", {"wet": "true"}), (0, "car", {})]
    assert [row["id"] for row in one(found.dataset)["annotations"]] == [4, 5, 6, 7]
    assert one(found.dataset)["annotations"][1] == bare


BAD = {
    "no such image": (box(image_id=9), "/annotations/0/image_id", "image 9 is not listed"),
    "no such category": (box(category_id=9), "/annotations/0/category_id", "category 9 is not listed"),
    "text in a box": (box(bbox=[1, "x", 3, 4]), "/annotations/0/bbox", "bbox cannot be used"),
    "a box of three": (box(bbox=[1, 2, 3]), "/annotations/0/bbox", "bbox has 3 numbers"),
    "a box as a polygon": (box(segmentation=[[1, 2, 3, 4]]), "/annotations/0/segmentation/0", "polygon has 4 numbers"),
    "an odd polygon": (box(segmentation=[[1, 2, 3, 4, 5, 6, 7]]), "/annotations/0/segmentation/0", "7 numbers"),
    "a far polygon": (box(segmentation=[[0, 0, 1e9, 0, 5, 5]]), "/annotations/0/segmentation/0", "1e9 px or more"),
    "a mask of another size": (
        box(segmentation={"size": [20, 10], "counts": [200]}), "/annotations/0/segmentation", "mask of 10 x 20",
    ),
    "too few pixels": (
        box(segmentation={"size": [10, 20], "counts": [100]}), "/annotations/0/segmentation", "counts sum to 100",
    ),
    "a broken text": (
        box(segmentation={"size": [10, 20], "counts": "~~"}), "/annotations/0/segmentation", "counts hold a character",
    ),
    "no object": ([1, 2], "/annotations/0", "is not an object"),
    "attributes in a list": (box(attributes=[1]), "/annotations/0/attributes", "attributes cannot be used"),
}  # fmt: skip


@pytest.mark.parametrize(("row", "pointer", "message"), BAD.values(), ids=BAD)
def test_a_bad_annotation_is_named_and_the_others_stay(row: Any, pointer: str, message: str) -> None:
    found = read(doc(row, box(bbox=[9, 9, 1, 1])))
    (problem,) = found.problems
    assert (problem.file, problem.pointer) == (INSTANCES, pointer)
    assert message in str(problem)
    assert found.dataset.shapes[-1].points.tolist() == [9, 9, 10, 10]


def test_a_key_that_is_no_text_is_a_problem_with_its_place() -> None:
    good, odd = (orjson.dumps(box(id=number)) for number in (1, 2))
    rows = b"[" + good + b"," + odd[:-1] + b',"\x83":1}]'
    whole = orjson.dumps(doc()).replace(b'"annotations":[]', b'"annotations":' + rows)
    found = read({INSTANCES: whole})
    assert [problem.pointer for problem in found.problems] == ["/annotations/1"]
    assert len(found.dataset.shapes) == 1


def test_numbers_that_are_none_are_named() -> None:
    text = b'{"images": [{"id": 1, "file_name": "NaN.jpg"}], "categories": [{"id": 1, "name": "car"}], "annotations": ['
    text += b'{"image_id": 1, "category_id": 1, "segmentation": [[0, 0, NaN, 5, 5, 5]]},'
    text += b'{"image_id": 1, "category_id": 1, "bbox": [1, 2, -Infinity, 4]},'
    text += b'{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]}]}'
    found = read({INSTANCES: text})
    assert [problem.pointer for problem in found.problems] == [
        "/annotations/0/segmentation/0", "/annotations/1/bbox",
    ]  # fmt: skip
    assert found.dataset.frames.names == ("NaN.jpg",)
    assert len(found.dataset.shapes) == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"[" * 100_000, "is nested too deeply"),
        (b"\xff\xfe{\x00}\x00", "is not JSON"),
        (b'{"images": [', "is not JSON: input data was truncated"),
        (b"x", "is not JSON: JSON is malformed"),
        (b'{"images": {}, "annotations": []}', "is not a list"),
        (b'{"shapes": []}', "is not a COCO document"),
        (b'{"images": [], "annotations": [{"id": 1, "image_id": 1, "caption": "a dog"}]}', "holds COCO captions"),
        (b'{"images": [], "annotations": [{"image_id": 1, "segments_info": []}]}', "holds COCO panoptic"),
    ],
)
def test_what_is_no_document_is_refused(content: bytes, message: str) -> None:
    assert message in said(read({INSTANCES: content}))[0]


def test_a_source_without_json_is_an_error() -> None:
    with pytest.raises(InputError, match="has no JSON file"):
        read({"a.json.txt": b"", "b.json/c.txt": b""})


def test_ids_used_twice_are_named() -> None:
    images = [{"id": 1, "file_name": "a.jpg"}, {"id": 1, "file_name": "a.gif"}]
    categories = [{"id": 1, "name": "car"}, {"id": 1, "name": "bus"}]
    found = read(doc(box(), images=images, categories=categories))
    assert [problem.pointer for problem in found.problems] == ["/images/1", "/categories/1/id"]
    assert [shape.frame.name for shape in found.dataset.shapes] == ["a.jpg"]


def test_attributes_without_a_definition_get_one() -> None:
    values = {"make": "ford", "lamps": 3, "broken": True, "mixed": 1, "none": None, "list": [1, "x"]}
    found = read(doc(box(attributes=values), box(attributes={"mixed": "one"})))
    assert said(found) == []
    car = found.dataset.labels[0]
    assert {spec.name: spec.input_type for spec in car.attributes} == {
        "make": "text", "lamps": "number", "broken": "checkbox", "mixed": "text", "list": "text",
    }  # fmt: skip
    assert found.dataset.shapes[0].attributes == {
        "make": "ford", "lamps": "3", "broken": "true", "mixed": "1", "list": '[1,"x"]',
    }  # fmt: skip


def test_tracks_are_put_together_and_closed() -> None:
    images = [{"id": n, "file_name": f"{n}.jpg"} for n in range(1, 8)]
    rows = [box(image_id=n, attributes={"track_id": 4, "keyframe": n in (1, 5)}) for n in (1, 2, 5, 7)]
    rows.append(box(image_id=1, category_id=2, attributes={"track_id": 4, "keyframe": True}))
    rows.append(box(image_id=1, attributes={"track_id": 4, "keyframe": True}))
    found = read(doc(*rows, images=images))
    assert said(found) == []
    first, second = found.dataset.tracks
    assert sorted((s.frame.number, s.outside, s.keyframe) for s in first.shapes) == [
        (0, False, True), (1, False, False), (2, True, True), (4, False, True), (5, True, True), (6, False, False),
    ]  # fmt: skip
    assert second.label.name == "bus"
    assert [str(loss) for loss in found.losses] == [
        "changed: 1 x second shape of a track on a frame: a track has one; it is a shape by itself (frames 0)"
    ]


PERSON = {"id": 1, "name": "person", "keypoints": ["nose", "eye"], "skeleton": [[1, 2]]}


def person(**fields: Any) -> Doc:
    return {"id": 1, "image_id": 1, "category_id": 1, "keypoints": [3, 4, 2, 5, 7, 1], "num_keypoints": 2} | fields


def test_keypoints_become_a_skeleton() -> None:
    outline = [[1, 1, 9, 1, 9, 9]]
    rows = [person(bbox=[3, 4, 2, 3]), person(bbox=[0, 0, 9, 9]), person(bbox=[0, 0, 12, 12], segmentation=outline)]
    found = read({KEYPOINTS: doc(*rows, categories=[PERSON])}, slug="coco-keypoints")
    assert said(found) == []
    label = found.dataset.labels[0]
    assert label.type == "skeleton"
    assert [name for _, name in nodes(label.svg)] == ["nose", "eye"]
    assert edges(label.svg) == [(1, 2)]
    top = [shape for shape in found.dataset.shapes if shape.parent is None]
    words = sorted((shape.group, shape.type) for shape in top)
    assert words == [
        (0, "skeleton"), (1, "rectangle"), (1, "skeleton"), (2, "polygon"), (2, "skeleton"),
    ]  # fmt: skip
    parts = [shape for shape in found.dataset.shapes if shape.parent is not None][:2]
    assert [(part.label.name, part.points.tolist(), part.occluded) for part in parts] == [
        ("nose", [3, 4], False), ("eye", [5, 7], True),
    ]  # fmt: skip


def skeleton_task() -> Any:
    build = DatasetBuilder()
    whole = build.add_label("person", type="skeleton")
    for name in ("nose", "eye"):
        build.add_label(name, parent=whole, type="points")
    build.add_frame("a.jpg", 20, 10)
    build.add_frame("sub/b.jpg", 30, 40)
    return build.dataset()


@pytest.mark.parametrize(("names", "lost"), [(["head", "foot"], 2), ([], 2), (["nose"], 1), (["nose", "eye"], 0)])
def test_keypoints_that_the_task_lacks_are_counted_and_refused_by_the_server(names: list[str], lost: int) -> None:
    row = person(bbox=[3, 4, 2, 3], segmentation=[])
    document = {KEYPOINTS: doc(row, categories=[PERSON | {"keypoints": names}])}
    found = read(document, skeleton_task(), "coco-keypoints")
    assert said(found) == []
    assert sum(loss.count for loss in found.losses.of("lost", "annotations")) == lost
    assert len(found.dataset.shapes) == 3 - lost
    strict = read(document, skeleton_task(), "coco-keypoints", Options(quirks=quirks.CVAT))
    assert [problem.pointer for problem in strict.problems] == ["/annotations/0/keypoints"] * bool(lost)


def test_the_server_needs_keypoints_of_every_annotation() -> None:
    rows = person(bbox=[3, 4, 2, 3], segmentation=[]), box(id=2, segmentation=[])
    document = {KEYPOINTS: doc(*rows, categories=[PERSON])}
    assert said(read(document, skeleton_task(), "coco-keypoints")) == []
    strict = read(document, skeleton_task(), "coco-keypoints", Options(quirks=quirks.CVAT))
    assert [problem.pointer for problem in strict.problems] == ["/annotations/1"]


def test_points_without_names_get_some() -> None:
    found = read({KEYPOINTS: doc(person(), categories=[{"id": 1, "name": "person"}])}, slug="coco-keypoints")
    assert [label.name for label in found.dataset.labels] == ["person", "1", "2"]
    assert [str(loss) for loss in found.losses] == [
        "changed: 2 x keypoint without a name: it is called by its place"
    ]  # fmt: skip


def test_a_visibility_that_is_none_is_a_change_and_comes_back() -> None:
    document = doc(person(keypoints=[3, 4, 0.87, 5, 7, 1], segmentation=[]), categories=[PERSON])
    found = read({KEYPOINTS: document}, slug="coco-keypoints")
    assert [str(loss) for loss in found.losses] == [
        "changed: 1 x visibility of keypoint: above 0 it is taken for 2, which is seen, as in 0.87"
    ]  # fmt: skip
    (again,) = write(found.dataset, "coco-keypoints").values()
    assert again["annotations"][0]["keypoints"] == [3, 4, 0.87, 5, 7, 1]
    strict = read({KEYPOINTS: document}, slug="coco-keypoints", options=Options(quirks=quirks.CVAT))
    assert said(strict) == [f"{KEYPOINTS}:/annotations/0/keypoints: visibility is 0.87, expected 0, 1 or 2"]


def test_the_server_refuses_two_categories_of_one_name() -> None:
    document = doc(box(segmentation=[]), categories=[{"id": 1, "name": "car"}, {"id": 2, "name": "car"}])
    found = read(document)
    assert [loss.what for loss in found.losses] == ["second category of one name"]
    strict = read(document, options=Options(quirks=quirks.CVAT))
    assert [problem.pointer for problem in strict.problems] == ["/categories/1/name"]


def test_a_flat_polygon_is_a_change() -> None:
    found = read(doc(box(segmentation=[0, 0, 5, 0, 5, 5])))
    assert [loss.what for loss in found.losses] == ["polygon without its brackets"]
    strict = read(doc(box(segmentation=[0, 0, 5, 0, 5, 5])), options=Options(quirks=quirks.CVAT))
    assert [problem.pointer for problem in strict.problems] == ["/annotations/0"]


@pytest.mark.parametrize(
    ("outline", "change"),
    [
        ([[[0, 0], [5, 0], [5, 5]]], "polygon as a list of points"),
        ([[[[0, 0]], [[5, 0]], [[5, 5]]]], "polygon as a list of points"),
        ([["0", "0", "5", "0", "5", "5"]], "number in quotes"),
    ],
)
def test_a_polygon_of_points_or_texts_is_a_change(outline: Any, change: str) -> None:
    found = read(doc(box(segmentation=outline)))
    assert said(found) == []
    assert [loss.what for loss in found.losses] == [change]
    assert found.dataset.shapes.points(0).tolist() == [0, 0, 5, 0, 5, 5]


def test_a_size_in_quotes_is_a_change() -> None:
    images = [{"id": 1, "file_name": "a.jpg", "width": "20", "height": "10"}]
    found = read(doc(box()) | {"images": images})
    assert found.dataset.frames.sizes(np.array([0])).tolist() == [[20, 10]]
    assert [loss.what for loss in found.losses] == ["width of image in quotes", "height of image in quotes"]


@pytest.mark.parametrize("more", [{"id": 10**25}, {"new": 10**25}, {"attributes": {"n": 10**25, "list": [10**25]}}])
def test_whole_numbers_beyond_64_bits_come_back(more: Doc) -> None:
    found = read({INSTANCES: json.dumps(doc(box(**more))).encode()})
    assert said(found) == []
    (again,) = json.loads(texts(found.dataset)[INSTANCES])["annotations"]
    assert {key: again[key] for key in more} == more


def test_lists_in_hundreds_of_lists_come_back() -> None:
    deep = b"[" * 300 + b"]" * 300
    whole = orjson.dumps(doc(box(new=0))).replace(b'"new":0', b'"new":' + deep)
    found = read({INSTANCES: whole})
    assert b'"new":' + deep in texts(found.dataset)[INSTANCES]


def test_a_person_without_keypoints_is_a_box() -> None:
    nothing = person(keypoints=[0] * 6, num_keypoints=0, bbox=[1, 2, 3, 4])
    odd = person(keypoints=[1, 2, 3, 4], bbox=[1, 2, 3, 4])
    found = read({KEYPOINTS: doc(nothing, odd, categories=[PERSON])}, slug="coco-keypoints")
    assert [shape.type for shape in found.dataset.shapes] == ["rectangle", "rectangle"]
    assert [problem.pointer for problem in found.problems] == ["/annotations/1/keypoints"]


def test_places_are_kept_when_asked_for() -> None:
    rows = [box(), box(segmentation=[[0, 0, 5, 0, 5, 5], [6, 6, 9, 6, 9, 9]])]
    found = read(doc(*rows), options=Options(origin=True, extras=True))
    origin = found.dataset.origin
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
    found = read(doc(*rows, images=images), build.dataset(), options=Options(quirks=quirks.CVAT))
    assert said(found) == []
    first, second = found.dataset.shapes
    assert first.points.tolist() == [1.23, 2, 4.57, 6]
    assert (first.attributes, second.attributes) == ({"n": "2"}, {"n": "1"})
    assert {shape.source for shape in found.dataset.shapes} == {"file"}


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


def test_a_picture_without_a_usable_name_is_one_problem() -> None:
    images = [{"id": 1, "file_name": "../.."}, {"id": 2, "file_name": "b.jpg"}]
    found = read(doc(box(), box(), box(image_id=2)) | {"images": images})
    assert len(found.problems) == 1
    assert len(found.dataset.shapes) == 1
