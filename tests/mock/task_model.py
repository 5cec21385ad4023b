"""What a server with tasks should hold, as a few plain objects: the model of `test_stateful_tasks`.

It knows the rules as the server's manual says them: how a task is cut into jobs, which status follows from a stage.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant

from mockserver.core.app import App
from mockserver.seeds.sources import state_of
from mockserver.state.context import Config
from tests.mock.conftest import Client
from tests.mock.task_calls import MULTIPART, form, picture

NAMES = ("car", "road", "sign", "tree")
POOL_ONLY = {"frame_selection_method": "manual"}


@dataclass
class ModelJob:
    """A job: first and last frame, and its annotations as (label, frame)."""

    start: int
    stop: int
    type: str = "annotation"
    stage: str = "annotation"
    state: str = "new"
    assignee: int | None = None
    shapes: list[tuple[str, int]] = field(default_factory=list)
    frames: list[int] | None = None

    @property
    def status(self) -> str:
        """What the stage and state come to."""
        if self.stage == "annotation":
            return "annotation"
        return "completed" if (self.stage, self.state) == ("acceptance", "completed") else "validation"


@dataclass
class ModelTask:
    """A task: labels by name, jobs by id, frames; `status` moves with the jobs, and not when one is made."""

    size: int
    labels: dict[str, int]
    jobs: dict[int, ModelJob] = field(default_factory=dict)
    deleted: set[int] = field(default_factory=set)
    status: str = "annotation"
    pool: tuple[int, ...] = ()
    """The frames of the pool; empty for a task without honeypots."""

    def truth(self) -> int | None:
        """The ground-truth job."""
        return next((pk for pk, job in self.jobs.items() if job.type == "ground_truth"), None)


def spans(size: int, length: int, overlap: int) -> list[tuple[int, int]]:
    """How a task is cut: jobs of `length` frames, each of which begins with the last frames of the one before."""
    if not length or length >= size:
        return [(0, size - 1)]
    overlap = min(overlap, length // 2)
    segments, start = [], 0
    while not segments or segments[-1][1] < size - 1:
        segments.append((start, min(start + length, size) - 1))
        start += length - overlap
    return segments


class ModelServer(RuleBasedStateMachine):
    """A server and its model: id -> the task as it should be."""

    @initialize()
    def begin(self) -> None:
        """A server without tasks."""
        self.client = Client(App(state_of("empty"), Config("real")), "admin")
        self.model: dict[int, ModelTask] = {}
        self.users = {row["id"] for row in self.client.get("/api/users?page_size=all").json()["results"]}

    def send(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        """An answer with an expected status."""
        response = self.client.send(method, path, body)
        assert response.status == status, (method, path, body, response.status, response.body)
        return response.json() if response.body else None

    def jobs_of(self, pk: int) -> list[Any]:
        """All jobs of a task, in order of their ids."""
        jobs: list[Any] = self.send("GET", f"/api/jobs?task_id={pk}&sort=id&page_size=all")["results"]
        return jobs

    def labels_of(self, pk: int) -> dict[str, int]:
        """Ids of the labels of a task by name."""
        rows = self.send("GET", f"/api/labels?task_id={pk}&page_size=all")["results"]
        return {row["name"]: row["id"] for row in rows}

    def upload(self, pk: int, names: list[str], how: dict[str, Any]) -> None:
        """Pictures, and then what is to be done with them."""
        path, body = f"/api/tasks/{pk}/data", form({name: picture(8) for name in names})
        assert self.client.send("POST", path, body, content_type=MULTIPART, upload_multiple="true").status == 200
        answer = self.client.send("POST", path, how, upload_finish="true")
        done = self.send("GET", f"/api/requests/{answer.json()['rq_id']}")
        assert (done["status"], done["message"]) == ("finished", "")

    def shape(self, task: ModelTask, name: str, frame: int) -> dict[str, Any]:
        """A box; of different frames and labels they are unlike."""
        corner = 10 * frame + NAMES.index(name)
        return {
            "type": "rectangle",
            "label_id": task.labels[name],
            "frame": frame,
            "points": [corner, 0, corner + 5, 5],
        }

    # --- what always holds ----------------------------------------------------------------------------------------

    @invariant()
    def holds(self) -> None:
        """All reads show the model."""
        for pk, task in getattr(self, "model", {}).items():
            shown = self.send("GET", f"/api/tasks/{pk}")
            assert (shown["size"], shown["status"]) == (task.size, task.status)
            mode = None if task.truth() is None else "gt_pool" if task.pool else "gt"
            assert shown["validation_mode"] == mode
            done = sum((job.stage, job.state) == ("acceptance", "completed") for job in task.jobs.values())
            checked = sum(job.stage == "validation" for job in task.jobs.values())
            counts = {name: shown["jobs"][name] for name in ("count", "completed", "validation")}
            assert counts == {"count": len(task.jobs), "completed": done, "validation": checked}
            assert self.labels_of(pk) == task.labels
            assert set(self.send("GET", f"/api/tasks/{pk}/data/meta")["deleted_frames"]) == task.deleted
            jobs = self.jobs_of(pk)
            assert [job["id"] for job in jobs] == sorted(task.jobs)
            for job in jobs:
                self.check_job(task, job, task.jobs[job["id"]])

    def check_job(self, task: ModelTask, shown: Any, job: ModelJob) -> None:
        """One job, its annotations and its frames."""
        fields = (shown["type"], shown["stage"], shown["state"], shown["status"], (shown["assignee"] or {}).get("id"))
        assert fields == (job.type, job.stage, job.state, job.status, job.assignee)
        assert (shown["start_frame"], shown["stop_frame"]) == (job.start, job.stop)
        names = {label: name for name, label in task.labels.items()}
        stored = self.send("GET", f"/api/jobs/{shown['id']}/annotations")["shapes"]
        assert sorted((names[shape["label_id"]], shape["frame"]) for shape in stored) == sorted(job.shapes)
        meta = self.send("GET", f"/api/jobs/{shown['id']}/data/meta")
        assert meta["included_frames"] == job.frames
        if job.type == "annotation":
            assert set(meta["deleted_frames"]) == {f for f in task.deleted if job.start <= f <= job.stop}
