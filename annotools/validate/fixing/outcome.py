"""What fixes made of a source: its members that changed, what they were, and what is left.

outcome.members     annotations.json: the new bytes
outcome.diff()      as text, a member after the other
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from annotools.validate.report import Report


@dataclass(frozen=True)
class Outcome:
    """What fixes made of a source.

    members: new bytes by member, and the old ones (before).  gone: members that lie elsewhere now.
    applied: how many fixes by rule code.  passes: how often it was judged again.  report: on what it is now; found: on
    what it was.  settled: False when it changed to the last.  refused: how many fixes by rule code were not made,
    because less of the input could have been read after them.  unmade: how many by rule code were not, as the input has
    no place for them, and why the first was not.  remarks: on what was written, where it was.
    """

    members: Mapping[str, bytes]
    before: Mapping[str, bytes]
    applied: Mapping[str, int]
    report: Report
    found: Report
    passes: int = 0
    settled: bool = True
    refused: Mapping[str, int] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()
    unmade: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()

    def diff(self, context: int = 3) -> str:
        """A unified diff of the members that changed; of a text without line breaks by its tokens."""
        from annotools.validate.fixing.text_diff import unified  # few ask what changed

        after = {**self.members, **dict.fromkeys(sorted(self.gone), b"")}
        sides = ((name, _lines(self.before[name]), _lines(data)) for name, data in after.items())
        return "".join(line for name, before, now in sides for line in unified(name, before, now, context))


def _lines(data: bytes) -> list[str]:
    """The lines of a text; of JSON or XML in one line, its items or tags one a line, so that a diff says something."""
    text = data.decode("utf-8", "replace")
    if text.count("\n") < 2 + len(text) // 4000:
        items = text.replace("}, {", "},\n{").replace("},{", "},\n{")
        text = text.replace("><", ">\n<") if text.lstrip("\ufeff \r\n")[:1] == "<" else items
    return [line if line.endswith("\n") else f"{line}\n" for line in text.splitlines(keepends=True)]
