"""Frames that several jobs show: the overlap of neighbours, and honeypots."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np

from annotools.model import Dataset, Job
from annotools.model.tables import Array
from annotools.validate.context import Context
from annotools.validate.findings import INFO, OFF, WARNING, Found
from annotools.validate.needs import JOB
from annotools.validate.registry import rule
from annotools.validate.rules.job._contents import Content, plain_rows, shape_contents, tag_contents


@rule("JOB002", "uneven-honeypot", INFO, upload=OFF, gt=INFO, needs=JOB, proof="spec: honeypots show validation frames")
def uneven_honeypot(ctx: Context) -> Found | None:
    """Frames that show the same validation frame have different numbers of objects.

    Why: a honeypot is one picture shown several times, so the differences are those between annotators, or a slip.
    Bad:
        {"files": {"labels.json": [{"id": 6, "name": "rain", "attributes": []}],
                   "job.json": {"id": 3, "start_frame": 0, "stop_frame": 2},
                   "annotations.json": {"tags": [{"label_id": 6, "frame": 0}, {"label_id": 6, "frame": 1}]},
                   "validation_layout.json": {"honeypot_frames": [0, 1, 2], "honeypot_real_frames": [9, 9, 9]}}}

        {"files": {"labels.json": [{"id": 1, "name": "car", "attributes": []}],
                   "job.json": {"id": 3, "start_frame": 0, "stop_frame": 2},
                   "annotations.json": {"shapes": [{"type": "points", "label_id": 1, "frame": 1, "points": [10, 10]}]},
                   "validation_layout.json": {"honeypot_frames": [0, 1, 2], "honeypot_real_frames": [9, 9, 9]}}}
    Good:
        {"files": {"labels.json": [{"id": 6, "name": "rain", "attributes": []}],
                   "job.json": {"id": 3, "start_frame": 0, "stop_frame": 1},
                   "annotations.json": {"tags": [{"label_id": 6, "frame": 0}, {"label_id": 6, "frame": 1}]},
                   "validation_layout.json": {"honeypot_frames": [0, 1], "honeypot_real_frames": [9, 9]}}}
    Source: CVAT's documentation of honeypots
    """
    shown: dict[int, list[int]] = {}
    for frame, real in (pair for job in ctx.jobs for pair in job.honeypots):
        shown.setdefault(real, []).append(frame)
    if not shown:
        return None
    frames = np.concatenate([ctx.tags.frame, ctx.shapes.frame[ctx.plain]])
    labels = np.concatenate([ctx.tags.label, ctx.shapes.label[ctx.plain]])
    order = np.argsort(frames, kind="stable")
    frames, labels = frames[order], labels[order]
    odd = [(f, real) for real, group in shown.items() for f in _odd_ones(group, frames, labels)]
    return ctx.at(
        "frame", [frame for frame, _ in odd], "other objects than on other honeypots that show frame {real}",
        real=[real for _, real in odd],
    )  # fmt: skip


def _odd_ones(group: list[int], frames: Array, labels: Array) -> list[int]:
    """Frames whose objects are not what most of the group have.  frames: ascending, with the label of each object."""
    starts, stops = (np.searchsorted(frames, group, side).tolist() for side in ("left", "right"))
    each = zip(group, starts, stops, strict=True)
    counts = {frame: tuple(np.sort(labels[start:stop]).tolist()) for frame, start, stop in each}
    usual = Counter(counts.values()).most_common(1)[0][0]
    return [frame for frame in group if counts[frame] != usual]


@rule("JOB003", "disagreeing-overlap", WARNING, needs=JOB, proof="annos-vid/job-borders-and-task-view")
def disagreeing_overlap(ctx: Context) -> Iterator[Found]:
    """Neighbouring jobs have different shapes or tags on a frame that both show.

    Why: the task shows the union of both: nearly equal shapes are merged, the others all stay, so objects double.
    Bad:
        {"annotations": {"tags": [{"label_id": 6, "frame": 8}]},
         "elsewhere": {"tags": [{"label_id": 6, "frame": 9}]}}

        {"annotations": {"shapes": [{"type": "points", "label_id": 1, "frame": 9, "points": [10, 10]}]},
         "elsewhere": {"shapes": [{"type": "points", "label_id": 1, "frame": 9, "points": [20, 10]}]}}
    Good:
        {"annotations": {"tags": [{"label_id": 6, "frame": 9}]},
         "elsewhere": {"tags": [{"label_id": 6, "frame": 9}]}}
    Source: annos-vid/job-borders-and-task-view (shapes of both jobs in the task)
    """
    disagreements = _disagreements(list(_sides(ctx)))
    frames = sorted(disagreements)
    yield ctx.at(
        "frame", frames, "job {one} and job {other} have different annotations",
        one=[disagreements[frame][0] for frame in frames], other=[disagreements[frame][1] for frame in frames],
    )  # fmt: skip


Side = tuple[Job, dict[int, Counter[Content]]]


def _disagreements(sides: list[Side]) -> dict[int, tuple[int, int]]:
    """Frames on which two sides have different annotations, and the ids of the first such two jobs.

    They are the first side that has the frame and the first after it that differs.
    """
    having = sorted({frame for _, contents in sides for frame in contents})
    starts = sorted((job.start_frame, side) for side, (job, _) in enumerate(sides))
    stops = sorted((job.stop_frame, side) for side, (job, _) in enumerate(sides))
    active: list[int] = []  # the places of the sides that have the frame, ascending
    begun = ended = 0
    disagreements: dict[int, tuple[int, int]] = {}
    for frame in having:
        while begun < len(starts) and starts[begun][0] <= frame:
            if sides[starts[begun][1]][0].stop_frame >= starts[begun][0]:
                insort(active, starts[begun][1])
            begun += 1
        while ended < len(stops) and stops[ended][0] < frame:
            if sides[stops[ended][1]][0].start_frame <= stops[ended][0]:
                active.pop(bisect_left(active, stops[ended][1]))
            ended += 1
        usual = sides[active[0]][1].get(frame) if active else None
        other = next((side for side in active if sides[side][1].get(frame) != usual), None)
        if other is not None:
            disagreements[frame] = (sides[active[0]][0].id, sides[other][0].id)
    return disagreements


def _sides(ctx: Context) -> Iterator[Side]:
    """Every annotation job with what it has on the frames that it shares."""
    datasets: list[tuple[Dataset, int | None]] = [(ctx.dataset, None)]
    if ctx.subject.elsewhere is not None and ctx.job is not None:
        datasets.append((ctx.subject.elsewhere, ctx.job.id))
    shared = _Shared(job for d, _ in datasets for job in d.jobs if job.type == "annotation")
    for dataset, without in datasets:
        contents = _contents(dataset, shared)
        for row, job in enumerate(dataset.jobs):
            if job.type == "annotation" and job.id != without:
                yield job, contents.get(row, {})


class _Shared:
    """Which frames several jobs have; a job that comes twice is one."""

    def __init__(self, jobs: Iterable[Job]) -> None:
        spans = {job.id: (job.start_frame, job.stop_frame) for job in jobs if job.start_frame <= job.stop_frame}
        self._starts, self._stops = np.sort(np.array(list(spans.values()), np.int64).reshape(-1, 2), axis=0).T

    def has(self, frames: Array) -> Array:
        """Whether each frame is one of them."""
        begun = np.searchsorted(self._starts, frames, side="right")
        return np.asarray(begun - np.searchsorted(self._stops, frames) > 1)


def _contents(dataset: Dataset, shared: _Shared) -> dict[int, dict[int, Counter[Content]]]:
    """What is on frames that several jobs have, by job row and frame."""
    tags = np.flatnonzero((dataset.tags.job >= 0) & shared.has(dataset.tags.frame))
    rows = plain_rows(dataset, (dataset.shapes.job >= 0) & shared.has(dataset.shapes.frame))
    jobs = [*dataset.tags.job[tags].tolist(), *dataset.shapes.job[rows].tolist()]
    contents: dict[int, dict[int, Counter[Content]]] = {}
    for job, content in zip(jobs, [*tag_contents(dataset, tags), *shape_contents(dataset, rows)], strict=True):
        contents.setdefault(job, {}).setdefault(int(content[0]), Counter())[content] += 1
    return contents
