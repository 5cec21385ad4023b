"""Answers as plain data, equal wherever they are made: floats with nine digits, no order of sets, no temporary places.

plain(dataset) -> {"task": {...}, "shapes.frame": [0, 0, 1], ...}
digest(lines_of(plain(answer))) -> "0f3a..." of twelve digits
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import PurePath
from typing import Any

import msgspec
import numpy as np
from PIL import Image

from annotools.errors import Problem
from annotools.model import Dataset, Loss, Losses
from annotools.model.losses import ranges
from annotools.model.origin import Origin, Place
from annotools.storage import Media

LINE = 200
_LONG = re.compile(r"-?\d+\.\d{8,}(?:[eE][-+]?\d+)?")
_EXPONENT = re.compile(r"-?\d+(?:\.\d+)?[eE][-+]?\d+")
_TABLES = ("tags", "shapes", "tracks", "intervals", "attributes")


def plain(value: Any) -> Any:
    """A value as lists, dicts with texts as keys, texts, whole numbers, and floats as texts."""
    if value is None or isinstance(value, bool | str) or (isinstance(value, int) and not isinstance(value, Enum)):
        return value
    if isinstance(value, float):
        return number(value)
    for kind, way in _WAYS:
        if isinstance(value, kind):
            return way(value)
    if is_dataclass(value) or isinstance(value, msgspec.Struct):
        shown = {name: plain(getattr(value, name)) for name in _names(value)}
        return {name: inner for name, inner in shown.items() if inner not in (None, "", [], {})}
    if isinstance(value, Iterable):
        return [plain(inner) for inner in value]
    raise TypeError(f"no plain form of {type(value)}")


def _names(value: Any) -> list[str]:
    """The fields of a dataclass that are shown, or of a struct."""
    if isinstance(value, msgspec.Struct):
        return list(value.__struct_fields__)
    return [field.name for field in fields(value) if field.repr]


def number(value: float) -> str:
    """A float with nine digits; minus zero is zero."""
    return f"{value + 0.0:.9g}" if math.isfinite(value) else str(value)


def _array(array: np.ndarray[Any, Any]) -> Any:
    if array.dtype.kind == "f" and array.ndim == 1:
        return " ".join(map(number, array.tolist()))
    if array.dtype.kind in "iub" and array.ndim == 1:
        return " ".join(map(str, (array + 0).tolist()))
    return [plain(inner) for inner in array] if array.ndim else plain(array.item())


def text_of(data: bytes) -> Any:
    """Bytes of a member: of a picture its pixels, of a zip its members, else a text whose floats have nine digits."""
    if data.startswith((b"\x89PNG", b"BM", b"\xff\xd8")):
        return picture_of(data)
    if data.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {name: text_of(archive.read(name)) for name in sorted(archive.namelist())}
    try:
        return rounded(data.decode())
    except UnicodeDecodeError:
        return f"{len(data)} bytes {hashlib.sha256(data).hexdigest()[:12]}"


def rounded(text: str) -> str:
    """A text in which long decimals have nine digits."""
    for pattern in (_LONG, _EXPONENT):
        text = pattern.sub(lambda match: number(float(match[0])), text)
    return text


def picture_of(data: bytes) -> str:
    """Mode, size and a sum of the pixels: how well they are packed is no matter."""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            palette = picture.getpalette() or []
            pixels = picture.tobytes()
            return f"picture {picture.mode} {picture.size} {zlib.crc32(pixels):08x} {zlib.crc32(bytes(palette)):08x}"
    except OSError as error:
        return f"picture that cannot be opened: {type(error).__name__}"


def _dataset(dataset: Dataset) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "task": plain(dataset.task), "labels": plain(dataset.labels.rows), "jobs": plain(dataset.jobs),
    }  # fmt: skip
    frames = dataset.frames
    answer["frames"] = [
        list(row)
        for row in zip(
            frames.names, frames.width.tolist(), frames.height.tolist(), frames.deleted.tolist(), frames.subsets,
            frames.related, strict=True,
        )
    ]  # fmt: skip
    for name in _TABLES:
        table = getattr(dataset, name)
        if len(table):
            answer |= {f"{name}.{column}": plain(values) for column, values in table.columns().items()}
    if len(dataset.shapes):
        shapes = dataset.shapes
        answer["shapes.points"] = [plain(shapes.points(row)) for row in range(len(shapes))]
    if len(dataset.attributes):
        answer["attributes.value"] = dataset.attributes.texts()
    for name, extras in dataset.extras.items():
        answer |= {f"{name}.extras.{key}": plain(extra.plain()) for key, extra in sorted(extras.items())}
    return answer | ({} if dataset.origin is None else {"origin": plain(dataset.origin)})


def _origin(origin: Origin) -> dict[str, Any]:
    """Where the first rows of each kind, and the last, stood."""
    return {
        owner.name: [
            f"{origin.member(owner, row)}:{origin.line(owner, row)} {origin.pointer(owner, row)}"
            for row in _some(spots)
        ]
        for owner, spots in origin.places.items()
    }


def _some(spots: Place) -> list[int]:
    rows = max(len(spots.steps), len(spots.lines), len(spots.member), len(spots.pattern))
    return [*range(min(rows, 12)), *range(max(12, rows - 2), rows)]


def _loss(loss: Loss) -> str:
    where = f"{loss.step} {loss.table}.{loss.column} [{ranges(loss.rows)}] frames [{ranges(loss.frames)}]"
    return f"{loss.cls} {where} {loss}"


def _problem(problem: Problem) -> str:
    return f"{problem} {problem.kind}".rstrip()


def _media(media: Media) -> list[str]:
    return [f"{frame} {file.name}" for frame, file in media.items()]


def _mapping(value: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(plain(key)): plain(inner) for key, inner in value.items()}


def _set(value: Set[Any]) -> list[Any]:
    return sorted((plain(inner) for inner in value), key=str)


_WAYS: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (Enum, lambda value: value.name),
    (np.ndarray, _array),
    (np.generic, lambda value: plain(value.item())),
    ((bytes, bytearray), lambda value: text_of(bytes(value))),
    (PurePath, lambda value: value.name),
    (Dataset, _dataset),
    (Origin, _origin),
    (Losses, lambda value: [_loss(loss) for loss in value]),
    (Loss, _loss),
    (Problem, _problem),
    (Media, _media),
    (Mapping, _mapping),
    ((set, frozenset), _set),
    (Exception, lambda value: f"{type(value).__name__}: {value}"),
)


def lines_of(answer: Any) -> list[str]:
    """An answer as lines of text: of a dict a line for each key, of longer lists a line for each item."""
    if isinstance(answer, dict):
        return [line for key, inner in answer.items() for line in _indented(key, inner)]
    if isinstance(answer, list):
        return [line for number, inner in enumerate(answer) for line in _indented(str(number), inner)]
    if isinstance(answer, str) and "\n" in answer:
        return answer.split("\n")
    return [json.dumps(answer, ensure_ascii=False)]


def _indented(key: str, inner: Any) -> list[str]:
    lines = lines_of(inner) if isinstance(inner, dict | list | str) and inner else [json.dumps(inner)]
    if len(lines) == 1 or sum(map(len, lines)) < LINE:
        return [f"{key}: {'; '.join(line.strip() for line in lines)}"]
    return [f"{key}:", *(f"  {line}" for line in lines)]


def digest(lines: list[str]) -> str:
    """Twelve digits that differ as soon as a line does."""
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()[:12]


def summary(answer: Any) -> str:
    """What a person can make something of: how much there is of what, in at most 60 letters."""
    if not isinstance(answer, dict):
        return _short("", answer)
    words = [_short(key, inner) for key, inner in answer.items() if inner not in ([], {}, "", None)]
    return " ".join(words)[:60].rstrip()


def _short(key: str, inner: Any) -> str:
    mark = f"{key}=" if key else ""
    if isinstance(inner, dict) and "frames" in inner and "task" in inner:
        counts = {name: len(inner.get(f"{name}.id", "").split()) for name in _TABLES[:4]}
        return mark + ",".join([str(len(inner["frames"])), *(str(count) for count in counts.values())])
    if isinstance(inner, dict | list):
        return f"{mark}{len(inner)}"
    text = str(inner)
    return f"{mark}{text if len(text) <= 24 else zlib.crc32(text.encode('utf-8', 'surrogatepass'))}".replace("\n", " ")
