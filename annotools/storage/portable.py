"""Names that stand here and not everywhere: what Windows cannot hold, and what is one file where case does not count.

Source: https://learn.microsoft.com/windows/win32/fileio/naming-a-file
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_SHOWN = 5
_SIGNS = re.compile(r'[<>:"|?*\\]')
_DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *(\..*)?", re.IGNORECASE | re.DOTALL)


def portability(names: Iterable[str]) -> tuple[str, ...]:
    """What to say of names before they travel, a line for each kind of trouble.  names: posix paths, none twice."""
    barred: list[str] = []
    by_fold: dict[str, str] = {}
    twins: list[str] = []
    for name in names:
        if any(map(_is_barred, name.split("/"))):
            barred.append(name)
        other = by_fold.setdefault(_folded(name), name)
        if other != name:
            twins.append(f"{other} and {name}")
    lines = (("cannot stand on Windows", barred), ("one file where case or accents do not count", twins))
    return tuple(f"{why}: {_some(items)}" for why, items in lines if items)


def _is_barred(part: str) -> bool:
    """Whether Windows refuses a component, or makes another one of it."""
    return bool(_SIGNS.search(part) or part.endswith((".", " ")) or _DEVICE.fullmatch(part))


def _folded(name: str) -> str:
    return name if name.isascii() and name.islower() else unicodedata.normalize("NFC", name).casefold()


def _some(items: list[str]) -> str:
    more = f" and {len(items) - _SHOWN:,} more" if len(items) > _SHOWN else ""
    return ", ".join(items[:_SHOWN]) + more
