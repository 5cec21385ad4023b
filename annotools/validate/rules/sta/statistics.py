"""What stands out from the rest: labels, sizes, numbers, values, places.  Suspicious, never wrong by itself.

"Far" is measured in robust deviations: distance from the median, divided by 1.4826 times the median distance from it.
"""

from __future__ import annotations

import numpy as np

from annotools.errors import InputError
from annotools.model import MASK
from annotools.model.canonical import ragged_hashes
from annotools.model.columns import row_keys
from annotools.model.tables import Array, Bools, Floats, Ints
from annotools.validate.context import Context
from annotools.validate.findings import INFO, OFF, WARNING, Found
from annotools.validate.needs import FRAMES, LABELS, PIXELS
from annotools.validate.registry import rule

_OFFERING = ("select", "radio", "checkbox")
_SPREAD = 1.4826  # of a normal distribution, the median distance from the median times this is its deviation


def _deviations(values: Floats, group: Array, least: int) -> Floats:
    """How far each value is from the median of its group, 0 in groups of fewer than `least` values."""
    far = np.zeros(len(values))
    for rows in _groups(group):
        if len(rows) >= least:
            middle = np.median(values[rows])
            spread = _SPREAD * np.median(np.abs(values[rows] - middle))
            far[rows] = (values[rows] - middle) / max(spread, 1e-9 + 0.01 * abs(middle))
    return far


def _groups(group: Array) -> list[Ints]:
    """The rows of each group."""
    order = np.argsort(group, kind="stable")
    _, starts = np.unique(group[order], return_index=True)
    return np.split(order, starts[1:]) if len(order) else []


@rule("STA001", "rare-label", INFO, upload=OFF, needs=LABELS, proof="spec: labels may be of any number")
def rare_label(ctx: Context, share: float = 0.001, annotations: float = 1000) -> Found:
    """A label is on hardly any of many annotations.

    Why: nothing breaks; a model learns nothing of it, and sometimes it is a slip of the mouse.
    Bad:
        {"annotations": {"tags": [{"label_id": 1, "frame": 0}, {"label_id": 1, "frame": 1}, {"label_id": 1, "frame": 2},
            {"label_id": 6, "frame": 3}]}, "options": {"share": 0.3, "annotations": 4}}

        {"annotations": {"shapes": [{"type": "points", "label_id": 1, "frame": 0, "points": [10, 10]},
            {"type": "points", "label_id": 1, "frame": 1, "points": [10, 10]},
            {"type": "points", "label_id": 1, "frame": 2, "points": [10, 10]}],
          "tracks": [{"label_id": 2, "frame": 3, "shapes": [
            {"type": "rectangle", "frame": 3, "points": [10, 10, 60, 40]}]}]},
         "options": {"share": 0.3, "annotations": 4}}
    Good:
        {"annotations": {"tags": [{"label_id": 1, "frame": 0}, {"label_id": 1, "frame": 1}, {"label_id": 6, "frame": 2},
            {"label_id": 6, "frame": 3}]}, "options": {"share": 0.3, "annotations": 4}}
    Options: share: of all annotations, below which a label is rare. annotations: the least number of them to judge.
    Source: spec: CVAT's documentation of labels
    """
    wholes = {"shape": ctx.plain, "track": ctx.tracks.parent < 0}
    ids = np.concatenate([table.label[wholes.get(kind, np.ones(len(table), np.bool_))] for kind, table in ctx.tables])
    rows = ctx.label_rows(ids)
    counts = np.bincount(rows[rows >= 0], minlength=len(ctx.labels))
    rare = np.flatnonzero((counts > 0) & (counts < share * len(ids)) & (len(ids) >= annotations))
    message = "on {count} of {all} annotations"
    return ctx.at("label", rare, message, count=counts[rare], all=len(ids))


