"""The manual page of a transform, from the docstrings of its function and of its module.

`python -m annotools.transform.pages > docs/transforms.md` makes the page of all of them; `annotools transforms NAME`
shows one.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable, Iterator

import msgspec

from annotools.errors import UsageError, suggest
from annotools.transform.steps import STEPS, TRANSFORMS

HEAD = """# Transforms

This page is made of what the transforms say of themselves, by
`python -m annotools.transform.pages > docs/transforms.md`; `annotools transforms NAME` shows the same.  `convert`
applies them in the order in which they are given, as `NAME` or `NAME=ARGUMENT`; what they change and lose is counted.
Formats apply steps of the same kind before they write: those of the second part, of which the pages of formats speak.
"""


class Page(msgspec.Struct, frozen=True):
    """What there is to say of a transform.

    summary: one line.  about: the rest of its own docstring.  more: what its module says of it and of its kin.
    asked: whether users may ask for it, or only formats do.
    """

    name: str
    summary: str
    about: str
    more: str
    asked: bool

    @classmethod
    def of(cls, name: str) -> Page:
        """The page of a transform.  Raises: UsageError for a name that is none."""
        if name not in STEPS:
            raise UsageError(f"no transform is called {name!r}, expected {suggest(name, TRANSFORMS)}")
        step = STEPS[name]
        summary, _, about = (inspect.getdoc(step) or "").partition("\n\n")
        module = inspect.getmodule(step)
        more = inspect.cleandoc((module and module.__doc__) or "")
        return cls(name, " ".join(summary.split()), about.strip(), more, name in TRANSFORMS)

    def lines(self) -> Iterator[str]:
        """The page as lines: what it does, then what its module says."""
        yield self.summary
        if self.about:
            yield from ("", *self.about.splitlines())
        if self.more:
            yield from ("", *self.more.splitlines())

    def markdown(self) -> Iterator[str]:
        """The page as lines of Markdown."""
        yield from (f"## {self.name}", "", *self.summary.splitlines(), "")
        if self.about:
            yield from ("```text", *self.about.splitlines(), "```", "")
        if self.more:
            yield from ("```text", *self.more.splitlines(), "```", "")


def pages(names: Iterable[str] = TRANSFORMS) -> list[Page]:
    """The pages of transforms, by name."""
    return [Page.of(name) for name in sorted(names)]


def handbook() -> str:
    """The page of all of them."""
    asked, others = pages(TRANSFORMS), pages(STEPS.keys() - TRANSFORMS.keys())
    lines = [HEAD, "| transform | |", "|---|---|"]
    lines += [f"| [{page.name}](#{page.name}) | {page.summary} |" for page in asked]
    lines += ["", *(line for page in asked for line in page.markdown()), "# Steps of formats", ""]
    lines += [line for page in others for line in page.markdown()]
    return "\n".join(lines).rstrip("\n") + "\n"


if __name__ == "__main__":
    sys.stdout.write(handbook())
