"""CVAT's XML of pictures, `<image><polygon points=.../></image>`, and of videos, `<track><box frame=.../></track>`.

As the server writes it: indented by two, one element a line.  A video has a box for every frame of a track.
Source: https://docs.cvat.ai/docs/manual/advanced/xml_format/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import numpy as np

from benchmarks.generators.content import (
    BOX_HEIGHT,
    BOX_WIDTH,
    HEIGHT,
    WIDTH,
    Boxes,
    Floats,
    Outlines,
    boxes,
    by_frame,
    frame_name,
    label_names,
    outlines,
    runs,
    staircase,
)  # fmt: skip
from benchmarks.generators.tracks import Track, tracks
from benchmarks.sizes import STEP, Size

Rows = Iterator[tuple[int, str]]
BEGIN = '    <{kind} label="label {label}" source="manual" occluded="0" '
END = 'z_order="0"{group}>\n    </{kind}>\n'
POLYGON = BEGIN + 'points="{points}" ' + END
MASK = BEGIN + 'rle="{rle}" left="{left}" top="{top}" width="{width}" height="{height}" ' + END
CORNERS = 'xtl="{:.2f}" ytl="{:.2f}" xbr="{:.2f}" ybr="{:.2f}" '


def write_outlines(path: Path, size: Size) -> None:
    """Polygons, those of one annotation in one group, and masks."""
    rows = chain.from_iterable(outline_rows(batch) for batch in outlines(size, ordered=True))
    _write(path, _meta(size.frames, "annotation"), _images(rows, size.frames, (WIDTH, HEIGHT)))


def write_boxes(path: Path, size: Size) -> None:
    """Boxes alone."""
    rows = chain.from_iterable(box_rows(batch) for batch in boxes(size, ordered=True))
    _write(path, _meta(size.frames, "annotation"), _images(rows, size.frames, (BOX_WIDTH, BOX_HEIGHT)))


def write_tracks(path: Path, size: Size) -> None:
    """Boxes over frames."""
    extent = f"<original_size>\n<width>{BOX_WIDTH}</width>\n<height>{BOX_HEIGHT}</height>\n</original_size>\n"
    _write(path, _meta(size.frames, "interpolation", extent), map(track_element, tracks(size)))


def _write(path: Path, meta: str, elements: Iterable[str]) -> None:
    with path.open("w", encoding="utf-8") as stream:
        stream.write('<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n  <version>1.1</version>\n')
        stream.write(meta)
        stream.writelines(elements)
        stream.write("</annotations>\n")


def _meta(frames: int, mode: str, extent: str = "") -> str:
    form = "<label>\n<name>{}</name>\n<color>#00ff00</color>\n<type>any</type>\n<attributes>\n</attributes>\n</label>\n"
    labels = "".join(map(form.format, label_names()))
    facts = f"<size>{frames}</size>\n<mode>{mode}</mode>\n<start_frame>0</start_frame>\n"
    task = f"<id>1</id>\n<name>made up</name>\n{facts}<stop_frame>{frames - 1}</stop_frame>\n"
    return f"<meta>\n<task>\n{task}<labels>\n{labels}</labels>\n{extent}</task>\n</meta>\n"


def _images(rows: Iterable[tuple[int, str]], frames: int, extent: tuple[int, int]) -> Iterator[str]:
    form = '  <image id="{0}" name="{1}" width="{2}" height="{3}">\n'
    for frame, elements in by_frame(rows, frames):
        yield "".join((form.format(frame, frame_name(frame), *extent), *elements, "  </image>\n"))


def outline_rows(batch: Outlines) -> Rows:
    """Elements of the annotations, with their frames."""
    columns = (batch.number, batch.frame, batch.label + 1, batch.two, batch.masks)
    point_form = ";".join(["%.2f,%.2f"] * batch.parts.shape[2])
    for row, parts in zip(zip(*(column.tolist() for column in columns), strict=True), batch.flat(), strict=True):
        number, frame, label, two, mask = row
        if mask:
            yield frame, _mask_element(number, label)
            continue
        group = f' group_id="{number + 1}"' if two else ""
        for part in parts if two else parts[:1]:
            points = point_form % tuple(part)
            yield frame, POLYGON.format(kind="polygon", label=label, points=points, group=group)


def _mask_element(number: int, label: int) -> str:
    left, top, pixels = staircase(number)
    height, width = pixels.shape
    rle = ", ".join(map(str, runs(pixels.ravel())))
    spot = {"left": left, "top": top, "width": width, "height": height}
    return MASK.format(kind="mask", label=label, rle=rle, group="", **spot)


def box_rows(batch: Boxes) -> Rows:
    """Elements of the annotations, with their frames."""
    form = BEGIN.replace("{kind}", "box").replace("{label}", "{}") + CORNERS + END.format(kind="box", group="")
    xyxy = np.concatenate((batch.xywh[:, :2], batch.xywh[:, :2] + batch.xywh[:, 2:]), axis=1)
    for frame, label, corners in zip(batch.frame.tolist(), batch.label.tolist(), xyxy.tolist(), strict=True):
        yield frame, form.format(label + 1, *corners)


def track_element(track: Track) -> str:
    """A track with a box for every frame from its first keyframe to its last, which is outside."""
    form = '    <box frame="{}" outside="{}" occluded="0" keyframe="{}" ' + CORNERS + 'z_order="0">\n    </box>\n'
    frames, corners = _every_frame(track)
    marks = [(int(n == len(frames) - 1), int(n % STEP == 0)) for n in range(len(frames))]
    rows = zip(frames, marks, corners.tolist(), strict=True)
    body = "".join(form.format(frame, *mark, *xyxy) for frame, mark, xyxy in rows)
    return f'  <track id="{track.number}" label="label {track.label + 1}" source="manual">\n{body}  </track>\n'


def _every_frame(track: Track) -> tuple[range, Floats]:
    """Between keyframes a box moves evenly."""
    frames = range(int(track.frames[0]), int(track.frames[-1]) + 1)
    return frames, np.stack([np.interp(frames, track.frames, column) for column in track.xyxy.T], axis=1)
