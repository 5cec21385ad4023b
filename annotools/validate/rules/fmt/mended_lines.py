"""Files some of whose lines can be written otherwise, as one answer: a finding a file, whose fix changes these lines.

labels/a.txt    a box has something behind it (and 2 more)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from msgspec.structs import replace

from annotools.validate.context import Context
from annotools.validate.edits import Edit, PutBytes
from annotools.validate.findings import Found, Remedy
from annotools.validate.rules.fmt.texts import text_of
from annotools.validate.structure import Fault

Mend = Callable[[bytes], bytes | None]  # a line as it should be, None for one that is to stay


class Line(NamedTuple):
    """A line of a member, without what ends it.  number: 1-based."""

    number: int
    start: int
    text: bytes


def lines_of(data: bytes) -> Iterator[Line]:
    """The lines of a text."""
    start = 0
    for number, whole in enumerate(data.splitlines(keepends=True), 1):
        yield Line(number, start, whole.rstrip(b"\r\n"))
        start += len(whole)


def edits_of(ctx: Context, member: str, mend: Mend) -> list[Edit]:
    """What changes the lines of a member that should be others."""
    pairs = ((line, mend(line.text)) for line in lines_of(text_of(ctx, member)))
    return [PutBytes(member, at.start, at.start + len(at.text), new) for at, new in pairs if new is not None]


def with_edits(ctx: Context, answer: Found | None, title: str, mend: Mend, *, safe: bool) -> Found | None:
    """An answer whose members are mended line by line."""
    if answer is None:
        return None
    return replace(answer, remedy=Remedy(title, safe, lambda row: edits_of(ctx, answer.members[row], mend)))


def faults_of(ctx: Context, code: str, members: Iterable[str], mend: Mend, message: str) -> list[Fault]:
    """A fault for each of some members that has lines which should be others."""
    faults = []
    for member in members:
        lines = text_of(ctx, member).splitlines()
        odd = {line for line in dict.fromkeys(lines) if mend(line) is not None}
        numbers = [number for number, line in enumerate(lines, 1) if line in odd] if odd else []
        if numbers:
            more = f" (and {len(numbers) - 1:,} more)" if len(numbers) > 1 else ""
            faults.append(Fault(code, member, "", f"{message}{more}", line=numbers[0]))
    return faults