@rule("STA002", "unusual-size", INFO, upload=OFF, proof="spec: shapes may be of any size")
def unusual_size(ctx: Context, deviations: float = 8, shapes: float = 30) -> Found:
    """A shape is far larger, smaller, wider or higher than others of its label.

    Why: nothing breaks; mostly a corner slipped or the label is wrong.
    Bad:
        {"annotations": {"shapes": [
            {"type": "rectangle", "label_id": 1, "frame": 0, "points": [0, 0, 10, 10]},
            {"type": "rectangle", "label_id": 1, "frame": 1, "points": [0, 0, 11, 10]},
            {"type": "rectangle", "label_id": 1, "frame": 2, "points": [0, 0, 10, 11]},
            {"type": "rectangle", "label_id": 1, "frame": 3, "points": [0, 0, 9, 10]},
            {"type": "rectangle", "label_id": 1, "frame": 4, "points": [0, 0, 190, 90]}]}, "options": {"shapes": 5}}

        {"annotations": {"shapes": [
            {"type": "rectangle", "label_id": 1, "frame": 0, "points": [0, 0, 90, 80]},
            {"type": "rectangle", "label_id": 1, "frame": 1, "points": [0, 0, 91, 80]},
            {"type": "rectangle", "label_id": 1, "frame": 2, "points": [0, 0, 90, 81]},
            {"type": "rectangle", "label_id": 1, "frame": 3, "points": [0, 0, 89, 80]},
            {"type": "rectangle", "label_id": 1, "frame": 4, "points": [0, 0, 2, 2]}]}, "options": {"shapes": 5}}

        {"annotations": {"shapes": [
            {"type": "rectangle", "label_id": 1, "frame": 0, "points": [0, 0, 20, 20]},
            {"type": "rectangle", "label_id": 1, "frame": 1, "points": [0, 0, 21, 20]},
            {"type": "rectangle", "label_id": 1, "frame": 2, "points": [0, 0, 20, 21]},
            {"type": "rectangle", "label_id": 1, "frame": 3, "points": [0, 0, 19, 20]},
            {"type": "rectangle", "label_id": 1, "frame": 4, "points": [0, 0, 200, 2]}]}, "options": {"shapes": 5}}
    Good:
        {"annotations": {"shapes": [
            {"type": "rectangle", "label_id": 1, "frame": 0, "points": [0, 0, 10, 10]},
            {"type": "rectangle", "label_id": 1, "frame": 1, "points": [0, 0, 11, 10]},
            {"type": "rectangle", "label_id": 1, "frame": 2, "points": [0, 0, 10, 11]},
            {"type": "rectangle", "label_id": 1, "frame": 3, "points": [0, 0, 9, 10]},
            {"type": "rectangle", "label_id": 1, "frame": 4, "points": [0, 0, 9, 9]}]}, "options": {"shapes": 5}}
    Options: deviations: how far from the others. shapes: the least number of them to judge.
    Source: spec: CVAT's documentation of shapes
    """
    hulls = ctx.hulls
    sides = hulls[:, 2:] - hulls[:, :2]
    rows = np.flatnonzero(ctx.sound & ~ctx.elements & (np.nan_to_num(sides) > 0).all(axis=1))
    group = ctx.shapes.label[rows] * 16 + ctx.shapes.type[rows]
    logs = np.log(sides[rows])
    far = [_deviations(values, group, int(shapes)) for values in (logs.sum(axis=1) / 2, logs[:, 0] - logs[:, 1])]
    worst = np.maximum(*map(np.abs, far))
    odd = np.flatnonzero(worst > deviations)
    message = "{width:.0f} x {height:.0f} px is {far:.0f} deviations from others of its label"
    extents = sides[rows[odd]]
    return ctx.at("shape", rows[odd], message, width=extents[:, 0], height=extents[:, 1], far=worst[odd])


@rule("STA003", "unusual-number-on-frame", INFO, upload=OFF, needs=FRAMES, proof="spec: frames may hold any number")
def unusual_number_on_frame(ctx: Context, deviations: float = 8, frames: float = 10) -> Found:
    """A frame has far more shapes than others.

    Why: nothing breaks; sometimes a whole upload ended up on one frame.
    Bad:
        {"annotations": {"shapes": [
            {"type": "points", "label_id": 1, "frame": 0, "points": [10, 10]},
            {"type": "points", "label_id": 1, "frame": 1, "points": [10, 10]},
            {"type": "points", "label_id": 1, "frame": 2, "points": [10, 10]},
            {"type": "points", "label_id": 1, "frame": 3, "points": [10, 10]},
            {"type": "points", "label_id": 1, "frame": 3, "points": [20, 10]},
            {"type": "points", "label_id": 1, "frame": 3, "points": [30, 10]}]}, "options": {"frames": 4}}

        {"annotations": {"shapes": [
            {"type": "points", "label_id": 1, "frame": 0, "points": [10, 10]},
            {"type": "points", "label_id": 1, "frame": 0, "points": [20, 10]},
            {"type": "points", "label_id": 1, "frame": 0, "points": [30, 10]},
            {"type": "points", "label_id": 1, "frame": 1, "points": [10, 10]},
            {"type": "points", "label_id": 1, "frame": 2, "points": [10, 10]},
            {"type": "points", "label_id": 1, "frame": 3, "points": [10, 10]}]}, "options": {"frames": 4}}
    Good:
        {"annotations": {"shapes": [
            {"type": "points", "label_id": 1, "frame": 0, "points": [10, 10]},
            {"type": "points", "label_id": 1, "frame": 1, "points": [10, 10]},
            {"type": "points", "label_id": 1, "frame": 2, "points": [10, 10]},
            {"type": "points", "label_id": 1, "frame": 3, "points": [10, 10]}]}, "options": {"frames": 4}}
    Options: deviations: how far from the others. frames: the least number of frames with shapes to judge.
    Source: spec: CVAT's documentation of tasks
    """
    plain = ctx.shapes.frame[ctx.plain]
    numbers, counts = np.unique(plain[(plain >= 0) & (plain < len(ctx.frames))], return_counts=True)
    far = _deviations(counts.astype(np.float64), np.zeros(len(counts), np.int64), int(frames))
    odd = np.flatnonzero(far > deviations)
    message = "{count} shapes, {far:.0f} deviations more than on other frames"
    return ctx.at("frame", numbers[odd], message, count=counts[odd], far=far[odd])


