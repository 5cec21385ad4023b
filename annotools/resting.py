"""The collector rests while a whole dataset is under way.

    with collector_at_rest():
        ...             # millions of small objects, none of which are in cycles

Each of the collector's rounds would walk all that is alive; on the way from a file to a file that is a tenth of the
time, and there is nothing to be found.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Without the garbage collector, which is on afterwards if it was before."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
