"""Tiny videos for tests, made with PyAV: picture n is grey of 8 * n, darker by 100 on the left where there is room."""

from __future__ import annotations

import io
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

av: Any = pytest.importorskip("av", reason="videos are decoded with PyAV, the extra `video`, which is not installed")

SIZE = 64, 48
STEP = 8


def make_video(path: Path, count: int, codec: str = "mpeg4", *, gop: int = 6, **options: str) -> Path:
    """A video of `count` pictures; with mpeg4 some are told from later ones, and every `gop`th is a key."""
    with av.open(str(path), "w", options=options) as container:
        stream = container.add_stream(codec, rate=25)
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.codec_context.gop_size = gop
        if codec == "mpeg4":
            stream.codec_context.max_b_frames = 2
            stream.bit_rate = 4_000_000
        for number in range(count):
            pixels = np.full((SIZE[1], SIZE[0], 3), STEP * number, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode())
    return path


def make_sides(path: Path) -> Path:
    """A video of one picture that is white on its left half, and black on the other."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuv420p"
        pixels = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
        pixels[:, : SIZE[0] // 2] = 255
        container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode())
    return path


def turned(path: Path, degrees: int) -> Path:
    """The same MP4, to be turned clockwise by 90, 180 or 270 degrees where it is shown: the matrix of its track."""
    cosine, sine = {90: (0, 1), 180: (-1, 0), 270: (0, -1)}[degrees]
    one = 1 << 16
    matrix = struct.pack(">9i", cosine * one, sine * one, 0, -sine * one, cosine * one, 0, 0, 0, 1 << 30)
    data = path.read_bytes()
    start = data.index(b"tkhd") + 4 + 40
    path.write_bytes(data[:start] + matrix + data[start + 36 :])
    return path


def number_of(png: bytes) -> int:
    """Which picture of `make_video` it is."""
    with Image.open(io.BytesIO(png)) as picture:
        return round(float(np.asarray(picture.convert("L")).mean()) / STEP)
