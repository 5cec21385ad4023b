"""Faults as an answer: places of the input in columns, of which one is made when it is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np

from annotools.errors import Problem
from annotools.sequences import Field, unplaced
from annotools.validate.edits import Edit
from annotools.validate.findings import NOTHING, Fix, Found, Remedy

if TYPE_CHECKING:
    from annotools.validate.structure import Fault


def faults_found(faults: Sequence[Fault]) -> Found:
    """Faults of one rule and one severity, at least one, as its answer."""
    first = next((fix for fix in map(_fix_of, unplaced(faults)) if fix is not None), None)
    remedy = None if first is None else Remedy(first.title, first.safe, lambda row: _edits(faults[row]))
    return Found(
        "document", np.arange(len(faults)), "{what}", {"what": Field(faults, attrgetter("message"))}, remedy,
        faults[0].severity, NOTHING, Field(faults, attrgetter("member")), Field(faults, attrgetter("pointer")),
        Field(faults, attrgetter("line")),
    )  # fmt: skip


def problems_found(problems: Sequence[Problem], member: str = "") -> Found:
    """What a reader says, as the answer of one rule.  member: that of problems that name none."""
    files = Field(problems, partial(_member, member))
    texts = {"what": Field(problems, _text)}
    pointers, lines = Field(problems, attrgetter("pointer")), Field(problems, attrgetter("line"))
    return Found("document", np.arange(len(problems)), "{what}", texts, members=files, pointers=pointers, lines=lines)


def _member(member: str, problem: Problem) -> str:
    return problem.file or member


def _text(problem: Problem) -> str:
    """What is wrong, with the frame, where nothing else says where."""
    return (
        problem.text
        if problem.frame is None or problem.file or problem.line
        else f"frame {problem.frame}: {problem.text}"
    )


def _fix_of(fault: Fault) -> Fix | None:
    return fault.fix


def _edits(fault: Fault) -> Sequence[Edit]:
    return fault.fix.edits if fault.fix else ()
