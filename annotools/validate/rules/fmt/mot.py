"""MOT: numbers of frames and objects, and the list of classes.

    gt/gt.txt  1,4,100.5,20,30,40,1,2,0.8        gt/labels.txt  car

What a reader makes of such lines is in the tables; these rules ask what evaluators and CVAT's importer stop at.
Source: https://motchallenge.net/instructions/ and TrackEval's checks of ids.
"""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import dirname

import numpy as np

from annotools.errors import Problems
from annotools.formats.kernel.lines import Cell, Lines, line_rows
from annotools.formats.mot.sequences import sequences
from annotools.validate.context import Context
from annotools.validate.findings import ERROR, WARNING, Found
from annotools.validate.needs import SOURCE
from annotools.validate.registry import rule
from annotools.validate.structure import Fault

_CELLS = (Cell("frame", int), Cell("object", int))


def lines_of(ctx: Context) -> tuple[Lines, ...]:
    """The frames and objects of each sequence of the input."""
    if ctx.source is None or ctx.slug != "mot":
        return ()
    members = [sequence.member for sequence in sequences(ctx.source, Problems())[0]]
    return tuple(line_rows(ctx.source, name, Problems(), *_CELLS, sep=b",", rest="ignore") for name in members)


def _faults(code: str, lines: Lines, rows: np.ndarray[tuple[int], np.dtype[np.int64]], text: str) -> Iterator[Fault]:
    """One fault for the first of some rows, with how many there are."""
    if len(rows):
        more = f"{text} ({len(rows):,} in all)"
        yield Fault(code, lines.members[0], "", more, line=int(lines.line[rows[0]]))


@rule("FMT040", "mot-frame-zero", ERROR, needs=SOURCE, proof="source: CVAT's importer subtracts 1")
def mot_frame_zero(ctx: Context) -> Found | None:
    """Lines of MOT count frames from 0.

    Why: MOTChallenge counts from 1, so the server's importer looks for frame -1, says `Unknown internal frame id -1`
        and refuses all.  Its own exports are such where pictures are called 0.jpg, 1.jpg and so on.
    Bad:
        {"from": "mot", "files": {"gt/gt.txt": "0,1,10,20,30,40,1,1,1\\n", "gt/labels.txt": "car\\n"}}

        {"from": "mot", "files": {"street/gt/gt.txt": "1,1,10,20,30,40,1,1,1\\n0,2,10,20,30,40,1,1,1\\n",
            "street/gt/labels.txt": "car\\n"}}
    Good:
        {"from": "mot", "files": {"gt/gt.txt": "1,1,10,20,30,40,1,1,1\\n", "gt/labels.txt": "car\\n"}}
    Source: https://github.com/cvat-ai/cvat/issues/3940
    """
    faults = [
        fault
        for lines in ctx.once(lines_of)
        for fault in _faults("FMT040", lines, np.flatnonzero(lines["frame"] == 0), "frames count from 0")
    ]
    return ctx.found(faults)


@rule("FMT041", "mot-without-labels", WARNING, needs=SOURCE, proof="source: Datumaro's reader, classes of MOT")
def mot_without_labels(ctx: Context) -> Found | None:
    """Ground truth of MOT has no labels.txt beside it.

    Why: class numbers are then those of MOTChallenge, pedestrian and eleven more, and the server refuses what is
        called otherwise in the task.
    Bad:
        {"from": "mot", "files": {"gt/gt.txt": "1,1,10,20,30,40,1,1,1\\n"}}

        {"from": "mot", "files": {"street/gt/gt.txt": "1,1,10,20,30,40,1,1,1\\n", "labels.txt": "car\\n"}}
    Good:
        {"from": "mot", "files": {"gt/gt.txt": "1,1,10,20,30,40,1,1,1\\n", "gt/labels.txt": "car\\n"}}
    Source: source: Datumaro's MOT reader, categories
    """
    members = [lines.members[0] for lines in ctx.once(lines_of)]
    bare = [name for name in members if ctx.source is not None and not ctx.source.has(f"{dirname(name)}/labels.txt")]
    return ctx.found([Fault("FMT041", name, "", "has no labels.txt beside it") for name in bare])


@rule("FMT042", "object-twice-on-a-frame", ERROR, needs=SOURCE, proof="source: TrackEval refuses repeated ids")
def object_twice_on_a_frame(ctx: Context) -> Found | None:
    """An object of MOT has two lines for one frame.

    Why: evaluators stop at it, and a track can be at one place only: the second box becomes one by itself.
    Bad:
        {"from": "mot", "files": {"gt/gt.txt": "1,1,10,20,30,40,1,1,1\\n1,1,50,60,30,40,1,1,1\\n",
            "gt/labels.txt": "car\\n"}}

        {"from": "mot", "files": {"gt/gt.txt": "1,1,1,2,3,4,1,1,1\\n2,1,1,2,3,4,1,1,1\\n1,1,5,6,3,4,1,1,1\\n",
            "gt/labels.txt": "car\\n"}}
    Good:
        {"from": "mot", "files": {"gt/gt.txt": "1,1,10,20,30,40,1,1,1\\n1,-1,50,60,30,40,1,1,1\\n1,-1,5,6,3,4,1,1,1\\n",
            "gt/labels.txt": "car\\n"}}
    Source: https://github.com/JonathonLuiten/TrackEval
    """
    faults: list[Fault] = []
    for lines in ctx.once(lines_of):
        frame, number = lines["frame"], lines["object"]
        order = np.lexsort((np.arange(len(frame)), frame, number))
        again = (np.diff(number[order]) == 0) & (np.diff(frame[order]) == 0) & (number[order][1:] > 0)
        faults += _faults("FMT042", lines, np.sort(order[1:][again]), "has an object twice on a frame")
    return ctx.found(faults)
