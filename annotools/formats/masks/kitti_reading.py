"""The pictures of a KITTI dataset -> rows: boxes from lines, classes and instances from masks.

semantic/a.png   instance/a.png: 6658       class 26 and its second object: 26 * 256 + 2
label_2/a.txt    Car 0.00 0 -1.57 10 20 40 50 ...
"""

from __future__ import annotations

from posixpath import splitext

import numpy as np

from annotools.errors import Problem, Problems
from annotools.formats.kernel.painting import Pixels, read_pixels
from annotools.formats.kernel.rows import Rows
from annotools.formats.masks.cityscapes_classes import cityscapes_map
from annotools.formats.masks.class_maps import class_map
from annotools.formats.masks.kitti_layout import BOXES, INSTANCES, MASKS, PICTURES, places_of
from annotools.formats.masks.kitti_lines import add_boxes, kitti_lines
from annotools.formats.masks.kitti_loose import Place
from annotools.formats.masks.kitti_tracking import add_videos, videos_of
from annotools.formats.masks.mask_rows import Entry, Masks, add_masks, cut, members_of
from annotools.model import Dataset
from annotools.model.columns import Ints
from annotools.storage import Source

BASE = 256
_LISTS = "imagesets"  # of those who train
_OTHERS = frozenset({"labels", "labeltxt"})  # of YOLO and DOTA


def read_rows(
    rows: Rows, source: Source, problems: Problems, context: Dataset | None = None, *, tracking: bool = True
) -> None:
    """Everything of a source.  tracking: whether files of KITTI's tracking are read too."""
    places, videos = places_of(source), videos_of(source) if tracking else []
    for video in videos:
        places[BOXES] = {key: name for key, name in places[BOXES].items() if name != video.member}
    _tell_others(rows, source, places)
    listed = class_map(source, problems)
    names = listed or cityscapes_map(problems)
    entries = sorted((_entry(key, places) for key in set().union(*places.values())), key=_order)
    if not entries and not videos and listed is None:
        problems.append(Problem("holds no boxes or masks", source.name, expected=f"{BOXES}/*.txt or {INSTANCES}/*.png"))
    masks: list[Masks | None] = []
    for entry in entries:
        pixels = read_pixels(source, entry.classes, problems)
        masks.append(None if pixels is None else cut(*numbers_of(pixels, entry.classes), entry.classes, names))
    used = {name for each in masks if each is not None for name in each.names}
    rows.label_defs((lb for lb in names.labels() if listed is not None or lb.name in used), closed=False)
    frames = add_masks(rows, entries, masks, problems)
    names.borders.tell(rows, members_of(entries), frames.tolist())
    boxed = [n for n, entry in enumerate(entries) if entry.boxes]
    lines = kitti_lines(source, [entries[n].boxes for n in boxed], problems)
    add_boxes(rows, lines, frames[boxed][lines.member])
    if videos:
        add_videos(rows, source, videos, context, problems)


def _tell_others(rows: Rows, source: Source, places: dict[str, dict[Place, str]]) -> None:
    """Note lines of another format beside those of KITTI: people keep both for one trainer and another."""
    own = {*places[BOXES].values()}
    texts = (name for name in source.members() if own and name.lower().endswith(".txt") and name not in own)
    others = [name for name in texts if not _OTHERS.isdisjoint(name.lower().split("/")[:-1])]
    why = f"boxes are read from {next(iter(sorted(own)), '')}, not {next(iter(others), '')}"
    rows.left_out("label file", len(others), why=why, table="members")
    lists = [name for name in source.members() if own and _is_list(name.lower().split("/"))]
    why = f"subsets are folders, not lists as {next(iter(lists), '')}"
    rows.left_out("list of pictures", len(lists), why=why, table="members")


def _is_list(parts: list[str]) -> bool:
    return _LISTS in parts[:-1] and parts[-1].endswith(".txt")


def _entry(key: Place, places: dict[str, dict[Place, str]]) -> Entry:
    picture = places[PICTURES].get(key, "")
    masks = next((places[kind][key] for kind in MASKS if key in places[kind]), "")
    return Entry(key[0], key[1] + splitext(picture)[1], picture, masks, boxes=places[BOXES].get(key, ""))


def _order(entry: Entry) -> Place:
    return entry.subset, entry.name


def numbers_of(pixels: Pixels, member: str) -> tuple[Pixels, Ints]:
    """What pixels say of classes, and of instances: 0 for none."""
    if INSTANCES not in member.split("/") or pixels.colored:
        return pixels, np.zeros((1, 1), np.int64)
    return Pixels(pixels.numbers // BASE), pixels.numbers % BASE
