"""Words on standard error: errors, notes and, when it takes long and somebody watches, progress."""

from __future__ import annotations

import os
import sys
import threading
import time
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

import click

from annotools.errors import AmbiguityError, InputError, one_line, summary_lines

PATIENCE = 1.0  # seconds before progress is shown
_OFTEN = 0.2
_ERASE = "\r\x1b[2K"


def coloured(stream: object) -> bool:
    """Whether a stream is a terminal whose user wants colours.  Source: https://no-color.org"""
    terminal = getattr(stream, "isatty", lambda: False)()
    return bool(terminal) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def say(text: str) -> None:
    """One message on standard error, where anybody hears it."""
    with suppress(OSError):
        click.echo(text, err=True)


# How the library calls what has a name of its own here.
_OPTIONS = {"(context=...)": "(--task)", "(or force=True)": "(or --force)", "(or its slug)": "(or --from)"}


def say_error(error: Exception | str) -> None:
    """An error on standard error, each of its lines marked."""
    lines = summary_lines(error.problems) if isinstance(error, InputError) else str(error).splitlines()
    if isinstance(error, AmbiguityError):
        lines = [f"{line} (--from)" for line in lines]
    mark = click.style("error:", fg="red", bold=True) if coloured(sys.stderr) else "error:"
    for line in lines or [type(error).__name__]:
        say(f"{mark} {one_line(_as_options(line))}")


def _as_options(text: str) -> str:
    for word, option in _OPTIONS.items():
        text = text.replace(word, option)
    return text


def say_notes(lines: Iterable[str]) -> None:
    """Lines that are worth knowing and no error."""
    mark = click.style("note:", fg="yellow") if coloured(sys.stderr) else "note:"
    for line in lines:
        say(f"{mark} {one_line(line)}")


@contextmanager
def warnings_as_notes() -> Iterator[None]:
    """What the library warns of in the block, as notes."""
    with warnings.catch_warnings(record=True, action="always", category=UserWarning) as caught:
        yield
    say_notes(str(warning.message) for warning in caught)


class Progress:
    """The step that is going on, and for how long, on one line of the terminal; told by being called."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._step = ""
        self._count = 0
        self._shown = False
        self._over = threading.Event()
        self._shower = threading.Thread(target=self._show, daemon=True) if sys.stderr.isatty() else None
        if self._shower:
            self._shower.start()

    def __call__(self, step: str) -> None:
        self._step = step
        self._count += 1

    def _show(self) -> None:
        pause = PATIENCE
        while not self._over.wait(pause):
            pause = _OFTEN
            self._shown = True
            seconds = time.monotonic() - self._start
            _draw(f"{_ERASE}{one_line(self._step)[:60]}  step {self._count}, {seconds:.0f} s")

    def end(self) -> None:
        """Take the line away."""
        self._over.set()
        if self._shower:
            self._shower.join()
        if self._shown:
            _draw(_ERASE)


def _draw(text: str) -> None:
    with suppress(OSError):
        click.echo(text, err=True, nl=False)


@contextmanager
def progress() -> Iterator[Progress]:
    """Progress that is gone when the block ends."""
    shown = Progress()
    try:
        yield shown
    finally:
        shown.end()
