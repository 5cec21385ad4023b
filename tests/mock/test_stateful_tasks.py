"""Tasks, jobs, labels, annotations, ground truth and layouts under any order of requests, against a simple model.

What a change of stage does to a state, which status a task has, what goes with a label, a frame or a task.
"""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    consumes,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.mock.task_calls import fill, picture
from tests.mock.task_model import NAMES, POOL_ONLY, ModelJob, ModelServer, ModelTask, spans

STAGES = st.sampled_from(["annotation", "validation", "acceptance"])
STATES = st.sampled_from(["new", "in progress", "completed", "rejected"])


class Tasks(ModelServer):
    """What clients do."""

    tasks = Bundle("tasks")

    # --- tasks ----------------------------------------------------------------------------------------------------

    @rule(target=tasks, size=st.integers(1, 7), length=st.integers(0, 5), overlap=st.integers(0, 3),
          names=st.lists(st.sampled_from(NAMES), min_size=1, max_size=2, unique=True))  # fmt: skip
    def make(self, size: int, length: int, overlap: int, names: list[str]) -> int:
        """A task of pictures, cut into jobs."""
        body = {"name": "t", "labels": [{"name": name} for name in names], "segment_size": length, "overlap": overlap}
        pk = int(self.send("POST", "/api/tasks", body, 201)["id"])
        fill(self.client, pk, {f"{frame}.png": picture(8) for frame in range(size)})
        expected = spans(size, length, overlap)
        jobs = self.jobs_of(pk)
        assert [(job["start_frame"], job["stop_frame"]) for job in jobs] == expected
        made = {job["id"]: ModelJob(*span) for job, span in zip(jobs, expected, strict=True)}
        self.model[pk] = ModelTask(size, self.labels_of(pk), made)
        return pk

    @rule(target=tasks, size=st.integers(2, 6), pool=st.integers(1, 2), per_job=st.integers(1, 2))
    def make_honeypots(self, size: int, pool: int, per_job: int) -> int:
        """A task with a pool of ground truth, frames of which come again in its jobs."""
        body = {"name": "h", "labels": [{"name": "car"}], "segment_size": 2}
        pk = int(self.send("POST", "/api/tasks", body, 201)["id"])
        names = [f"{frame}.png" for frame in range(size + pool)]
        per_job = min(per_job, pool)
        how = {"mode": "gt_pool", **POOL_ONLY, "frames": names[:pool], "frames_per_job_count": per_job}
        self.upload(pk, names, {"image_quality": 70, "sorting_method": "random", "validation_params": how})
        jobs, lengths = self.jobs_of(pk), [stop - start + 1 + per_job for start, stop in spans(size, 2, 0)]
        truth = jobs[-1]
        assert [job["frame_count"] for job in jobs] == [*lengths, pool]
        assert [job["type"] for job in jobs] == ["annotation"] * len(lengths) + ["ground_truth"]
        made = {job["id"]: ModelJob(job["start_frame"], job["stop_frame"], job["type"]) for job in jobs}
        total = sum(lengths) + pool
        assert (truth["start_frame"], truth["stop_frame"]) == (total - pool, total - 1)
        self.model[pk] = ModelTask(total, self.labels_of(pk), made, pool=tuple(range(total - pool, total)))
        return pk

    @rule(pk=consumes(tasks))
    def remove(self, pk: int) -> None:
        """A task goes with its jobs and labels."""
        gone = self.model.pop(pk)
        self.send("DELETE", f"/api/tasks/{pk}", status=204)
        for path in (f"/api/tasks/{pk}", *(f"/api/jobs/{job}" for job in gone.jobs),
                     *(f"/api/labels/{label}" for label in gone.labels.values())):  # fmt: skip
            self.send("GET", path, status=404)

    # --- jobs -----------------------------------------------------------------------------------------------------

    @rule(
        pk=tasks,
        which=st.integers(0, 9),
        stage=st.none() | STAGES,
        state=st.none() | STATES,
        assigned=st.integers(0, 3),
    )
    def move(self, pk: int, which: int, stage: str | None, state: str | None, assigned: int) -> None:
        """Another stage makes the state new, unless the request says one; the task's status follows."""
        task = self.model[pk]
        job_id, job = sorted(task.jobs.items())[which % len(task.jobs)]
        body: dict[str, Any] = {name: value for name, value in (("stage", stage), ("state", state)) if value}
        if assigned:
            body["assignee"] = [None, *sorted(self.users)][assigned - 1]
        self.send("PATCH", f"/api/jobs/{job_id}", body)
        before = job.status
        job.state = state or ("new" if stage and stage != job.stage else job.state)
        job.stage = stage or job.stage
        job.assignee = body.get("assignee", job.assignee)
        if job.status != before:
            statuses = {one.status for one in task.jobs.values()}
            task.status = next(name for name in ("annotation", "validation", "completed") if name in statuses)

    @rule(pk=tasks, which=st.integers(0, 9))
    def not_removable(self, pk: int, which: int) -> None:
        """Only a ground-truth job that is none of a pool can be removed."""
        task = self.model[pk]
        job_id, job = sorted(task.jobs.items())[which % len(task.jobs)]
        if job.type == "annotation" or task.pool:
            self.send("DELETE", f"/api/jobs/{job_id}", status=400)

    # --- labels ---------------------------------------------------------------------------------------------------

    @rule(pk=tasks, name=st.sampled_from(NAMES))
    def add_label(self, pk: int, name: str) -> None:
        """A name comes once."""
        task, body = self.model[pk], {"labels": [{"name": name}]}
        if name in task.labels:
            self.send("PATCH", f"/api/tasks/{pk}", body, 400)
        else:
            self.send("PATCH", f"/api/tasks/{pk}", body)
            task.labels[name] = self.labels_of(pk)[name]

    @rule(pk=tasks, old=st.sampled_from(NAMES), new=st.sampled_from(NAMES))
    def rename_label(self, pk: int, old: str, new: str) -> None:
        """Annotations keep their label, whatever it is called."""
        task = self.model[pk]
        if old not in task.labels:
            return
        taken = new in task.labels and new != old
        self.send("PATCH", f"/api/labels/{task.labels[old]}", {"name": new}, 400 if taken else 200)
        if not taken:
            task.labels[new] = task.labels.pop(old)
            for job in task.jobs.values():
                job.shapes = [(new if name == old else name, frame) for name, frame in job.shapes]

    @rule(pk=tasks, name=st.sampled_from(NAMES))
    def remove_label(self, pk: int, name: str) -> None:
        """A label goes with its annotations."""
        task = self.model[pk]
        if name in task.labels:
            self.send("DELETE", f"/api/labels/{task.labels.pop(name)}", status=204)
            for job in task.jobs.values():
                job.shapes = [pair for pair in job.shapes if pair[0] != name]

    # --- annotations ----------------------------------------------------------------------------------------------

    @rule(pk=tasks, which=st.integers(0, 9), rows=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9)), max_size=3),
          append=st.booleans())  # fmt: skip
    def annotate(self, pk: int, which: int, rows: list[tuple[int, int]], append: bool) -> None:
        """A job takes annotations on its frames."""
        task = self.model[pk]
        job_id, job = sorted(task.jobs.items())[which % len(task.jobs)]
        if not task.labels:
            return
        names = sorted(task.labels)
        pairs = [(names[label % len(names)], job.start + frame % (job.stop - job.start + 1)) for label, frame in rows]
        body = {"shapes": [self.shape(task, *pair) for pair in pairs]}
        path = f"/api/jobs/{job_id}/annotations"
        self.send(*(("PATCH", f"{path}?action=create") if append else ("PUT", path)), body)
        job.shapes = [*(job.shapes if append else ()), *pairs]

    @rule(pk=tasks, frames=st.lists(st.integers(0, 9), max_size=4, unique=True))
    def annotate_task(self, pk: int, frames: list[int]) -> None:
        """What is put into a task is in every job that has the frame, and in no other."""
        task = self.model[pk]
        if not task.labels or task.pool:
            return
        name = sorted(task.labels)[0]
        pairs = [(name, frame) for frame in sorted({frame % task.size for frame in frames})]
        self.send("PUT", f"/api/tasks/{pk}/annotations", {"shapes": [self.shape(task, *pair) for pair in pairs]})
        for job in task.jobs.values():
            if job.type == "annotation":
                job.shapes = [pair for pair in pairs if job.start <= pair[1] <= job.stop]
        shown = self.send("GET", f"/api/tasks/{pk}/annotations")["shapes"]
        assert sorted(shape["frame"] for shape in shown) == [frame for _, frame in pairs], "once each, overlaps too"

    @rule(pk=tasks)
    def clear_task(self, pk: int) -> None:
        """Removes what is in the jobs of the task; a simple ground truth stays."""
        task = self.model[pk]
        self.send("DELETE", f"/api/tasks/{pk}/annotations", status=204)
        for job in task.jobs.values():
            if job.type == "annotation" or task.pool:
                job.shapes = []

    # --- frames, ground truth, layouts ----------------------------------------------------------------------------

    @rule(pk=tasks, which=st.integers(0, 9), frames=st.lists(st.integers(0, 9), max_size=3))
    def delete_frames(self, pk: int, which: int, frames: list[int]) -> None:
        """The deleted frames of a job are set anew, those of other jobs stay."""
        task = self.model[pk]
        working = [(job_id, job) for job_id, job in sorted(task.jobs.items()) if job.type == "annotation"]
        job_id, job = working[which % len(working)]
        own = set(range(job.start, job.stop + 1))
        path, foreign = f"/api/jobs/{job_id}/data/meta", sorted(set(frames) - own)
        answer = self.send("PATCH", path, {"deleted_frames": frames}, 400 if foreign else 200)
        if foreign:
            assert answer == [f"Frames {', '.join(map(str, foreign))} do not belong to the job"]
        else:
            task.deleted = (task.deleted - own) | set(frames)

    @rule(pk=tasks, frames=st.lists(st.integers(0, 9), min_size=1, max_size=3))
    def make_truth(self, pk: int, frames: list[int]) -> None:
        """One job of chosen frames, each once, and only one."""
        task = self.model[pk]
        body = {"type": "ground_truth", "task_id": pk, **POOL_ONLY, "frames": frames}
        good = task.truth() is None and len(set(frames)) == len(frames) and max(frames) < task.size
        answer = self.send("POST", "/api/jobs", body, 201 if good else 400)
        if good:
            task.jobs[answer["id"]] = ModelJob(0, task.size - 1, "ground_truth", frames=sorted(frames))

    @rule(pk=tasks)
    def remove_truth(self, pk: int) -> None:
        """It goes with its annotations and layout."""
        task = self.model[pk]
        truth = task.truth()
        if truth is not None and not task.pool:
            self.send("DELETE", f"/api/jobs/{truth}", status=204)
            del task.jobs[truth]

    @precondition(lambda self: any(task.pool for task in self.model.values()))
    @rule(pk=tasks, which=st.integers(0, 9), wanted=st.lists(st.integers(0, 3), min_size=1, max_size=2))
    def choose_honeypots(self, pk: int, which: int, wanted: list[int]) -> None:
        """A job's honeypots can be set: as many as before, and of the pool. What was on changed ones goes."""
        task = self.model[pk]
        working = [(job_id, job) for job_id, job in sorted(task.jobs.items()) if job.type == "annotation"]
        job_id, job = working[which % len(working)]
        path, real = f"/api/jobs/{job_id}/validation_layout", [task.size - 1 - frame for frame in wanted]
        if not task.pool:
            assert self.send("GET", path) == {}
            self.send("PATCH", path, {**POOL_ONLY, "honeypot_real_frames": real}, 400)
            return
        before = self.send("GET", path)
        good = len(real) == before["honeypot_count"] and set(real) <= set(task.pool)
        answer = self.send("PATCH", path, {**POOL_ONLY, "honeypot_real_frames": real}, 200 if good else 400)
        if good:
            assert answer["honeypot_real_frames"] == real
            assert answer["honeypot_frames"] == before["honeypot_frames"]
            pairs = zip(before["honeypot_frames"], before["honeypot_real_frames"], real, strict=True)
            changed = {frame for frame, old, new in pairs if old != new}
            job.shapes = [pair for pair in job.shapes if pair[1] not in changed]
            task.deleted -= changed


def test_the_laws_of_tasks() -> None:
    quick = settings(max_examples=15, stateful_step_count=14, deadline=None,
                     suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])  # fmt: skip
    run_state_machine_as_test(Tasks, settings=quick)
