"""The command line: `annotools COMMAND`.  A command is loaded when it is called; `--version` loads none.

Data go to standard output or `-o`, messages and progress to standard error.  Exit codes: 0 clean, 1 findings, losses
with --strict or differences, 2 usage, 3 unreadable input, 4 a fault of annotools, 5 the operating system refused,
130 interrupted, 141 nobody reads the output.
"""

from __future__ import annotations

import atexit
import gc
import os
import signal

# numpy starts a thread for every core, for sums of which there are none here: 20 ms of 90 to import it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# What modules hold stays: the collector would walk it in the middle and at the end, a tenth of a short conversion.
atexit.register(gc.freeze)

_was = gc.isenabled()
gc.disable()  # nor is there anything to find while modules are loaded
try:
    from annotools.cli.group import group
except KeyboardInterrupt:  # half of the program is loaded: nothing is written, and nobody wants to see where it was
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise SystemExit(130) from None
finally:
    if _was:
        gc.enable()

main = group.main
__all__ = ["group", "main"]
