"""What comparisons use where nobody sets anything: the defaults of the server's API (CVAT 2.73), and their limits.

Source: https://docs.cvat.ai/docs/qa-analytics/auto-qa/ and the schemas QualitySettings and ConsensusSettings of its
OpenAPI document.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest

from annotools.errors import UsageError
from annotools.quality import ConsensusSettings, QualitySettings

DEFAULTS: dict[str, Any] = {
    "iou_threshold": 0.4, "low_overlap_threshold": 0.8, "oks_sigma": 0.09, "point_size_base": "group_bbox_size",
    "line_thickness": 0.01, "compare_line_orientation": True, "line_orientation_threshold": 0.1,
    "compare_groups": True, "group_match_threshold": 0.5, "check_covered_annotations": True,
    "object_visibility_threshold": 0.05, "panoptic_comparison": True, "compare_attributes": True,
    "empty_is_annotated": False, "inherit": True, "job_filter": "", "target_metric": "accuracy",
    "target_metric_threshold": 0.7, "max_validations_per_job": 0,
}  # fmt: skip
SHARES = [name for name, value in DEFAULTS.items() if isinstance(value, float)]
NOT_IN_REPORTS = {"inherit", "target_metric", "target_metric_threshold", "max_validations_per_job"}


def test_defaults() -> None:
    assert asdict(QualitySettings()) == DEFAULTS
    assert asdict(ConsensusSettings()) == {"iou_threshold": 0.4}
    assert QualitySettings.of({}) == QualitySettings()


@pytest.mark.parametrize("inherited", [True, False])
def test_what_a_report_says_of_them(inherited: bool) -> None:
    fixed = {
        "included_annotation_types": ["bbox", "points", "mask", "polygon", "polyline", "skeleton", "label", "ellipse"],
        "ignored_attributes": [], "inherited": inherited,
    }  # fmt: skip
    used = {name: value for name, value in DEFAULTS.items() if name not in NOT_IN_REPORTS}
    assert QualitySettings().parameters(inherited=inherited) == fixed | used


@pytest.mark.parametrize("name", SHARES)
def test_shares_go_from_0_to_1(name: str) -> None:
    for value in (0, 1, 0.5):
        assert getattr(QualitySettings.of({name: value}), name) == value
    for value in (-0.001, 1.001, True, "0.5", None):
        with pytest.raises(UsageError, match=f"^{name} is "):
            QualitySettings.of({name: value})


@pytest.mark.parametrize("name", sorted(DEFAULTS.keys() - set(SHARES)))
def test_others_are_of_the_kind_of_their_default(name: str) -> None:
    for value in (None, [], 0.5):
        with pytest.raises(UsageError, match=f"^{name} is "):
            QualitySettings.of({name: value})


@pytest.mark.parametrize(("name", "words"), [
    ("target_metric", ("accuracy", "precision", "recall")), ("point_size_base", ("group_bbox_size", "image_size")),
])  # fmt: skip
def test_words_that_may_be_chosen(name: str, words: tuple[str, ...]) -> None:
    assert [getattr(QualitySettings.of({name: word}), name) for word in words] == list(words)
    with pytest.raises(UsageError, match=f"{name} is 'of nothing', expected one of {', '.join(words)}"):
        QualitySettings.of({name: "of nothing"})


@pytest.mark.parametrize("name", ["id", "task_id", "project_id", "created_date", "updated_date"])
def test_what_else_is_in_an_answer_of_the_api_is_no_setting(name: str) -> None:
    assert QualitySettings.of({name: "2024-01-01", "iou_threshold": 0.5}) == QualitySettings(iou_threshold=0.5)
