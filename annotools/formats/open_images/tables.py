"""The files of Open Images by what they hold, wherever they lie.

annotations/train-annotations-bbox.csv      oidv6-train-annotations-bbox.csv      boxes of train
annotations/class-descriptions.csv          class-descriptions-boxable.csv        /m/0k4j,Car
annotations/images.meta                     'a b' 480 640                         height and width of pictures
train/labels/detections.csv  train/metadata/classes.csv  train/data/a.jpg             FiftyOne: tables of all there are,
                                                                                      about the pictures that are there
mine.csv                                    a lone table, told by its columns
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable

import msgspec

from annotools.errors import Problem, Problems
from annotools.formats.kernel.lines import text_lines
from annotools.formats.kernel.members import are_alone
from annotools.storage import Source

FOLDER = "annotations/"
NO_SUBSET = "default"
HIERARCHY = f"{FOLDER}bbox_labels_600_hierarchy.json"
CLASSES = f"{FOLDER}class-descriptions.csv"
META = f"{FOLDER}images.meta"
META_HEAD = "# <image name> <height> <width>\n\n"
FLAGS = {"truncated": "IsTruncated", "group_of": "IsGroupOf", "depiction": "IsDepiction", "inside": "IsInside"}
SIDES = ("XMin", "XMax", "YMin", "YMax")
BOXES = ("ImageID", "Source", "LabelName", "Confidence", *SIDES, "IsOccluded", *FLAGS.values())
LABELS = ("ImageID", "Source", "LabelName", "Confidence")
MASKS = (
    "MaskPath", "ImageID", "LabelName", "BoxID", "BoxXMin", "BoxXMax", "BoxYMin", "BoxYMax", "PredictedIoU", "Clicks",
)  # fmt: skip
IMAGES = (
    "ImageID", "Subset", "OriginalURL", "OriginalLandingURL", "License", "AuthorProfileURL", "Author", "Title",
    "OriginalSize", "OriginalMD5", "Thumbnail300KURL", "Rotation",
)  # fmt: skip
_KINDS = {
    "boxes": re.compile(r"(.+)-annotations-bbox\.csv", re.IGNORECASE),
    "labels": re.compile(r"(.+)-annotations-human-imagelabels(?:-boxable)?\.csv", re.IGNORECASE),
    "masks": re.compile(r"(.+)-annotations-object-segmentation\.csv", re.IGNORECASE),
    "images": re.compile(r"(.+)-images(?:-boxable)?(?:-with-rotation)?\.csv", re.IGNORECASE),
}
_CLASSES = re.compile(r"(?:oidv\d-)?class-descriptions(?:-boxable)?\.csv|classes\.csv", re.IGNORECASE)
# FiftyOne's, below the folder of a subset.
_BESIDE = re.compile(
    r"(?:(?:.*/)?(train|validation|test)/|.*/|)(?:labels/(detections|classifications|segmentations)|metadata/(image_ids))"
    r"\.csv",
    re.IGNORECASE,
)
_KIND_OF = {"detections": "boxes", "classifications": "labels", "segmentations": "masks", "image_ids": "images"}
_FEW, _LONGEST = 20, 1 << 12  # tables that are told by their columns, and the length of a head
_VERSION = re.compile(r"^oidv\d-")


class Files(msgspec.Struct):
    """Members by subset, those of each kind; those of all; and tables of which nothing is read.

    data: where the pictures lie that tables are about, where those may speak of others too.
    """

    by_kind: dict[str, list[tuple[str, str]]] = msgspec.field(default_factory=lambda: {kind: [] for kind in _KINDS})
    classes: str = ""
    hierarchy: str = ""
    meta: str = ""
    data: str = ""
    others: list[str] = msgspec.field(default_factory=list)

    @property
    def tables(self) -> list[str]:
        """All tables that say something of pictures."""
        return [name for pairs in self.by_kind.values() for _, name in pairs]


def files_of(source: Source) -> Files:
    """What there is."""
    result = Files()
    for name in source.members():
        base = name.rpartition("/")[2].lower()
        if _CLASSES.fullmatch(base):
            result.classes = result.classes or name
        elif base.endswith("hierarchy.json"):
            result.hierarchy = result.hierarchy or name
        elif base == "images.meta":
            result.meta = result.meta or name
        elif base.endswith(".csv"):
            _add_table(result, name)
    if not result.tables:
        _add_lone(result, source)
    for pairs in result.by_kind.values():
        pairs.sort()
    return result


def _add_table(result: Files, name: str) -> None:
    """A table by its name."""
    below = name.rpartition(FOLDER)[2] if FOLDER in name else name.rpartition("/")[2]
    for kind, pattern in _KINDS.items():
        if match := pattern.fullmatch(below):
            result.by_kind[kind].append((_VERSION.sub("", match[1]), name))
            return
    match = _BESIDE.fullmatch(name)
    if match is None:
        result.others.append(name)
        return
    kind = _KIND_OF[(match[2] or match[3]).lower()]
    result.by_kind[kind].append((match[1] or NO_SUBSET, name))
    result.data = "data"


def _add_lone(result: Files, source: Source) -> None:
    """A table of boxes that is called as somebody liked."""
    for name in result.others[:_FEW] if are_alone(source, ".csv") else ():
        with source.open(name) as stream:
            head = stream.readline(_LONGEST).decode("utf-8", "replace").removeprefix("\ufeff")
        if {"ImageID", "LabelName", *SIDES} <= {cell.strip().strip('"') for cell in head.split(",")}:
            result.by_kind["boxes"].append((NO_SUBSET, name))
    result.others = [name for name in result.others if name not in result.tables]


def is_open_images(source: Source) -> bool:
    """Whether there is a table of boxes, masks or labels, or one of pictures with one of classes."""
    files = files_of(source)
    annotated = any(files.by_kind[kind] for kind in ("boxes", "labels", "masks"))
    return annotated or bool(files.by_kind["images"] and files.classes)


def read_sizes(source: Source, member: str, problems: Problems) -> dict[str, tuple[int, int]]:
    """Width and height of pictures by their ids."""
    sizes = {}
    for number, line in enumerate(text_lines(source, member, problems), 1):
        text = line.decode("utf-8", "replace").strip()
        if not text or text.startswith("#"):
            continue
        try:
            name, height, width = shlex.split(text)
            sizes[name] = int(width), int(height)
        except ValueError:
            problems.append(Problem(f"is {text[:40]!r}", member, number, expected="a name, height and width"))
    return {name: size for name, size in sizes.items() if min(size) > 0 and max(size) < 1 << 30}


def sizes_text(rows: Iterable[tuple[str, int, int]]) -> bytes:
    """The text of sizes.  rows: id, width, height."""
    lines = (f"{shlex.quote(name)} {height} {width}\n" for name, width, height in rows)
    return (META_HEAD + "".join(lines)).encode()
