"""A seed in Python: users, projects, tasks with frames, jobs and annotations, numbered as a server would number them.

    build = SeedBuilder()
    admin = build.user("admin", superuser=True)
    task = build.task("street", labels=["car", {"name": "road", "type": "polyline"}], frames=40, segment_size=20)
    task.shape("rectangle", "car", 3, [10, 20, 110, 95], occluded=True)
    task.track("car", {0: [0, 0, 10, 10], 9: [50, 0, 60, 10]})
    seed = build.seed()                       # what sources.state_of and POST /_mock/seed take

Labels are what CVAT's label constructor shows (`name`, `type`, `attributes`, `sublabels`), or just names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.seeds.rows import DATE, Rows
from mockserver.seeds.task_builder import Frames, TaskBuilder
from mockserver.state.tables import Record


class SeedBuilder(Rows):
    """Collects objects; ids count up from 1 per kind unless given."""

    def __init__(self) -> None:
        super().__init__()
        self.tasks: list[TaskBuilder] = []

    def organization(self, slug: str, members: Mapping[str, str]) -> Record:
        """An organization; `members`: user name -> owner (one), maintainer, supervisor or worker."""
        ids = {user["username"]: user["id"] for user in self.rows["users"]}
        owner = next(name for name, role in members.items() if role == "owner")
        row = {
            "id": self.number("organizations"), "slug": slug, "name": slug, "description": "", "created_date": DATE,
            "updated_date": DATE, "contact": {}, "owner": ids[owner],
        }  # fmt: skip
        self.rows["organizations"].append(row)
        for name, role in members.items():
            pk = self.number("memberships")
            about = {"user": ids[name], "organization": row["id"], "role": role}
            self.rows["memberships"].append(
                {"id": pk, **about, "is_active": True, "joined_date": DATE, "invitation": None}
            )
        return row

    def project(self, name: str, labels: Sequence[str | Record], **rest: Any) -> Record:
        """A project; its tasks use its labels."""
        row = {
            "id": self.number("projects", rest.pop("id", None)), "name": name, "owner": self.owner(), "assignee": None,
            "guide_id": None, "bug_tracker": "", "created_date": DATE, "updated_date": DATE, "status": "annotation",
            "dimension": None, "organization": None, "organization_id": None, "target_storage": None,
            "source_storage": None, "assignee_updated_date": None, **rest,
        }  # fmt: skip
        self.rows["projects"].append(row)
        self.add_labels(labels, project_id=row["id"])
        return row

    def task(
        self,
        name: str,
        *,
        labels: Sequence[str | Record] = (),
        frames: int | Frames = 0,
        segment_size: int = 0,
        **rest: Any,
    ) -> TaskBuilder:
        """A task. `frames`: a number of made-up pictures, or a `Frames`; 0 is a task without data.

        rest: id, project (a row), overlap, deleted_frames, pool and honeypots_per_job (a pool of validation frames at
        the end), ground_truth (frame numbers), and fields of the task such as subset or bug_tracker.
        Raises: ValueError for contradictory wishes.
        """
        plan = Frames.of(frames)
        task = TaskBuilder(self, name, plan, segment_size, rest)
        self.rows["tasks"].append(task.row)
        if task.row["project_id"] is None:
            self.add_labels(labels, task_id=task.row["id"])
        self.tasks.append(task)
        return task

    def issue(self, job: int, frame: int, message: str, position: Sequence[float] = (0, 0)) -> Record:
        """An issue with one comment."""
        pk = self.number("issues")
        dates = {"created_date": DATE, "updated_date": DATE}
        row = {"id": pk, "frame": frame, "position": list(position), "job": job, "owner": self.owner(),
               "assignee": None, "resolved": False, **dates}  # fmt: skip
        self.rows["issues"].append(row)
        comment = {"id": self.number("comments"), "issue": pk, "owner": self.owner(), "message": message, **dates}
        self.rows["comments"].append(comment)
        return row

    def seed(self) -> Record:
        """The seed, JSON throughout."""
        with_data = [task for task in self.tasks if task.meta]
        return {
            "version": 1, "server": {"version": "2.73.0"}, **self.rows,
            "data_meta": {str(task.row["id"]): task.meta for task in with_data},
            "validation": {str(task.row["id"]): task.validation for task in with_data if task.validation},
            "annotations": {str(job): data for task in self.tasks for job, data in task.annotations.items()},
        }  # fmt: skip
