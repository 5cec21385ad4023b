"""How large an input may be, so that a small file cannot fill a disk or a memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from mmap import mmap

import numpy as np
from numpy.typing import NDArray

from annotools.errors import LimitError, Problem

Chars = NDArray[np.uint8]
GIB = 1 << 30
_MANY = 250_000  # lists and objects of a JSON text that may be small
_PIECE = 1 << 16
_LIST, _OBJECT = b"[{"  # which differ in one bit
_LEAST = 8  # bytes of each on average where there are more


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits on one source; sizes are bytes after expansion, as declared before a member is read and as they come.

    ratio: expanded to packed size, of a member and of all together, looked at only beyond `ratio_from` bytes:
    a small blank picture packs a thousandfold and harms nobody.  Raises ValueError for a limit that is not positive.
    """

    members: int = 2_000_000
    total: int = 64 * GIB
    member: int = 16 * GIB
    ratio: float = 50.0
    ratio_from: int = 100_000_000

    def __post_init__(self) -> None:
        if min(self.members, self.total, self.member, self.ratio, self.ratio_from) <= 0:
            raise ValueError("limits are positive numbers")

    def check_count(self, file: str, count: int) -> None:
        """Raises LimitError when a source has too many members."""
        if count > self.members:
            raise too_large(file, f"has {count:,} members", f"at most {self.members:,}")

    def check_total(self, file: str, size: int, packed: int) -> None:
        """Raises LimitError when a source of `packed` bytes has grown to `size` and that is too much."""
        if size > self.total:
            raise too_large(file, f"expands to more than {self.total:,} bytes", "less")
        if size > self.ratio_from and size > self.ratio * max(packed, 1):
            raise too_large(file, f"expands more than {self.ratio:g} times its packed size", "less")

    def check_member(self, name: str, size: int, packed: int) -> None:
        """Raises LimitError when a member of `packed` bytes has grown to `size` and that is too much."""
        if size > self.member:
            raise too_large(name, f"expands to more than {self.member:,} bytes", "less")
        if size > self.ratio_from and size > self.ratio * max(packed, 1):
            raise too_large(name, f"expands more than {self.ratio:g} times its packed size", "less")


def check_json(file: str, data: bytes | mmap) -> None:
    """Raises LimitError for a JSON text of over 250,000 lists and objects with next to nothing in them.

    Each takes fifty bytes and more when it is decoded, so that a small zip of `{},{},` would fill a memory.
    """
    if len(data) > _MANY:
        _check_brackets(file, _brackets_of(data), len(data))


class Brackets:
    """Checks the same of a text while its parts are read, some perhaps more than once.

    size: bytes of all.  whole: all of it once more, for when there seem to be too many.
    """

    def __init__(self, file: str, size: int, whole: Callable[[], Iterable[bytes]]) -> None:
        self._file, self._size, self._whole = file, size, whole
        self._count = 0

    def count(self, part: bytes | bytearray) -> None:
        """Raises: LimitError, as soon as there are too many for all of it."""
        self._count += _brackets_of(part)
        if _are_too_many(self._count, self._size):
            _check_brackets(self._file, sum(map(_brackets_of, self._whole())), self._size)
            self._count = -self._size  # there are not


def _check_brackets(file: str, brackets: int, size: int) -> None:
    if _are_too_many(brackets, size):
        message = f"has {brackets:,} lists and objects in {size:,} bytes"
        raise too_large(file, message, f"{_LEAST} bytes and more for each of so many")


def _are_too_many(brackets: int, size: int) -> bool:
    return brackets > _MANY and brackets * _LEAST > size


def _brackets_of(data: bytes | bytearray | mmap) -> int:
    return sum(map(_brackets, _pieces(np.frombuffer(data, np.uint8))))


def _pieces(chars: Chars) -> Iterator[Chars]:
    return (chars[start : start + _PIECE] for start in range(0, len(chars), _PIECE))


def _brackets(piece: Chars) -> int:
    # A seventh of the time of `bytes.count`, which is 60 ms for 94 MB: as long as it takes to find all annotations.
    return int(np.count_nonzero(piece | (_LIST ^ _OBJECT) == _OBJECT))


class Budget:
    """Counts what one source has expanded so far, each member once: at its largest."""

    def __init__(self, limits: Limits, file: str, packed: int) -> None:
        """packed: bytes of the source as a whole."""
        self.limits = limits
        self.file = file
        self.packed = packed
        self._spent: dict[str, int] = {}
        self._total = 0

    def spend(self, name: str, size: int, packed: int) -> None:
        """Note that a member has grown to `size`.  Raises LimitError when it or the source is too large."""
        self.limits.check_member(name, size, packed)
        before = self._spent.get(name, 0)
        if size > before:
            self._spent[name] = size
            self._total += size - before
        self.limits.check_total(self.file, self._total, self.packed)


def too_large(file: str, message: str, expected: str) -> LimitError:
    """The error of an input beyond a limit."""
    return LimitError(Problem(message, file, expected=expected))
