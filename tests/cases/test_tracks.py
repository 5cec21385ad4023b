"""Tracks of files that are not as a server writes them: nothing moves, and keyframes stand in order."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cases.conftest import Case

Cases = Callable[[str], Case]


def _boxes(case: Case) -> list[list[float]]:
    case.fine("convert coco.json --to cvat-api -o out")
    case.fine("convert out --to coco -o again.json --no-images")
    return [item["bbox"] for item in case.json("again.json")["annotations"]]


@pytest.mark.parametrize("name", ["coco-track-all-keyframe-false", "coco-track-first-keyframe-only"])
def test_no_box_moves_whatever_is_called_a_keyframe(case: Cases, name: str) -> None:
    entered = case(name)
    read = [item["bbox"] for item in entered.json("coco.json")["annotations"]]
    assert _boxes(entered) == read


def test_the_keyframe_that_was_made_is_a_change(case: Cases) -> None:
    entered = case("coco-track-first-keyframe-only")
    entered.fine("convert coco.json --to cvat-api -o out --report r.json")
    (made,) = [loss for loss in entered.json("r.json")["losses"] if loss["column"] == "keyframe"]
    assert (made["kind"], made["count"], made["frames"]) == ("changed", 1, "1")


def test_the_server_stores_keyframes_alone(case: Cases) -> None:
    entered = case("coco-track-first-keyframe-only")
    entered.fine("convert coco.json --compat cvat --to cvat-api -o out")
    (track,) = entered.json("out/annotations.json")["tracks"]
    assert [shape["points"][0] for shape in track["shapes"] if not shape["outside"]] == [10, 12]


def test_keyframes_stand_in_order(case: Cases) -> None:
    entered = case("coco-track-with-gap")
    entered.fine("convert coco.json --to cvat-api -o out")
    (track,) = entered.json("out/annotations.json")["tracks"]
    states = [(shape["frame"], shape["outside"]) for shape in track["shapes"]]
    assert states == [(0, False), (1, True), (2, False), (3, True)]
    entered.fine("validate out --select TRK")


def test_a_frame_before_the_start_is_refused_always(case: Cases) -> None:
    entered = case("xml-step-frame-before-the-start")
    for more in ("", " --compat cvat"):
        result = entered.run(f"convert a.xml --task task --to cvat-api -o out{more}")
        assert result.exit_code == 3
        assert "a.xml:6: frame 5 is not one of the task's" in result.stderr


def test_a_row_behind_the_end_is_what_the_import_stops_at(case: Cases) -> None:
    entered = case("xml-track-box-behind-the-last-frame")
    assert entered.findings("a.xml --task task") == {
        "FMT009": ["error: frame 4 is not one of the task's, expected at most 3"]
    }
    assert "a.xml:8: error FMT009" in entered.run("validate a.xml --task task --format concise").stdout
    assert entered.run("convert a.xml --task task --compat cvat --to cvat-api -o out").exit_code == 3


def test_a_row_without_keyframe_is_what_the_import_stops_at(case: Cases) -> None:
    entered = case("xml-track-box-without-keyframe")
    assert entered.run("validate a.xml --task task").exit_code == 1
    assert entered.run("convert a.xml --task task --compat cvat --to cvat-api -o out").exit_code == 3


def test_tracks_of_skeletons_may_hold_their_parts(case: Cases) -> None:
    entered = case("xml-nested-skeleton-tracks")
    entered.fine("convert annotations.xml --to cvat-api -o out")
    (track,) = entered.json("out/annotations.json")["tracks"]
    assert [len(element["shapes"]) for element in track["elements"]] == [1]
