"""COCO that we write: right by default, loaded and measured by pycocotools."""

from __future__ import annotations

import math

import numpy as np
import pytest

from annotools import formats
from annotools.convert.writing import fit_to_format
from annotools.errors import UsageError
from annotools.formats.base import WriteOptions
from annotools.geometry.rle import cvat_rle_to_mask
from annotools.model import AttributeSpec, Dataset, DatasetBuilder, Job, Label, Losses, Task
from tests.datasets import FULL, SVG
from tests.formats.coco_files import KEYPOINTS, one, read, write
from tests.formats.coco_scenes import MASK, loaded, scene, shapes_of_every_kind


def lost(dataset: Dataset) -> Losses:
    """What is lost or changed of a dataset for `coco`."""
    return fit_to_format(dataset, formats.get("coco"), WriteOptions())[1]


def test_a_document_in_full() -> None:
    build = scene("a b.jpg", name="the task")
    build.add_shape("rectangle", 0, "car", (1.234, 2, 5.5, 4), occluded=True, rotation=0, score=0.5, z_order=3)
    build.add_shape("polygon", 0, "bus", (0, 0, 10, 0, 10, 10), source="auto")
    assert one(build.dataset()) == {
        "licenses": [],
        "info": {"contributor": "", "date_created": "", "description": "the task", "url": "", "version": ""},
        "categories": [{"id": 1, "name": "car", "supercategory": ""}, {"id": 2, "name": "bus", "supercategory": ""}],
        "images": [{"id": 1, "width": 40, "height": 30, "file_name": "a b.jpg"}],
        "annotations": [
            {
                "id": 1, "image_id": 1, "category_id": 1, "segmentation": [],
                "area": 8.532, "bbox": [1.234, 2, 4.266, 2], "iscrowd": 0, "score": 0.5,
                "attributes": {"occluded": True, "rotation": 0, "z_order": 3},
            },
            {
                "id": 2, "image_id": 1, "category_id": 2, "segmentation": [[0, 0, 10, 0, 10, 10]], "area": 50,
                "bbox": [0, 0, 10, 10], "iscrowd": 0, "attributes": {"occluded": False, "source": "auto"},
            },
        ],
    }  # fmt: skip


def test_masks_are_the_same_pixels_in_every_form() -> None:
    dataset = shapes_of_every_kind()
    ways: list[dict[str, str]] = [{}, {"masks": "polygons"}, {"rle": "uncompressed"}]
    pictures = []
    for chosen in ways:
        coco = loaded(one(dataset, **chosen))
        pictures.append([coco.annToMask(ann).tolist() for ann in coco.anns.values() if ann["category_id"] == 2])
    assert pictures[0] == pictures[1] == pictures[2]
    assert np.sum(pictures[0][0]) == 5
    assert pictures[0][0] == cvat_rle_to_mask(np.array(MASK, float), (40, 30)).astype(int).tolist()


@pytest.mark.parametrize(("chosen", "crowd"), [({}, 0), ({"iscrowd": "1"}, 1)])
def test_masks_are_crowds_only_when_asked(chosen: dict[str, str], crowd: int) -> None:
    kinds = {ann["iscrowd"] for ann in one(shapes_of_every_kind(), **chosen)["annotations"] if ann["category_id"] == 2}
    assert kinds == {crowd}


def test_run_lengths_are_text_or_numbers() -> None:
    texts, numbers = (one(shapes_of_every_kind(), rle=way)["annotations"][2] for way in ("compressed", "uncompressed"))
    assert isinstance(texts["segmentation"]["counts"], str)
    assert sum(numbers["segmentation"]["counts"]) == 1200


@pytest.mark.parametrize("name", ["masks", "iscrowd", "rle", "parts"])
def test_a_setting_has_its_choices(name: str) -> None:
    with pytest.raises(UsageError, match=f"{name}.*expected"):
        write(FULL, **{name: "perhaps"})


def grouped() -> Dataset:
    build = scene("a.jpg", "b.jpg")
    build.add_shape("polygon", 0, "car", (0, 0, 4, 0, 4, 4), group=2, occluded=True)
    build.add_shape("rectangle", 0, "car", (0, 0, 9, 9), group=2)
    build.add_shape("polygon", 0, "car", (10, 0, 20, 0, 20, 10, 10, 10), group=2)
    build.add_shape("polygon", 0, "bus", (0, 0, 4, 0, 4, 4), group=2)
    build.add_shape("polygon", 1, "car", (0, 0, 4, 0, 4, 4), group=2)
    return build.dataset()


