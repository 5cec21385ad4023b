"""What the server's importer of CVAT's XML refuses, or reads otherwise than the file means it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from annotools import formats
from annotools.formats.base import Options, Read
from annotools.quirks import CVAT
from annotools.validate.context import Context
from annotools.validate.findings import ERROR, WARNING, Found
from annotools.validate.registry import SOURCE, rule
from annotools.validate.structure import Fault

_XML = ("cvat-images", "cvat-video")
_FLAGS = ("occluded", "outside")


def _imported(ctx: Context) -> Read | None:
    """The input as the importer reads it, before it is cut over jobs; None for other formats."""
    options = Options(quirks=CVAT)
    read = formats.get(ctx.slug).dialect(options).read if ctx.slug in _XML else None
    if read is None or ctx.source is None:
        return None
    known = ctx.subject.elsewhere
    annotations = dict.fromkeys(("tags", "shapes", "tracks", "intervals", "attributes", "origin"))
    return read(ctx.source, None if known is None else known.replace(jobs=(), **annotations), options)


@rule("FMT009", "refused-by-importer", ERROR, needs=SOURCE, proof="source: load_anno and the import of attributes")
def refused_by_importer(ctx: Context) -> Found | None:
    """Something that the importer of CVAT 1.1 stops at, although it can be understood.

    Why: the whole import fails, with a bare KeyError for a row of a track without `keyframe` or a point of a skeleton
        without `outside` or `occluded`, with `Unknown frame` for a row of a track behind the end, and with `Failed to
        convert attribute` for a checkbox that is neither true nor false.
    Bad:
        {"from": "cvat-video", "task": {}, "files": {"annotations.xml":
            "<annotations><track label='car'><points frame='3' points='1,2'/></track></annotations>"}}

        {"from": "cvat-video", "task": {}, "files": {"annotations.xml":
            "<annotations><track label='car'><points frame='12' keyframe='1' points='1,2'/></track></annotations>"}}

        {"from": "cvat-video", "task": {}, "files": {"annotations.xml":
            "<annotations><track label='pose'><skeleton frame='0' keyframe='1'><points label='head' keyframe='1' points='1,2'/></skeleton></track></annotations>"}}

        {"from": "cvat-images", "task": {}, "files": {"annotations.xml":
            "<annotations><image id='0' name='street/000.jpg'><points label='car' points='1,2'><attribute name='moving'>yes</attribute></points></image></annotations>"}}
    Good:
        {"from": "cvat-video", "task": {}, "files": {"annotations.xml":
            "<annotations><track label='car'><points frame='3' keyframe='1' points='1,2'/></track></annotations>"}}
    Source: CVAT's cvat.py, load_anno, and bindings.py, import of tracks and attributes
    """  # noqa: E501  # a file is one text
    read = ctx.once(_imported)
    if read is None:
        return None
    known = {(problem.file, problem.line) for problem in ctx.problems}
    new = [problem for problem in read.problems if (problem.file, problem.line) not in known]
    return ctx.found(
        [
            Fault("FMT009", one.file, "", f"{replace(one, file='', line=None)} (line {one.line or '?'})")
            for one in new
        ]
    )  # fmt: skip


@rule("FMT010", "read-otherwise-by-importer", WARNING, needs=SOURCE, proof="source: load_anno and match_dm_item")
def read_otherwise_by_importer(ctx: Context) -> Iterator[Found]:
    """Something that the importer of CVAT 1.1 takes for another thing than it says.

    Why: no error comes. A picture whose name is no frame's is taken for the frame of its `id`, so annotations land on
        a wrong picture; `occluded="True"` is false, for only `1` is true; an attribute that the label does not have is
        dropped.
    Bad:
        {"from": "cvat-images", "task": {}, "files": {"annotations.xml":
            "<annotations><image id='1' name='000.jpg'><points label='car' points='1,2'/></image></annotations>"}}

        {"from": "cvat-images", "task": {}, "files": {"annotations.xml":
            "<annotations><image id='0' name='street/000.jpg'><points label='car' occluded='True' points='1,2'/></image></annotations>"}}

        {"from": "cvat-images", "task": {}, "files": {"annotations.xml":
            "<annotations><image id='0' name='street/000.jpg'><points label='car' points='1,2'><attribute name='by'>me</attribute></points></image></annotations>"}}
    Good:
        {"from": "cvat-images", "task": {}, "files": {"annotations.xml":
            "<annotations><image id='0' name='street/000.jpg'><points label='car' occluded='1' points='1,2'/></image></annotations>"}}
    Source: CVAT's cvat.py, load_anno, and bindings.py, match_dm_item and import of attributes
    """  # noqa: E501  # a file is one text
    read = ctx.once(_imported)
    if read is None:
        return
    lost = sum(loss.count for loss in read.losses if loss.what == "attribute")
    said = f"the importer drops attributes that their labels do not have: {lost:,}"
    yield from filter(None, [ctx.found([Fault("FMT010", ctx.subject.member, "", said)] if lost else [])])
    theirs = read.dataset.shapes
    if len(theirs) != len(ctx.shapes):
        return
    rows = np.flatnonzero(theirs.frame != ctx.shapes.frame)
    yield ctx.at("shape", rows, "the importer puts it on frame {frame}", frame=theirs.frame[rows])
    for name in _FLAGS:
        value = getattr(theirs, name)
        rows = np.flatnonzero(value != getattr(ctx.shapes, name))
        yield ctx.at("shape", rows, "the importer reads {name} as {value}", name=name, value=value[rows])
