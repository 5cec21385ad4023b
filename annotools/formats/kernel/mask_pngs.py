"""Masks as pictures of numbers or colours, made of their outlines: no pixel is painted.

    masks  [.11., ....]  [..1., ..1.]  of one picture      numbers 3 5      a PNG of  [.35., ..5.]

Many pictures at a time, and of each as many PNGs as there are looks: those of classes and of instances have the same
runs.  What no mask covers is 0, or black.
Source: https://www.w3.org/TR/png-3/ (chunks; each line begins with the number of its filter, 0)
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from annotools.formats.kernel.run_streams import Runs, zlib_streams
from annotools.geometry.painting import check_paintable
from annotools.geometry.ragged import Ragged, offsets_of
from annotools.geometry.spans import Spans, clip_spans, cvat_rle_to_spans
from annotools.geometry.visible import seen_parts
from annotools.model.columns import Array, Ints

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY, _COLORS, _INDEXED = 0, 2, 3


class Look(NamedTuple):
    """What masks look like in a PNG.  pixels: (n, bytes) uint8 of each mask.  kind, bits: as PNG has them.

    palette: as bytes, empty for none.
    """

    pixels: Array
    kind: int
    bits: int = 8
    palette: bytes = b""

    @classmethod
    def indexed(cls, numbers: Array, palette: Array) -> Look:
        """Numbers up to 255 of a palette.  palette: (n, 3), 256 at most."""
        return cls(numbers.astype(np.uint8)[:, None], _INDEXED, palette=np.asarray(palette, np.uint8).tobytes())

    @classmethod
    def grey(cls, numbers: Array, bits: int) -> Look:
        """Numbers of 8 or 16 bits."""
        return cls(numbers.astype(f">u{bits // 8}")[:, None].view(np.uint8), _GREY, bits)

    @classmethod
    def colored(cls, numbers: Array, palette: Array) -> Look:
        """The colours of numbers.  palette: (n, 3)."""
        return cls(np.asarray(palette, np.uint8)[numbers], _COLORS)


def mask_pngs(masks: Ragged, picture: Ints, sizes: Ints, *looks: Look) -> list[list[bytes]]:
    """A list of PNGs for each of `looks`, all of which have pixels of as many bytes.

    masks: checked cvat_rles, picture by picture in the order in which they are painted.  picture: (n,) of each.
    sizes: (pictures, 2) width, height.
    Raises: UsageError for a picture that is too large to be read again.
    """
    for width, height in set(map(tuple, sizes.tolist())):
        check_paintable(width, height)
    step = looks[0].pixels.shape[1]
    row, runs = _runs(clip_spans(cvat_rle_to_spans(*masks), sizes[picture]), picture, sizes, step)
    if _overlap(runs):
        seen = seen_parts(masks, picture, sizes[picture])
        row, runs = _runs(cvat_rle_to_spans(*seen), picture, sizes, step)
    streams = zlib_streams(runs, *(look.pixels[row] for look in looks))
    return [
        [head + _chunk(b"IDAT", stream) + _END for head, stream in zip(_heads(sizes, look), column, strict=True)]
        for look, column in zip(looks, streams, strict=True)
    ]


def _runs(spans: Spans, picture: Ints, sizes: Ints, step: int) -> tuple[Ints, Runs]:
    """The mask of each run, and the runs of the bytes of each picture.  step: bytes of a pixel."""
    width, height = sizes.T
    here = picture[spans.row]
    line = spans.y * (step * width + 1)[here] + 1
    whole = (step * width + 1) * height
    order = np.argsort(offsets_of(whole)[here] + line + step * spans.start, kind="stable")
    line = line[order]
    ends = offsets_of(np.bincount(here, minlength=len(sizes)))
    return spans.row[order], Runs(ends, line + step * spans.start[order], line + step * spans.stop[order], whole)


def _overlap(runs: Runs) -> bool:
    """Whether a run of a stream begins before the one in front of it ends."""
    early = runs.start[1:] < runs.stop[:-1]
    firsts = runs.ends[1:-1]
    early[firsts[(firsts > 0) & (firsts < len(runs.start))] - 1] = False
    return bool(early.any())


def _heads(sizes: Ints, look: Look) -> Iterator[bytes]:
    """All that stands before the pixels."""
    colors = _chunk(b"PLTE", look.palette) if look.palette else b""
    for width, height in sizes.tolist():
        yield _SIGNATURE + _chunk(b"IHDR", struct.pack(">2I5B", width, height, look.bits, look.kind, 0, 0, 0)) + colors


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(data, zlib.crc32(kind)))


_END = _chunk(b"IEND", b"")
