"""Addresses of many findings as columns, of which text is made many at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Self

from annotools.errors import one_line
from annotools.validate.findings import PLACES, Where


class Wheres(NamedTuple):
    """The addresses of some findings as columns, named as in `Where`, each a list with one value for each finding."""

    file: list[str]
    line: list[int | None]
    byte: list[int | None]
    pointer: list[str]
    job: list[int | None]
    frame: list[int | None]
    frame_name: list[str]
    kind: list[str]
    row: list[int | None]
    id: list[int | None]
    label: list[str]
    shape_type: list[str]
    link: list[str]

    @classmethod
    def of(cls, wheres: Sequence[Where]) -> Self:
        """Those of addresses."""
        return cls(*map(list, zip(*wheres, strict=True))) if wheres else cls(*([] for _ in cls._fields))

    def each(self) -> list[Where]:
        """One by one."""
        return list(map(Where._make, zip(*self, strict=True)))

    def addresses(self) -> list[str]:
        """The `address` of each."""
        jobs = ["" if job is None else f"job {job} · " for job in self.job]
        names = [name and f" ({name})" for name in self.frame_name]
        frames = ["" if one is None else f"frame {one}{name} · " for one, name in zip(self.frame, names, strict=True)]
        numbers = ["" if number is None else f" #{number}" for number in self.id]
        objects = [
            "" if kind in PLACES else f"{shape or kind}{number}{label and f' {label}'} · "
            for kind, shape, number, label in zip(self.kind, self.shape_type, numbers, self.label, strict=True)
        ]
        texts = [f"{job}{frame}{thing}"[:-3] for job, frame, thing in zip(jobs, frames, objects, strict=True)]
        return texts if "".join(texts).isprintable() else list(map(one_line, texts))
