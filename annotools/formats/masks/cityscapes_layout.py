"""Which pictures a Cityscapes dataset has, and what of their masks is there.

gtFine/train/aachen/aachen_0_gtFine_instanceIds.png      subset train, picture aachen/aachen_0
gtFine/train/aachen/aachen_0_gtFine_polygons.json        where none of its pictures of masks is there
leftImg8bit/train/aachen/aachen_0_leftImg8bit.png        below imgsFine or not; gtCoarse is alike
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import splitext

import numpy as np

from annotools.errors import Problem, Problems
from annotools.formats.kernel.painting import Pixels, read_pixels
from annotools.formats.kernel.rows import Rows
from annotools.formats.masks.cityscapes_classes import TRAINED, cityscapes_map
from annotools.formats.masks.cityscapes_polygons import add_outlines
from annotools.formats.masks.class_maps import BORDER, class_map
from annotools.formats.masks.mask_rows import Entry, Masks, add_masks, cut, members_of
from annotools.formats.masks.scenes import NO_SUBSET
from annotools.model.columns import Ints
from annotools.storage import Source
from annotools.storage.picture_names import is_picture
from annotools.transform.picture_files import picture_key

INSTANCES, LABELS, TRAIN_LABELS, COLORS = "instanceIds", "labelIds", "labelTrainIds", "color"
POLYGONS = "polygons"
PICTURE = "_leftImg8bit"
BASE = 1000
_ORDER = (INSTANCES, LABELS, TRAIN_LABELS, COLORS, POLYGONS)
_FILE = re.compile(rf"(.*?)(?:_gt(?:Fine|Coarse))?_({'|'.join(_ORDER)})\.(?i:(png|json))")
_TRUTHS = ("gtFine", "gtCoarse")
LETTERS = (
    *_TRUTHS, "imgsFine", PICTURE[1:], f"*{PICTURE}.*",
    *(f"*_{truth}_{kind}.*" for truth in _TRUTHS for kind in _ORDER), *(f"*_{kind}.*" for kind in _ORDER),
)  # fmt: skip


def is_cityscapes(source: Source) -> bool:
    """Whether a source is certainly of Cityscapes."""
    return any(set(_TRUTHS) & set(name.split("/")[:-1]) and _kind(name) for name in source.members())


def entries_of(source: Source, *, outlines: bool = True) -> list[Entry]:
    """The pictures of a source, by subset and name; of their masks the file that says most.

    outlines: whether those that people drew are read where there are no masks.
    """
    masks_of_keys: dict[tuple[str, str], list[str]] = {}
    for name in source.members():
        match = _FILE.fullmatch(name)
        if match and _kind(name) and (outlines or _kind(name) != POLYGONS):
            masks_of_keys.setdefault(_place(match[1]), []).append(name)
    pictures = {_place(picture_key(name).removesuffix(PICTURE)): name for name in source.members() if _is_seen(name)}
    entries = [
        Entry(subset, key + splitext(picture)[1], picture, min(masks, key=_rank) if masks else "")
        for (subset, key), picture, masks in _joined(masks_of_keys, pictures)
    ]
    return sorted(entries, key=lambda entry: (entry.subset, entry.name))


def _joined(
    masks: dict[tuple[str, str], list[str]], pictures: dict[tuple[str, str], str]
) -> Iterator[tuple[tuple[str, str], str, list[str]]]:
    for key in sorted({*masks, *pictures}):
        yield key, pictures.get(key, ""), masks.get(key, [])


def _is_seen(name: str) -> bool:
    """Whether a member is a picture that masks are of."""
    return is_picture(name) and picture_key(name).endswith(PICTURE)


def _place(path: str) -> tuple[str, str]:
    """The subset and the name of a picture, from a path without its ending."""
    parts = path.split("/")
    home = next((n for n, part in enumerate(parts) if part in (*_TRUTHS, PICTURE[1:])), -1)
    inner = parts[home + 1 :]
    if home < 0 or len(inner) < 2:
        return "", "/".join(inner)
    return "" if inner[0] == NO_SUBSET else inner[0], "/".join(inner[1:])


def _kind(name: str) -> str:
    match = _FILE.fullmatch(name)
    return match[2] if match and (match[2] == POLYGONS) == (match[3].lower() == "json") else ""


def _rank(name: str) -> int:
    return _ORDER.index(_kind(name))


def read_rows(rows: Rows, source: Source, problems: Problems, *, outlines: bool = True) -> None:
    """Everything of a source.  outlines: as of `entries_of`."""
    listed, entries = class_map(source, problems), entries_of(source, outlines=outlines)
    names = listed or cityscapes_map(problems)
    if not entries and listed is None:
        problems.append(
            Problem(
                "holds no masks", source.name, expected="gtFine/*_instanceIds.png, *_labelIds.png or *_polygons.json"
            )
        )
    masks: list[Masks | None] = []
    drawn = {n for n, entry in enumerate(entries) if _kind(entry.classes) == POLYGONS}
    for n, entry in enumerate(entries):
        pixels = None if n in drawn else read_pixels(source, entry.classes, problems)
        masks.append(None if pixels is None else cut(*numbers_of(pixels, _kind(entry.classes)), entry.classes, names))
    used = {name for each in masks if each is not None for name in each.names}
    rows.label_defs((lb for lb in names.labels() if listed is not None or lb.name in used), closed=False)
    frames = add_masks(rows, entries, masks, problems)
    names.borders.tell(rows, members_of(entries), frames.tolist())
    add_outlines(rows, source, [(int(frames[n]), entries[n].classes) for n in sorted(drawn)], problems)


def numbers_of(pixels: Pixels, kind: str) -> tuple[Pixels, Ints]:
    """What pixels say of classes, and of instances: 0 for none."""
    values, nothing = pixels.numbers, np.zeros((1, 1), np.int64)
    if kind == INSTANCES and not pixels.colored:
        single = values >= BASE
        return Pixels(np.where(single, values // BASE, values)), np.where(single, values, 0)
    if kind == TRAIN_LABELS and not pixels.colored:
        table = np.append(np.array(TRAINED), 0)
        return Pixels(np.where(values == BORDER, 0, table[np.minimum(values, len(TRAINED))])), nothing
    return pixels, nothing
