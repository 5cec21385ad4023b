"""Handlers and workers of backups: a task as CVAT's backup zip and back; a project as a zip of its tasks' backups.

POST /api/tasks/7/backup/export?lightweight=false     202, then GET .../backup/download
POST /api/tasks/backup (TUS or multipart `task_file`) 202 {"rq_id": ...}, `result_id` is the new task
"""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import orjson

from annotools import formats
from annotools.convert.writing import fit_to_format
from annotools.errors import AnnotoolsError
from annotools.formats.base import Members, ReadOptions, WriteOptions
from annotools.model import Dataset
from annotools.storage import open_source
from annotools.storage.packing import write_zip
from mockserver.background import queue
from mockserver.background.queue import WorkError, submit
from mockserver.background.request_ids import request_id
from mockserver.exchange import bundles, installing, old_sources, uploads, validated_backups
from mockserver.people import organizations
from mockserver.protocol.http import ApiError, Response
from mockserver.protocol.schemas import UncheckedError
from mockserver.resources import label_forms, projects
from mockserver.rules import lookup
from mockserver.state.context import Context
from mockserver.state.tables import Record

PROJECT, TASK, ANNOTATIONS = "project.json", "task.json", "annotations.json"


def create_task_export(ctx: Context, pk: int) -> Response:
    """POST /api/tasks/{id}/backup/export."""
    return _export(ctx, "task", lookup.task(ctx, pk, "export:backup"))


def create_project_export(ctx: Context, pk: int) -> Response:
    """POST /api/projects/{id}/backup/export."""
    return _export(ctx, "project", lookup.project(ctx, pk, "export:backup"))


def _export(ctx: Context, target: str, record: Record) -> Response:
    away = uploads.goes_to_cloud(ctx, target, record)
    light = uploads.flag(ctx, "lightweight", default=True)
    rest = {
        "target_id": record["id"], "user_id": ctx.me["id"], "lightweight": True if light else None,
        "subresource": "backup",
    }  # fmt: skip
    operation = {**uploads.place_of(ctx, target, record), "lightweight": light}
    arguments = {"target": target, "pk": record["id"], "filename": ctx.request.param("filename")}
    return submit(
        ctx,
        request_id("export", target, **rest),
        operation,
        ("reach_cloud", {}) if away else ("export_backup", arguments),
    )


@queue.worker
def export_backup(ctx: Context, request: Record, target: str, pk: int, filename: str | None) -> Record:
    """Write a backup, pictures included."""
    record = ctx.table(f"{target}s").get(pk)
    if record is None:
        raise WorkError(f"{target} {pk} does not exist any more")
    data = task_backup(ctx, record) if target == "task" else project_backup(ctx, record)
    name = filename or uploads.file_name(target, record, "{}_backup.zip")
    return uploads.keep_file(ctx, request, data, name)


def task_backup(ctx: Context, task: Record) -> bytes:
    """The zip of a task. Raises: WorkError."""
    dataset, media = bundles.dataset_of(ctx, "task", task, rows="jobs")
    form, options = formats.get("cvat-backup"), WriteOptions(images=True)
    packed = io.BytesIO()
    try:
        ready, _ = fit_to_format(dataset, form, options)
        members = form.write(ready, validated_backups.unrepeated(dataset, media), options)  # type: ignore[misc]  # it has a writer
        write_zip(packed, _with_validation(ctx, task, dataset, members))
    except AnnotoolsError as error:
        raise WorkError(str(error)) from None
    return packed.getvalue()


def _with_validation(ctx: Context, task: Record, dataset: Dataset, members: Members) -> Members:
    for name, pieces in members:
        if name != TASK:
            yield name, pieces
            continue
        item = orjson.loads(b"".join(pieces))
        validated_backups.say(ctx, task, dataset, item)
        yield name, [orjson.dumps(item)]


def project_backup(ctx: Context, project: Record) -> bytes:
    """The zip of a project: its definition, and `task_0.zip`, `task_1.zip`, ... Raises: WorkError."""
    labels = [row for row in ctx.table("labels").values() if row.get("project_id") == project["id"]]
    definition = {
        "name": project["name"], "bug_tracker": project["bug_tracker"], "status": project["status"], "version": "1.0",
        "labels": [installing.form_of(row) for row in labels],
    }  # fmt: skip
    members = [(PROJECT, [orjson.dumps(definition)])]
    tasks = [task for task in ctx.table("tasks").values() if task["project_id"] == project["id"]]
    with_data = [task for task in tasks if task["id"] in ctx.table("data_meta")]
    members += [(f"task_{index}.zip", [task_backup(ctx, task)]) for index, task in enumerate(with_data)]
    packed = io.BytesIO()
    write_zip(packed, members)
    return packed.getvalue()


