"""The manual page of a rule, which is its docstring, taken apart.

    Corners of a rectangle are swapped.

    Why: ...
    Bad:
        {"shapes": [...]}
    Good:
        {"shapes": [...]}
    Fix: lossless, ...
    Source: annos-img/rectangle-inverted

A section is a word with a colon at the margin, its text on that line or indented below.  Examples (`Bad`, `Good`)
stand indented below; a blank line begins another example.
"""

from __future__ import annotations

import re
from textwrap import dedent

import msgspec

SECTIONS = ("Why", "Bad", "Good", "Fix", "Options", "Source")
_HEADING = re.compile(rf"^({'|'.join(SECTIONS)}):[ \t]*(.*)$", re.MULTILINE)
_BLANK = re.compile(r"\n[ \t]*\n")


class Manual(msgspec.Struct, frozen=True):
    """summary: the first line.  about: text before the first section.  bad, good: examples as text."""

    summary: str
    about: str = ""
    sections: dict[str, str] = msgspec.field(default_factory=dict)
    bad: tuple[str, ...] = ()
    good: tuple[str, ...] = ()

    @property
    def fix(self) -> str:
        """What mends it: the text that begins with `lossless` or `lossy`, or `none`."""
        return self.sections.get("Fix", "none")

    @property
    def all_sections(self) -> dict[str, str]:
        """All sections, that of the fix also where there is none."""
        return self.sections if "Fix" in self.sections else {**self.sections, "Fix": self.fix}


def parse_manual(text: str) -> Manual:
    """A docstring, already dedented, in parts."""
    head, *rest = _HEADING.split(text)
    summary, _, about = head.partition("\n")
    examples: dict[str, tuple[str, ...]] = {"Bad": (), "Good": ()}
    sections: dict[str, str] = {}
    for name, first, body in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
        if name in examples:
            examples[name] += _examples(body)
        else:
            sections[name] = _joined(first, body)
    return Manual(summary.strip(), about.strip(), sections, examples["Bad"], examples["Good"])


def _examples(body: str) -> tuple[str, ...]:
    texts = (part.strip("\n") for part in _BLANK.split(dedent(body)))
    return tuple(text for text in texts if text.strip())


def _joined(first: str, body: str) -> str:
    return " ".join(f"{first} {body}".split())
