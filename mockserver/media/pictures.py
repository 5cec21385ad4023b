"""Made-up pictures: right size and format, the frame's number drawn on them; and what is sent instead of pictures.

    draw(320, 240, 7, "jpeg")  ->  bytes of a JPEG
The last few hundred pictures are kept.
"""

from __future__ import annotations

import io
import struct
import warnings
from functools import cache, lru_cache
from pathlib import PurePosixPath

from PIL import Image, ImageDraw, ImageFont, ImageOps

MEDIA_TYPES = {
    ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".bmp": "image/bmp", ".gif": "image/gif",
    ".tif": "image/tiff", ".tiff": "image/tiff", ".webp": "image/webp", ".pcd": "image/x.point-cloud-data",
    ".bin": "image/x.point-cloud-data",
}  # fmt: skip
_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/bmp": "BMP", "image/gif": "GIF", "image/tiff": "TIFF",
            "image/webp": "WEBP"}  # fmt: skip
PREVIEW = 256
_ORIENTATION = 0x0112  # the Exif tag; values from 5 on say that the picture lies on its side


def suffix_of(name: str) -> str:
    """Extension of a file name in lower case, `.jpg` when it is none of a picture's."""
    suffix = PurePosixPath(name).suffix.lower()
    return suffix if suffix in MEDIA_TYPES else ".jpg"


@lru_cache(maxsize=512)
def draw(width: int, height: int, number: int, media_type: str = "image/jpeg") -> bytes:
    """A picture of `width` x `height` px with a number on it."""
    return _encode(_paint(width, height, number), media_type)


@lru_cache(maxsize=64)
def preview(width: int, height: int, number: int, media_type: str = "image/jpeg") -> bytes:
    """The same picture within 256 x 256 px."""
    image = _paint(width, height, number)
    image.thumbnail((PREVIEW, PREVIEW))
    return _encode(image, media_type)


@lru_cache(maxsize=256)
def convert(data: bytes, media_type: str, small: bool = False) -> bytes:
    """A picture of the user in another format, `small` within 256 x 256 px. Raises: OSError for no picture."""
    with Image.open(io.BytesIO(data)) as opened:
        image = ImageOps.exif_transpose(opened).convert("RGB")
    if small:
        image.thumbnail((PREVIEW, PREVIEW))
    return _encode(image, media_type)


def size_of(data: bytes) -> tuple[int, int]:
    """Width and height in px of a picture as it is to be held. Raises: OSError for no picture, or a huge one."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(data)) as opened:
                size, turned = opened.size, opened.getexif().get(_ORIENTATION, 1) >= 5
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise OSError(f"too many pixels: {error}") from None
    return (size[1], size[0]) if turned else size


def _paint(width: int, height: int, number: int) -> Image.Image:
    shade = 90 + 37 * number % 120
    image = Image.new("RGB", (max(width, 1), max(height, 1)), (shade, 160 - shade // 3, 220 - shade // 2))
    font = ImageFont.load_default(max(10, min(width, height) // 3))
    ImageDraw.Draw(image).text((width / 2, height / 2), str(number), (255, 255, 255), font, anchor="mm")
    return image


def _encode(image: Image.Image, media_type: str) -> bytes:
    target = io.BytesIO()
    image.save(target, _FORMATS.get(media_type, "JPEG"))
    return target.getvalue()


@cache
def dot() -> bytes:
    """The 1 x 1 JPEG that stands for a frame a job does not have."""
    return draw(1, 1, 0)


def point_cloud(number: int) -> bytes:
    """A PCD file of one point, `number` metres away."""
    head = "VERSION .7\nFIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nCOUNT 1 1 1\nWIDTH 1\nHEIGHT 1\n"
    return (head + f"VIEWPOINT 0 0 0 1 0 0 0\nPOINTS 1\nDATA ascii\n{number} 0 0\n").encode()


def silence() -> bytes:
    """One silent frame of MP3 (MPEG 1 layer III, 128 kbit/s, 44.1 kHz)."""
    return bytes([0xFF, 0xFB, 0x90, 0x64]) + bytes(413)


def box(name: bytes, *parts: bytes) -> bytes:
    """An ISO base media box."""
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), name) + body
