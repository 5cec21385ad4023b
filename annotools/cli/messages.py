"""Words on standard error: errors, notes and, when it takes long and somebody watches, progress."""

from __future__ import annotations

import os
import sys
import threading
import time
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple

import click

from annotools.errors import AmbiguityError, InputError, one_line, summary_lines
from annotools.progress import BYTES, heard_by

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
_OPTIONS = {
    "(context=...)": "(--task)", "a task as context": "the task (--task)", "(or force=True)": "(or --force)",
    "(or its slug)": "(or --from)", "(images=...)": "(--images)",
}  # fmt: skip


def say_error(error: Exception | str) -> None:
    """An error on standard error, each of its lines marked."""
    lines = summary_lines(error.problems) if isinstance(error, InputError) else str(error).splitlines()
    if isinstance(error, AmbiguityError):
        lines = [f"{line} (--from)" for line in lines]
    mark = click.style("error:", fg="red", bold=True) if coloured(sys.stderr) else "error:"
    for line in lines or [type(error).__name__]:
        say(f"{mark} {one_line(as_options(line))}")


def as_options(text: str) -> str:
    """A message of the library in the words of the command line."""
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


class Amount(NamedTuple):
    """How much of something is done.  start: when it began, as `time.monotonic` has it."""

    done: int
    total: int
    unit: str
    start: float

    def text(self, now: float) -> str:
        """`41 %, 38 MB/s, 12 s left`; without rate and time where nothing can be said of them yet."""
        share = f"{100 * self.done // max(self.total, 1)} %"
        passed = now - self.start
        if passed < _OFTEN or not 0 < self.done < self.total:
            return share
        rate = self.done / passed
        speed = f"{rate / 1e6:.1f} MB/s" if self.unit == BYTES else f"{rate:,.3g}/s" if rate < 100 else f"{rate:,.0f}/s"
        return f"{share}, {speed}, {_time_text((self.total - self.done) / rate)} left"


def _time_text(seconds: float) -> str:
    for most, size, unit in ((100, 1, "s"), (6000, 60, "min")):
        if seconds < most:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds / 3600:.1f} h"


class Progress:
    """The step that is going on, how much of it is done, and for how long, on one line of the terminal.

    Told by being called what the step is, and by `amount` how much of it is done, where that is known.
    """

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._step = ""
        self._count = 0
        self._amount: Amount | None = None
        self._known = False  # how much of this step is done
        self._shown = False
        self._over = threading.Event()
        self._shower = threading.Thread(target=self._show, daemon=True) if sys.stderr.isatty() else None
        if self._shower:
            self._shower.start()

    @property
    def is_seen(self) -> bool:
        """Whether anybody looks."""
        return self._shower is not None

    def __call__(self, step: str) -> None:
        self._step, self._known = step, False
        self._count += 1

    def amount(self, done: int, total: int, unit: str) -> None:
        """So much of so much is done; another total is another part of the step."""
        if not self._count:  # of what is read before the first step
            return
        before = self._amount
        start = before.start if before and before.total == total else time.monotonic()
        self._amount, self._known = Amount(done, total, unit, start), True

    def _show(self) -> None:
        pause = PATIENCE
        while not self._over.wait(pause):
            pause = _OFTEN
            self._shown = True
            _draw(f"{_ERASE}{one_line(self._step)[:60]}  {self._how_far(time.monotonic())}")

    def _how_far(self, now: float) -> str:
        amount = self._amount if self._known else None
        if amount and amount.done < amount.total:  # what comes after all has been read takes its time too
            return amount.text(now)
        return f"step {self._count}, {now - self._start:.0f} s"

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
        with heard_by(shown.amount if shown.is_seen else None):
            yield shown
    finally:
        shown.end()
