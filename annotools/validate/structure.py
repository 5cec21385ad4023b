"""Structural faults: what a document of annotations says that cannot be a row, each with its JSON pointer."""

from __future__ import annotations

from dataclasses import dataclass

from annotools.validate.findings import Fix


@dataclass(frozen=True, slots=True)
class Fault:
    """One structural fault.  member: of the input; pointer: JSON pointer; fix: where it can be mended."""

    member: str
    pointer: str
    message: str
    fix: Fix | None = None
