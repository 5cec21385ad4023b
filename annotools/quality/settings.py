"""How annotations are compared: the quality settings of a task or project, and those of consensus.

    {"iou_threshold": 0.4, "low_overlap_threshold": 0.8, "oks_sigma": 0.09, "point_size_base": "group_bbox_size", ...}

Names, defaults and limits are those of the API of CVAT 2.56 to 2.73 (QualitySettings, ConsensusSettings).
Source: https://docs.cvat.ai/docs/qa-analytics/auto-qa/ and the server's OpenAPI document.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from annotools.errors import UsageError, suggest

METRICS = ("accuracy", "precision", "recall")
COMPARED = ("bbox", "points", "mask", "polygon", "polyline", "skeleton", "label", "ellipse")
_CHOICES = {"target_metric": METRICS, "point_size_base": ("group_bbox_size", "image_size")}
_OF_THE_RECORD = frozenset({"id", "task_id", "project_id", "created_date", "updated_date"})  # in an answer of the API
_NOT_OF_A_REPORT = ("inherit", "target_metric", "target_metric_threshold", "max_validations_per_job")


class _Values:
    """Settings from JSON."""

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """Settings from an answer of the API or a part of one; what is not named has its default.

        Raises: UsageError for a name that is none, a value of another kind or one out of range.
        """
        known = {field.name: field.default for field in fields(cls)}  # type: ignore[arg-type]  # mixed into dataclasses
        for name in values:
            if name not in known and name not in _OF_THE_RECORD:
                raise UsageError(f"no setting is called {name!r}, expected {suggest(name, known)}")
        return cls(**{name: _checked(name, values[name], known[name]) for name in known if name in values})


@dataclass(frozen=True)
class QualitySettings(_Values):
    """Quality settings.  Thresholds, oks_sigma and line_thickness are 0..1."""

    job_filter: str = ""
    inherit: bool = True
    target_metric: str = "accuracy"
    target_metric_threshold: float = 0.7
    max_validations_per_job: int = 0
    iou_threshold: float = 0.4
    oks_sigma: float = 0.09
    point_size_base: str = "group_bbox_size"
    line_thickness: float = 0.01
    low_overlap_threshold: float = 0.8
    compare_line_orientation: bool = True
    line_orientation_threshold: float = 0.1
    compare_groups: bool = True
    group_match_threshold: float = 0.5
    check_covered_annotations: bool = True
    object_visibility_threshold: float = 0.05
    panoptic_comparison: bool = True
    compare_attributes: bool = True
    empty_is_annotated: bool = False

    def parameters(self, *, inherited: bool) -> dict[str, Any]:
        """What a report says it was made with.  inherited: whether these are the project's."""
        used = {name: value for name, value in asdict(self).items() if name not in _NOT_OF_A_REPORT}
        fixed = {"included_annotation_types": list(COMPARED), "ignored_attributes": []}
        return fixed | used | {"inherited": inherited}


@dataclass(frozen=True)
class ConsensusSettings(_Values):
    """How alike annotations of replicas must be to be one object, 0..1."""

    iou_threshold: float = 0.4


def _checked(name: str, value: Any, default: Any) -> Any:
    if isinstance(default, float):
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise UsageError(f"{name} is {value!r}, expected a number")
        if not 0 <= value <= 1:
            raise UsageError(f"{name} is {value}: Value must be in the range [0; 1]")
        return float(value)
    if type(value) is not type(default):
        kinds = {bool: "true or false", int: "a whole number", str: "text"}
        raise UsageError(f"{name} is {value!r}, expected {kinds[type(default)]}")
    if name in _CHOICES and value not in _CHOICES[name]:
        raise UsageError(f"{name} is {value!r}, expected {suggest(value, _CHOICES[name])}")
    return value
