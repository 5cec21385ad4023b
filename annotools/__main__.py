"""`python -m annotools`."""

import os
import sys

INTERRUPTED = 130

try:
    from annotools.cli import main

    main(prog_name="annotools")
except SystemExit as end:
    # Where an interrupt fell into an exec of the interpreter itself (a dataclass in the making), Python remembers it
    # as unhandled and, under -m, would end by the signal whatever the program says.
    if end.code == INTERRUPTED:
        sys.stderr.flush()
        os._exit(INTERRUPTED)
    raise
