"""The job that annotations are for: does it fit them, and does it take them.

A task has jobs of three types: `annotation` (a segment of the frames), `ground_truth` (chosen frames of all of them)
and `consensus_replica`, from 2.80 on `replica` (the same segment once more, by somebody else).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from annotools.cvat_limits import REPLICA_TYPES
from annotools.model import Job
from annotools.model.tables import Ints
from annotools.validate.context import Context
from annotools.validate.findings import ERROR, INFO, WARNING, Found, Severity
from annotools.validate.needs import FRAMES, JOB
from annotools.validate.registry import rule

_FEW = 3


def _annotated(ctx: Context) -> Ints:
    """The frame of every tag and shape, keyframes included."""
    return np.concatenate([ctx.tags.frame, ctx.shapes.frame])


def _truth(ctx: Context) -> Job | None:
    """The task's ground truth job, where it is known which frames it has."""
    jobs = (*ctx.jobs, *(ctx.subject.elsewhere.jobs if ctx.subject.elsewhere else ()))
    return next((job for job in jobs if job.type == "ground_truth" and job.included), None)


@rule("JOB001", "mistaken-ground-truth", ERROR, upload=WARNING, needs=JOB, proof="annos-img/deleted-frames")
def mistaken_ground_truth(ctx: Context, share: float = 0.5) -> Found | None:
    """Annotations of a regular job are given for a ground truth job, or the other way round.

    Why: a ground truth job shows its own frames only, so everything else is stored and never seen nor compared;
        ground truth in a regular job replaces the work that it should judge.
    Bad:
        {"annotations": {"tags": [{"label_id": 6, "frame": 0}, {"label_id": 6, "frame": 1},
                                  {"label_id": 6, "frame": 4}]},
         "job": {"type": "ground_truth", "start_frame": 0, "stop_frame": 11},
         "data_meta": {"included_frames": [4, 9]}, "task": null}

        {"annotations": {"tags": [{"label_id": 6, "frame": 2}, {"label_id": 6, "frame": 4},
                                  {"label_id": 6, "frame": 9}]},
         "truth": [2, 4, 9]}
    Good:
        {"annotations": {"tags": [{"label_id": 6, "frame": 4}, {"label_id": 6, "frame": 9}]},
         "job": {"type": "ground_truth", "start_frame": 0, "stop_frame": 11},
         "data_meta": {"included_frames": [4, 9]}, "task": null}

        {"annotations": {"tags": [{"label_id": 6, "frame": 0}]},
         "job": {"type": "ground_truth", "start_frame": 0, "stop_frame": 11},
         "data_meta": {"included_frames": [4, 9]}, "task": null}

        {"annotations": {"tags": [{"label_id": 6, "frame": 0}, {"label_id": 6, "frame": 1},
                                  {"label_id": 6, "frame": 4}]}}

        {"annotations": {"tags": [{"label_id": 6, "frame": 2}, {"label_id": 6, "frame": 4},
                                  {"label_id": 6, "frame": 5}]},
         "truth": [2, 4, 9]}

        {"annotations": {"tags": [{"label_id": 6, "frame": 2}, {"label_id": 6, "frame": 4},
                                  {"label_id": 6, "frame": 9}]},
         "truth": [0, 1, 2, 3, 4, 9]}
    Options: share: of the annotations that must lie on frames of the other kind.
    Source: CVAT's documentation of quality control: ground truth jobs
    """
    truth, frames = _truth(ctx), _annotated(ctx)
    if truth is None or truth.included is None or ctx.job is None or len(frames) < _FEW:
        return None
    inside = float(np.isin(frames, truth.included).mean())
    if ctx.job.type == "ground_truth":
        message = "{percent:.0f} % of the annotations are on frames that are not ground truth"
        return ctx.at("job", [0] if 1 - inside > share else [], message, percent=100 * (1 - inside))
    rare = len(truth.included) <= share * len(ctx.job.frames())
    message = "all annotations are on the {count} frames of the ground truth"
    return ctx.at("job", [0] if inside == 1 and rare else [], message, count=len(truth.included))


