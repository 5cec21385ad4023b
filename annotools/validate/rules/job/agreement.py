"""Frames that several jobs show: the overlap of neighbours, and honeypots."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from annotools.model import Dataset, Job
from annotools.model.tables import Array
from annotools.validate.context import Context
from annotools.validate.findings import INFO, OFF, WARNING, Found
from annotools.validate.registry import JOB, rule
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
    odd = [(f, real) for real, group in shown.items() for f in _odd_ones(group, frames, labels)]
    return ctx.at(
        "frame", [frame for frame, _ in odd], "other objects than on other honeypots that show frame {real}",
        real=[real for _, real in odd],
    )  # fmt: skip


def _odd_ones(group: list[int], frames: Array, labels: Array) -> list[int]:
    """Frames whose objects are not what most of the group have."""
    counts = {frame: tuple(sorted(Counter(labels[frames == frame].tolist()).items())) for frame in group}
    usual = Counter(counts.values()).most_common(1)[0][0]
    return [frame for frame in group if counts[frame] != usual]


@rule("JOB003", "disagreeing-overlap", WARNING, needs=JOB, proof="annos-vid/job-borders-and-task-view")
def disagreeing_overlap(ctx: Context) -> Iterator[Found]:
    """Neighbouring jobs have different shapes or tags on a frame that both show.

    Why: the task shows the union of both: nearly equal shapes are merged, the others all stay, so objects double.
    Bad:
        {"annotations": {"tags": [{"label_id": 6, "frame": 8}]},
         "elsewhere": {"tags": [{"label_id": 6, "frame": 9}]}}
    Good:
        {"annotations": {"tags": [{"label_id": 6, "frame": 9}]},
         "elsewhere": {"tags": [{"label_id": 6, "frame": 9}]}}
    Source: annos-vid/job-borders-and-task-view (shapes of both jobs in the task)
    """
    sides = list(_sides(ctx))
    pairs = [(one, other) for i, one in enumerate(sides) for other in sides[i + 1 :]]
    found: dict[int, tuple[int, int]] = {}
    for (job, mine), (other, theirs) in pairs:
        first, last = max(job.start_frame, other.start_frame), min(job.stop_frame, other.stop_frame)
        for frame in range(first, last + 1):
            if mine.get(frame, Counter()) != theirs.get(frame, Counter()):
                found.setdefault(frame, (job.id, other.id))
    frames = sorted(found)
    yield ctx.at(
        "frame", frames, "job {one} and job {other} have different annotations",
        one=[found[frame][0] for frame in frames], other=[found[frame][1] for frame in frames],
    )  # fmt: skip


Sides = Iterator[tuple[Job, dict[int, Counter[Content]]]]


def _sides(ctx: Context) -> Sides:
    """Every annotation job with what it has on the frames that it shares."""
    datasets: list[tuple[Dataset, int | None]] = [(ctx.dataset, None)]
    if ctx.subject.elsewhere is not None and ctx.job is not None:
        datasets.append((ctx.subject.elsewhere, ctx.job.id))
    for dataset, without in datasets:
        jobs = [job for d, _ in datasets for job in d.jobs if job.type == "annotation"]
        for row, job in enumerate(dataset.jobs):
            if job.type == "annotation" and job.id != without:
                frames = _shared(job, jobs)
                tags = np.flatnonzero((dataset.tags.job == row) & np.isin(dataset.tags.frame, frames))
                keep = (dataset.shapes.job == row) & np.isin(dataset.shapes.frame, frames)
                rows = plain_rows(dataset, keep)
                yield job, _by_frame([*tag_contents(dataset, tags), *shape_contents(dataset, rows)])


def _shared(job: Job, jobs: list[Job]) -> list[int]:
    spans = [(max(job.start_frame, o.start_frame), min(job.stop_frame, o.stop_frame)) for o in jobs if o.id != job.id]
    return sorted({frame for first, last in spans for frame in range(first, last + 1)})


def _by_frame(contents: list[Content]) -> dict[int, Counter[Content]]:
    found: dict[int, Counter[Content]] = {}
    for content in contents:
        found.setdefault(int(content[0]), Counter())[content] += 1
    return found
