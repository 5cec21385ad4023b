"""The list of a backup's media: data/manifest.jsonl, one JSON value a line.

    {"version":"1.1"}
    {"type":"images"}
    {"name":"a/one","extension":".jpg","width":640,"height":480}

    {"type":"video"}
    {"properties":{"name":"film.mp4","resolution":[640,480],"length":66,"chapters":[]}}
    {"number":0,"pts":0,"checksum":".."}      key frames, which only a server with the film can list

Source: https://docs.cvat.ai/docs/dataset_management/dataset_manifest/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from posixpath import splitext
from typing import Any

import msgspec
import orjson

from annotools.errors import Problems
from annotools.formats.cvat_json.fields import Fields, parse
from annotools.formats.cvat_json.lenient import value_kind
from annotools.formats.cvat_json.meta import FrameRow
from annotools.model import Dataset
from annotools.model.definitions import last_source_frame
from annotools.row_problems import LINES, RowProblems, below_each
from annotools.storage.limits import check_json


class Manifest(msgspec.Struct, frozen=True):
    """Frames of pictures: name, width, height, related files; of a video its name, size and number of frames."""

    rows: tuple[FrameRow, ...] = ()
    is_video: bool = False
    length: int = 0


def read_manifest(data: bytes, problems: Problems) -> Manifest:
    """A manifest; lines that are none are reported, and are frames that nothing is known of."""
    check_json(problems.file, data)
    lines = list(_lines(data, problems))
    kinds = [fields.text("type") for fields in lines if fields.has("type")]
    if kinds[:1] == ["video"]:
        return _video(lines)
    if kinds[:1] != ["images"]:
        problems.add("does not say what it lists", expected='a line {"type":"images"} or {"type":"video"}')
    if not kinds:  # it may be anything: what is no object is no frame
        lines = [fields for fields in lines if fields.value]
    begin = next((index for index, fields in enumerate(lines) if fields.has("type")), 0)
    listed = [fields for index, fields in enumerate(lines) if fields.value or index > begin]
    rows = (fields for fields in listed if not fields.has("version") and not fields.has("type"))
    return Manifest(tuple(map(_picture, rows)))


def _lines(data: bytes, problems: Problems) -> Iterator[Fields]:
    """The objects of lines, one without anything for a line that is none: it has its number among the frames."""
    no_object, no_json = RowProblems(below_each("")), RowProblems(LINES)
    refused: dict[bytes, tuple[RowProblems, int, tuple[str, ...]]] = {}
    for line, text in enumerate(data.split(b"\n"), 1):
        if not text.strip():
            continue
        own = Problems(problems.file)
        value = None if text in refused else parse(text, own, line)
        if isinstance(value, dict):
            yield Fields(value, f"/{line - 1}", problems)
        elif text not in refused and not len(own):
            refused[text] = no_object, -1, (f"is {value_kind(value)}", problems.file, "an object")
        elif len(own):
            refused[text] = no_json, 0, (own[0].message, problems.file, own[0].expected)
        if text in refused:  # the same on many lines is looked at once
            problems_of_rows, before, words = refused[text]
            problems_of_rows.add(line + before, *words)
            yield Fields({}, "", problems)
    problems.extend(no_object.all())
    problems.extend(no_json.all())


def _picture(fields: Fields) -> FrameRow:
    if not fields.value:
        return "", 0, 0, 0
    related = fields.inner("meta").texts("related_images")
    size = fields.integer("width", least=0), fields.integer("height", least=0)
    return fields.text("name") + fields.text("extension"), *size, len(related)


def _video(lines: Iterable[Fields]) -> Manifest:
    for fields in lines:
        if fields.has("properties"):
            about = fields.inner("properties")
            width, height, *_ = (*about.integers("resolution"), 0, 0)
            row = about.text("name"), max(width, 0), max(height, 0), 0
            return Manifest((row,), is_video=True, length=about.integer("length", least=0))
    return Manifest((("", 0, 0, 0),), is_video=True)


def manifest_lines(dataset: Dataset, names: Sequence[str] = ()) -> Iterator[bytes]:
    """The manifest of a dataset; of a video without its key frames.  names: of files, where not those of frames."""
    yield _line({"version": "1.1"})
    yield _line({"type": "video" if dataset.task.is_video else "images"})
    names = names or dataset.frames.names
    yield from map(_line, _video_items(dataset) if dataset.task.is_video else _picture_items(dataset, names))


def _video_items(dataset: Dataset) -> Iterator[Any]:
    task = dataset.task
    size = [int(column[0]) if len(column) else 0 for column in (dataset.frames.width, dataset.frames.height)]
    last = last_source_frame(task, len(dataset.frames)) if task.stop_frame is None else task.stop_frame
    yield {"properties": {"name": task.source_name, "resolution": size, "length": last + 1, "chapters": []}}


def _picture_items(dataset: Dataset, names: Sequence[str]) -> Iterator[Any]:
    frames = dataset.frames
    for name, width, height in zip(names, frames.width.tolist(), frames.height.tolist(), strict=True):
        stem, extension = splitext(name)
        yield {"name": stem, "extension": extension, "width": width, "height": height}


def _line(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)
