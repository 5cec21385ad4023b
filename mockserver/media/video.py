"""A playable MP4 of JPEG pictures (motion JPEG), for original chunks of videos.

    ftyp | mdat (the pictures one after the other) | moov (one video track, 25 frames a second)

Source: ISO/IEC 14496-12; the sample entry `mp4v` with object type 0x6C (JPEG) is in ISO/IEC 14496-1.
"""

from __future__ import annotations

import struct

from mockserver.media.pictures import box

RATE = 25
_MATRIX = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


def motion_jpeg(pictures: list[bytes], width: int, height: int) -> bytes:
    """An MP4 file with a picture per frame; all pictures are JPEGs of `width` x `height` px."""
    head = box(b"ftyp", b"isom", struct.pack(">I", 512), b"isomiso2mp41")
    return head + box(b"mdat", *pictures) + _movie([len(picture) for picture in pictures], len(head) + 8, width, height)


def _full(name: bytes, flags: int, *parts: bytes) -> bytes:
    return box(name, struct.pack(">I", flags), *parts)


def _movie(sizes: list[int], offset: int, width: int, height: int) -> bytes:
    count = len(sizes)
    movie = struct.pack(">4I", 0, 0, RATE, count) + struct.pack(">IHHII", 0x10000, 0x100, 0, 0, 0)
    track = struct.pack(">5I", 0, 0, 1, 0, count) + bytes(8) + struct.pack(">4H", 0, 0, 0, 0) + _MATRIX
    return box(
        b"moov",
        _full(b"mvhd", 0, movie, _MATRIX, bytes(24), struct.pack(">I", 2)),
        box(
            b"trak",
            _full(b"tkhd", 3, track, struct.pack(">II", width << 16, height << 16)),
            box(
                b"mdia",
                _full(b"mdhd", 0, struct.pack(">4IHH", 0, 0, RATE, count, 0x55C4, 0)),
                _full(b"hdlr", 0, bytes(4), b"vide", bytes(12), b"video\0"),
                _information(sizes, offset, width, height),
            ),
        ),
    )


def _information(sizes: list[int], offset: int, width: int, height: int) -> bytes:
    count = len(sizes)
    table = box(
        b"stbl",
        _full(b"stsd", 0, struct.pack(">I", 1), _sample_entry(width, height)),
        _full(b"stts", 0, struct.pack(">3I", 1, count, 1)),
        _full(b"stsc", 0, struct.pack(">4I", 1, 1, count, 1)),
        _full(b"stsz", 0, struct.pack(">2I", 0, count), struct.pack(f">{count}I", *sizes)),
        _full(b"stco", 0, struct.pack(">2I", 1, offset)),
    )
    location = box(b"dinf", _full(b"dref", 0, struct.pack(">I", 1), _full(b"url ", 1)))
    return box(b"minf", _full(b"vmhd", 1, bytes(8)), location, table)


def _sample_entry(width: int, height: int) -> bytes:
    decoder = b"\x04\x0d\x6c\x11" + bytes(11)
    descriptor = b"\x03" + bytes([3 + len(decoder) + 3]) + b"\0\1\0" + decoder + b"\x06\x01\x02"
    head = bytes(6) + struct.pack(">H", 1) + bytes(16) + struct.pack(">HH", width, height)
    picture = struct.pack(">IIIH", 0x480000, 0x480000, 0, 1) + bytes(32) + struct.pack(">Hh", 24, -1)
    return box(b"mp4v", head, picture, _full(b"esds", 0, descriptor))
