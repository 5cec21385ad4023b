"""What the journal says about a request, apart from what happened."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class Remark:
    """Something about a request that its sender should know; the code is the name that turns it off."""

    code: str
    text: str

    def __str__(self) -> str:
        return f"{self.code}: {self.text}"
