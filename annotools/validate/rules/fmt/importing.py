"""What the server's importers refuse, or read otherwise than a file means it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

import msgspec
import numpy as np
from msgspec.structs import replace

from annotools import formats
from annotools.errors import InputError, Problem
from annotools.formats.base import Read, ReadOptions
from annotools.formats.coco.readers import OWN_RULES
from annotools.formats.cvat_xml.kinds import NO_KEYFRAME
from annotools.formats.yolo.layout import NO_SPARE_SUBSET, NO_SUCH_SUBSET
from annotools.model import Losses, ShapeType
from annotools.model.tables import Array, Shapes
from annotools.quirks import CVAT
from annotools.sequences import chosen
from annotools.validate.context import Context
from annotools.validate.edits import Edit
from annotools.validate.findings import ERROR, WARNING, Found, lossless
from annotools.validate.fixing.xml_problems import MeantElements, attribute_added, lacks
from annotools.validate.fixing.xml_text import TAGS
from annotools.validate.needs import SOURCE
from annotools.validate.registry import rule
from annotools.validate.rules.fmt.icdar import marked
from annotools.validate.spots import elsewhere
from annotools.validate.structure import Fault

_FLAGS = ("occluded", "outside")
_XML = ("cvat-images", "cvat-video")
_TOLD = OWN_RULES | {NO_SUCH_SUBSET, NO_SPARE_SUBSET}  # kinds of problems that are findings of other rules
_MEANING = {"keyframe": "1", "outside": "0", "occluded": "0"}  # what rows that do not say it are here
_LACKING = "has no "
_ROW_TAGS = sorted(TAGS - {"tag", "track"})


class _Import(msgspec.Struct, frozen=True):
    """What the importer makes of an input, as far as it is compared: columns of its shapes, without their points.

    keyframes: how many of the shapes are rows of tracks.
    """

    problems: Sequence[Problem]
    losses: Losses
    columns: Mapping[str, Array]
    keyframes: int


def _imported(ctx: Context) -> _Import | None:
    """The input as the importer reads it; None for formats that it reads as we do."""
    read = _read(ctx)
    if read is None:
        return None
    columns = {name: getattr(read.dataset.shapes, name) for name in ("type", "frame", *_FLAGS)}
    return _Import(read.problems, read.losses, columns, _keyframes(read.dataset.shapes))


def _keyframes(shapes: Shapes) -> int:
    """How many rows of tracks there are, without elements of skeletons and tracks of masks, which become shapes."""
    rows = (shapes.track >= 0) & (shapes.parent < 0)
    return int((rows & ~np.isin(shapes.track, shapes.track[rows & (shapes.type == ShapeType.MASK)])).sum())


def _read(ctx: Context) -> Read | None:
    """The input as the importer reads it, before it is cut over jobs; None for formats that it reads as we do.

    Where it stops at once, nothing but what it stops at.
    """
    options = ReadOptions(quirks=CVAT, earlier=ctx.subject.shared)
    form = formats.get(ctx.slug) if ctx.slug else None
    read = None if form is None else form.dialect(options).read
    if form is None or read is None or read is form.read or ctx.source is None:
        return None
    known = ctx.subject.elsewhere
    annotations = dict.fromkeys(("tags", "shapes", "tracks", "intervals", "attributes", "origin"))
    try:
        return read(ctx.source, None if known is None else known.replace(jobs=(), **annotations), options)
    except InputError as error:
        return Read(ctx.dataset.replace(**annotations), problems=error.problems)


@rule("FMT009", "refused-by-importer", ERROR, needs=SOURCE, proof="source: load_anno and the import of attributes")
def refused_by_importer(ctx: Context) -> Found | None:
    """Something that the server's importer stops at, although it can be understood.

    Why: the whole import fails. CVAT 1.1: with a bare KeyError for a row of a track without `keyframe` or a point of a
        skeleton without `outside` or `occluded`, with `Unknown frame` for a row of a track behind the end. COCO: with
        `Invalid annotation field` or `Missing annotation field` for ids that are not whole numbers, for annotations
        without segmentation and for images, categories or annotations that are no lists. Both: with `Failed to convert
        attribute` for a checkbox that is neither true nor false. Keypoints need as many names as there are points, and
        these have to be those of the label.
    Bad:
        {"from": "cvat-video", "task": {}, "files": {"annotations.xml":
            "<annotations><track label='car'><points frame='3' points='1,2'/></track></annotations>"}}

        {"from": "cvat-video", "task": {}, "files": {"annotations.xml":
            "<annotations><track label='car'><points frame='12' keyframe='1' points='1,2'/></track></annotations>"}}

        {"from": "cvat-video", "task": {}, "files": {"annotations.xml":
            "<annotations><track label='pose'><skeleton frame='0' keyframe='1'><points label='head' keyframe='1' points='1,2'/></skeleton></track></annotations>"}}

        {"from": "cvat-images", "task": {}, "files": {"annotations.xml":
            "<annotations><image id='0' name='street/000.jpg'><points label='car' points='1,2'><attribute name='moving'>yes</attribute></points></image></annotations>"}}

        {"from": "coco", "files": {"a.json": {"images": [{"id": 1, "file_name": "a.jpg", "width": -1, "height": 9}],
            "categories": [{"id": 1, "name": "car"}], "annotations": []}}}

        {"from": "coco", "files": {"a.json": {"images": [{"id": 1, "file_name": "a.jpg"}], "annotations": [
            {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 4, 4], "segmentation": []}]}}}

        {"from": "coco", "files": {"a.json": {"images": [{"id": 1, "file_name": "a.jpg"}],
            "categories": [{"id": 1, "name": "car"}], "annotations": [
                {"id": "7", "image_id": 1, "category_id": 1, "bbox": [1, 1, 4, 4], "segmentation": []}]}}}

        {"from": "coco", "files": {"a.json": {"images": [{"id": 1, "file_name": "a.jpg"}],
            "categories": [{"id": 1, "name": "car"}], "annotations": [
                {"id": 7, "image_id": 1, "category_id": 1, "bbox": [1, 1, 4, 4]}]}}}

        {"from": "coco-keypoints", "files": {"a.json": {"images": [{"id": 1, "file_name": "a.jpg"}],
            "categories": [{"id": 1, "name": "man", "keypoints": ["head"], "skeleton": []}], "annotations": [
                {"id": 7, "image_id": 1, "category_id": 1, "keypoints": [1, 1, 2, 4, 4, 2], "segmentation": []}]}}}
    Good:
        {"from": "cvat-video", "task": {}, "files": {"annotations.xml":
            "<annotations><track label='car'><points frame='3' keyframe='1' points='1,2'/></track></annotations>"}}

        {"from": "coco", "files": {"a.json": {"images": [{"id": 1, "file_name": "a.jpg"}],
            "categories": [{"id": 1, "name": "car"}], "annotations": [
                {"id": 7, "image_id": 1, "category_id": 1, "bbox": [1, 1, 4, 4], "segmentation": []}]}}}
    Fix: lossless: a row of a track without `keyframe`, and a point of a skeleton without `outside` or `occluded`, is
        given what it counts as; all else has no fix.
    Source: CVAT's cvat.py, load_anno, and bindings.py, import of tracks and attributes; Datumaro's COCO extractor
    """  # noqa: E501  # a file is one text
    read = ctx.once(_imported)
    if read is None:
        return None
    others = chosen(read.problems, lambda problem: problem.kind not in _TOLD)
    marks = [Problem("begins with a mark", name, 1) for name in ctx.once(marked)]  # which FMT060 tells
    return _with_flags(ctx, elsewhere(others, [*ctx.problems, *marks] if marks else ctx.problems))


def _with_flags(ctx: Context, problems: Sequence[Problem]) -> Found | None:
    """Problems as an answer; a row of a track that does not say what it is is given what it counts as here."""
    answer = ctx.told(problems)
    if answer is None or ctx.source is None or ctx.slug not in _XML:
        return answer
    source = ctx.source

    @cache
    def rows(message: str) -> tuple[list[int], MeantElements]:
        numbers = [number for number, problem in enumerate(problems) if problem.message == message]
        name = message.removeprefix(_LACKING)
        faulty = lacks(name, inside="" if name == "keyframe" else "skeleton")
        return numbers, MeantElements(source, [problems[number] for number in numbers], _ROW_TAGS, faulty)

    def edits(i: int) -> list[Edit]:
        problem = problems[i]
        name = problem.message.removeprefix(_LACKING)
        if name not in _MEANING:
            return []
        numbers, elements = rows(problem.message)
        element = elements.of(bisect_left(numbers, i))
        return [] if element is None else attribute_added(problem.file, *element, name, _MEANING[name])

    return replace(answer, remedy=lossless("say what it counts as", edits))


@rule("FMT010", "read-otherwise-by-importer", WARNING, needs=SOURCE, proof="source: load_anno and match_dm_item")
def read_otherwise_by_importer(ctx: Context) -> Iterator[Found]:
    """Something that the server's importer takes for another thing than it says.

    Why: no error comes. A picture whose name is not a frame's is taken for the frame of its `id`, so annotations land on
        a wrong picture; `occluded="True"` is false, for only `1` is true, and a row of a track with `keyframe="True"` is
        no keyframe and dropped; an attribute that the label does not have is dropped.
    Bad:
        {"from": "cvat-images", "task": {}, "files": {"annotations.xml":
            "<annotations><image id='1' name='000.jpg'><points label='car' points='1,2'/></image></annotations>"}}

        {"from": "cvat-images", "task": {}, "files": {"annotations.xml":
            "<annotations><image id='0' name='street/000.jpg'><points label='car' occluded='True' points='1,2'/></image></annotations>"}}

        {"from": "cvat-images", "task": {}, "files": {"annotations.xml":
            "<annotations><image id='0' name='street/000.jpg'><points label='car' points='1,2'><attribute name='by'>me</attribute></points></image></annotations>"}}

        {"from": "cvat-video", "task": {}, "files": {"annotations.xml":
            "<annotations><track label='car'><points frame='0' keyframe='True' points='1,2'/></track></annotations>"}}
    Good:
        {"from": "cvat-images", "task": {}, "files": {"annotations.xml":
            "<annotations><image id='0' name='street/000.jpg'><points label='car' occluded='1' points='1,2'/></image></annotations>"}}

        {"from": "cvat-video", "task": {}, "files": {"annotations.xml":
            "<annotations><track label='car'><points frame='0' keyframe='1' points='1,2'/><points frame='1' keyframe='0' points='1,2'/></track></annotations>"}}

        {"from": "cvat-video", "task": {}, "files": {"annotations.xml":
            "<annotations><track label='car'><mask frame='0' keyframe='1' rle='0, 4' left='1' top='1' width='2' height='2'/><mask frame='2' keyframe='1' rle='0, 4' left='1' top='1' width='2' height='2'/></track></annotations>"}}
    Source: CVAT's cvat.py, load_anno, and bindings.py, match_dm_item and import of attributes
    """  # noqa: E501  # a file is one text
    read = ctx.once(_imported)
    if read is None:
        return
    lost = sum(loss.count for loss in read.losses if loss.what == "attribute")
    message = f"the importer drops attributes that their labels do not have: {lost:,}"
    yield from filter(None, [ctx.found([Fault("FMT010", ctx.subject.member, "", message)] if lost else [])])
    yield from filter(None, [ctx.found(list(_no_keyframes(ctx, read)))])
    theirs = read.columns
    if not np.array_equal(theirs["type"], ctx.shapes.type):
        return  # rows that are not in one order cannot be compared
    rows = np.flatnonzero(theirs["frame"] != ctx.shapes.frame)
    yield ctx.at("shape", rows, "the importer puts it on frame {frame}", frame=theirs["frame"][rows])
    for name in _FLAGS:
        value = theirs[name]
        rows = np.flatnonzero(value != getattr(ctx.shapes, name))
        yield ctx.at("shape", rows, "the importer reads {name} as {value}", name=name, value=value[rows])


def _no_keyframes(ctx: Context, read: _Import) -> Iterator[Fault]:
    """Rows of tracks that are keyframes here and not there, where nothing else can be why they are fewer there."""
    fewer = _keyframes(ctx.shapes) - read.keyframes
    refused = any(problem.kind != NO_KEYFRAME for problem in read.problems)
    whole = len(ctx.dataset.jobs) <= 1  # tracks are cut where jobs meet
    if ctx.slug in _XML and fewer > 0 and whole and not refused:
        yield Fault(
            "FMT010", ctx.subject.member, "", f"the importer drops keyframes that are not marked by 1: {fewer:,}"
        )
