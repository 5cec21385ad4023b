"""Words on standard error: errors, notes and, when it takes long and somebody watches, progress."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import click

from annotools.errors import InputError, one_line, summary_lines

PATIENCE = 1.0  # seconds before progress is shown
_ERASE = "\r\x1b[2K"


def coloured(stream: object) -> bool:
    """Whether a stream is a terminal whose user wants colours.  Source: https://no-color.org"""
    terminal = getattr(stream, "isatty", lambda: False)()
    return bool(terminal) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def say(text: str) -> None:
    """One message on standard error."""
    click.echo(text, err=True)


def say_error(error: Exception | str) -> None:
    """An error on standard error, each of its lines marked."""
    lines = summary_lines(error.problems) if isinstance(error, InputError) else str(error).splitlines()
    mark = click.style("error:", fg="red", bold=True) if coloured(sys.stderr) else "error:"
    for line in lines or [type(error).__name__]:
        say(f"{mark} {one_line(line)}")


def say_notes(lines: Iterable[str]) -> None:
    """Lines that are worth knowing and no error."""
    mark = click.style("note:", fg="yellow") if coloured(sys.stderr) else "note:"
    for line in lines:
        say(f"{mark} {one_line(line)}")


class Progress:
    """The step that is going on, on one line of the terminal; told by being called."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._watched = sys.stderr.isatty()
        self._shown = False
        self._count = 0

    def __call__(self, step: str) -> None:
        self._count += 1
        if self._watched and time.monotonic() - self._start > PATIENCE:
            self._shown = True
            click.echo(f"{_ERASE}{one_line(step)[:70]}  ({self._count} steps)", err=True, nl=False)

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            click.echo(_ERASE, err=True, nl=False)


@contextmanager
def progress() -> Iterator[Progress]:
    """Progress that is gone when the block ends."""
    shown = Progress()
    try:
        yield shown
    finally:
        shown.clear()
