"""Lines of skeletons as they are read: a box, then two or three numbers for each point.

    kpt_shape: [17, 3]      x, y, v: 2 seen, 1 hidden, 0 not there        kpt_names: {0: [nose, ...]}
    kpt_shape: [17, 2]      x, y: 0, 0 is not there

Points without a name are called by their places, 1, 2, ...; of a task they are its points in the order of the drawing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

import numpy as np

from annotools.errors import Problem, Problems
from annotools.formats.kernel.places import At
from annotools.formats.kernel.rows import Rows
from annotools.formats.yolo.layout import Layout
from annotools.formats.yolo.lines import LEAST, LabelLines
from annotools.formats.yolo.outlines import add_boxes
from annotools.geometry.boxes import cxcywh_to_xyxy, xyxy_to_xywh
from annotools.model import POINTS, SKELETON, Label
from annotools.model.columns import Bools, Floats, Ints
from annotools.model.extras import Extra
from annotools.transform.person_boxes import BOX

PointIds = Callable[[LabelLines, int, int], list[int]]  # of a class, by its number and its label
_MOST = 100_000  # labels of points
_NEAR = 3e-6  # shares: the centre and the sides of a box are rounded apart


def kpt_shape(layout: Layout, problems: Problems) -> tuple[int, int]:
    """How many points there are, and how many numbers each has; 0 points, and a problem, where nothing says so."""
    shape = layout.keys.get("kpt_shape")
    numbers = (
        [int(text) for text in shape if str(text).isdecimal() and len(str(text)) < 6] if isinstance(shape, list) else []
    )
    if len(numbers) != 2 or numbers[1] not in (2, 3):
        problems.append(Problem("has no kpt_shape", layout.member, expected="the number of points, and 2 or 3"))
        return 0, 3
    if numbers[0] * len(layout.names) > _MOST:
        shape = f"{numbers[0]:,} points of {len(layout.names):,} classes"
        problems.append(Problem(shape, layout.member, expected=f"{_MOST:,} together at most"))
        return 0, 3
    return numbers[0], numbers[1]


def define(rows: Rows, layout: Layout) -> None:
    """The classes as skeletons with their points."""
    total, _ = kpt_shape(layout, Problems())
    fresh, labels = count(len(layout.names) + 1), []
    for number, (key, name) in enumerate(sorted(layout.names.items()), 1):
        labels.append(Label(number, name, type="skeleton", extras=(("class_id", key),)))
        points = _names(layout, key) or [str(n) for n in range(1, total + 1)]
        labels += [Label(next(fresh), point, number, "points") for point in points]
    rows.label_defs(labels)


def _names(layout: Layout, number: int) -> list[str]:
    """The points of a class, if they have names; one list may be for all."""
    value: Any = layout.keys.get("kpt_names")
    if isinstance(value, Mapping):
        value = value.get(str(number))
    names = [*map(str, value)] if isinstance(value, list) else []
    return names if len(names) == len(set(names)) else []


def add_lines(lines: LabelLines) -> None:
    """Skeletons, and boxes where no point is there."""
    total, each = kpt_shape(lines.layout, lines.problems)
    rows, bare, points = _persons(lines, total, each)
    seen = (points[:, :, 2] > 0).any(axis=1)
    _add_skeletons(lines, rows[seen], points[seen], LEAST + total * each, _by_name)
    add_boxes(lines, bare, LEAST)
    add_boxes(lines, rows[~seen], LEAST + total * each)


def add_server_lines(lines: LabelLines) -> None:
    """Skeletons, also where no point is there, whose points are those of the task by their places."""
    total, each = kpt_shape(lines.layout, lines.problems)
    rows, _, points = _persons(lines, total, each)
    _add_skeletons(lines, rows, points, LEAST + total * each, _by_place)


def _persons(lines: LabelLines, total: int, each: int) -> tuple[Ints, Ints, Floats]:
    """The lines with points, those without any, and the points of the first."""
    more = lines.counts - LEAST - total * each
    bare = (lines.counts <= LEAST + 1) & (more < 0)
    lines.refuse(~bare & ((more < 0) | (more > 2)), f"{1 + LEAST + total * each} columns")
    rows = np.flatnonzero((more >= 0) & (more <= 2))
    return rows, np.flatnonzero(bare), _points(lines, rows, total, each)


def _points(lines: LabelLines, rows: Ints, total: int, each: int) -> Floats:
    """(n, total, 3) x, y, v of some lines, px."""
    numbers = lines.table(rows, LEAST + total * each)[:, LEAST:].reshape(len(rows), total, each)
    v = numbers[:, :, 2:] if each == 3 else np.where((numbers != 0).any(axis=2, keepdims=True), 2.0, 0.0)
    return np.concatenate([numbers[:, :, :2] * lines.size[rows][:, None], v], axis=2)


def _add_skeletons(lines: LabelLines, rows: Ints, points: Floats, count: int, ids: PointIds) -> None:
    marks = lines.marks(rows, np.full(len(rows), count))
    nothing = np.zeros(len(rows) + 1, np.int64)
    columns = {**marks, "bbox": _boxes(lines, rows, points)}
    whole = lines.rows.shapes(
        SKELETON, lines.frame[rows], lines.label[rows], np.zeros(0), nothing, lines.at[rows], **columns
    )
    labels, known = _sublabels(lines, rows, points, ids)
    owner, nth = np.nonzero(known)
    chosen = points[owner, nth]
    lines.rows.shapes(
        POINTS, lines.frame[rows][owner], labels[owner, nth], chosen[:, :2], at=lines.at[rows[owner]],
        parent=whole[owner], outside=chosen[:, 2] <= 0, occluded=chosen[:, 2] == 1,
    )  # fmt: skip


def _by_name(lines: LabelLines, number: int, label: int) -> list[int]:
    """The points of a class, by name where they have names."""
    names = _names(lines.layout, number)
    if not names:
        return lines.rows.skeleton_points(label)
    ids: list[int] = lines.rows.labels(names, np.full(len(names), label), At(lines.layout.member)).tolist()
    return ids


def _by_place(lines: LabelLines, number: int, label: int) -> list[int]:
    return lines.rows.skeleton_points(label)


def _sublabels(lines: LabelLines, rows: Ints, points: Floats, ids: PointIds) -> tuple[Ints, Bools]:
    """The label of each point, and which points there are: a skeleton may have fewer than others.

    One that is there and that its skeleton does not have is a problem.
    """
    numbers, first, which = np.unique(lines.lines["class"][rows], return_index=True, return_inverse=True)
    table, size = np.full((len(numbers), points.shape[1]), -1), np.zeros(len(numbers), np.int64)
    for n, (number, label) in enumerate(zip(numbers.tolist(), lines.label[rows[first]].tolist(), strict=True)):
        own = ids(lines, number, label)[: table.shape[1]] if label >= 0 else []
        table[n, : len(own)], size[n] = own, len(own)
    which = which.reshape(-1)
    beyond = (np.arange(points.shape[1]) >= size[which, None]) & (points[:, :, 2] > 0)
    for row in np.flatnonzero(beyond.any(axis=1) & (lines.label[rows] >= 0)).tolist():
        expected = f"{size[which[row]]} points and zeros"
        lines.problems.append(lines.at.problem(int(rows[row]), "more points than its skeleton has", expected=expected))
    return table[which], table[which] >= 0


def _boxes(lines: LabelLines, rows: Ints, points: Floats) -> Extra:
    """The boxes that are not those round their points."""
    corners = cxcywh_to_xyxy(lines.boxes(rows))
    there, shares = points[:, :, 2:] > 0, points[:, :, :2] / np.maximum(lines.size[rows], 1)[:, None]
    low = np.where(there, shares, np.inf).min(axis=1, initial=np.inf)
    high = np.where(there, shares, -np.inf).max(axis=1, initial=-np.inf)
    own = (np.abs(corners - np.concatenate([low, high], axis=1)) > _NEAR).any(axis=1)
    boxes = np.ascontiguousarray(xyxy_to_xywh(corners * np.tile(lines.size[rows], 2)))
    return Extra(boxes.view(BOX).reshape(-1), own, derived=True)
