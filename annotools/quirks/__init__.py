"""Where the CVAT server's output or its reading is not what annotools does by default: one table.

`--compat cvat` switches all of them on; formats and tracks ask `"name" in options.quirks`.  A quirk is a behaviour of
CVAT 2.73, bugs included; the default of annotools is what a user would call right.
"""

from __future__ import annotations

from annotools.quirks.documents import DOCUMENTS
from annotools.quirks.entry import Quirk
from annotools.quirks.lines import LINES
from annotools.quirks.masks import MASKS
from annotools.quirks.tracks import TRACKS

__all__ = ["CVAT", "NONE", "QUIRKS", "Quirk", "Quirks"]

QUIRKS: tuple[Quirk, ...] = (*TRACKS, *DOCUMENTS, *LINES, *MASKS)

Quirks = frozenset[str]
NONE: Quirks = frozenset()
CVAT: Quirks = frozenset(quirk.name for quirk in QUIRKS)
