"""A seed in Python: users, projects, tasks with frames, jobs and annotations, numbered as a server would number them.

    build = SeedBuilder()
    admin = build.user("admin", superuser=True)
    task = build.task("street", labels=["car", {"name": "road", "type": "polyline"}], frames=40, segment_size=20)
    task.shape("rectangle", "car", 3, [10, 20, 110, 95], occluded=True)
    task.track("car", {0: [0, 0, 10, 10], 9: [50, 0, 60, 10]})
    seed = build.seed()                       # what State.from_seed and POST /_mock/seed take

Labels are what CVAT's label constructor shows (`name`, `type`, `attributes`, `sublabels`), or just names.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from mockserver.state import Record
from mockserver.task_building import Frames, TaskBuilder

DATE = "2025-01-01T00:00:00.000000Z"
COLORS = ("#ff355e", "#fd5b78", "#ff9966", "#ffcc33", "#66ff66", "#50bfe6", "#9c27b0", "#ff00cc", "#16d0cb", "#aaf0d1")


class SeedBuilder:
    """Collects objects; ids count up from 1 per kind unless given."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Record]] = {
            kind: []
            for kind in (
                "users",
                "organizations",
                "memberships",
                "projects",
                "tasks",
                "jobs",
                "labels",
                "issues",
                "comments",
            )
        }
        self.tasks: list[TaskBuilder] = []
        self._last: Counter[str] = Counter()
        self._taken: dict[str, set[int]] = {}

    def number(self, kind: str, wanted: int | None = None) -> int:
        """A fresh id of a kind, or the wanted one. Raises: ValueError when that is taken."""
        taken = self._taken.setdefault(kind, set())
        if wanted is None:
            wanted = next(number for number in itertools.count(self._last[kind] + 1) if number not in taken)
            self._last[kind] = wanted
        elif wanted in taken:
            raise ValueError(f"{kind} {wanted} is there already")
        taken.add(wanted)
        return wanted

    def user(self, name: str, password: str = "mock", *, superuser: bool = False, **rest: Any) -> Record:
        """Somebody who can log in."""
        row = {
            "id": self.number("users", rest.pop("id", None)), "username": name, "password": password,
            "first_name": "", "last_name": "", "email": f"{name}@example.com",
            "groups": ["admin"] if superuser else ["user"], "is_staff": superuser, "is_superuser": superuser,
            "is_active": True, "last_login": None, "date_joined": DATE, "has_analytics_access": superuser, **rest,
        }  # fmt: skip
        self.rows["users"].append(row)
        return row

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

    def owner(self) -> int:
        """Whose things are by default: the first user's."""
        if not self.rows["users"]:
            self.user("admin", superuser=True)
        pk: int = self.rows["users"][0]["id"]
        return pk

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

    def add_labels(self, labels: Iterable[str | Record], **owner: int) -> None:
        """Labels of a project or task, sublabels and attributes numbered."""
        for given in labels:
            label = {"name": given} if isinstance(given, str) else given
            row = self._label(label, has_parent=False)
            self.rows["labels"].append(
                {**row, **owner, "parent_id": None, "has_parent": False, **self._drawing(label, row)}
            )

    def _label(self, label: Record, has_parent: bool) -> Record:
        pk = self.number("labels", label.get("id"))
        subs = label.get("sublabels", ())
        return {
            "id": pk, "name": label["name"], "color": label.get("color") or COLORS[pk % len(COLORS)],
            "attributes": [self._spec(spec) for spec in label.get("attributes", ())],
            "type": label.get("type") or ("points" if has_parent else "skeleton" if subs else "any"),
            **({"has_parent": True} if has_parent
               else {"sublabels": [self._label({"name": s} if isinstance(s, str) else s, True) for s in subs]}),
        }  # fmt: skip

    def _spec(self, spec: Record) -> Record:
        values = list(spec.get("values") or [""])
        default = spec.get("default_value", values[0])
        rest = {"mutable": bool(spec.get("mutable")), "input_type": spec.get("input_type", "text")}
        return {
            "id": self.number("specs", spec.get("id")),
            "name": spec["name"],
            **rest,
            "default_value": default,
            "values": values,
        }

    def _drawing(self, label: Record, row: Record) -> Record:
        if not row.get("sublabels"):
            return {}
        return {"svg": label.get("svg") or draw_skeleton(row["sublabels"])}

    def labels_of(self, task: TaskBuilder) -> list[Record]:
        """The labels that a task uses."""
        key = "task_id" if task.row["project_id"] is None else "project_id"
        wanted = task.row["id"] if key == "task_id" else task.row["project_id"]
        return [label for label in self.rows["labels"] if label.get(key) == wanted]

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


def draw_skeleton(sublabels: Sequence[Record]) -> str:
    """The svg of a skeleton: its points in a zigzag from top to bottom, each joined to the next."""
    step = 80 / max(len(sublabels) - 1, 1)
    places = [(30.0 + 40.0 * (row % 2), 10 + step * row) for row in range(len(sublabels))]
    parts = [
        f'<line x1="{x1:.2f}" y1="{y1:.2f}" x2="{x2:.2f}" y2="{y2:.2f}" stroke="black" data-type="edge" '
        f'data-node-from="{row}" stroke-width="0.5" data-node-to="{row + 1}"></line>'
        for row, ((x1, y1), (x2, y2)) in enumerate(itertools.pairwise(places), 1)
    ]
    parts += [
        f'<circle r="1.5" stroke="black" fill="#b3b3b3" cx="{x:.2f}" cy="{y:.2f}" stroke-width="0.1" '
        f'data-type="element node" data-element-id="{row}" data-node-id="{row}" '
        f'data-label-id="{escape(str(sublabel["id"]))}"></circle>'
        for row, (sublabel, (x, y)) in enumerate(zip(sublabels, places, strict=True), 1)
    ]
    return "".join(parts)
