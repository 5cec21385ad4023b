"""Names of frames: those of a file against those of the task, and those of the task among themselves."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

import numpy as np

from annotools import formats
from annotools.errors import InputError
from annotools.formats.base import ReadOptions
from annotools.matching import FrameMatcher
from annotools.model import Frames
from annotools.model.columns import distinct
from annotools.model.tables import Ints
from annotools.storage.names import are_plain, name_fault
from annotools.validate.context import Context
from annotools.validate.findings import ERROR, INFO, OFF, WARNING, Found
from annotools.validate.needs import FRAMES, SIZES, SOURCE
from annotools.validate.registry import rule
from annotools.validate.rules.fmt.coco import documents
from annotools.validate.structure import Fault

_SELF_CONTAINED = ("cvat-api", "cvat-backup")  # what they say of pictures is the task's own word
_DIGITS = re.compile(r"(\d+)")


@rule("FRM008", "unmatched-name", ERROR, needs=SOURCE, proof="io/import-unmatched-file")
def unmatched_name(ctx: Context) -> None:
    """A picture that the file names is not one of the task's frames.

    Why: the import fails as a whole: `Could not match item id ... with any task frame`.
    Bad:
        {"files": {"annotations.xml":
            "<annotations><image id='0' name='other.jpg' width='200' height='100'></image></annotations>"},
         "from": "cvat-images", "task": {}}

        {"files": {"a.json": {"images": [{"id": 1, "file_name": "other.jpg", "width": 200, "height": 100}],
            "categories": [{"id": 1, "name": "car"}], "annotations": []}}, "from": "coco", "task": {}}

        {"files": {"Annotations/other.xml": "<annotation><filename>other.jpg</filename></annotation>"}, "from": "voc",
         "task": {}}
    Good:
        {"files": {"annotations.xml":
            "<annotations><image id='0' name='street/000.jpg' width='200' height='100'></image></annotations>"},
         "from": "cvat-images", "task": {}}
    Source: io/import-unmatched-file (the request fails)
    """


@rule("FRM009", "ambiguous-name", ERROR, needs=SOURCE, proof="io/import-base-name-match")
def ambiguous_name(ctx: Context) -> None:
    """A picture that the file names fits several frames of the task.

    Why: the server takes the first that fits, or none, and says nothing; annotations land on a wrong picture.
    Bad:
        {"files": {"annotations.xml":
            "<annotations><image id='7' name='000.jpg' width='200' height='100'></image></annotations>"},
         "from": "cvat-images", "task": {}, "data_meta": {"frames": [
            {"name": "a/000.jpg", "width": 200, "height": 100}, {"name": "b/000.jpg", "width": 200, "height": 100}]}}

        {"files": {"a.json": {"images": [{"id": 7, "file_name": "000.jpg", "width": 200, "height": 100}],
            "categories": [{"id": 1, "name": "car"}], "annotations": []}}, "from": "coco", "task": {},
            "data_meta": {"frames": [
            {"name": "a/000.jpg", "width": 200, "height": 100}, {"name": "b/000.jpg", "width": 200, "height": 100}]}}
    Good:
        {"files": {"annotations.xml":
            "<annotations><image id='0' name='a/000.jpg' width='200' height='100'></image></annotations>"},
         "from": "cvat-images", "task": {}, "data_meta": {"frames": [
            {"name": "a/000.jpg", "width": 200, "height": 100}, {"name": "b/000.jpg", "width": 200, "height": 100}]}}
    Source: io/import-base-name-match; source: CVAT's bindings.py takes the first of several base names
    """


@rule("FRM010", "unlike-spelt-name", WARNING, needs=FRAMES, proof="source: names are compared letter by letter")
def unlike_spelt_name(ctx: Context) -> Iterator[Found]:
    r"""Names of frames that only some systems hold for one: decomposed letters, backslashes, case.

    Why: the server compares names letter by letter. A file made on another system (macOS decomposes accents, Windows
        writes backslashes) names the same picture and matches none, or two frames differ only in case.
    Bad:
        {"annotations": {}, "data_meta": {"frames": [{"name": "a\\b.jpg", "width": 200, "height": 100},
                                                     {"name": "c.jpg", "width": 200, "height": 100}]}}

        {"annotations": {}, "data_meta": {"frames": [{"name": "u\u0308.jpg", "width": 200, "height": 100},
                                                     {"name": "c.jpg", "width": 200, "height": 100}]}}

        {"annotations": {}, "data_meta": {"frames": [{"name": "a.jpg", "width": 200, "height": 100},
                                                     {"name": "A.jpg", "width": 200, "height": 100}]}}
    Good:
        {"annotations": {}, "data_meta": {"frames": [{"name": "a/b.jpg", "width": 200, "height": 100},
                                                     {"name": "\u00fc.jpg", "width": 200, "height": 100}]}}
    Source: source: CVAT's bindings.py, matching of item ids to frames
    """
    names = ctx.frames.names
    if are_plain(names) and len(set("\n".join(names).lower().split("\n"))) == len(set(names)):  # as nearly always
        return
    odd, alike = [], []
    known: dict[str, int] = {}
    for frame, name in enumerate(names):
        if "\\" in name or unicodedata.normalize("NFC", name) != name:
            odd.append(frame)
        first = known.setdefault(unicodedata.normalize("NFC", name).casefold(), frame)
        if name != names[first]:
            alike.append((frame, first))
    yield ctx.at("frame", odd, "the name has a backslash or decomposed letters")
    others = [names[first] for _, first in alike]
    yield ctx.at("frame", [frame for frame, _ in alike], "the name differs from {other} only in case", other=others)


@rule("FRM014", "name-that-leads-outside", ERROR, upload=WARNING, needs=FRAMES, proof="source: names are paths")
def name_that_leads_outside(ctx: Context) -> Iterator[Found]:
    """The name of a frame leads out of its folder, or is no name that a file can have.

    Why: whoever writes pictures under the names of their frames writes elsewhere: `..`, `/etc`, `C:`, an empty part. We
        write them as far as they lead down, and say so; other converters follow them.
    Bad:
        {"annotations": {}, "data_meta": {"frames": [{"name": "../../etc/a.jpg", "width": 200, "height": 100},
                                                     {"name": "c.jpg", "width": 200, "height": 100}]}}

        {"annotations": {}, "data_meta": {"frames": [{"name": "/etc/a.jpg", "width": 200, "height": 100},
                                                     {"name": "c.jpg", "width": 200, "height": 100}]}}

        {"from": "coco", "files": {"a.json": {"images": [{"id": 1, "file_name": "../a.jpg"}],
            "categories": [{"id": 1, "name": "car"}], "annotations": []}}}
    Good:
        {"annotations": {}, "data_meta": {"frames": [{"name": "etc/a.jpg", "width": 200, "height": 100},
                                                     {"name": "c.jpg", "width": 200, "height": 100}]}}
    Source: names of frames are paths of pictures in every archive that the server makes
    """
    faults = dict(_faults(ctx.frames.names))
    yield ctx.at("frame", list(faults), "the name {fault}", fault=list(faults.values()))
    stated = [(one.member, index, fault) for one in ctx.once(documents) for index, fault in _faults(one.names)]
    places = [
        Fault("FRM014", name, f"/images/{index}/file_name", f"the name {problem}") for name, index, problem in stated
    ]
    yield from filter(None, [ctx.found(places)])


def _faults(names: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The names that lead outside and what is wrong with them; FRM010 speaks of backslashes."""
    if are_plain(names):
        return
    for index, name in enumerate(names):
        fault = name_fault(name.replace("\\", "/")) if name else ""
        if fault:
            yield index, fault


