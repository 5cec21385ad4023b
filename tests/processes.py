"""Programs that a test starts and ends by a signal, some in the middle of their output, whatever the machine does."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

_DEFAULTS = """
import os, signal, sys
for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
    signal.signal(number, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])
"""


def interruptible(words: Sequence[str]) -> list[str]:
    """A command line whose program answers to signals, also where the tests run with them ignored, as under nohup."""
    return [sys.executable, "-I", "-S", "-c", _DEFAULTS, *words]


# What every interpreter that is told of it does before its program: half of the first piece of an output is written,
# and the rest when somebody says so.
_HALVES = """
import os, pathlib, time
import annotools.storage
write = annotools.storage.write_members
folder = pathlib.Path(os.environ["HELD"])

def halved(pieces):
    for piece in pieces:
        yield piece[: len(piece) // 2]
        (folder / str(os.getpid())).touch()
        while not (folder / "go").exists():
            time.sleep(0.01)
        yield piece[len(piece) // 2 :]

def write_halves(where, members, *rest):
    if "held" in os.fspath(where):
        members = ((name, halved(pieces)) for name, pieces in members)
    return write(where, members, *rest)

annotools.storage.write_members = write_halves
"""


class Held:
    """Programs that stop in the middle of outputs with `held` in their names, until they are let go or ended.

    folder: one for the use of this alone.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (folder / "sitecustomize.py").write_text(_HALVES, "utf-8")
        paths = os.pathsep.join([str(folder), *filter(None, sys.path)])
        self.environment = os.environ | {"PYTHONPATH": paths, "HELD": str(folder)}

    def wait(self, child: subprocess.Popen[bytes], count: int = 1) -> None:
        """Wait until so many processes hold: the child, or what it has started."""
        wait_until(lambda: len([path for path in self._folder.iterdir() if path.name.isdecimal()]) >= count, child)

    def let_go(self) -> None:
        """Let them write the rest."""
        (self._folder / "go").touch()


def wait_until(done: Callable[[], bool], child: subprocess.Popen[bytes]) -> None:
    """Wait for what a child does, however long a busy machine takes; no longer than it runs."""
    while not done():
        assert child.poll() is None, "it has ended before"
        time.sleep(0.01)
