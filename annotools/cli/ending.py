"""How the program ends when the system refuses what it needs, nobody reads on, or somebody interrupts it.

    exit 5      the disk is full, there is no permission, no memory, no network: told, and nothing else
    exit 130    interrupted; a second Ctrl-C does not disturb the cleaning up, a third ends at once
    exit 141    whoever read the output has gone

Python flushes standard output once more when it ends, and complains if that fails: a stream that is of no use any more
is turned to nowhere before that.
"""

from __future__ import annotations

import errno
import io
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TextIO

from annotools.cli.messages import say_error
from annotools.errors import StorageError

INTERRUPTED, BROKEN_PIPE, INTERNAL = 130, 141, 4
REFUSALS = (OSError, MemoryError)


@contextmanager
def ending() -> Iterator[None]:
    """The whole run of the program: afterwards all output is where it should be, or the exit code says that it is not.

    Raises: SystemExit.
    """
    _open_streams()
    try:
        with _interruptible():
            try:
                yield
            finally:
                _flush(sys.stderr)
                sys.stdout.flush()
    except REFUSALS as error:
        sys.exit(refusal(error))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def refusal(error: OSError | MemoryError) -> int:
    """Say what the system refused, and give the exit code."""
    code = BROKEN_PIPE if is_unread(error) else StorageError.exit_code
    if code != BROKEN_PIPE:
        say_error(refusal_text(error))
    _flush(sys.stdout)
    return code


def refusal_text(error: OSError | MemoryError) -> str:
    """`out.json: no space left on device`; where it is not known of what, that the system refused."""
    if isinstance(error, MemoryError):
        return "the system has no more memory to give"
    prefix = f"{os.fsdecode(error.filename)}: " if isinstance(error.filename, str | bytes) else ""
    return (prefix or "the system refused: ") + (error.strerror or str(error) or type(error).__name__).lower()


def is_unread(error: BaseException | None) -> bool:
    """Whether somebody closed the pipe that was written to."""
    return isinstance(error, OSError) and error.errno == errno.EPIPE


@contextmanager
def _interruptible() -> Iterator[None]:
    """Ctrl-C raises KeyboardInterrupt once, in a program that would stop at it anyway."""
    usual = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if not usual or threading.current_thread() is not threading.main_thread():
        yield
        return
    answer = interrupt_on(signal.SIGINT)
    try:
        yield
    finally:
        # The interpreter takes handlers away before it has ended, but leaves what is ignored.
        signal.signal(signal.SIGINT, signal.SIG_IGN if answer.count else signal.default_int_handler)


def interrupt_on(*numbers: signal.Signals) -> _Interrupt:
    """From now on these signals raise KeyboardInterrupt, the first time that one of them comes."""
    answer = _Interrupt()
    for number in numbers:
        signal.signal(number, answer)
    return answer


class _Interrupt:
    """Raises KeyboardInterrupt the first time, lets the second pass, and ends the program at the third."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, number: int, frame: FrameType | None) -> None:
        self.count += 1
        if self.count == 1:
            raise KeyboardInterrupt
        if self.count > 2:
            os._exit(INTERRUPTED)


def _open_streams() -> None:
    """Streams that are there, and that write names of strangers escaped where they have no letters for them."""
    for number, name in ((1, "stdout"), (2, "stderr")):
        stream = getattr(sys, name)
        if stream is None:  # closed before the program began; what it opens must not take the number
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8"))
        elif isinstance(stream, io.TextIOWrapper) and stream.errors == "strict" and _has_number(stream, number):
            stream.reconfigure(errors="backslashreplace")


def _has_number(stream: TextIO, number: int) -> bool:
    try:
        return stream.fileno() == number
    except (OSError, ValueError):
        return False


def _flush(stream: TextIO) -> bool:
    """Write what is left; turn the stream away where that fails, so that nobody tries again."""
    try:
        stream.flush()
    except OSError:
        _turn_away(stream)
        return False
    return True


def _turn_away(stream: TextIO) -> None:
    """What is still written goes nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, stream.fileno())
    finally:
        os.close(nowhere)