def test_polygons_of_one_group_and_label_are_one_object() -> None:
    first, box, other, alone = one(grouped())["annotations"]
    assert first["segmentation"] == [[0, 0, 4, 0, 4, 4], [10, 0, 20, 0, 20, 10, 10, 10]]
    assert (first["bbox"], first["attributes"]["occluded"]) == ([0, 0, 20, 10], False)
    assert [len(ann["segmentation"]) for ann in (box, other, alone)] == [0, 1, 1]
    losses = lost(grouped())
    why = "only polygons of one label, or a skeleton with its box or outline, are one annotation"
    assert [str(loss) for loss in losses.of(None, "annotations", "definitions")] == [
        f"lost: 3 x group of shape: {why} (frames 0-1)",
        "changed: 2 x group of shape: others of it are no part of the object (frames 0)",
        "changed: 1 x occluded of part of an object: all parts of an object say the same (frames 0)",
    ]


def test_parts_can_stay_apart() -> None:
    assert [len(ann["segmentation"]) for ann in one(grouped(), parts="apart")["annotations"]] == [1, 0, 1, 1, 1]


def test_pictures_of_one_stem_have_ids_of_their_own() -> None:
    build = scene("a.jpg", "a.gif", "x/a.jpg")
    build.add_shape("rectangle", 1, "bus", (1, 2, 3, 4))
    document = one(build.dataset())
    assert [image["id"] for image in document["images"]] == [1, 2, 3]
    assert document["annotations"][0]["image_id"] == 2


def test_subsets_have_files_and_no_id_twice() -> None:
    build = DatasetBuilder(Task(subset="rest"), labels=[Label(5, "car")])
    for name, subset in (("a.jpg", "val"), ("b.jpg", ""), ("c.jpg", "train"), ("d.jpg", "val")):
        frame = build.add_frame(name, 9, 9, subset=subset)
        build.add_shape("rectangle", frame, "car", (frame, 0, 9, 9))
    documents = write(build.dataset())
    ids = {name: [image["id"] for image in document["images"]] for name, document in documents.items()}
    assert ids == {
        "annotations/instances_rest.json": [1], "annotations/instances_train.json": [2],
        "annotations/instances_val.json": [3, 4],
    }  # fmt: skip
    names = {name: [image["file_name"] for image in document["images"]] for name, document in documents.items()}
    assert names["annotations/instances_val.json"] == ["a.jpg", "d.jpg"]


def test_deleted_frames_and_other_jobs_do_not_show() -> None:
    build = DatasetBuilder(labels=[Label(5, "car"), Label(9, "bus")])
    for name in ("a.jpg", "b.jpg", "c.jpg", "d.jpg"):
        build.add_frame(name, 40, 30, deleted=name == "b.jpg")
    build.add_job(Job(id=1, start_frame=1, stop_frame=2))
    for frame in range(4):
        build.add_shape("rectangle", frame, "car", (frame, 0, 9, 9), job=0)
    build.add_tag(2, "bus")
    document = one(build.dataset())
    assert [image["file_name"] for image in document["images"]] == ["c.jpg"]
    assert [ann["bbox"][0] for ann in document["annotations"]] == [2]
    losses = lost(build.dataset())
    counted = {loss.what: loss.frames.tolist() for loss in losses.of(None, "annotations", "definitions")}
    assert counted["shape on a frame that is not shown"] == [0, 1, 3]
    assert counted["tags"] == [2]


def test_frames_of_a_video_get_an_extension() -> None:
    build = scene("frame_000004", mode="interpolation", media_type="video")
    assert one(build.dataset())["images"][0]["file_name"] == "frame_000004.PNG"


def test_a_turned_rectangle_has_the_box_and_outline_that_are_seen() -> None:
    build = scene()
    build.add_shape("rectangle", 0, "car", (10, 30, 60, 40), rotation=45)
    document = one(build.dataset())
    (annotation,) = document["annotations"]
    reach = 30 / math.sqrt(2)
    assert annotation["bbox"] == pytest.approx([35 - reach, 35 - reach, 2 * reach, 2 * reach])
    assert annotation["area"] == 500
    left, top = 35 - 20 / math.sqrt(2), 35 - reach
    assert annotation["segmentation"][0][:2] == pytest.approx([left, top])
    assert len(annotation["segmentation"][0]) == 8
    assert annotation["attributes"]["rotation"] == 45
    (shape,) = read({KEYPOINTS.replace("person_keypoints", "instances"): document}).dataset.shapes
    assert (shape.type, shape.points.tolist(), shape.rotation) == ("rectangle", [10, 30, 60, 40], 45)


