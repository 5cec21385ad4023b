"""What the server checks against the task once an annotations document is well-formed: labels, specs, modes, spans.

Neither frames nor coordinates are checked: the server stores what lies outside the job and the image.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NoReturn

from annotools.labeled_data import Attribute, Element, Interval, LabeledData, Tag, TrackElement
from mockserver.annotations.label_specs import Defaults, LabelSpecs
from mockserver.protocol.http import errors
from mockserver.state.tables import Record


def check_content(data: LabeledData, task: Record, meta: Record | None) -> None:
    """What does not depend on labels. Raises: ApiError 400."""
    if data.tracks and task.get("validation_mode") == "gt_pool":
        raise errors("Tracks are not supported when task validation mode is gt_pool")
    for interval in data.intervals:
        _check_span(interval, meta or {})


def _check_span(interval: Interval, meta: Record) -> None:
    first, last = meta.get("start_frame", 0), meta.get("stop_frame", 0)
    if interval.stop is not None and interval.stop < interval.start:
        raise errors(f"Interval stop {interval.stop} must not be less than its start {interval.start}")
    if not first <= interval.start <= last:
        raise errors(f"Interval start {interval.start} must be in the range [{first}, {last}]")
    if interval.stop is not None and interval.stop > last + 1:
        raise errors(f"Interval stop {interval.stop} must not be greater than {last + 1}")


def check_labels(data: LabeledData, labels: LabelSpecs) -> None:
    """Labels and specs exist, and stand where they may. Raises: ApiError 400."""
    spec_ids = {label: {spec for spec, _ in specs.all} for label, specs in labels.items()}
    _check_plain(data.tags, spec_ids)
    for shape in data.shapes:
        allowed = spec_ids.get(shape.label_id)
        if allowed is None:
            _reject_label(shape.label_id)
        if shape.attributes:
            _check_specs(shape.attributes, allowed)
        if shape.elements:
            _check_plain(shape.elements, spec_ids)
    for track in data.tracks:
        for part in (track, *(track.elements or ())):
            _check_track(part, labels)
    _check_plain(data.intervals, spec_ids)


def _check_plain(items: Iterable[Tag | Interval | Element], spec_ids: dict[int, set[int]]) -> None:
    for item in items:
        allowed = spec_ids.get(item.label_id)
        if allowed is None:
            _reject_label(item.label_id)
        _check_specs(item.attributes, allowed)


def _check_track(track: TrackElement, labels: LabelSpecs) -> None:
    specs = labels.get(track.label_id)
    if specs is None:
        _reject_label(track.label_id)
    _check_specs(track.attributes, _ids(specs.immutable))
    changing = _ids(specs.mutable)
    for shape in track.shapes:
        _check_specs(shape.attributes, changing)


def _ids(defaults: Defaults) -> set[int]:
    return {spec for spec, _ in defaults}


def _check_specs(attributes: Iterable[Attribute], allowed: set[int]) -> None:
    for item in attributes:
        if item.spec_id not in allowed:
            raise errors(f"spec_id `{item.spec_id}` is invalid")


def _reject_label(label_id: int) -> NoReturn:
    raise errors(f"label_id `{label_id}` is invalid")
