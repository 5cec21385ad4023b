"""YOLO's label files, Darknet's obj.data and keypoints of a data.yaml: what trainers refuse or pass over.

    labels/train/a.txt   0 0.5 0.5 0.2 0.1          obj.data   classes = 2
    data.yaml            kpt_shape: [3, 3]          flip_idx: [1, 0, 2]

What a reader makes of such a file is in the tables; these rules ask what the file itself says.
Source: https://docs.ultralytics.com/datasets/ and https://github.com/AlexeyAB/darknet
"""

from __future__ import annotations

from collections.abc import Sequence

from annotools.errors import Problem, Problems
from annotools.formats.kernel.classes import label_list
from annotools.formats.kernel.lines import Cell, Lines, line_rows
from annotools.formats.yolo import data_yaml, loose_labels, obj_data
from annotools.formats.yolo.layout import NO_SPARE_SUBSET, Layout
from annotools.sequences import unplaced
from annotools.validate.context import Context
from annotools.validate.findings import ERROR, WARNING, Found
from annotools.validate.needs import SOURCE
from annotools.validate.registry import rule
from annotools.validate.rules.fmt.ultralytics import data_yaml as stated_data_yaml
from annotools.validate.rules.fmt.ultralytics import has_data_yaml
from annotools.validate.structure import Fault

_DARKNET = "yolo"
_COLUMNS = (Cell("class"), Cell("x"), Cell("y"), Cell("width"), Cell("height"))


def listed(ctx: Context) -> tuple[Layout | None, Sequence[Problem]]:
    """The pictures and label files of the input, and what is wrong with their lists; nothing for another format."""
    if ctx.source is None or not (ctx.slug == _DARKNET or has_data_yaml(ctx)):
        return None, ()
    reader, problems = obj_data.layout_of if ctx.slug == _DARKNET else data_yaml.layout_of, Problems()
    return reader(ctx.source, problems), problems.all()


def layout(ctx: Context) -> Layout | None:
    """The pictures and label files of the input; nothing for another format."""
    return ctx.once(listed)[0]


def lines(ctx: Context) -> Lines | None:
    """The lines of the label files."""
    known = ctx.once(layout)
    if known is None or ctx.source is None:
        return None
    return line_rows(ctx.source, [e.labels for e in known.entries if e.labels], Problems(), *_COLUMNS, rest="numbers")


@rule("FMT004", "subset-that-is-not-there", ERROR, needs=SOURCE, proof="source: CVAT's importer, lists of subsets")
def subset_that_is_not_there(ctx: Context) -> Found | None:
    """A data.yaml or an obj.data names a list or a folder of pictures that is not in the input.

    Why: the import fails, and a trainer stops.  Conversions stop too, but for a subset to test on, or to validate on in
        an obj.data, which they leave out aloud.  A list goes missing where only labels are packed, a folder where paths
        are those of another machine; what is there is found whatever stands before it.
    Bad:
        {"from": "yolo-ultralytics-detection", "files": {
            "data.yaml": "names: [car]\\ntrain: train.txt\\nval: images/val",
            "images/val/a.jpg": "picture"}}

        {"from": "yolo-ultralytics-detection", "files": {
            "data.yaml": "names: [car]\\ntrain: images/train\\nval: images/val",
            "images/val/a.jpg": "picture"}}

        {"from": "yolo-ultralytics-detection", "files": {
            "data.yaml": "names: [car]\\ntrain: images/train\\ntest: images/test",
            "images/train/a.jpg": "picture"}}

        {"from": "yolo", "files": {"obj.data": "classes = 1\\ntrain = train.txt\\nvalid = v.txt\\nnames = obj.names",
            "obj.names": "car\\n", "train.txt": "a.jpg\\n", "a.jpg": "picture"}}
    Good:
        {"from": "yolo-ultralytics-detection", "files": {
            "data.yaml": "names: [car]\\ntrain: train.txt\\nval: images/val",
            "images/val/a.jpg": "picture", "train.txt": "images/val/a.jpg\\n"}}
    Source: https://github.com/cvat-ai/cvat/issues/5977
    """
    messages = {one.message for one in unplaced(ctx.problems)}  # the reader's own are findings of this rule already
    spare = [one for one in ctx.once(listed)[1] if one.kind == NO_SPARE_SUBSET and one.message not in messages]
    return ctx.found([Fault("FMT004", one.file, "", f"{one.message}, expected {one.expected}") for one in spare])