@rule("STA004", "one-sided-attribute", INFO, upload=OFF, needs=LABELS, proof="spec: values may be of any number")
def one_sided_attribute(ctx: Context, share: float = 0.99, objects: float = 200) -> Found:
    """Nearly all objects have one value of an attribute that offers several.

    Why: nothing breaks; mostly nobody set the attribute, and it has its default everywhere.
    Bad:
        {"annotations": {"tags": [
            {"label_id": 1, "frame": 0, "attributes": [{"spec_id": 11, "value": "red"}]},
            {"label_id": 1, "frame": 1, "attributes": [{"spec_id": 11, "value": "red"}]},
            {"label_id": 1, "frame": 2, "attributes": [{"spec_id": 11, "value": "red"}]}]}, "options": {"objects": 3}}

        {"annotations": {"shapes": [
            {"type": "points", "label_id": 1, "frame": 0, "points": [10, 10],
             "attributes": [{"spec_id": 12, "value": "true"}]},
            {"type": "points", "label_id": 1, "frame": 1, "points": [10, 10],
             "attributes": [{"spec_id": 12, "value": "true"}]},
            {"type": "points", "label_id": 1, "frame": 2, "points": [10, 10],
             "attributes": [{"spec_id": 12, "value": "true"}]}
         ]}, "options": {"objects": 3}}
    Good:
        {"annotations": {"tags": [
            {"label_id": 1, "frame": 0, "attributes": [{"spec_id": 11, "value": "red"}]},
            {"label_id": 1, "frame": 1, "attributes": [{"spec_id": 11, "value": "red"}]},
            {"label_id": 1, "frame": 2, "attributes": [{"spec_id": 11, "value": "blue"}]}]}, "options": {"objects": 3}}

        {"annotations": {"tags": [
            {"label_id": 1, "frame": 0, "attributes": [{"spec_id": 11, "value": "red"}]},
            {"label_id": 1, "frame": 1, "attributes": [{"spec_id": 11, "value": "red"}]}]}, "options": {"objects": 3}}

        {"annotations": {"tags": [
            {"label_id": 1, "frame": 0, "attributes": [{"spec_id": 14, "value": "B"}]},
            {"label_id": 1, "frame": 1, "attributes": [{"spec_id": 14, "value": "B"}]}]}, "options": {"objects": 2}}

        {"annotations": {"tags": [
            {"label_id": 1, "frame": 0, "attributes": [{"spec_id": 999, "value": "red"}]},
            {"label_id": 1, "frame": 1, "attributes": [{"spec_id": 999, "value": "red"}]}]}, "options": {"objects": 2}}
    Options: share: of all objects with the attribute. objects: the least number of them to judge.
    Source: spec: CVAT's documentation of attributes
    """
    table, specs = ctx.attributes, ctx.labels.specs
    one_sided: list[tuple[int, str, str, float]] = []
    for rows in _groups(table.spec):
        number = int(table.spec[rows[0]])
        if number not in specs or len(rows) < objects or specs[number][1].input_type not in _OFFERING:
            continue
        values, counts = np.unique(table.value[rows], return_counts=True)
        most = int(np.argmax(counts))
        if counts[most] >= share * len(rows):
            label, spec = specs[number]
            one_sided.append((label.id, spec.name, table.pool[int(values[most])], counts[most] / len(rows)))
    ids = np.asarray([label for label, *_ in one_sided], np.int64)
    message = "{attribute} is {value!r} on {part:.1%} of its objects"
    return ctx.at(
        "label", ctx.label_rows(ids), message, attribute=[name for _, name, _, _ in one_sided],
        value=[value for _, _, value, _ in one_sided], part=[part for *_, part in one_sided],
    )  # fmt: skip