def retrieve_task_download(ctx: Context, pk: int) -> Response:
    """GET /api/tasks/{id}/backup/download."""
    lookup.record(ctx, "tasks", pk)
    return uploads.download(ctx, "task", pk, uploads.BACKUPS)


def retrieve_project_download(ctx: Context, pk: int) -> Response:
    """GET /api/projects/{id}/backup/download."""
    lookup.record(ctx, "projects", pk)
    return uploads.download(ctx, "project", pk, uploads.BACKUPS)


# --- restore ----------------------------------------------------------------------------------------------------


def create_task(ctx: Context) -> Response:
    """POST /api/tasks/backup."""
    return _restore(ctx, "task")


def create_project(ctx: Context) -> Response:
    """POST /api/projects/backup."""
    return _restore(ctx, "project")


def _restore(ctx: Context, target: str) -> Response:
    home, resource = organizations.home_of_new(ctx), f"{target}s/backup"
    answer = uploads.in_pieces(ctx, resource)
    if answer is not None:
        return answer
    uploads.comes_from_cloud(ctx, target, None)
    data = uploads.uploaded_file(ctx, resource, f"{target}_file")
    rq_id = request_id("import", target, id=str(ctx.env.uuid()), subresource="backup")
    response = submit(ctx, rq_id, {"org_id": home}, ("import_backup", {"target": target, "home": home}))
    ctx.state.put("blobs", f"import/{rq_id}", data)
    return response


@queue.worker
def import_backup(ctx: Context, request: Record, target: str, home: int | None) -> dict[str, Any]:
    """Make a task or project of a backup."""
    name = f"import/{request['id']}"
    data = ctx.table("blobs").get(name, b"")
    ctx.state.delete("blobs", name)
    try:
        with ctx.state.attempt():
            record = restored_task(ctx, data, home) if target == "task" else restored_project(ctx, data, home)
    except (AnnotoolsError, UncheckedError) as error:
        raise WorkError(str(error)) from None
    except ApiError as error:
        raise WorkError(str(error.body)) from None
    return {"result_id": record["id"]}


def restored_task(ctx: Context, data: bytes, home: int | None) -> Record:
    """A new task. Raises: WorkError, AnnotoolsError, ApiError."""
    with tempfile.TemporaryDirectory(prefix="cvat-mock-") as folder:
        path = Path(folder) / "backup.zip"
        path.write_bytes(data)
        with open_source(path) as archive:
            source = old_sources.Renamed(archive, ANNOTATIONS)
            result = formats.get("cvat-backup").read(source, None, ReadOptions())  # type: ignore[misc]  # it has a reader
            if result.problems:
                raise WorkError("\n".join(str(problem) for problem in result.problems[:20]))
            item = orjson.loads(source.read(TASK))
            dataset = validated_backups.with_validation(result.dataset, item)
            task = installing.install(ctx, dataset, result.media, home)
            validated_backups.lay_out(ctx, task, item, [str(name) for name in dataset.frames.names])
            return dict(ctx.table("tasks")[task["id"]])


def restored_project(ctx: Context, data: bytes, home: int | None) -> Record:
    """A new project with its tasks. Raises: WorkError, AnnotoolsError, ApiError."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            definition = orjson.loads(archive.read(PROJECT))
            task_backups = [archive.read(name) for name in sorted(archive.namelist()) if name.endswith(".zip")]
        name, labels = str(definition["name"]), list(definition["labels"])
    except (zipfile.BadZipFile, KeyError, orjson.JSONDecodeError, TypeError, RuntimeError, OSError) as error:
        raise WorkError(f"not a backup of a project: {error}") from None
    project = projects.add(ctx, {"name": name, "bug_tracker": str(definition.get("bug_tracker") or "")}, home)
    for label in labels:
        label_forms.create(ctx, label_forms.label(label), {"project_id": project["id"]})
    for content in task_backups:
        installing.adopt(ctx, restored_task(ctx, content, home), project)
    return project
