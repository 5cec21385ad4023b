"""Faults as an answer: places of the input in columns, of which one is made when it is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

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
        "document", np.arange(len(faults)), "{what}", {"what": Field(faults, "message")}, remedy, faults[0].severity,
        NOTHING, Field(faults, "member"), Field(faults, "pointer"),
    )  # fmt: skip


def _fix_of(fault: Fault) -> Fix | None:
    return fault.fix


def _edits(fault: Fault) -> Sequence[Edit]:
    return fault.fix.edits if fault.fix else ()