@rule("STA005", "same-place-on-many-frames", WARNING, upload=INFO, proof="spec: shapes are not compared")
def same_place_on_many_frames(ctx: Context, frames: float = 20) -> Found:
    """The very same shape stands on many frames, one by one and not as a track.

    Why: nothing breaks; mostly it was pasted over and over, or a tool wrote a default.
    Bad:
        {"annotations": {"shapes": [
            {"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40]},
            {"type": "rectangle", "label_id": 1, "frame": 1, "points": [10, 10, 60, 40]},
            {"type": "rectangle", "label_id": 1, "frame": 2, "points": [10, 10, 60, 40]}]}, "options": {"frames": 3}}

        {"annotations": {"shapes": [
            {"type": "polyline", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40]},
            {"type": "polyline", "label_id": 1, "frame": 1, "points": [10, 10, 60, 40]}]}, "options": {"frames": 2}}
    Good:
        {"annotations": {"shapes": [
            {"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40]},
            {"type": "rectangle", "label_id": 1, "frame": 1, "points": [11, 10, 61, 40]},
            {"type": "rectangle", "label_id": 1, "frame": 2, "points": [12, 10, 62, 40]}]}, "options": {"frames": 3}}
    Options: frames: on how many it stands out.
    Source: spec: CVAT's documentation of shapes
    """
    rows = np.flatnonzero(ctx.plain & ctx.sound & ~ctx.are(MASK) & (ctx.counts >= 4))
    boxes = ctx.hulls[rows]
    keys = np.column_stack([boxes, ctx.shapes.label[rows], ctx.shapes.type[rows], ctx.counts[rows]]) + 0.0
    often = _often(keys, frames)
    rows, keys = rows[often], keys[often]
    _, first, group = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    _, pairs = np.unique(row_keys(group.reshape(-1), ctx.shapes.frame[rows]), return_index=True)
    counts = np.bincount(group.reshape(-1)[pairs], minlength=len(first))
    many = np.flatnonzero(counts >= frames)
    return ctx.at("shape", rows[first[many]], "stands at the very same place on {count} frames", count=counts[many])


def _often(keys: Floats, times: float) -> Bools:
    """Which rows may be there so many times: numbers of rows are found alike in a fifth of the time of the rows."""
    hashes = ragged_hashes(keys.reshape(-1), keys.shape[1] * np.arange(len(keys) + 1))
    _, which, counts = np.unique(hashes, return_inverse=True, return_counts=True)
    return np.asarray(counts[which.reshape(-1)] >= times)


@rule("STA006", "same-picture-other-labels", WARNING, upload=INFO, needs=PIXELS, proof="spec: no comparison")
def same_picture_other_labels(ctx: Context) -> Found:
    """Two frames are the very same picture and have different labels on them.

    Why: nothing breaks; one of them is wrong, or the picture is in the data set twice.
    Bad:
        {"files": {"annotations.xml":
            "<annotations><image name='a.jpg'><tag label='car'/></image><image name='b.jpg'/></annotations>",
            "images/a.jpg": "the same bytes", "images/b.jpg": "the same bytes"}, "from": "cvat-images",
            "labels": [{"id": 1, "name": "car"}], "data_meta": {"frames": [
                {"name": "a.jpg", "width": 9, "height": 9}, {"name": "b.jpg", "width": 9, "height": 9}]}}
    Good:
        {"files": {"annotations.xml":
            "<annotations><image name='a.jpg'><tag label='car'/></image><image name='b.jpg'/></annotations>",
            "images/a.jpg": "some bytes", "images/b.jpg": "other bytes"}, "from": "cvat-images",
            "labels": [{"id": 1, "name": "car"}], "data_meta": {"frames": [
                {"name": "a.jpg", "width": 9, "height": 9}, {"name": "b.jpg", "width": 9, "height": 9}]}}
    Source: spec: CVAT does not compare the pictures of a task
    """
    from hashlib import blake2b

    first: dict[bytes, int] = {}
    twins: list[tuple[int, int]] = []
    labels = _labels_by_frame(ctx)
    for frame, file in (ctx.media or {}).items():
        try:
            digest = blake2b(file.read(), digest_size=16).digest()
        except InputError:  # a damaged picture is nobody's twin
            continue
        other = first.setdefault(digest, frame)
        if other != frame and labels.get(other, ()) != labels.get(frame, ()):
            twins.append((frame, other))
    names = ctx.frame_names(np.asarray([other for _, other in twins], np.int64))
    message = "the same picture as {other}, with other labels"
    return ctx.at("frame", [frame for frame, _ in twins], message, other=names)


def _labels_by_frame(ctx: Context) -> dict[int, tuple[int, ...]]:
    """The labels of tags, plain shapes and keyframes of each frame, ascending."""
    plain = ~ctx.elements
    frames = np.concatenate([ctx.tags.frame, ctx.shapes.frame[plain]])
    labels = np.concatenate([ctx.tags.label, ctx.shapes.label[plain]])
    return {int(frames[rows[0]]): tuple(sorted(labels[rows].tolist())) for rows in _groups(frames)}
