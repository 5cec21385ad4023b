"""Shares of YOLO's label files that are none, and label files that lie where nobody looks for them.

    labels/train/a.txt      0 1.2 0.5 0.2 0.1       the middle of the box is outside the picture
    images/train/a.txt                              beside its picture, where only labels/train/a.txt is looked for

Source: https://docs.ultralytics.com/datasets/ and what trainers check.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from annotools.errors import Problems
from annotools.formats.kernel.lines import Lines, typed
from annotools.formats.yolo.keypoints_in import kpt_shape
from annotools.formats.yolo.layout import beside, label_path
from annotools.geometry.ragged import place_in_row, row_of_value
from annotools.model.columns import Bools, Floats
from annotools.validate.context import Context
from annotools.validate.edits import Move
from annotools.validate.findings import OFF, WARNING, Fix, Found
from annotools.validate.needs import SOURCE
from annotools.validate.registry import rule
from annotools.validate.rules.fmt.mended_lines import with_edits
from annotools.validate.rules.fmt.ultralytics import has_data_yaml
from annotools.validate.rules.fmt.yolo import layout, lines
from annotools.validate.structure import Fault

_OUTLINES, _CORNERS = "yolo-ultralytics-segmentation", "yolo-ultralytics-obb"
_POSES = "yolo-ultralytics-pose"
_BOX, _FOUR, _FLAT = 4, 8, 2  # numbers of a box, of four corners, and of a place
_OUTLINED = {_OUTLINES: 6, _CORNERS: _FOUR}  # from so many numbers on a line is an outline
_LEAST, _MOST = 6, 12  # decimals of what is written


@rule("FMT092", "share-outside-0-to-1", WARNING, upload=OFF, needs=SOURCE, proof="source: Ultralytics, check of labels")
def share_outside_0_to_1(ctx: Context) -> Found | None:
    """A line of a label file has numbers below 0, or above 1: no shares of the picture.

    Why: trainers leave out the picture as corrupt, with all that is on it, be the number pixels or 1.0000005.  What is
        nowhere on the picture has no fix.
    Bad:
        {"from": "yolo-ultralytics-detection", "files": {"data.yaml": "names: [car]\\ntrain: images/train",
            "images/train/a.jpg": "picture", "labels/train/a.txt": "0 0.5 0.5 0.2 0.1\\n0 1.05 0.5 0.2 0.1"}}

        {"from": "yolo-ultralytics-detection", "files": {"data.yaml": "names: [car]\\ntrain: images/train",
            "images/train/a.jpg": "picture", "labels/train/a.txt": "0 0.5 -0.01 0.2 0.1"}}

        {"from": "yolo-ultralytics-detection", "files": {"data.yaml": "names: [car]\\ntrain: images/train",
            "images/train/a.jpg": "picture", "labels/train/a.txt": "0 0.5 0.5 0.2 1.1"}}

        {"from": "yolo-ultralytics-detection", "files": {"data.yaml": "names: [car]\\ntrain: images/train",
            "images/train/a.jpg": "picture", "labels/train/a.txt": "0 320 240 64 48"}}

        {"from": "yolo-ultralytics-segmentation", "files": {"data.yaml": "names: [car]\\ntrain: images/train",
            "images/train/a.jpg": "picture", "labels/train/a.txt": "0 0.5 0.5 0.7 0.5 1.0000005 0.9"}}

        {"from": "yolo-ultralytics-obb", "files": {"data.yaml": "names: [car]\\ntrain: images/train",
            "images/train/a.jpg": "picture", "labels/train/a.txt": "0 0.1 0.1 0.3 0.1 0.3 0.2 -0.1 0.2 7"}}

        {"from": "yolo-ultralytics-pose", "files": {
            "data.yaml": "names: [person]\\ntrain: images/train\\nkpt_shape: [2, 3]",
            "images/train/a.jpg": "picture", "labels/train/a.txt": "0 0.5 0.5 0.2 0.1 0.5 -0.12 2 0.5 0.5 1"}}
    Good:
        {"from": "yolo-ultralytics-detection", "files": {"data.yaml": "names: [car]\\ntrain: images/train",
            "images/train/a.jpg": "picture", "labels/train/a.txt": "0 0.5 0.5 0.2 0.1\\n0 1 0.5 0.2 0.1"}}

        {"from": "yolo-ultralytics-pose", "files": {
            "data.yaml": "names: [person]\\ntrain: images/train\\nkpt_shape: [2, 3]",
            "images/train/a.jpg": "picture", "labels/train/a.txt": "0 0.5 0.5 0.2 0.1 0.5 1 2 0 0 2"}}

        {"from": "yolo-ultralytics-obb", "files": {"data.yaml": "names: [car]\\ntrain: images/train",
            "images/train/a.jpg": "picture", "labels/train/a.txt": "0 0.1 0.1 0.3 0.1 0.3 0.2 0.1 0.2 7"}}
    Fix: lossy: boxes are cut at the border of the picture, corners of outlines and points of skeletons moved onto it.
    Source: https://github.com/HumanSignal/label-studio/issues/5014
    """
    known, width = ctx.once(lines), _point_width(ctx)
    answer = None if known is None else ctx.found(list(_beyond(known, ctx, width)))
    mend = partial(_clipped_pose, width) if width else partial(_clipped, ctx.slug)
    return with_edits(ctx, answer, "cut it at the border", mend, safe=False)


def _point_width(ctx: Context) -> int:
    """How many numbers a point of a skeleton has; 0 in formats without."""
    known = ctx.once(layout)
    return kpt_shape(known, Problems())[1] if known is not None and ctx.slug == _POSES else 0


def _beyond(lines: Lines, ctx: Context, width: int) -> Iterator[Fault]:
    """A fault for each file, with the first of its lines.  width: how many numbers a point of a skeleton has."""
    numbers = lines.stack("x", "y", "width", "height")
    odd: Bools = np.asarray(((numbers < 0) | (numbers > 1)).any(axis=1))
    values, ends = lines.rest
    shares = np.zeros(len(values), np.bool_)  # what is behind other lines is not a share
    if ctx.slug == _OUTLINES:
        shares[:] = True
    elif ctx.slug == _CORNERS:
        shares = place_in_row(ends) < _FOUR - _BOX
    elif width:
        shares = place_in_row(ends) % width < _FLAT
    odd |= np.bincount(row_of_value(ends), shares & ((values < 0) | (values > 1)), minlength=len(odd)) > 0
    members, first, counts = np.unique(lines.member[odd], return_index=True, return_counts=True)
    for member, line, count in zip(members.tolist(), lines.line[odd][first].tolist(), counts.tolist(), strict=True):
        more = f" (and {count - 1:,} more)" if count > 1 else ""
        yield Fault("FMT092", lines.members[member], "", f"a number is not a share of the picture{more}", line=line)


def _clipped(slug: str, text: bytes) -> bytes | None:
    """A line cut at the border of the picture; None for one within it, or nowhere on it."""
    cells = text.split()
    numbers, bad = typed(cells[1:], float)
    outlined = len(numbers) >= _OUTLINED.get(slug, len(numbers) + 1)
    count = _BOX if not outlined else _FOUR if slug == _CORNERS else len(numbers) // 2 * 2
    shares = numbers[:count]
    if bad.any() or len(shares) < count or ((shares >= 0) & (shares <= 1)).all():
        return None
    new = _moved(shares, cells[1 : 1 + count]) if outlined else _cut(shares, cells[1 : 1 + count])
    return None if new is None else b" ".join([cells[0], *new, *cells[1 + count :]])


def _clipped_pose(width: int, text: bytes) -> bytes | None:
    """A line of a pose cut likewise.  width: how many numbers a point has."""
    cells = text.split()
    numbers, bad = typed(cells[1:], float)
    column = np.arange(len(numbers)) - _BOX
    beyond = ((column < 0) | (column % width < _FLAT)) & ((numbers < 0) | (numbers > 1))
    if bad.any() or len(numbers) < _BOX or not beyond.any():
        return None
    box = _cut(numbers[:_BOX], cells[1 : 1 + _BOX]) if beyond[:_BOX].any() else cells[1 : 1 + _BOX]
    points = [
        (b"%d" % np.clip(number, 0, 1)) if out else cell
        for cell, number, out in zip(cells[1 + _BOX :], numbers[_BOX:], beyond[_BOX:], strict=True)
    ]
    return None if box is None else b" ".join([cells[0], *box, *points])


def _moved(shares: Floats, cells: list[bytes]) -> list[bytes] | None:
    """Corners on the border in place of those beyond it."""
    inside = np.clip(shares, 0, 1)
    if (np.ptp(inside.reshape(-1, 2), axis=0) <= 0).any():
        return None
    return [
        cell if value == near else b"%d" % near
        for cell, value, near in zip(cells, shares.tolist(), inside.tolist(), strict=True)
    ]


def _cut(shares: Floats, cells: list[bytes]) -> list[bytes] | None:
    """The part of a box that is on the picture, with as many decimals as it had.

    A box is four numbers here, not arrays of one row: a line nowhere on the picture takes 27 us so, 63 with arrays.
    """
    x, y, width, height = shares.tolist()
    edges = (x - width / 2, x + width / 2, y - height / 2, y + height / 2)
    left, right, top, bottom = (min(max(edge, 0.0), 1.0) for edge in edges)
    if right <= left or bottom <= top:
        return None
    decimals = max(len(cell.partition(b".")[2]) for cell in cells)
    pattern = f"%.{min(max(decimals, _LEAST), _MOST)}f"
    box = ((left + right) / 2, (top + bottom) / 2, right - left, bottom - top)
    return [(pattern % value).encode() for value in box]


@rule("FMT094", "labels-beside-pictures", WARNING, needs=SOURCE, proof="source: Ultralytics, img2label_paths")
def labels_beside_pictures(ctx: Context) -> Found | None:
    """A label file lies beside its picture in a folder `images`.

    Why: trainers look where that folder's name is `labels` and nowhere else, so the picture is taken for one with
        nothing on it.
    Bad:
        {"from": "yolo-ultralytics-detection", "task": {}, "files": {
            "data.yaml": "names: [car]\\ntrain: images/train", "images/train/street/000.jpg": "picture",
            "images/train/street/000.txt": "0 0.5 0.5 0.2 0.1"}}
    Good:
        {"from": "yolo-ultralytics-detection", "files": {"data.yaml": "names: [car]\\ntrain: images/train",
            "images/train/a.jpg": "picture", "labels/train/a.txt": "0 0.5 0.5 0.2 0.1"}}

        {"from": "yolo-ultralytics-detection", "files": {"data.yaml": "names: [car]\\ntrain: train",
            "train/a.jpg": "picture", "train/a.txt": "0 0.5 0.5 0.2 0.1"}}
    Fix: lossless: it moves to the folder for labels.
    Source: https://docs.ultralytics.com/datasets/detect/
    """
    known = ctx.once(layout) if has_data_yaml(ctx) else None
    if known is None or ctx.source is None:
        return None
    faults = []
    for entry in known.entries:
        stray, home = beside(entry.picture), label_path(entry.picture)
        if entry.picture and not entry.labels and stray != home and ctx.source.has(stray):
            fix = Fix("move it to the folder for labels", True, (Move(stray, home),))
            faults.append(Fault("FMT094", stray, "", f"is beside its picture, expected {home}", fix))
    return ctx.found(faults)
