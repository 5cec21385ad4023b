"""Inputs of people on their way to another format: nothing is lost or changed without a word, what is odd is mended."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from typing import Any

import pytest

from tests.cases.conftest import Case
from tests.cli.conftest import EXAMPLES

Cases = Callable[[str], Case]


def _losses(case: Case, name: str = "r.json") -> dict[str, Any]:
    return {loss["what"]: loss for loss in case.json(name)["losses"]}


def test_a_mask_one_pixel_out_of_its_picture_is_cut(case: Cases) -> None:
    entered = case("mask-one-pixel-out-is-dropped")
    entered.fine("convert task --to coco -o out.json --no-images --report r.json")
    (item,) = entered.json("out.json")["annotations"]
    assert (item["bbox"], item["area"]) == ([0, 10, 4, 5], 20)
    loss = _losses(entered)["mask"]
    assert (loss["kind"], loss["why"]) == ("changed", "it was cut at the border of the frame")
    for slug in ("voc", "segmentation-mask"):
        entered.fine(f"convert task --to {slug} -o {slug} --no-images --report {slug}.json")
        assert _losses(entered, f"{slug}.json")["mask"]["why"] == "it was cut at the border of the frame"


@pytest.mark.parametrize("slug", ["coco", "coco-keypoints", "voc", "segmentation-mask", "yolo-ultralytics-detection"])
def test_a_frame_without_a_name_gets_one(case: Cases, slug: str) -> None:
    entered = case("frame-without-a-name")
    entered.fine(f"convert case.xml --to {slug} -o out --no-images --report r.json")
    loss = [one for one in entered.json("r.json")["losses"] if one["why"] == "it had none, so one was made"]
    assert [one["count"] for one in loss] == [1]
    if not slug.startswith("yolo"):  # which does not say how large pictures are
        entered.fine(f"convert out --from {slug} --to cvat-api -o again")


def test_a_turned_box_has_the_box_and_the_outline_that_are_seen(case: Cases) -> None:
    entered = case("coco-rotated-rectangle")
    entered.fine("convert task --to coco -o out.json --no-images")
    (item,) = entered.json("out.json")["annotations"]
    assert item["bbox"] == pytest.approx([13.7868, 13.7868, 42.4264, 42.4264], abs=1e-4)
    assert item["attributes"]["rotation"] == 45
    assert len(item["segmentation"][0]) == 8
    entered.fine("convert out.json --task task --to cvat-api -o again")
    (shape,) = entered.json("again/annotations.json")["shapes"]
    assert (shape["type"], shape["points"], shape["rotation"]) == ("rectangle", [10, 30, 60, 40], 45)


def test_names_that_lead_outside_are_kept_as_far_as_they_are_safe(case: Cases) -> None:
    entered = case("names-that-lead-outside")
    entered.fine("convert . --from cvat-api --to coco -o out.json --report r.json")
    assert "name of frame" in _losses(entered)
    entered.fine("convert out.json --to cvat-api -o again")
    assert all(".." not in frame["name"] for frame in entered.json("again/data_meta.json")["frames"])


@pytest.mark.parametrize("slug", ["voc", "yolo-ultralytics-detection", "labelme", "datumaro", "camvid"])
def test_files_of_names_that_lead_outside_lie_inside(case: Cases, slug: str) -> None:
    entered = case("names-that-lead-outside")
    entered.fine(f"convert . --from cvat-api --to {slug} -o out.zip --report r.json")
    assert "name of frame" in _losses(entered)


@pytest.mark.parametrize("line", ["", " --on-error skip"])
def test_a_name_that_leads_outside_is_found_by_its_end(case: Cases, line: str) -> None:
    entered = case("coco-file-name-dotdot")
    entered.fine(f"convert coco.json --task task --to cvat-api -o out --report r.json{line}")
    assert len(entered.json("out/annotations.json")["shapes"]) == 1
    assert "file_name that leads outside" in _losses(entered)


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("coco-category-name-is-a-number", "name of category"),
        ("coco-image-without-name", "image without a file_name"),
        ("coco-two-equal-images", "second entry of an image"),
    ],
)
def test_what_pycocotools_loads_is_read_and_said(case: Cases, name: str, what: str) -> None:
    entered = case(name)
    entered.fine("convert coco.json --to cvat-api -o out --report r.json")
    assert len(entered.json("out/data_meta.json")["frames"]) == 1
    assert len(entered.json("out/annotations.json")["shapes"]) == 1
    assert _losses(entered)[what]["kind"] == "changed"


def test_instances_and_keypoints_in_one_archive_are_of_one_picture(case: Cases) -> None:
    entered = case("coco-instances-and-keypoints-together")
    entered.fine("convert coco.zip --to cvat-api -o out --report r.json")
    assert [frame["name"] for frame in entered.json("out/data_meta.json")["frames"]] == ["a.jpg"]
    assert "keypoints of shape" in _losses(entered)
    entered.fine("convert coco.zip --from coco-keypoints --to cvat-api -o out2")
    assert [frame["name"] for frame in entered.json("out2/data_meta.json")["frames"]] == ["a.jpg"]
    shapes = entered.json("out2/annotations.json")["shapes"]
    assert sorted(len(shape["elements"]) for shape in shapes) == [0, 0, 3]


def test_captions_beside_instances_are_named_as_left_out(case: Cases) -> None:
    entered = case("coco-official-archive-with-captions")
    entered.fine("convert coco.zip --to cvat-api -o out --report r.json")
    assert len(entered.json("out/annotations.json")["shapes"]) == 1
    assert "annotations/captions_val2017.json" in _losses(entered)["file left out"]["why"]
    entered.fine("validate coco.zip")


def test_what_was_read_from_coco_comes_back(case: Cases) -> None:
    entered = case("coco-to-coco")
    entered.fine("convert coco.json --to coco -o out.json")
    assert entered.json("out.json") == entered.json("coco.json")


def test_a_person_stays_one_annotation(case: Cases) -> None:
    entered = case("keypoints-to-coco-doubles")
    entered.fine("convert coco.json --to coco -o out.json")
    (read,), (written,) = (entered.json(name)["annotations"] for name in ("coco.json", "out.json"))
    assert written == {key: value for key, value in read.items() if "keypoints" not in key}
    entered.fine("convert coco.json --to coco-keypoints -o same.json")
    assert entered.json("same.json") == entered.json("coco.json")


def test_annotations_go_with_a_picture_that_is_skipped(case: Cases) -> None:
    entered = case("skip-loses-annotations-of-a-skipped-picture")
    line = "convert coco.json --task task --to cvat-api -o out --on-error skip --report r.json"
    refused = entered.run(f"{line} --strict")
    assert refused.exit_code == 1
    assert not (entered.folder / "out").exists()
    assert [loss["count"] for loss in entered.json("r.json")["losses"] if loss["kind"] == "lost"] == [2]
    assert "zzz.jpg" in refused.stderr, "what is wrong with the input"
    assert [problem["file"] for problem in entered.json("r.json")["problems"]] == ["coco.json"]
    entered.fine(line)


def test_a_folder_without_a_member_of_a_bundle_is_none(case: Cases, tmp_path: Any, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    entered = Case(tmp_path)
    (tmp_path / "d").mkdir()
    for names in ((), ("a", "b.json")):
        for name in names:
            (tmp_path / "d" / name).write_text("")
        refused = entered.run("convert d --from cvat-api --to coco -o x.json")
        assert refused.exit_code == 3
        assert "d/annotations.json: is not there" in refused.stderr


def test_a_fifo_is_never_replaced(tmp_path: Any, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo("n")
    refused = Case(tmp_path).run(f"convert {EXAMPLES / 'street'} --to coco -o n")
    assert refused.exit_code == 2
    assert "is a FIFO" in refused.stderr
    assert stat.S_ISFIFO((tmp_path / "n").stat().st_mode)


def test_frames_of_a_ground_truth_job_are_numbers_of_the_source(case: Cases) -> None:
    entered = case("gt-job-with-step")
    entered.fine("convert bundle --to cvat-images -o out.xml")
    entered.fine("convert bundle --to coco -o out.json")
    names = [image["file_name"] for image in entered.json("out.json")["images"]]
    text = (entered.folder / "out.xml").read_text()
    assert text.count("<image ") == len(names) == 2
    assert 'id="7"' in text
    assert 'id="17"' in text


def test_a_project_of_videos_keeps_its_subsets(case: Cases) -> None:
    entered = case("xml-project-of-videos-subsets")
    entered.fine("convert a.xml --to coco -o out")
    names = sorted(path.name for path in (entered.folder / "out" / "annotations").iterdir())
    assert names == ["instances_train.json", "instances_val.json"]
    entered.fine("convert a.xml --to cvat-api -o api --report r.json")
    assert _losses(entered)["subsets of frame"]["count"] == 4


def test_pictures_of_one_name_in_two_tasks_of_a_project_are_two(case: Cases) -> None:
    entered = case("xml-project-same-names")
    entered.fine("convert annotations.xml --to coco -o out")
    documents = [
        entered.json(f"out/annotations/{path.name}") for path in (entered.folder / "out/annotations").iterdir()
    ]
    assert sorted(len(one["images"]) for one in documents) == [2, 2]
    assert sum(len(one["annotations"]) for one in documents) == 3


def test_segments_that_do_not_fit_are_said(case: Cases) -> None:
    entered = case("xml-segments-that-do-not-fit")
    entered.fine("convert annotations.xml --to coco -o out.json --report r.json")
    assert len(entered.json("out.json")["annotations"]) == 3
    assert _losses(entered)["segment"]["count"] == 1


def test_an_attribute_that_the_label_lacks_is_lost_and_the_box_stays(case: Cases) -> None:
    entered = case("xml-unknown-attribute")
    for more in ("", " --on-error skip"):
        entered.fine(f"convert a.xml --task task --to cvat-api -o out --force --report r.json{more}")
        assert _losses(entered)["attribute"]["count"] == 1
        assert len(entered.json("out/annotations.json")["shapes"]) == 1


def test_values_are_stored_as_the_importer_stores_them(case: Cases) -> None:
    entered = case("xml-checkbox-True-compat")
    entered.fine("convert a.xml --task task --compat cvat --to cvat-api -o out")
    (shape,) = entered.json("out/annotations.json")["shapes"]
    assert {"spec_id": 12, "value": "true"} in shape["attributes"]
    entered = case("xml-occluded-True-compat")
    entered.fine("convert a.xml --task task --compat cvat --to cvat-api -o out")
    assert entered.json("out/annotations.json")["shapes"][0]["occluded"] is False


def test_a_name_that_fits_by_its_end_is_said(case: Cases) -> None:
    entered = case("xml-name-matches-by-base-only")
    entered.fine("convert a.xml --task task --to cvat-api -o out --report r.json")
    assert entered.json("out/annotations.json")["shapes"][0]["frame"] == 2
    assert _losses(entered)["name of picture"]["kind"] == "changed"
    entered.fine("convert a.xml --task task --compat cvat --to cvat-api -o out2")
    assert entered.json("out2/annotations.json")["shapes"][0]["frame"] == 1
