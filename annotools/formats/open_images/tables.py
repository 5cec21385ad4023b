"""The files of Open Images by what they hold, wherever they lie.

annotations/train-annotations-bbox.csv      oidv6-train-annotations-bbox.csv      boxes of train
annotations/class-descriptions.csv          class-descriptions-boxable.csv        /m/0k4j,Car
annotations/images.meta                     'a b' 480 640                         height and width of pictures
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass, field

from annotools.errors import Problem, Problems
from annotools.formats.kernel.lines import text_lines
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
_CLASSES = re.compile(r"(?:oidv\d-)?class-descriptions(?:-boxable)?\.csv", re.IGNORECASE)
_VERSION = re.compile(r"^oidv\d-")


@dataclass
class Files:
    """Members by subset, those of each kind; and those of all."""

    by_kind: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: {kind: [] for kind in _KINDS})
    classes: str = ""
    hierarchy: str = ""
    meta: str = ""


def files_of(source: Source) -> Files:
    """What there is."""
    result = Files()
    for name in source.members():
        base = name.rpartition("/")[2]
        below = name.rpartition(FOLDER)[2] if FOLDER in name else base
        for kind, pattern in _KINDS.items():
            if match := pattern.fullmatch(below):
                result.by_kind[kind].append((_VERSION.sub("", match[1]), name))
        if _CLASSES.fullmatch(base):
            result.classes = result.classes or name
        elif base.endswith("hierarchy.json"):
            result.hierarchy = result.hierarchy or name
        elif base == "images.meta":
            result.meta = result.meta or name
    for pairs in result.by_kind.values():
        pairs.sort()
    return result


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
