"""What a seed being built has so far: rows by kind, fresh ids, people, labels."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from mockserver.state.tables import Record

DATE = "2025-01-01T00:00:00.000000Z"
COLORS = ("#ff355e", "#fd5b78", "#ff9966", "#ffcc33", "#66ff66", "#50bfe6", "#9c27b0", "#ff00cc", "#16d0cb", "#aaf0d1")
KINDS = ("users", "organizations", "memberships", "projects", "tasks", "jobs", "labels", "issues", "comments")


class Rows:
    """Rows by kind; ids count up from 1 per kind unless given."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Record]] = {kind: [] for kind in KINDS}
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

    def owner(self) -> int:
        """Whose things are by default: the first user's."""
        if not self.rows["users"]:
            self.user("admin", superuser=True)
        pk: int = self.rows["users"][0]["id"]
        return pk

    def add_labels(self, labels: Iterable[str | Record], **owner: int) -> None:
        """Labels of a project or task, sublabels and attributes numbered."""
        for entry in labels:
            label = {"name": entry} if isinstance(entry, str) else entry
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

    def labels_of(self, task: Record) -> list[Record]:
        """The labels that a task uses."""
        key = "task_id" if task["project_id"] is None else "project_id"
        wanted = task["id"] if key == "task_id" else task["project_id"]
        return [label for label in self.rows["labels"] if label.get(key) == wanted]


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