def test_what_coco_cannot_say_is_counted() -> None:
    build = scene()
    build.add_shape("polyline", 0, "car", (1, 2, 3, 4))
    build.add_shape("rectangle", 0, "car", (1, float("nan"), 3, 4))
    build.add_shape("polygon", 0, "car", (0, 0, 1e9, 0, 5, 5))
    build.add_shape("polygon", 0, "car", (0, 0, 1, 1))
    build.add_shape("mask", 0, "car", (0, 4, 39, 29, 40, 30))
    build.add_shape("mask", 0, "car", (0, 5, 3, 4, 4, 5))
    build.add_shape("ellipse", 0, "car", (1, 2, float("inf"), 4))
    build.add_shape("rectangle", 0, 77, (1, 2, 3, 4))
    build.add_shape("rectangle", 0, "car", (1, 2, 3, 4), outside=True)
    build.add_shape("rectangle", 0, "car", (9, 8, 3, 4))
    document = one(build.dataset())
    assert [ann["bbox"] for ann in document["annotations"]] == [[39, 29, 1, 1], [3, 4, 6, 4]]
    losses = lost(build.dataset())
    assert sorted((loss.kind, loss.what, loss.count) for loss in losses.of(None, "annotations", "definitions")) == [
        ("changed", "mask", 1), ("changed", "rectangle with swapped corners", 1), ("lost", "ellipse", 1),
        ("lost", "mask that does not fit its frame", 1), ("lost", "polygon that cannot be painted", 2),
        ("lost", "polyline", 1), ("lost", "rectangle without 4 numbers below 1e9 px", 1),
        ("lost", "shape of a label that is not defined", 1), ("lost", "shape outside", 1),
    ]  # fmt: skip


def test_a_name_that_coco_needs_is_no_attribute() -> None:
    build = DatasetBuilder()
    car = build.add_label("car", attributes=[at_spec("occluded"), at_spec("make")])
    build.add_frame("a.jpg", 9, 9)
    build.add_shape("rectangle", 0, car, (1, 2, 3, 4), attributes={"occluded": "perhaps", "make": "x"})
    document = one(build.dataset())
    assert document["annotations"][0]["attributes"] == {"make": "x", "occluded": False, "rotation": 0}
    losses = lost(build.dataset())
    assert [loss.what for loss in losses.of(None, "annotations", "definitions")] == [
        "attribute with a reserved name", "definition of an attribute with a reserved name",
    ]  # fmt: skip


def at_spec(name: str) -> AttributeSpec:
    return AttributeSpec(0, name)


def test_keypoints_that_are_not_seen_are_zero() -> None:
    build = DatasetBuilder()
    whole = build.add_label("person", type="skeleton", svg=SVG)
    head = build.add_label("head", parent=whole, type="points")
    hand = build.add_label("left hand", parent=whole, type="points")
    build.add_label("Fuß", parent=whole, type="points")
    build.add_frame("a.jpg", 50, 50)
    row = build.add_shape("skeleton", 0, whole, group=4)
    build.add_shape("points", 0, hand, (9, 8), parent=row, outside=True)
    build.add_shape("points", 0, head, (1.234, 2), parent=row, occluded=True)
    build.add_shape("rectangle", 0, whole, (0, 0, 20, 30), group=4)
    build.add_shape("rectangle", 0, whole, (0, 0, 20, 30), group=5)
    document = write(build.dataset(), "coco-keypoints")[KEYPOINTS]
    (category,) = document["categories"]
    assert (category["keypoints"], category["skeleton"]) == (["head", "left hand", "Fuß"], [[1, 2], [2, 3]])
    annotation, box = document["annotations"]
    assert annotation["keypoints"] == [1.234, 2, 1, 0, 0, 0, 0, 0, 0]
    assert (box["keypoints"], box["num_keypoints"], box["bbox"]) == ([0] * 9, 0, [0, 0, 20, 30])
    assert (annotation["num_keypoints"], annotation["bbox"], annotation["area"]) == (1, [0, 0, 20, 30], 600)
    coco = loaded(document)
    assert coco.getAnnIds(areaRng=[599, 601]) == [1, 2]
