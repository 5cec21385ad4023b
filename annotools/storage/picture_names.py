"""Which files are pictures, by their names alone: nothing is opened."""

from __future__ import annotations

import os
from collections.abc import Iterable, Set
from itertools import islice
from pathlib import Path

PICTURES = frozenset(
    {
        ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".avif", ".heic", ".jp2",
        ".ppm", ".pgm", ".pcd", ".bin",
    }
)  # fmt: skip
_LOOKED_AT = 1_000  # files of a folder that may be a whole disk


def any_ends(names: Iterable[str], endings: Set[str]) -> bool:
    """Whether one of some names has one of some endings, which are in small letters."""
    # Of thousands of names only a few endings are different: a third of the time of a look at each.
    return not endings.isdisjoint({ending.lower() for ending in {name[name.rfind(".") :] for name in names}})


def is_picture(name: str) -> bool:
    """Whether a name ends like a picture or a point cloud."""
    dot = name.rfind(".")
    return dot >= 0 and name[dot:].lower() in PICTURES


def holds_only_pictures(folder: Path) -> bool:
    """Whether the first thousand files below a folder are pictures; hidden ones, and links in it, are not looked at."""
    names = (name for _, _, files in os.walk(folder) for name in sorted(files) if not name.startswith("."))
    return all(map(is_picture, islice(names, _LOOKED_AT)))