@rule("FRM012", "lexicographic-frame-order", INFO, upload=OFF, needs=FRAMES, proof="source: sorting methods of tasks")
def lexicographic_frame_order(ctx: Context) -> Found | None:
    """Numbered frames are in the order of letters: 1, 10, 2.

    Why: nothing breaks; tracks over such frames jump, and a tool that sorts by number puts annotations elsewhere.
    Bad:
        {"annotations": {}, "data_meta": {"frames": [{"name": "f1.jpg", "width": 200, "height": 100},
            {"name": "f10.jpg", "width": 200, "height": 100}, {"name": "f2.jpg", "width": 200, "height": 100}]}}

        {"annotations": {}, "data_meta": {"frames": [{"name": "a/2.jpg", "width": 200, "height": 100},
            {"name": "b/10.jpg", "width": 200, "height": 100}, {"name": "b/9.jpg", "width": 200, "height": 100}]}}
    Good:
        {"annotations": {}, "data_meta": {"frames": [{"name": "f1.jpg", "width": 200, "height": 100},
            {"name": "f2.jpg", "width": 200, "height": 100}, {"name": "f10.jpg", "width": 200, "height": 100}]}}

        {"annotations": {}, "data_meta": {"frames": [{"name": "a.jpg", "width": 200, "height": 100},
            {"name": "b.jpg", "width": 200, "height": 100}]}}

        {"annotations": {}, "data_meta": {"frames": [{"name": "f2.jpg", "width": 200, "height": 100},
            {"name": "f1.jpg", "width": 200, "height": 100}, {"name": "f10.jpg", "width": 200, "height": 100}]}}
    Source: source: CVAT sorts the pictures of a new task lexicographically unless told otherwise
    """
    names = list(ctx.frames.names)
    natural = sorted(names, key=_natural)
    if names != sorted(names) or names == natural:
        return None
    index = next(index for index, (name, other) in enumerate(zip(names, natural, strict=True)) if name != other)
    return ctx.at("frame", [index], "comes before {other}, by letters and not by number", other=natural[index])


