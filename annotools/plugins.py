"""What other packages add: the entry points of a group.

    for point in entry_points("annotools.formats"):
        point.name, point.load()

Nearly always there are none, and to ask importlib is to import it and to read about every installed package: 40 ms of
the 250 of a small conversion.  So the texts in which packages say what they add are searched for the group first.
"""

from __future__ import annotations

import os
import sys
from importlib.machinery import PathFinder
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

_ABOUT = (".dist-info", ".egg-info")


def entry_points(group: str) -> list[EntryPoint]:
    """The entry points of a group, sorted."""
    if not is_announced(group):
        return []
    from importlib import metadata  # slow, as above

    return sorted(metadata.entry_points(group=group))


def is_announced(group: str) -> bool:
    """Whether any installed package may have entry points of a group: certainly not, where this is False."""
    if any(hasattr(finder, "find_distributions") and finder is not PathFinder for finder in sys.meta_path):
        return True  # packages that lie elsewhere than on the path
    return any(_announces(folder or os.curdir, group.encode()) for folder in sys.path)


def _announces(folder: str, group: bytes) -> bool:
    if folder.lower().endswith(".egg"):
        return True
    try:
        names = os.listdir(folder)
    except NotADirectoryError:  # an archive
        return True
    except OSError:
        return False
    return any(_mentions(os.path.join(folder, name), group) for name in names if name.lower().endswith(_ABOUT))


def _mentions(about: str, group: bytes) -> bool:
    try:
        with open(os.path.join(about, "entry_points.txt"), "rb") as stream:
            return group in stream.read()
    except OSError:
        return False
