"""Agreement with a ground truth, consensus, differences and counts of datasets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

import annotools as at
from annotools.model import Dataset
from annotools.quality import ConsensusSettings, QualitySettings, merge_replicas, project_report, report, with_truth
from annotools.quality.reports import FORMATS, Judged, render
from tests.recorded.answers import plain
from tests.recorded.corpus import datasets
from tests.recorded.parts.steps import differences
from tests.recorded.records import Cases
from tests.recorded.seen_twice import judged

SETTINGS: dict[str, dict[str, Any]] = {
    "default": {}, "loose": {"iou_threshold": 0.0, "low_overlap_threshold": 0.0}, "tight": {"iou_threshold": 0.9,
        "low_overlap_threshold": 1.0},
    "half": {"iou_threshold": 0.5, "low_overlap_threshold": 0.5}, "sigma": {"oks_sigma": 0.5},
        "image-size": {"point_size_base": "image_size"},
    "no-sigma": {"oks_sigma": 0.0}, "lines": {"line_thickness": 0.2, "compare_line_orientation": False},
        "thin": {"line_thickness": 0.0},
    "turned": {"line_orientation_threshold": 1.0}, "no-groups": {"compare_groups": False},
        "groups": {"group_match_threshold": 1.0},
    "all-groups": {"group_match_threshold": 0.0}, "covered": {"check_covered_annotations": False},
    "visibility": {"object_visibility_threshold": 1.0}, "no-panoptic": {"panoptic_comparison": False},
    "no-attributes": {"compare_attributes": False}, "empty": {"empty_is_annotated": True},
    "filter": {"job_filter": '{"==": [{"var": "stage"}, "acceptance"]}'}, "recall": {"target_metric": "recall"},
    "wrong": {"iou_threshold": 2}, "wrong-name": {"iou": 1}, "wrong-kind": {"compare_groups": 1},
        "wrong-word": {"target_metric": "f1"},
}  # fmt: skip


def groups() -> Iterator[str]:
    """What is asked."""
    yield from ("quality", "consensus", "diff", "stats")


def cases(group: str) -> Cases:
    """All settings on all judged tasks, or all pairs."""
    yield from _GROUPS[group]()


def _quality() -> Cases:
    for seed in range(2):
        for word, values in SETTINGS.items():
            yield f"{seed}/{word}", partial(_report, seed, values)
    for form in FORMATS:
        yield f"rendered/{form}", partial(_rendered, form)
    for name in ("jobs-tracks", "drawn-1", "drawn-3", "full-jobs", "edges"):
        yield f"given/{name}", partial(_own, name)
    yield "project", _project
    for name, truth in (("edges", "small"), ("drawn-0", "drawn-2"), ("tracks", "jobs-tracks"), ("edges", "audio")):
        yield f"truth/{name}/{truth}", partial(_with_truth, name, truth)


def _report(seed: int, values: dict[str, Any]) -> Any:
    result = report(judged(seed), QualitySettings.of(values))
    return result.as_dict() | {"corrected": result.corrected}


def _own(name: str) -> Any:
    dataset = datasets()[name]
    jobs = [
        replace(job, stage="acceptance", state="completed") if job.type == "ground_truth" else job
        for job in dataset.jobs
    ]
    return report(dataset.replace(jobs=jobs)).as_dict()


def _rendered(form: str) -> list[str]:
    return "".join(render(form, [Judged("one", report(judged(0))), Judged("two", report(judged(1)))])).splitlines()


def _project() -> Any:
    own = {2: QualitySettings(inherit=False, iou_threshold=0.7)}
    result = project_report(
        [(1, judged(0)), (2, judged(1)), (3, datasets()["edges"])], QualitySettings(max_validations_per_job=2), own
    )
    return result.as_dict() | {"corrected": result.corrected}


def _with_truth(name: str, truth: str) -> Any:
    joined = with_truth(datasets()[name], datasets()[truth])
    return {
        "jobs": joined.jobs,
        "frames": joined.frames.names,
        "shapes": joined.shapes.frame,
        "report": report(joined).as_dict(),
    }


def _consensus() -> Cases:
    for seed in range(3):
        for threshold in (0.0, 0.4, 0.5, 0.8, 1.0):
            yield f"{seed}/{threshold}", partial(_merged, seed, threshold)
    yield "given/jobs-tracks", lambda: merge_replicas(datasets()["jobs-tracks"])


def _merged(seed: int, threshold: float) -> Any:
    merged, losses = merge_replicas(judged(seed), ConsensusSettings(threshold))
    return {"losses": losses, "merged": merged}


def _diff() -> Cases:
    for name, dataset in datasets().items():
        for word, change in _CHANGES.items():
            if len(dataset.shapes) and name not in ("clouds", "solid", "audio", "odd"):
                yield f"{name}/{word}", partial(_differs, name, change)
        yield f"{name}/itself", partial(_differs, name, lambda same: same)
    for a, b in (
        ("edges", "small"),
        ("drawn-0", "drawn-2"),
        ("tracks", "jobs-tracks"),
        ("full", "full-jobs"),
        ("empty", "audio"),
        ("solid", "clouds"),
    ):
        yield f"{a}/to/{b}", partial(lambda a, b: _told(at.diff(datasets()[a], datasets()[b])), a, b)
        yield (
            f"{a}/to/{b}/loose",
            partial(
                lambda a, b: _told(at.diff(datasets()[a], datasets()[b], tolerance=3, ignore=("labels", "z_order"))),
                a,
                b,
            ),
        )
    yield "wrong", lambda: at.diff(datasets()["edges"], datasets()["edges"], ignore="x")
    yield "negative", lambda: at.diff(datasets()["edges"], datasets()["edges"], tolerance=-1)


def _some(table: Any, step: int) -> Any:
    return np.arange(len(table)) % step == 0


def _moved(dataset: Dataset, by: float) -> Dataset:
    shapes = dataset.shapes
    return dataset.replace(
        shapes=shapes.with_points(shapes.values + by * np.repeat(_some(shapes, 4) & (shapes.type != 6), shapes.counts))
    )


def _turned(dataset: Dataset, by: float) -> Dataset:
    return dataset.replace(shapes=dataset.shapes.replace(rotation=dataset.shapes.rotation + by))


def _column(name: str, value: Any, dataset: Dataset) -> Dataset:
    shapes = dataset.shapes
    return dataset.replace(shapes=shapes.replace(**{name: np.where(_some(shapes, 3), value, getattr(shapes, name))}))


_CHANGES: dict[str, Callable[[Dataset], Dataset]] = {
    "moved-0.009": partial(_moved, by=0.009), "moved-0.01": partial(_moved, by=0.01), "moved-0.02": partial(_moved,
        by=0.02), "moved-5": partial(_moved, by=5.0),
    "turned-360": partial(_turned, by=360.0),
    "turned-1": partial(_turned, by=-1.0),
    "fewer": lambda dataset: dataset.select(shapes=~_some(dataset.shapes, 4)),
        "fewer-tags": lambda dataset: dataset.select(tags=_some(dataset.tags, 2)),
    "occluded": partial(_column, "occluded", True), "z_order": partial(_column, "z_order", 7),
        "source": partial(_column, "source", 3),
    "group": partial(_column, "group", 5), "score": partial(_column, "score", 0.75), "outside": partial(_column,
        "outside", True),
    "frames": lambda dataset: dataset.replace(frames=replace(dataset.frames,
        names=tuple(f"x{name}" if number % 2 else name for number, name in enumerate(dataset.frames.names)))),
    "sizes": lambda dataset: dataset.replace(frames=replace(dataset.frames, width=dataset.frames.width + 1,
        deleted=~dataset.frames.deleted)),
    "labels": lambda dataset: dataset.replace(labels=[replace(label, color="#000000",
        attributes=label.attributes[:1]) for label in dataset.labels]),
    "task": lambda dataset: dataset.replace(task=replace(dataset.task, name="y", start_frame=99, subset="z")),
    "attributes": lambda dataset: dataset.replace(attributes=dataset.attributes.take(_some(dataset.attributes, 2))),
}  # fmt: skip


def _differs(name: str, change: Callable[[Dataset], Dataset]) -> Any:
    return _told(at.diff(datasets()[name], change(datasets()[name])))


def _told(difference: Any) -> Any:
    return {"lines": [str(change) for change in difference], "dict": difference.as_dict()}


def _stats() -> Cases:
    for name, dataset in datasets().items():
        yield name, partial(lambda dataset: at.stats(dataset).as_dict(), dataset)
        yield f"{name}/canonical", partial(_canonical, name)
        yield f"{name}/views", partial(_views, dataset)
        yield f"{name}/selected", partial(_selected, name)


def _canonical(name: str) -> Any:
    dataset = datasets()[name]
    return {"equal": dataset == dataset.canonical(), **differences(name, dataset.canonical())}


def _views(dataset: Dataset) -> list[str]:
    """What people see of rows."""
    names = (
        "id",
        "label",
        "job",
        "group",
        "source",
        "frame",
        "type",
        "track",
        "parent",
        "points",
        "rotation",
        "occluded",
        "attributes",
        "start",
        "stop",
    )
    rows = [
        row for table in (dataset.tags, dataset.shapes, dataset.tracks, dataset.intervals) for row in list(table)[:12]
    ]
    return [
        str(
            {
                name: plain(getattr(getattr(row, name, None), "name", getattr(row, name, None)))
                for name in names
                if not _is_view(row, name)
            }
        )
        for row in rows
    ]


def _is_view(row: Any, name: str) -> bool:
    """Whether a field is another row, or none that the row has."""
    return not hasattr(row, name) or name in ("track", "parent")


def _selected(name: str) -> Any:
    dataset = datasets()[name]
    chosen = dataset.select(
        shapes=_some(dataset.shapes, 3), tracks=_some(dataset.tracks, 2), tags=_some(dataset.tags, 2)
    )
    return {
        "chosen": differences(name, chosen),
        "shown": dataset.shown_frames,
        "joined": differences(name, at.concat([dataset, chosen])),
    }


_GROUPS: dict[str, Callable[[], Cases]] = {"quality": _quality, "consensus": _consensus, "diff": _diff, "stats": _stats}
