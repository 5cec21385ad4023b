"""The background work behind quality reports and consensus merges.

action=calculate&target=task&target_id=42&subresource=quality      a report of the task and of each of its jobs
action=merge&target=job&target_id=68                               the replicas of job 68 as its annotations
"""

from __future__ import annotations

from dataclasses import replace

from annotools.errors import AnnotoolsError
from annotools.model import Dataset
from annotools.quality import ConsensusSettings, Report, merge_replicas, project_report, report
from annotools.quality.documents import Document, conflict_rows
from mockserver.annotations import grammar, job_annotations, records
from mockserver.background import queue
from mockserver.background.queue import WorkError
from mockserver.exchange import bundles, conversion
from mockserver.quality import settings
from mockserver.resources import validation_layout
from mockserver.rules import lookup
from mockserver.state.context import Context
from mockserver.state.tables import Record

_TABLES = ("tags", "shapes", "tracks")


def dataset_of(ctx: Context, task: Record) -> Dataset:
    """A task job by job, with its honeypots.  Raises: WorkError."""
    dataset, _ = bundles.dataset_of(ctx, "task", task, rows="jobs")
    jobs = []
    for job in dataset.jobs:
        shown = validation_layout.of_job(ctx, ctx.table("jobs")[job.id])
        pairs = zip(shown.get("honeypot_frames", ()), shown.get("honeypot_real_frames", ()), strict=True)
        jobs.append(replace(job, honeypots=tuple(pairs)))
    return dataset.replace(jobs=tuple(jobs))


@queue.worker
def calculate_quality(ctx: Context, request: Record, target: str, pk: int) -> Record:
    """A report of a task with its jobs, or of a project with its tasks and their jobs."""
    try:
        number = _task_report(ctx, pk) if target == "task" else _project_report(ctx, pk)
    except AnnotoolsError as error:
        raise WorkError(str(error)) from None
    return {"result_id": number}


def _task_report(ctx: Context, pk: int) -> int:
    task = lookup.record(ctx, "tasks", pk)
    task_settings = settings.of_target(ctx, "task", pk)
    inherited = bool(task_settings["inherit"] and task["project_id"] is not None)
    used = settings.of_target(ctx, "project", task["project_id"]) if inherited else task_settings
    result = report(dataset_of(ctx, task), settings.values(used), inherited=inherited)
    return _keep_task(ctx, task, result, None)


def _project_report(ctx: Context, pk: int) -> int:
    project = lookup.record(ctx, "projects", pk)
    tasks = [task for task in ctx.table("tasks").values() if task["project_id"] == pk]
    flat = [task for task in tasks if task["dimension"] == "2d" and task["id"] in ctx.table("data_meta")]
    task_settings = {task["id"]: settings.values(settings.of_target(ctx, "task", task["id"])) for task in flat}
    used = settings.values(settings.of_target(ctx, "project", pk))
    result = project_report([(task["id"], dataset_of(ctx, task)) for task in flat], used, task_settings)
    number = _keep(ctx, {"target": "project", "project_id": pk}, result.project, project)
    for task in flat:
        task_report = result.reports[task["id"]]
        if task_report is not None:
            _keep_task(ctx, task, task_report, number)
    return number


def _keep_task(ctx: Context, task: Record, result: Report, parent: int | None) -> int:
    """Store a task's report and those of its jobs."""
    truth = result.dataset.jobs[result.plan.truth].id
    columns = {"target": "task", "task_id": task["id"], "project_id": task["project_id"], "parent_id": parent}
    columns["gt_last_updated"] = ctx.table("jobs")[truth]["updated_date"]
    number = _keep(ctx, columns, result.task, task)
    for job, document in result.jobs.items():
        _keep(ctx, columns | {"target": "job", "job_id": job, "parent_id": number}, document, ctx.table("jobs")[job])
    return number


def _keep(ctx: Context, columns: Record, document: Document, target: Record) -> int:
    """Store a report; the conflicts of a job are rows of their own."""
    number = ctx.state.next_id("quality_reports")
    blank: Record = {"job_id": None, "task_id": None, "project_id": None, "parent_id": None, "gt_last_updated": None}
    record = blank | columns | {
        "id": number, "created_date": ctx.now(), "target_last_updated": target["updated_date"],
        "assignee_id": target.get("assignee_id"), "document": document,
    }  # fmt: skip
    ctx.state.put("quality_reports", number, record)
    for row in conflict_rows(document) if columns["target"] == "job" else ():
        pk = ctx.state.next_id("quality_conflicts")
        ctx.state.put("quality_conflicts", pk, {"id": pk, **row, "report_id": number})
    return number


@queue.worker
def merge_consensus(ctx: Context, request: Record, task_id: int, job_id: int | None) -> None:
    """The replicas of one job, or of all jobs of a task, as annotations of the jobs that they repeat."""
    dataset = dataset_of(ctx, lookup.record(ctx, "tasks", task_id))
    if job_id is not None:
        job_ids = {job.id for job in dataset.jobs if job.parent_job == job_id} | {job_id}
        rows = [row for row, job in enumerate(dataset.jobs) if job.parent_job is None or job.id in job_ids]
        dataset = _only(dataset, rows)
    threshold = settings.of_consensus(ctx, task_id)["iou_threshold"]
    try:
        merged, _ = merge_replicas(dataset, ConsensusSettings(threshold))
    except AnnotoolsError as error:
        raise WorkError(str(error)) from None
    for row, job in enumerate(merged.jobs):
        if job.state == "completed" and dataset.jobs[row] != job:
            _take(ctx, ctx.table("jobs")[job.id], merged.in_job(row))


def _only(dataset: Dataset, rows: list[int]) -> Dataset:
    """Some jobs with their annotations."""
    selected = dataset.select(**{
        name: [int(job) in rows for job in getattr(dataset, name).job] for name in _TABLES
    })  # fmt: skip
    moved = {
        name: getattr(selected, name).replace(job=[rows.index(int(job)) for job in getattr(selected, name).job])
        for name in _TABLES
    }
    return selected.replace(jobs=tuple(dataset.jobs[row] for row in rows), **moved)


def _take(ctx: Context, job: Record, merged: Dataset) -> None:
    """Store a consensus in its job, which is completed then."""
    tables = {name: getattr(merged, name) for name in _TABLES}
    alone = {name: table.replace(job=[-1] * len(table)) for name, table in tables.items()}
    document = conversion.labeled_data(merged.replace(jobs=(), **alone))
    job_annotations.replace(ctx, job, records.from_document(grammar.check(document, "create")))
    ctx.state.update("jobs", job["id"], state="completed", updated_date=ctx.now())