def _natural(name: str) -> list[tuple[int, int, str]]:
    """Digits count as numbers: of two the longer one is greater.  There may be thousands, which `int` refuses."""
    parts = ((part.isdecimal(), part.lstrip("0") if part.isdecimal() else part) for part in _DIGITS.split(name) if part)
    return [(0, len(text), text) if is_number else (1, 0, text) for is_number, text in parts]


@rule("FRM013", "long-stretch-without-annotations", INFO, upload=OFF, needs=FRAMES, proof="spec: frames may be empty")
def long_stretch_without_annotations(ctx: Context, frames: float = 100) -> Found:
    """Many frames in a row have no annotation, between frames that have some.

    Why: nothing breaks; often somebody skipped them, or a part of the upload is missing.
    Bad:
        {"annotations": {"tags": [{"label_id": 6, "frame": 0}, {"label_id": 6, "frame": 9}]}, "options": {"frames": 5}}

        {"annotations": {"tracks": [
            {"label_id": 1, "frame": 0, "shapes": [{"type": "points", "frame": 0, "points": [10, 10]},
                {"type": "points", "frame": 1, "points": [10, 10], "outside": true}]},
            {"label_id": 1, "frame": 9, "shapes": [{"type": "points", "frame": 9, "points": [10, 10]}]}]},
         "options": {"frames": 5}}
    Good:
        {"annotations": {"tags": [{"label_id": 6, "frame": 0}, {"label_id": 6, "frame": 3}]}, "options": {"frames": 5}}
    Options: frames: how many in a row are fine.
    Source: spec: CVAT's documentation of tasks
    """
    used = distinct(np.concatenate([ctx.tags.frame, _covered(ctx)]))
    used = used[(used >= 0) & (used < len(ctx.frames))]
    gaps = np.flatnonzero(np.diff(used) - 1 > frames)
    message = "{count} frames behind this one have no annotation"
    return ctx.at("frame", used[gaps], message, count=np.diff(used)[gaps] - 1)


def _covered(ctx: Context) -> Ints:
    """Frames with shapes, those between the keyframes of a track included."""
    keyframes, frame = ctx.keyframes_in_order, ctx.shapes.frame
    some = np.flatnonzero(keyframes.first >= 0)
    first, last = frame[keyframes.first[some]], frame[keyframes.last[some]]
    ends = np.zeros(len(ctx.frames) + 1, np.int64)
    np.add.at(ends, np.clip(first, 0, len(ctx.frames)), 1)
    np.add.at(ends, np.clip(last + 1, 0, len(ctx.frames)), -1)
    return np.concatenate([frame[ctx.shapes.track < 0], np.flatnonzero(np.cumsum(ends) > 0)])


@rule(
    "FRM011", "size-unlike-picture", ERROR, upload=WARNING, needs=SOURCE | SIZES,
    proof="source: sizes of a file are not compared",
)  # fmt: skip
def size_unlike_picture(ctx: Context) -> Found | None:
    """The file gives a picture another size than the task.

    Why: the server does not compare them: coordinates made for a picture of another size are stored as they are, so
        every shape is misplaced.
    Bad:
        {"files": {"annotations.xml":
            "<annotations><image id='0' name='street/000.jpg' width='400' height='200'></image></annotations>"},
         "from": "cvat-images", "task": {}}

        {"files": {"annotations.xml":
            "<annotations><image id='0' name='street/000.jpg' width='200' height='101'></image></annotations>"},
         "from": "cvat-images", "task": {}}
    Good:
        {"files": {"annotations.xml":
            "<annotations><image id='0' name='street/000.jpg' width='200' height='100'></image></annotations>"},
         "from": "cvat-images", "task": {}}
    Source: source: CVAT's bindings.py does not look at the sizes of an imported file
    """
    stated = _stated(ctx)
    if stated is None:
        return None
    matches = FrameMatcher(ctx.frames.names).match_all(stated.names)
    pairs = np.asarray([(match.frame, n) for n, match in enumerate(matches) if match.frame is not None], np.int64)
    here, there = pairs.reshape(-1, 2).T
    mine, theirs = ctx.frames.sizes(here), stated.sizes(there)
    wrong = np.flatnonzero((mine > 0).all(axis=1) & (theirs > 0).all(axis=1) & (mine != theirs).any(axis=1))
    message = "{width} x {height} in the file, {task_width} x {task_height} in the task"
    return ctx.at(
        "frame", here[wrong], message, width=theirs[wrong, 0], height=theirs[wrong, 1], task_width=mine[wrong, 0],
        task_height=mine[wrong, 1],
    )  # fmt: skip


def _stated(ctx: Context) -> Frames | None:
    """Frames as the file itself says them, where it was read against a task's."""
    if ctx.slug in _SELF_CONTAINED or ctx.source is None or ctx.subject.elsewhere is None:
        return None
    read = formats.get(ctx.slug).read
    try:
        return None if read is None else read(ctx.source, None, ReadOptions()).dataset.frames
    except InputError:  # a file that says nothing of its own
        return None
