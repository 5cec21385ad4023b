"""What the tests let other processes do: plain functions of a module that can be imported there."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from annotools.errors import InputError, Problem, UsageError
from annotools.storage import write_members


def squared(number: int) -> int:
    return number * number


def refused(number: int) -> int:
    """Says of odd numbers that they are."""
    if number % 2:
        raise UsageError(f"{number} is odd, expected an even one")
    return number


def broken(kind: str) -> None:
    """Fails in a way that is no word of this package, or is."""
    if kind == "input":
        raise InputError(Problem("2 numbers", "a.txt", 7, expected="5 numbers"))
    if kind == "full":
        raise OSError(28, "No space left on device")
    if kind == "memory":
        raise MemoryError
    raise ZeroDivisionError("of ours")


def killed_once(marker: str, number: int) -> int:
    """Killed by the system the first time that it is called for a marker."""
    try:
        Path(marker).touch(exist_ok=False)
    except FileExistsError:
        return number
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("is gone")


def killed(number: int) -> int:
    """Takes all memory, as the system sees it, where the number is 2."""
    if number == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def written_slowly(where: str, seconds: float) -> None:
    """An output of which a half is written, and then nothing for a while."""

    def pieces() -> object:
        yield b"half"
        Path(f"{where}.begun").write_text(str(os.getpid()), "utf-8")
        time.sleep(seconds)
        yield b"whole"

    write_members(where, [("a.txt", pieces())])  # type: ignore[list-item]  # a generator of bytes


def named(number: int) -> bytes:
    return f"picture {number}".encode()
