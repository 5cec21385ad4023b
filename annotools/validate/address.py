"""The address of a finding: where in the input and where in the task, looked up when somebody wants to see it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from annotools.model import Dataset, Owner, ShapeType
from annotools.validate.findings import OWNER_OF, Found, Where

_OFTEN = 20  # cells of a column, of which one is asked for
_WORDS = ShapeType.words()


class Addresses:
    """Looks up addresses in one dataset.  member: the member that holds the annotations."""

    def __init__(self, dataset: Dataset, member: str = "") -> None:
        self.dataset = dataset
        self.member = member
        self._tables: dict[Owner, Any] = {owner: dataset.table(owner) for owner in Owner}
        self._cells = {owner: _Cells(table) for owner, table in self._tables.items()}

    def where(self, answer: Found, index: int) -> Where:
        """The address of one finding."""
        if answer.kind == "document":
            return Where(
                answer.members[index] if answer.members else self.member, pointer=_item(answer.pointers, index)
            )
        return self.row(answer.kind, int(answer.rows[index]))

    def related(self, answer: Found, index: int) -> Where | None:
        """The address of the other one of a pair."""
        row = int(answer.related[index]) if len(answer.related) else -1
        return self.row(answer.kind, row) if row >= 0 else None

    def row(self, kind: str, row: int) -> Where:
        """The address of a row of a table."""
        if kind == "attribute":
            return self._attribute(row)
        if kind in OWNER_OF:
            return self._annotation(OWNER_OF[kind], row)
        return {"frame": self._frame, "label": self._label, "job": self._job}[kind](row)

    def _frame(self, number: int) -> Where:
        return Where(frame=number, frame_name=self._name(number), kind="frame", row=number)

    def _label(self, row: int) -> Where:
        label = self.dataset.labels[row]
        return Where(kind="label", row=row, id=label.id if label.id >= 0 else None, label=label.name)

    def _job(self, row: int) -> Where:
        return Where(job=self.dataset.jobs[row].id, kind="job", row=row)

    def _name(self, frame: int) -> str:
        names = self.dataset.frames.names
        return names[frame] if 0 <= frame < len(names) else ""

    def _annotation(self, owner: Owner, row: int) -> Where:
        cell = self._cells[owner]
        number, label_id = cell("id", row), cell("label", row)
        label, job = self.dataset.labels.by_id.get(label_id), self._job_id(cell("job", row))
        return Where(
            **self._place(owner, row), **self._frame_of(owner, row), job=job, link=self._link(owner, row, job),
            kind=owner.word, row=row, id=number if number >= 0 else None,
            label=label.name if label else f"label {label_id}",
            shape_type=_WORDS[cell("type", row)] if owner == Owner.SHAPE else "",
        )  # fmt: skip

    def _place(self, owner: Owner, row: int) -> dict[str, Any]:
        origin = self.dataset.origin
        if origin is None:
            return {"file": self.member}
        file = origin.member(owner, row) or self.member
        return {"file": file, "line": origin.line(owner, row), "pointer": origin.pointer(owner, row)}

    def _frame_of(self, owner: Owner, row: int) -> dict[str, Any]:
        if not hasattr(self._tables[owner], "frame"):
            return {}
        frame = self._cells[owner]("frame", row)
        return {"frame": frame, "frame_name": self._name(frame)}

    def _job_id(self, row: int) -> int | None:
        jobs = self.dataset.jobs
        job = jobs[row] if row >= 0 else jobs[0] if len(jobs) == 1 else None
        return job.id if job is not None and job.id >= 0 else None

    def _link(self, owner: Owner, row: int, job: int | None) -> str:
        """The page of the server that shows a row; parts of an object are shown by it."""
        table, task = self._tables[owner], self.dataset.task.id
        if job is None or task < 0 or not hasattr(table, "frame"):
            return ""
        page = f"/tasks/{task}/jobs/{job}?frame={int(table.frame[row])}"
        if owner == Owner.SHAPE and table.parent[row] >= 0:
            row = int(table.parent[row])
        if owner == Owner.SHAPE and table.track[row] >= 0:
            owner, row = Owner.TRACK, int(table.track[row])
        while owner == Owner.TRACK and self._tables[owner].parent[row] >= 0:
            row = int(self._tables[owner].parent[row])
        number = int(self._tables[owner].id[row])
        return f"{page}&type={owner.word}&serverID={number}" if number >= 0 else page

    def _attribute(self, row: int) -> Where:
        table = self.dataset.attributes
        return self._annotation(Owner(int(table.kind[row])), int(table.owner[row]))


def _item(items: Any, index: int) -> str:
    return items[index] if len(items) else ""


class _Cells:
    """Single cells of a table as whole numbers; of columns that are asked for often as lists, which is quicker."""

    def __init__(self, table: Any) -> None:
        self._table, self._lists = table, dict[str, list[int]]()
        self._asked: Counter[str] = Counter()

    def __call__(self, name: str, row: int) -> int:
        """A cell."""
        if name in self._lists:
            return self._lists[name][row]
        column = getattr(self._table, name)
        self._asked[name] += 1
        if self._asked[name] * _OFTEN > len(column):
            self._lists[name] = column.tolist()
        return int(column[row])