@rule("JOB004", "task-file-for-job", ERROR, upload=WARNING, needs=JOB | FRAMES, proof="annos-vid/track-beyond-task")
def task_file_for_job(ctx: Context, share: float = 0.5) -> Found | None:
    """Most annotations lie on other frames than those of the job: a file of the whole task, given for one job.

    Why: the endpoint of a job stores annotations of any frame; what is outside of the job is hidden, and comes again
        when the other jobs are uploaded.
    Bad:
        {"annotations": {"tags": [{"label_id": 6, "frame": 0}, {"label_id": 6, "frame": 1},
                                  {"label_id": 6, "frame": 11}, {"label_id": 6, "frame": 9}]},
         "job": {"start_frame": 9, "stop_frame": 10, "frame_count": 2}}

        {"annotations": {"tags": [{"label_id": 6, "frame": 0}, {"label_id": 6, "frame": 7},
                                  {"label_id": 6, "frame": 9}, {"label_id": 6, "frame": 10}]},
         "job": {"start_frame": 0, "stop_frame": 2, "frame_count": 3}}
    Good:
        {"annotations": {"tags": [{"label_id": 6, "frame": 9}, {"label_id": 6, "frame": 10}]},
         "job": {"start_frame": 9, "stop_frame": 10, "frame_count": 2}}

        {"annotations": {"tags": [{"label_id": 6, "frame": 0}, {"label_id": 6, "frame": 1}]},
         "job": {"start_frame": 9, "stop_frame": 10, "frame_count": 2}}
    Options: share: of the annotations that must lie outside.
    Source: annos-vid/track-beyond-task (200, kept as sent)
    """
    frames = _annotated(ctx)
    if ctx.job is None or len(frames) < _FEW:
        return None
    outside = (frames < ctx.job.start_frame) | (frames > ctx.job.stop_frame)
    elsewhere = outside & (frames >= 0) & (frames < len(ctx.frames))
    message = "{percent:.0f} % of the annotations are on other frames than {start} to {stop}"
    return ctx.at(
        "job", [0] if elsewhere.mean() > share else [], message, percent=100 * float(elsewhere.mean()),
        start=ctx.job.start_frame, stop=ctx.job.stop_frame,
    )  # fmt: skip


@rule("JOB005", "finished-job", WARNING, needs=JOB, proof="source: the API takes annotations of a job in any state")
def finished_job(ctx: Context) -> Found | None:
    """The job is finished: its state is completed, or its stage is acceptance.

    Why: the server stores what is sent for it without a word, so work that somebody has accepted changes.
    Bad:
        {"annotations": {}, "job": {"state": "completed"}}

        {"annotations": {}, "job": {"stage": "acceptance"}}
    Good:
        {"annotations": {}, "job": {"state": "in progress"}}
    Source: CVAT's API: annotations of a job are written whatever its state
    """
    if ctx.job is None:
        return None
    done = ctx.job.state == "completed" or ctx.job.stage == "acceptance"
    message = "the job is at stage {stage}, state {state}"
    return ctx.at("job", [0] if done else [], message, stage=ctx.job.stage, state=ctx.job.state)


@rule("JOB006", "replica-as-target", WARNING, needs=JOB, proof="annos-vid/consensus-replica")
def replica_as_target(ctx: Context) -> Found | None:
    """The job is a replica for consensus.

    Why: a replica's annotations are one opinion of several; they are merged into its parent job later, and neither
        seen in the task nor exported with it.
    Bad:
        {"annotations": {}, "job": {"type": "consensus_replica", "parent_job_id": 2}}
    Bad:
        {"annotations": {}, "job": {"type": "replica", "parent_job_id": 2}}
    Good:
        {"annotations": {}, "job": {"type": "annotation"}}
    Source: annos-vid/consensus-replica (200; the task does not show them)
    """
    replica = ctx.job is not None and ctx.job.type in REPLICA_TYPES
    parent = ctx.job.parent_job if ctx.job else None
    message = "the job is a replica" + (" of job {parent}" if parent else "")
    return ctx.at("job", [0] if replica else [], message, parent=parent)


@rule("JOB007", "mismatched-sdk", WARNING, proof="spec: cvat-sdk is made for the server of its own version")
def mismatched_sdk(ctx: Context, server: str = "", sdk: str = "") -> Iterator[Found]:
    """The installed cvat-sdk is of another version than the server.

    Why: the SDK is generated from the API of one version; with another server calls fail with TypeError or 404.
    Bad:
        {"annotations": {}, "options": {"server": "2.73.0", "sdk": "2.40.1"}}

        {"annotations": {}, "options": {"server": "2.73.0", "sdk": "2.72.0"}}
    Good:
        {"annotations": {}, "options": {"server": "2.73.0", "sdk": "2.73.4"}}
    Options: server: the version of the server, empty to ask nothing; sdk: that of cvat-sdk, empty for what is there.
    Source: https://pypi.org/project/cvat-sdk/ (versions follow those of the server)
    """
    used = server and (sdk or _installed())
    if used and server.split(".")[:2] != used.split(".")[:2]:
        message = "cvat-sdk is {used}, the server {server}"
        yield ctx.at("document", [0], message, used=used, server=server, severity=_severity(server, used))


def _installed() -> str:
    from importlib.metadata import PackageNotFoundError, version  # 7 ms, and seldom is a server's version known

    try:
        return version("cvat-sdk")
    except PackageNotFoundError:
        return ""


def _severity(server: str, used: str) -> Severity | None:
    """A difference of one minor version seldom breaks anything."""
    (major, minor), (other, lesser) = _numbers(server), _numbers(used)
    return INFO if major == other and abs(minor - lesser) <= 1 else None


def _numbers(text: str) -> tuple[int, int]:
    """Major and minor version; what is not a number counts as 0."""
    parts = [int(part) if part.isdecimal() and len(part) < 19 else 0 for part in text.split(".")]
    return (parts[0], parts[1]) if len(parts) > 1 else (parts[0], 0)
