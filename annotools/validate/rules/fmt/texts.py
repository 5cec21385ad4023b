"""Texts of lines, whatever the format: marks, line ends and blanks that some readers stumble over.

    EF BB BF 30 20 30 2E 35     a byte order mark before `0 0.5`, which is no number then
    car\r\n                     a label whose name ends in a carriage return, for readers that split at line feeds
    0  0.5 0.5 0.2 0.1 \n       six or seven cells, for readers that split at single blanks

Our readers take all of it; these rules say what others make of it, and mend it byte by byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from posixpath import basename

from annotools.errors import InputError
from annotools.validate.context import Context
from annotools.validate.edits import PutAll
from annotools.validate.findings import INFO, OFF, WARNING, Fix, Found
from annotools.validate.needs import SOURCE
from annotools.validate.registry import rule
from annotools.validate.structure import Fault

_BOM = b"\xef\xbb\xbf"
_TABLES = (".csv", ".tsv")
_TEXTS = (".txt", ".names", ".data", ".labels", ".ini", ".meta", *_TABLES)
_NOT_OURS = ("readme", "license", "notes", "requirements")
_OTHERS = ("cvat-", "coco", "datumaro", "sly-")  # formats without texts of lines
_CELLS = ("yolo", "kitti")  # formats of cells between blanks
_MARK, _RETURN = rb"\A\xef\xbb\xbf", rb"\r\n?"
_AT_ENDS = rb"[ \t]+(?=[\r\n]|\Z)"
_DOUBLED = _AT_ENDS + rb"|(?m:^)[ \t]+|(?<=[ \t])[ \t]+"


def text_of(ctx: Context, member: str) -> bytes:
    """The bytes of a member; none where it cannot be read, which its reader has said."""
    try:
        return ctx.source.read(member) if ctx.source is not None else b""
    except InputError:
        return b""


def _texts(ctx: Context) -> Iterator[tuple[str, bytes]]:
    """The texts of the input, one at a time."""
    source = ctx.source
    if source is None or ctx.slug.startswith(_OTHERS):
        return
    for name in source.members():
        if name.lower().endswith(_TEXTS) and not basename(name).lower().startswith(_NOT_OURS):
            yield name, text_of(ctx, name)


def _odd(ctx: Context) -> dict[str, Sequence[str]]:
    """The texts that there is something to say of, by what; all are looked through once."""
    members: dict[str, list[str]] = {name: [] for name in _KINDS}
    for name, data in _texts(ctx):
        for kind, has in _KINDS.items():
            if has(ctx.slug, name, data):
                members[kind].append(name)
    return dict(members)


def _has_returns(slug: str, name: str, data: bytes) -> bool:
    return not name.lower().endswith(_TABLES) and b"\r" in data


def _has_blanks(slug: str, name: str, data: bytes) -> bool:
    if name.lower().endswith(_TABLES) or slug.startswith("icdar"):  # where blanks may be of a text
        return False
    if data.endswith((b" ", b"\t")) or any(two in data for two in (b" \n", b"\t\n", b" \r", b"\t\r")):
        return True
    return _is_cells(slug, name) and (data.startswith((b" ", b"\t")) or any(two in data for two in _TWO))


_TWO = (b"  ", b"\t\t", b" \t", b"\t ", b"\n ", b"\n\t", b"\r ", b"\r\t")


def _is_cells(slug: str, name: str) -> bool:
    """Whether a text is cells between blanks, and no paths, of which blanks may be a part."""
    return slug.startswith(_CELLS) and {"labels", "label_2", "label_02"} & set(name.lower().split("/")[:-1]) != set()


_KINDS: dict[str, Callable[[str, str, bytes], bool]] = {
    "mark": lambda slug, name, data: data.startswith(_BOM), "return": _has_returns, "blank": _has_blanks,
}  # fmt: skip


def _faults(ctx: Context, code: str, kind: str, text: str, edit: tuple[str, bytes, bytes]) -> Found | None:
    title, pattern, data = edit
    members = ctx.once(_odd)[kind]
    return ctx.found(
        [Fault(code, name, "", text, Fix(title, True, (PutAll(name, pattern, data),))) for name in members]
    )


@rule("FMT100", "byte-order-mark", WARNING, needs=SOURCE, proof="source: Ultralytics and Datumaro read plain UTF-8")
def byte_order_mark(ctx: Context) -> Found | None:
    """A text begins with a byte order mark.

    Why: Windows' editors put it there, and readers of plain UTF-8 take it for a part of the first cell: no number, so
        that the file is left out as corrupt or the import fails, or the first of the labels is another one.
    Bad:
        {"from": "yolo-ultralytics-detection", "files": {"data.yaml": "names: [car]\\ntrain: images/train",
            "images/train/a.jpg": "picture", "labels/train/a.txt": "\\ufeff0 0.5 0.5 0.2 0.1"}}

        {"from": "mot", "files": {"gt/gt.txt": "1,1,10,20,30,40,1,1,1\\n", "gt/labels.txt": "\\ufeffcar\\n"}}

        {"from": "generic-tsv", "files": {"a.tsv": "\\ufefflabel\\tstart\\tend\\ncar\\t1\\t2\\n"}}
    Good:
        {"from": "yolo-ultralytics-detection", "files": {"data.yaml": "names: [car]\\ntrain: images/train",
            "images/train/a.jpg": "picture", "labels/train/a.txt": "0 0.5 0.5 0.2 0.1"}}
    Fix: lossless: the mark is taken off.
    Source: https://github.com/ultralytics/ultralytics, verify_image_label
    """
    return _faults(ctx, "FMT100", "mark", "begins with a byte order mark", ("take off the mark", _MARK, b""))


@rule("FMT101", "carriage-return", INFO, upload=OFF, needs=SOURCE, proof="source: Darknet, fgetl")
def carriage_return(ctx: Context) -> Found | None:
    """Lines of a text end in carriage returns, as on Windows or on old Macs.

    Why: readers in C split at line feeds alone: Darknet looks for a picture whose name ends in a carriage return, and
        shell scripts get such names of labels.  Tables (.csv, .tsv) may have them.
    Bad:
        {"from": "yolo", "files": {"obj.data": "classes = 1\\r\\ntrain = train.txt\\r\\nnames = obj.names",
            "obj.names": "car\\n", "train.txt": "a.jpg\\n", "a.jpg": "picture"}}

        {"from": "kitti", "files": {"label_2/a.txt":
            "car 0 0 -10 1 2 3 4 -1 -1 -1 -1000 -1000 -1000 -10\\rcar 0 0 -10 1 2 9 9 -1 -1 -1 -1000 -1000 -1000 -10"}}
    Good:
        {"from": "yolo", "files": {"obj.data": "classes = 1\\ntrain = train.txt\\nnames = obj.names",
            "obj.names": "car\\n", "train.txt": "a.jpg\\n", "a.jpg": "picture"}}

        {"from": "generic-tsv", "files": {"a.tsv": "label\\tstart\\tend\\r\\ncar\\t1\\t2\\r\\n"}}
    Fix: lossless: lines end in line feeds.
    Source: https://github.com/pjreddie/darknet/blob/master/src/utils.c
    """
    return _faults(
        ctx, "FMT101", "return", "lines end in carriage returns", ("end lines in line feeds", _RETURN, rb"\n")
    )


@rule("FMT102", "needless-blanks", INFO, upload=OFF, needs=SOURCE, proof="source: readers that split at single blanks")
def needless_blanks(ctx: Context) -> Found | None:
    """Lines of a text end in blanks, or have several between two cells.

    Why: readers that split at single blanks get empty cells there, so that a line has another number of columns or a
        label another name.  Between words only files of labels are asked, for a path may have two blanks.
    Bad:
        {"from": "yolo-ultralytics-detection", "files": {"data.yaml": "names: [car]\\ntrain: images/train",
            "images/train/a.jpg": "picture", "labels/train/a.txt": "0 0.5  0.5 0.2 0.1"}}

        {"from": "kitti", "files": {"label_2/a.txt": "  car 0 0 -10 1 2 3 4 -1 -1 -1 -1000 -1000 -1000 -10"}}

        {"from": "mot", "files": {"gt/gt.txt": "1,1,10,20,30,40,1,1,1\\n", "gt/labels.txt": "car \\n"}}
    Good:
        {"from": "yolo", "files": {"obj.data": "classes = 1\\ntrain = train.txt\\nnames = obj.names",
            "obj.names": "car\\n", "train.txt": "a  b.jpg\\n", "a  b.jpg": "picture"}}
    Fix: lossless: blanks at ends of lines and all but one of several are taken out.
    Source: source: Datumaro's readers of lines
    """
    members = ctx.once(_odd)["blank"]
    patterns = {name: _DOUBLED if _is_cells(ctx.slug, name) else _AT_ENDS for name in members}
    title, text = "take out needless blanks", "has blanks at ends of lines, or several between cells"
    return ctx.found(
        [
            Fault("FMT102", name, "", text, Fix(title, True, (PutAll(name, pattern, b""),)))
            for name, pattern in patterns.items()
        ]
    )
