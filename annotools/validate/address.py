"""The addresses of findings: where in the input and where in the task, looked up when somebody wants to see them.

Many are looked up at once, as columns: what is asked of a table costs as much for a thousand rows as for ten.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from annotools.model import Dataset, Owner, ShapeType
from annotools.model.columns import distinct
from annotools.model.tables import Ints
from annotools.validate.findings import OWNER_OF, Found, Where
from annotools.validate.wheres import Wheres

_WORDS = ShapeType.words()


class Addresses:
    """Looks up addresses in one dataset.  member: the member that holds the annotations."""

    def __init__(self, dataset: Dataset, member: str = "") -> None:
        self.dataset = dataset
        self.member = member
        self._tables: dict[Owner, Any] = {owner: dataset.table(owner) for owner in Owner}

    def where(self, answer: Found, index: int) -> Where:
        """The address of one finding."""
        if answer.kind == "document":
            file = answer.members[index] if answer.members else self.member
            pointer = answer.pointers[index] if len(answer.pointers) else ""
            return Where(file, answer.lines[index] if len(answer.lines) else None, pointer=pointer)
        return self.rows(answer.kind, answer.rows[index : index + 1])[0]

    def related(self, answer: Found, rows: range) -> tuple[list[bool], Wheres]:
        """Which of some findings are about a pair, and the addresses of the other ones of these."""
        others = answer.related[rows.start : rows.stop]
        known = others >= 0
        return known.tolist() if len(others) else [False] * len(rows), self.columns(answer.kind, others[known])

    def rows(self, kind: str, rows: Ints) -> list[Where]:
        """The addresses of rows of a table."""
        return self.columns(kind, rows).each()

    def columns(self, kind: str, rows: Ints) -> Wheres:
        """The same as columns."""
        if kind == "attribute":
            return Wheres.of(self._attributes(rows))
        if kind in OWNER_OF:
            return self._annotations(OWNER_OF[kind], rows)
        made = {"frame": self._frame, "label": self._label, "job": self._job}[kind]
        return Wheres.of(list(map(made, rows.tolist())))

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

    def _attributes(self, rows: Ints) -> list[Where]:
        table = self.dataset.attributes
        kinds, owners = table.kind[rows], table.owner[rows].astype(np.int64)
        wheres: dict[int, Where] = {}
        for kind in distinct(kinds).tolist():
            places = np.flatnonzero(kinds == kind)
            wheres |= zip(places.tolist(), self._annotations(Owner(kind), owners[places]).each(), strict=True)
        return [wheres[number] for number in range(len(rows))]

    def _annotations(self, owner: Owner, rows: Ints) -> Wheres:
        table, size, known = self._tables[owner], len(rows), self._label_names
        jobs, frames = self._jobs(table.job[rows]), table.frame[rows].tolist() if hasattr(table, "frame") else None
        files, lines, pointers = self._spots(owner, rows)
        names = [self._name(frame) for frame in frames] if frames is not None else [""] * size
        types = list(map(_WORDS.__getitem__, table.type[rows].tolist())) if owner == Owner.SHAPE else [""] * size
        return Wheres(
            files, lines, [None] * size, pointers, jobs, frames or [None] * size, names, [owner.word] * size,
            rows.tolist(), [number if number >= 0 else None for number in table.id[rows].tolist()],
            [known.get(label) or self._named(label) for label in table.label[rows].tolist()], types,
            self._links(owner, rows, jobs, frames),
        )  # fmt: skip

    @cached_property
    def _label_names(self) -> dict[int, str]:
        return {number: label.name for number, label in self.dataset.labels.by_id.items()}

    def _named(self, number: int) -> str:
        label = self.dataset.labels.by_id.get(number)
        return label.name if label else f"label {number}"

    def _spots(self, owner: Owner, rows: Ints) -> tuple[list[str], list[int | None], list[str]]:
        """Files, lines and pointers."""
        size = len(rows)
        if self.dataset.origin is None or not size:
            return [self.member] * size, [None] * size, [""] * size
        files, lines, pointers = map(list, zip(*self.dataset.origin.spots(owner, rows), strict=True))
        return [file or self.member for file in files], lines, pointers

    def _jobs(self, rows: Ints) -> list[int | None]:
        """The ids of jobs."""
        jobs = self._job_ids
        usual = jobs[0] if len(jobs) == 1 else None
        return [jobs[row] if row >= 0 else usual for row in rows.tolist()]

    @cached_property
    def _job_ids(self) -> list[int | None]:
        return [job.id if job.id >= 0 else None for job in self.dataset.jobs]

    def _links(self, owner: Owner, rows: Ints, jobs: list[int | None], frames: list[int] | None) -> list[str]:
        """The pages of the server that show rows; parts of an object are shown by it."""
        task = self.dataset.task.id
        if task < 0 or frames is None:
            return [""] * len(rows)
        return [
            "" if job is None else f"/tasks/{task}/jobs/{job}?frame={frame}{shown}"
            for job, frame, shown in zip(jobs, frames, self._objects(owner, rows), strict=True)
        ]

    def _objects(self, owner: Owner, rows: Ints) -> list[str]:
        """How a link says which object it shows."""
        words = np.full(len(rows), int(owner))
        ids = self._tables[owner].id[self._tops(owner, rows)]
        if owner == Owner.SHAPE:
            tracks = self._tables[owner].track[self._tops(owner, rows)]
            inner = np.flatnonzero(tracks >= 0)
            ids[inner] = self._tables[Owner.TRACK].id[self._tops(Owner.TRACK, tracks[inner])]
            words[inner] = int(Owner.TRACK)
        names = {int(one): one.word for one in Owner}
        return [
            f"&type={names[word]}&serverID={number}" if number >= 0 else ""
            for word, number in zip(words.tolist(), ids.tolist(), strict=True)
        ]

    def _tops(self, owner: Owner, rows: Ints) -> Ints:
        """The rows that hold others: a skeleton of an element, a track of tracks below it."""
        parents = getattr(self._tables[owner], "parent", None)
        tops = np.array(rows, np.int64)
        while parents is not None and len(inner := np.flatnonzero(parents[tops] >= 0)):
            tops[inner] = parents[tops[inner]]
            if owner == Owner.SHAPE:
                break
        return tops
