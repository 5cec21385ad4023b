"""COCO files that the server's importer stops at: `validate` names what, and `--compat cvat` refuses them too."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cases.conftest import Case

Cases = Callable[[str], Case]
REFUSED = [
    ("coco-annotation-id-is-text", "", "coco.json:/annotations/0/id: id is text, 'x1', expected a whole number"),
    ("coco-annotation-without-id", "", "coco.json:/annotations/0: has no id, expected a whole number"),
    ("coco-image-size-minus-one", "", "coco.json:/images/0/height: height is -1"),
    ("coco-no-categories", "", "coco.json: has no categories, expected images, categories, annotations"),
    ("coco-segmentation-missing", "", "coco.json:/annotations/0: has no segmentation, expected a list or an object"),
    ("coco-checkbox-no-boolean", "", "coco.json: frame 0: attribute 'parked' is 'maybe', expected true or false"),
    ("keypoints-annotation-without-keypoints", "-keypoints", "coco.json:/annotations/1: has no keypoints"),
    ("keypoints-category-names-empty", "-keypoints", "coco.json:/annotations/0/keypoints: keypoint has no label"),
    ("keypoints-more-than-names", "-keypoints", "coco.json:/annotations/0/keypoints: keypoint has no label"),
    ("keypoints-other-names", "-keypoints", "coco.json:/annotations/0/keypoints: keypoint has no label"),
]


@pytest.mark.parametrize(("name", "kind", "message"), REFUSED, ids=[name for name, _, _ in REFUSED])
def test_what_the_import_stops_at(case: Cases, name: str, kind: str, message: str) -> None:
    entered = case(name)
    task = f"coco.json --from coco{kind} --task task"
    messages = entered.findings(task)["FMT009"]
    assert message.partition(": ")[2] in messages[0].partition(": ")[2]
    assert entered.run(f"validate {task}").exit_code == 1
    refused = entered.run(f"convert {task} --compat cvat --to cvat-api -o out")
    assert refused.exit_code == 3
    assert f"error: {message}" in refused.stderr
    entered.fine(f"convert {task} --to cvat-api -o out")


def test_a_category_of_number_0_is_said_as_the_server_says_it(case: Cases) -> None:
    entered = case("coco-category-zero-message")
    refused = entered.run("convert coco.json --task task --compat cvat --to cvat-api -o out")
    assert "coco.json:/annotations/0/category_id: annotation has no label" in refused.stderr
    findings = entered.findings("coco.json --task task")
    assert "FMT001" in findings
    assert "FMT009" not in findings


@pytest.mark.parametrize(
    ("name", "lost"),
    [("keypoints-category-names-empty", 3), ("keypoints-other-names", 3), ("keypoints-more-than-names", 1)],
)
def test_keypoints_without_a_point_of_the_label_are_lost(case: Cases, name: str, lost: int) -> None:
    entered = case(name)
    line = "convert coco.json --from coco-keypoints --task task --to cvat-api -o out"
    entered.fine(f"{line} --report r.json")
    (loss,) = [one for one in entered.json("r.json")["losses"] if one["kind"] == "lost" and one["what"] == "keypoint"]
    assert (loss["count"], loss["class"]) == (lost, "annotations")
    assert entered.run(f"{line}2 --strict").exit_code == 1


def test_the_box_of_a_person_is_no_wrong_label(case: Cases) -> None:
    entered = case("keypoints-false-label-type")
    assert entered.findings("coco.json --task task --from coco-keypoints") == {}


def test_points_without_names_get_some(case: Cases) -> None:
    entered = case("keypoints-no-names")
    entered.fine("convert coco.json --to cvat-api -o out")
    skeletons = [shape for shape in entered.json("out/annotations.json")["shapes"] if shape["type"] == "skeleton"]
    assert [len(shape["elements"]) for shape in skeletons] == [3]


def test_ids_in_a_file_without_categories_are_a_change(case: Cases) -> None:
    entered = case("coco-no-categories")
    entered.fine("convert coco.json --task task --to cvat-api -o out --report r.json")
    assert "file without categories" in [loss["what"] for loss in entered.json("r.json")["losses"]]