@rule("FMT090", "labels-of-no-picture", WARNING, needs=SOURCE, proof="source: readers go from pictures to labels")
def labels_of_no_picture(ctx: Context) -> Found | None:
    """A label file is of none of the pictures that the dataset names.

    Why: trainers and importers go from the pictures to their labels, so nobody ever reads it: the picture's name has
        changed, or it is missing in the list.  There is no fix: which picture it is of only its author knows.
    Bad:
        {"from": "yolo-ultralytics-detection", "files": {"data.yaml": "names: [car]\\ntrain: train.txt",
            "train.txt": "images/train/a.jpg\\n", "labels/train/a.txt": "", "labels/train/b.txt": ""}}

        {"from": "yolo", "files": {"obj.data": "classes = 1\\nnames = obj.names\\ntrain = train.txt\\n",
            "obj.names": "car\\n", "train.txt": "obj_train_data/a.jpg\\n",
            "obj_train_data/a.txt": "", "obj_train_data/b.txt": ""}}
    Good:
        {"from": "yolo-ultralytics-detection", "files": {"data.yaml": "names: [car]\\ntrain: train.txt",
            "train.txt": "images/train/a.jpg\\nimages/train/b.jpg\\n", "labels/train/a.txt": "",
            "labels/train/b.txt": ""}}
    Source: https://docs.ultralytics.com/datasets/detect/
    """
    known = ctx.once(layout)
    if known is None or ctx.source is None:
        return None
    strays = loose_labels.stray_labels(ctx.source, known)
    return ctx.found([Fault("FMT090", name, "", "is of no picture that the dataset names") for name in strays])


@rule("FMT091", "swaps-unlike-keypoints", ERROR, needs=SOURCE, proof="source: Ultralytics, augmentation by flipping")
def swaps_unlike_keypoints(ctx: Context) -> Found | None:
    """`flip_idx` of a data.yaml does not name every keypoint once.

    Why: trainers stop, for a picture that is flipped needs to know which point takes the place of each.  There is no
        fix: which points are left and right only the author knows.
    Bad:
        {"from": "yolo-ultralytics-pose", "files": {
            "data.yaml": "names: [a]\\ntrain: images/train\\nkpt_shape: [3, 3]\\nflip_idx: [1, 0]",
            "images/train/a.jpg": "picture"}}

        {"from": "yolo-ultralytics-pose", "files": {
            "data.yaml": "names: [a]\\ntrain: images/train\\nkpt_shape: [2, 3]\\nflip_idx: [1, 1]",
            "images/train/a.jpg": "picture"}}
    Good:
        {"from": "yolo-ultralytics-pose", "files": {
            "data.yaml": "names: [a]\\ntrain: images/train\\nkpt_shape: [3, 3]\\nflip_idx: [1, 0, 2]",
            "images/train/a.jpg": "picture"}}

        {"from": "yolo-ultralytics-pose", "files": {
            "data.yaml": "names: [a]\\ntrain: images/train\\nkpt_shape: [3, 3]",
            "images/train/a.jpg": "picture"}}

        {"from": "yolo-ultralytics-pose", "files": {
            "data.yaml": "names: [a]\\ntrain: images/train\\nkpt_shape: [x, 3]\\nflip_idx: [1, 0]",
            "images/train/a.jpg": "picture"}}
    Source: https://docs.ultralytics.com/datasets/pose/
    """
    member, content = ctx.once(stated_data_yaml)
    shape, swaps = content.get("kpt_shape"), content.get("flip_idx")
    count = str(shape[0]) if isinstance(shape, list) and shape else ""
    if not isinstance(swaps, list) or not count.isdecimal() or len(count) > 5:
        return None
    if sorted(map(str, swaps)) == sorted(map(str, range(int(count)))):
        return None
    text = f"flip_idx is {', '.join(map(str, swaps[:20]))}, expected each number from 0 to {int(count) - 1} once"
    return ctx.found([Fault("FMT091", member, "", text)])


@rule("FMT093", "classes-unlike-names", ERROR, needs=SOURCE, proof="source: Darknet, the head of a network")
def classes_unlike_names(ctx: Context) -> Found | None:
    """`classes` of an obj.data is not the number of names.

    Why: a network has as many outputs as the file says, and names are read to the last line: what is behind has no
        output, what lacks a name cannot be shown.  There is no fix: which of the two is right only its author knows.
    Bad:
        {"from": "yolo", "files": {"obj.data": "classes = 3\\ntrain = train.txt\\nnames = obj.names",
            "obj.names": "car\\nbus\\n", "train.txt": "a.jpg\\n", "a.jpg": "picture"}}

        {"from": "yolo", "files": {"obj.data": "classes = 1\\ntrain = train.txt\\nnames = obj.names",
            "obj.names": "car\\nbus\\n", "train.txt": "a.jpg\\n", "a.jpg": "picture"}}
    Good:
        {"from": "yolo", "files": {"obj.data": "classes = 2\\ntrain = train.txt\\nnames = obj.names",
            "obj.names": "car\\nbus\\n", "train.txt": "a.jpg\\n", "a.jpg": "picture"}}

        {"from": "yolo", "files": {"obj.data": "train = train.txt\\nnames = obj.names",
            "obj.names": "car\\nbus\\n", "train.txt": "a.jpg\\n", "a.jpg": "picture"}}
    Source: https://github.com/AlexeyAB/darknet#how-to-train-to-detect-your-custom-objects
    """
    if ctx.source is None or ctx.slug != _DARKNET or not obj_data.data_member(ctx.source):
        return None
    member, known = obj_data.data_member(ctx.source), ctx.once(layout)
    names = obj_data.names_member(ctx.source)
    count = "" if known is None else str(known.keys.get("classes", ""))
    listed = len(label_list(ctx.source, names, Problems())) if names else 0
    if not count or not listed or count == str(listed):
        return None
    return ctx.found([Fault("FMT093", member, "", f"classes is {count[:20]}, but there are {listed} names")])
