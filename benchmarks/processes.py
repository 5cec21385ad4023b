"""A child process and what it took.

The highest resident size of a process is at least that of the process which started it, as the system counts it: so
whoever measures is small, and imports neither numpy nor the package that is measured.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

_PATH = re.compile(r"""(?:/[^/\s'":]+)+/([^/\s'":]*)""")
UNIT = 1 if sys.platform == "darwin" else 1024
ROOT = Path(__file__).parents[1]
# As after an installation: modules are compiled once, and not by each process that is measured.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


class Cost(NamedTuple):
    """Seconds on the clock, CPU seconds in user and system mode, highest resident size in bytes, status at the end."""

    wall: float
    cpu: float
    memory: int
    status: int = 0


class FailureError(Exception):
    """A child that did not end well: what it said last."""


def run(command: Sequence[str], seconds: float, allowed: Sequence[int] = (0,)) -> Cost:
    """Run a command to its end.

    allowed: statuses that are fine.  Raises: FailureError for another status, or when it takes longer than allowed.
    """
    start = time.perf_counter()
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=ROOT, env=ENVIRONMENT
    ) as child:
        timer = threading.Timer(seconds, child.kill)
        timer.start()
        try:
            errors = child.stderr.read() if child.stderr else b""
            _, status, used = os.wait4(child.pid, 0)
        except BaseException:  # whoever measures is ended: so is what it measures
            child.kill()
            raise
        finally:
            timer.cancel()
        child.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    if child.returncode not in allowed:
        raise FailureError(_reason(child.returncode, wall >= seconds, errors.decode(errors="replace")))
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * UNIT, child.returncode)


def _reason(status: int, late: bool, message: str) -> str:
    last = (message.strip().splitlines() or [""])[-1].strip()
    return "takes too long" if late else f"status {status}: {_PATH.sub(_last_name, last)[:90]}"


def _last_name(path: re.Match[str]) -> str:
    """Of a path its last name: where inputs lay says nothing."""
    return str(path[1])


def answer(module: str, *words: str, seconds: float = 600) -> str:
    """What a module of the benchmarks prints.  Raises: FailureError."""
    command = [sys.executable, "-m", f"benchmarks.{module}", *words]
    try:
        ended = subprocess.run(command, capture_output=True, text=True, timeout=seconds, cwd=ROOT, check=False)
    except subprocess.TimeoutExpired as error:
        raise FailureError(_reason(0, True, "")) from error
    if ended.returncode:
        raise FailureError(_reason(ended.returncode, False, ended.stderr))
    return ended.stdout.strip()
