"""Masks as pictures of numbers with a palette, made of their outlines: no pixel is painted.

    masks  [.11., ....]  [..1., ..1.]  of one picture      numbers 3 5      a PNG of  [.35., ..5.]

Many pictures at a time, and of each as many PNGs as there are columns of numbers: those of classes and of instances
have the same runs.
Source: https://www.w3.org/TR/png-3/ (chunks; each line begins with the number of its filter, 0)
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

import numpy as np

from annotools.formats.kernel.run_streams import Runs, zlib_streams
from annotools.geometry.painting import check_paintable
from annotools.geometry.ragged import Ragged, offsets_of
from annotools.geometry.spans import Spans, clip_spans, cvat_rle_to_spans
from annotools.geometry.visible import seen_parts
from annotools.model.columns import Array, Ints

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_BITS, _PALETTE = 8, 3


def mask_pngs(masks: Ragged, picture: Ints, sizes: Ints, palette: Array, *numbers: Array) -> list[list[bytes]]:
    """A list of PNGs for each of `numbers`.

    masks: checked cvat_rles, picture by picture in the order in which they are painted.  picture: (n,) of each.
    sizes: (pictures, 2) width, height.  palette: (n, 3), 256 at most.  numbers: (n,) 1 to 255 for each mask.
    Raises: UsageError for a picture that is too large to be read again.
    """
    for width, height in set(map(tuple, sizes.tolist())):
        check_paintable(width, height)
    spans = clip_spans(cvat_rle_to_spans(*masks), sizes[picture])
    row, runs = _runs(spans, picture, sizes)
    if _overlap(runs):
        seen = seen_parts(masks, picture, sizes[picture])
        row, runs = _runs(cvat_rle_to_spans(*seen), picture, sizes)
    streams = zlib_streams(runs, *(column.astype(np.uint8)[row] for column in numbers))
    heads = list(_heads(sizes, palette))
    return [
        [head + _chunk(b"IDAT", stream) + _END for head, stream in zip(heads, column, strict=True)]
        for column in streams
    ]


def _runs(spans: Spans, picture: Ints, sizes: Ints) -> tuple[Ints, Runs]:
    """The mask of each run, and the runs of the bytes of each picture."""
    width, height = sizes.T
    here = picture[spans.row]
    line = (spans.y * (width + 1)[here]) + 1
    order = np.argsort(offsets_of((width + 1) * height)[here] + line + spans.start, kind="stable")
    line = line[order]
    ends = offsets_of(np.bincount(here, minlength=len(sizes)))
    return spans.row[order], Runs(ends, line + spans.start[order], line + spans.stop[order], (width + 1) * height)


def _overlap(runs: Runs) -> bool:
    """Whether a run of a stream begins before the one in front of it ends."""
    early = runs.start[1:] < runs.stop[:-1]
    firsts = runs.ends[1:-1]
    early[firsts[(firsts > 0) & (firsts < len(runs.start))] - 1] = False
    return bool(early.any())


def _heads(sizes: Ints, palette: Array) -> Iterator[bytes]:
    """All that stands before the pixels."""
    colors = _chunk(b"PLTE", np.asarray(palette, np.uint8).tobytes())
    for width, height in sizes.tolist():
        yield _SIGNATURE + _chunk(b"IHDR", struct.pack(">2I5B", width, height, _BITS, _PALETTE, 0, 0, 0)) + colors


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(data, zlib.crc32(kind)))


_END = _chunk(b"IEND", b"")
