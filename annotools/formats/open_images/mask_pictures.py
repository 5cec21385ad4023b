"""The pictures of masks: found by their names, and as large as their frames.

Those of the original are smaller than their pictures at times; each pixel then stands for several.
"""

from __future__ import annotations

import io

import numpy as np

from annotools.errors import InputError, Problems
from annotools.formats.kernel.members import member_named
from annotools.formats.kernel.painting import MOST_PIXELS, size_fault
from annotools.formats.kernel.places import At
from annotools.formats.kernel.rows import Rows
from annotools.geometry.painting import masks_of, paint
from annotools.model.columns import Bools, Floats, Ints
from annotools.storage import Source
from annotools.storage.picture_names import is_picture

_DAMAGE = (OSError, SyntaxError, ValueError, EOFError, InputError)
_NOTHING = (1.0, 0.0, 0.0, 0.0, 0.0)  # a mask of one pixel that is not of it: there is no smaller box


class MaskFiles:
    """The masks of a source."""

    def __init__(self, source: Source, rows: Rows, problems: Problems) -> None:
        self._source, self._rows, self._problems = source, rows, problems
        self._by_name: dict[str, str] = {}
        self._sizes: dict[int, tuple[int, ...]] = {}
        for name in reversed(source.members()):
            if is_picture(name):
                self._by_name[name.rpartition("/")[2]] = name
        self._small = {name.lower(): member for name, member in self._by_name.items()}

    @property
    def sizes_read(self) -> Ints:
        """Width and height of the masks that stand for the size of their frames."""
        return np.array(list(self._sizes.values()), np.int64).reshape(-1, 2)

    @property
    def rows_read(self) -> list[int]:
        """Their rows."""
        return list(self._sizes)

    def read(self, path: str, size: tuple[int, int], at: At, row: int) -> Floats | None:
        """A mask as a cvat_rle; None, and a problem, for none.  size: of its frame, 0 where it is not known."""
        name = path.rpartition("/")[2]
        member = (
            member_named(self._source, f"masks/{path}") or self._by_name.get(name) or self._small.get(name.lower(), "")
        )
        if not member:
            self._problems.append(at.problem(row, f"mask {path[:80]!r} is not there", expected="a picture in masks"))
            return None
        pixels = self._pixels(member, at, row)
        if pixels is None:
            return None
        if min(size) <= 0:
            self._sizes[row] = pixels.shape[::-1]
            self._rows.repairs.note("size of picture", "nobody says it, so it is that of its mask", member)
        elif pixels.shape[::-1] != size:
            self._rows.repairs.note("size of mask", "it was stretched to that of its picture", member)
            pixels = _stretched(pixels, size)
        if not pixels.any():
            return np.array(_NOTHING)
        return masks_of(pixels.astype(np.int64), np.array([1]))[0]

    def _pixels(self, member: str, at: At, row: int) -> Bools | None:
        from PIL import Image  # 100 ms, and few sources have masks

        fault, expected = "is not a picture", "a whole PNG"
        try:
            data = self._source.read(member)
            large = size_fault(data)
            if not large:
                with Image.open(io.BytesIO(data)) as picture:
                    return np.asarray(np.asarray(picture.convert("RGB")).any(axis=2))
            fault, expected = large, f"at most {MOST_PIXELS:,}"
        except _DAMAGE:
            pass
        self._problems.append(at.problem(row, f"{member} {fault}", expected=expected))
        return None


def _stretched(pixels: Bools, size: tuple[int, int]) -> Bools:
    """Each pixel of the new size as the one of the old size that is below its middle."""
    columns, lines = (
        ((np.arange(new) + 0.5) * old / new).astype(np.int64) for new, old in zip(size, pixels.shape[::-1], strict=True)
    )
    return pixels[np.ix_(lines, columns)]


def mask_png(mask: Floats, size: tuple[int, int], ink: int = 255) -> bytes:
    """A mask as a grey picture, black where it is not.  ink: the grey where it is."""
    from PIL import Image

    stream = io.BytesIO()
    numbers = paint((mask, np.array([0, len(mask)])), np.array([ink]), size)
    Image.fromarray(numbers.astype(np.uint8)).save(stream, "PNG")
    return stream.getvalue()
