"""Numbers of columns that readers refuse, where it is certain which would be right.

labels/a.txt    0 0.5 0.5 0.2 0.1 0.9       a score, or a track, behind the five cells that trainers want
label_2/a.txt   car 0 0 -10 1 2 3 4         a box without its place in space, which need not be known
gt/gt.txt       1,1,10,20,30,40,1,1,1,      a comma behind the last cell
"""

from __future__ import annotations

from functools import partial

from annotools.errors import Problems
from annotools.formats.kernel.lines import typed
from annotools.formats.masks.kitti_layout import BOXES, places_of
from annotools.formats.mot.sequences import sequences
from annotools.geometry.ragged import lengths
from annotools.model.columns import distinct
from annotools.validate.context import Context
from annotools.validate.findings import ERROR, OFF, WARNING, Found
from annotools.validate.needs import SOURCE
from annotools.validate.registry import rule
from annotools.validate.rules.fmt.mended_lines import faults_of, with_edits
from annotools.validate.rules.fmt.texts import text_of
from annotools.validate.rules.fmt.yolo import lines

_BOX = 5  # a class and four numbers
_MARKED = {"yolo": 7, "yolo-ultralytics-detection": 6}  # with what may stand behind
_FLAT = 8  # a name and seven numbers
_IN_SPACE = b" -1 -1 -1 -1000 -1000 -1000 -10"


@rule("FMT103", "columns-behind-boxes", WARNING, upload=OFF, needs=SOURCE, proof="source: Ultralytics, check of labels")
def columns_behind_boxes(ctx: Context) -> Found | None:
    """Lines of boxes have a score or a track behind their five cells.

    Why: predictions and tracks are saved so. Ultralytics leaves out a picture with such a line as corrupt; Darknet
        reads five cells after the other, so that all boxes behind the first are others.  Seven cells are three corners
        to Ultralytics, and a box with a score and a track to nobody but Darknet's tools.
    Bad:
        {"from": "yolo-ultralytics-detection", "files": {"data.yaml": "names: [car]\\ntrain: images/train",
            "images/train/a.jpg": "picture", "labels/train/a.txt": "0 0.5 0.5 0.2 0.1 0.9\\n0 0.5 0.5 0.2 0.1\\n"}}

        {"from": "yolo", "files": {"obj.data": "classes = 1\\ntrain = train.txt\\nnames = obj.names",
            "obj.names": "car\\n", "train.txt": "a.jpg\\n", "a.jpg": "picture", "a.txt": "0 0.5 0.5 0.2 0.1 0.9 7"}}
    Good:
        {"from": "yolo-ultralytics-detection", "files": {"data.yaml": "names: [car]\\ntrain: images/train",
            "images/train/a.jpg": "picture", "labels/train/a.txt": "0 0.5 0.5 0.2 0.1\\n0 0.1 0.1 0.2 0.1 0.2 0.2\\n"}}

        {"from": "yolo-ultralytics-detection-track", "files": {"data.yaml": "names: [car]\\ntrain: images/train",
            "images/train/a.jpg": "picture", "labels/train/a.txt": "0 0.5 0.5 0.2 0.1 3"}}
    Fix: lossy: what stands behind is taken away.
    Source: https://github.com/ultralytics/ultralytics, verify_image_label
    """
    most = _MARKED.get(ctx.slug, 0)
    known = ctx.once(lines) if most else None
    if known is None:
        return None
    behind, mend = lengths(known.rest[1]), partial(_box, most)
    odd = distinct(known.member[(behind > 0) & (behind <= most - _BOX)]).tolist()
    message = "a box has something behind its five cells"
    answer = ctx.found(faults_of(ctx, "FMT103", [known.members[member] for member in odd], mend, message))
    return with_edits(ctx, answer, "take away what is behind boxes", mend, safe=False)


def _box(most: int, text: bytes) -> bytes | None:
    cells = text.split()
    return b" ".join(cells[:_BOX]) if _BOX < len(cells) <= most and not typed(cells[1:], float)[1].any() else None


@rule("FMT104", "box-without-place-in-space", ERROR, needs=SOURCE, proof="source: KITTI's and Datumaro's readers")
def box_without_place_in_space(ctx: Context) -> Found | None:
    """Lines of KITTI end behind the box: size, place and angle in space are left out.

    Why: readers count 15 columns, or 16 with a score, and refuse others; what is not known is -1, -1000 and -10.
    Bad:
        {"from": "kitti", "files": {"label_2/a.txt": "car 0 0 -10 1 2 3 4\\n"}}

        {"from": "kitti", "files": {"label_2/a.txt": "car 0 0 -10 1 2 3 4 1 1 1 1 1 1 1\\nvan 0 0 -10 1 2 3 4\\n"}}
    Good:
        {"from": "kitti", "files": {"label_2/a.txt": "car 0 0 -10 1 2 3 4 -1 -1 -1 -1000 -1000 -1000 -10\\n"}}
    Fix: lossless: the numbers that stand for what is not known are put behind.
    Source: KITTI object development kit, readme.txt
    """
    if ctx.source is None or ctx.slug != "kitti":
        return None
    members = places_of(ctx.source)[BOXES].values()
    answer = ctx.found(faults_of(ctx, "FMT104", members, _in_space, "8 columns, expected 15 or 16 columns"))
    return with_edits(ctx, answer, "put behind what is not known", _in_space, safe=True)


def _in_space(text: bytes) -> bytes | None:
    cells = text.split()
    if len(cells) != _FLAT or typed(cells[1:], float)[1].any():
        return None
    return b" ".join(cells) + _IN_SPACE


@rule("FMT105", "empty-cell-at-end", WARNING, needs=SOURCE, proof="source: TrackEval and Datumaro read cells by number")
def empty_cell_at_end(ctx: Context) -> Found | None:
    """Lines of MOT end in a comma.

    Why: readers take the empty cell behind it for a number, and stop.
    Bad:
        {"from": "mot", "files": {"gt/gt.txt": "1,1,10,20,30,40,1,1,1\\n2,1,10,20,30,40,1,1,\\n",
            "gt/labels.txt": "car\\n"}}

        {"from": "mot", "files": {"gt/gt.txt": "1,1,10,20,30,40,1,1,1, ,\\n", "gt/labels.txt": "car\\n"}}
    Good:
        {"from": "mot", "files": {"gt/gt.txt": "1,1,10,20,30,40,1,1,1\\n", "gt/labels.txt": "car\\n"}}
    Fix: lossless: empty cells at ends of lines are taken away.
    Source: https://motchallenge.net/instructions/
    """
    if ctx.source is None or ctx.slug != "mot":
        return None
    members = [one.member for one in sequences(ctx.source, Problems())[0] if _ends_in_comma(text_of(ctx, one.member))]
    answer = ctx.found(faults_of(ctx, "FMT105", members, _whole, "a line ends in a comma"))
    return with_edits(ctx, answer, "take away empty cells at ends of lines", _whole, safe=True)


def _ends_in_comma(data: bytes) -> bool:
    return data.rstrip().endswith(b",") or any(end in data for end in (b",\n", b",\r", b", \n", b", \r"))


def _whole(text: bytes) -> bytes | None:
    return text.rstrip(b", \t") if text.rstrip().endswith(b",") and text.strip(b", \t") else None
