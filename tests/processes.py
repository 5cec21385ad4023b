"""Programs that a test starts and ends by a signal."""

from __future__ import annotations

import sys
from collections.abc import Sequence

_DEFAULTS = """
import os, signal, sys
for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
    signal.signal(number, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])
"""


def interruptible(words: Sequence[str]) -> list[str]:
    """A command line whose program answers to signals, also where the tests run with them ignored, as under nohup."""
    return [sys.executable, "-c", _DEFAULTS, *words]
