"""Formats of one small file a picture, boxes alone: Ultralytics YOLO (`class cx cy w h`) and Pascal VOC's XML.

As a folder and as a zip.  Sources: https://docs.ultralytics.com/datasets/detect/,
http://host.robots.ox.ac.uk/pascal/VOC/voc2012/htmldoc/
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import numpy as np

from benchmarks.generators.content import (
    BOX_HEIGHT,
    BOX_WIDTH,
    Boxes,
    boxes,
    by_frame,
    frame_name,
    label_names,
)  # fmt: skip
from benchmarks.sizes import Size

Members = Iterator[tuple[str, str]]
HEAD = """<annotation>
	<folder>JPEGImages</folder>
	<filename>{}</filename>
	<size>
		<width>{}</width>
		<height>{}</height>
		<depth>3</depth>
	</size>
	<segmented>0</segmented>
"""
OBJECT = """	<object>
		<name>label {}</name>
		<pose>Unspecified</pose>
		<truncated>0</truncated>
		<difficult>0</difficult>
		<bndbox>
			<xmin>{:.2f}</xmin>
			<ymin>{:.2f}</ymin>
			<xmax>{:.2f}</xmax>
			<ymax>{:.2f}</ymax>
		</bndbox>
	</object>
"""


def write_yolo_folder(path: Path, size: Size) -> None:
    """YOLO's files in a folder."""
    _write_folder(path, yolo_members(size))


def write_yolo_zip(path: Path, size: Size) -> None:
    """YOLO's files in a zip."""
    _write_zip(path, yolo_members(size))


def write_voc_folder(path: Path, size: Size) -> None:
    """VOC's files in a folder."""
    _write_folder(path, voc_members(size))


def write_voc_zip(path: Path, size: Size) -> None:
    """VOC's files in a zip."""
    _write_zip(path, voc_members(size))


def _write_folder(path: Path, members: Iterable[tuple[str, str]]) -> None:
    for name, text in members:
        target = path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")


def _write_zip(path: Path, members: Iterable[tuple[str, str]]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members:
            archive.writestr(name, text)


def yolo_members(size: Size) -> Members:
    """All files, by name."""
    names = "".join(f"  {number}: {name}\n" for number, name in enumerate(label_names()))
    yield "data.yaml", f"path: .\ntrain: train.txt\nnames:\n{names}"
    yield "train.txt", "".join(f"images/train/{frame_name(frame)}\n" for frame in range(size.frames))
    rows = chain.from_iterable(map(_yolo_lines, boxes(size, ordered=True)))
    for frame, lines in by_frame(rows, size.frames):
        yield f"labels/train/{Path(frame_name(frame)).stem}.txt", "".join(lines)


def _yolo_lines(batch: Boxes) -> Iterator[tuple[int, str]]:
    x, y, width, height = batch.xywh.T
    extent = (BOX_WIDTH, BOX_HEIGHT, BOX_WIDTH, BOX_HEIGHT)
    shares = np.stack((x + width / 2, y + height / 2, width, height), axis=1) / extent
    for frame, label, share in zip(batch.frame.tolist(), batch.label.tolist(), shares.tolist(), strict=True):
        yield frame, "{} {:.6f} {:.6f} {:.6f} {:.6f}\n".format(label, *share)


def voc_members(size: Size) -> Members:
    """All files, by name."""
    stems = [Path(frame_name(frame)).stem for frame in range(size.frames)]
    yield "labelmap.txt", "".join(f"{name}:0,{number},0::\n" for number, name in enumerate(label_names(), 1))
    yield "ImageSets/Main/default.txt", "".join(f"{stem}\n" for stem in stems)
    rows = chain.from_iterable(map(_voc_objects, boxes(size, ordered=True)))
    for frame, objects in by_frame(rows, size.frames):
        head = HEAD.format(frame_name(frame), BOX_WIDTH, BOX_HEIGHT)
        yield f"Annotations/{stems[frame]}.xml", "".join((head, *objects, "</annotation>\n"))


def _voc_objects(batch: Boxes) -> Iterator[tuple[int, str]]:
    xyxy = np.concatenate((batch.xywh[:, :2], batch.xywh[:, :2] + batch.xywh[:, 2:]), axis=1)
    for frame, label, corners in zip(batch.frame.tolist(), batch.label.tolist(), xyxy.tolist(), strict=True):
        yield frame, OBJECT.format(label + 1, *corners)
