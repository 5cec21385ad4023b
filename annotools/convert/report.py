"""What a conversion did, and what several did that each have an output of their own, as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from annotools.errors import AnnotoolsError, InputError, LossError, Problem
from annotools.model import Losses
from annotools.model.counting import summed
from annotools.sequences import Chain, together

_PROBLEM = ("file", "line", "pointer", "frame", "message", "expected")


@dataclass(frozen=True)
class Conversion:
    """What a conversion did.

    read, written: rows by kind and shape type, before all steps and as the output holds them.  pictures: how many were
    written along.  losses: what was changed or lost.  problems: what could not be read, with on_error="skip".
    remarks: names of files that cannot stand on every disk, and pictures of other sizes than the annotations say.
    """

    output: str
    slug: str
    read: dict[str, int] = field(default_factory=dict)
    written: dict[str, int] = field(default_factory=dict)
    pictures: int = 0
    losses: Losses = field(default_factory=Losses)
    problems: tuple[Problem, ...] | Chain[Problem] = ()
    remarks: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "output": self.output, "format": self.slug, "read": self.read, "written": self.written,
            "pictures": self.pictures, "losses": self.losses.as_list(),
            "problems": [problem_row(problem) for problem in self.problems], "remarks": list(self.remarks),
        }  # fmt: skip

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Conversion:
        """What `as_dict` gave."""
        problems = [{name: row[name] for name in _PROBLEM if name in row} for row in document["problems"]]
        return cls(
            document["output"], document["format"], document["read"], document["written"], document["pictures"],
            Losses.from_list(document["losses"]), tuple(Problem(**row) for row in problems), tuple(document["remarks"]),
        )  # fmt: skip


def problem_row(problem: Problem) -> dict[str, Any]:
    """A problem for JSON: what is known of it, and the whole as one line."""
    known = {name: value for name in _PROBLEM if (value := getattr(problem, name)) not in ("", None)}
    return known | {"text": str(problem)}


@dataclass(frozen=True)
class SourceReport:
    """What became of one source: what was done with it, or why it was not converted.

    unchanged: whether that was done by an earlier run.
    """

    source: str
    done: Conversion | None = None
    unchanged: bool = False
    error: AnnotoolsError | None = None

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        row: dict[str, Any] = {"source": self.source} | ({"unchanged": True} if self.unchanged else {})
        if self.done is not None:
            return row | self.done.as_dict()
        row |= {"error": str(self.error), "exit_code": self.error.exit_code if self.error else 0}
        if isinstance(self.error, (InputError, LossError)):
            row["problems"] = [problem_row(problem) for problem in self.error.problems]
        if isinstance(self.error, LossError):
            row["losses"] = self.error.losses.as_list()
        return row


@dataclass(frozen=True)
class Conversions(Conversion):
    """What the conversions of several sources did, in the order of the sources; numbers are sums.

    each: what became of each source.  losses: without frames, which count from 0 in each of them; those of one source
    are in `each`, without rows.
    """

    each: tuple[SourceReport, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return super().as_dict() | {"sources": [source.as_dict() for source in self.each]}

    @classmethod
    def of(cls, output: str, slug: str, each: Sequence[SourceReport]) -> Conversions:
        """The sum of all that were converted."""
        done = [one.done for one in each if one.done is not None]
        return cls(
            output, slug, summed(one.read for one in done), summed(one.written for one in done),
            sum(one.pictures for one in done), Losses(tuple(chain.from_iterable(one.losses for one in done))).summed(),
            together(one.problems for one in done),
            tuple(dict.fromkeys(chain.from_iterable(one.remarks for one in done))), tuple(each),
        )  # fmt: skip
