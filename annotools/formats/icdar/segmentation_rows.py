"""Files of text segmentation as rows: a mask for each line, of the pixels in its colour."""

from __future__ import annotations

from collections.abc import Sequence
from posixpath import splitext

import msgspec
import numpy as np

from annotools.errors import Problem, Problems
from annotools.formats.icdar.segmentation_lines import Segment, read_segments, starts_with_segment
from annotools.formats.icdar.texts import NO_SUBSET, TEXT, label
from annotools.formats.kernel.members import image_members, is_note
from annotools.formats.kernel.painting import colors_of, read_pixels, strange_colors
from annotools.formats.kernel.places import At
from annotools.formats.kernel.rows import Rows
from annotools.geometry.painting import masks_of_runs, picture_runs
from annotools.geometry.ragged import Ragged, concat
from annotools.matching import stem
from annotools.model import MASK, Owner
from annotools.model.columns import Ints
from annotools.model.extras import Extra
from annotools.storage import Source
from annotools.transform.picture_files import picture_key

TRUTH, IMAGES = "_GT", "images"
WHITE = 0xFFFFFF
_FEW = 20  # files that are looked at


class Entry(msgspec.Struct, frozen=True):
    """A picture.  name: without the folder of its subset.  text, masks, picture: members, empty for none."""

    subset: str
    name: str
    text: str
    masks: str
    picture: str


def is_segmentation(source: Source) -> bool:
    """Whether a source is certainly of text segmentation: files are called so, and one starts with a line of it or has
    its picture of colours beside, or all texts are and one is empty.
    """
    texts = [name for name in source.members() if _is_text(name)]
    masks = {picture_key(name) for name in image_members(source)} if texts else set()
    others = sum(name.lower().endswith(".txt") and not is_note(name) for name in source.members()) > len(texts)
    return any(stem(name) in masks or starts_with_segment(source, name, empty=not others) for name in texts[:_FEW])


def _is_text(name: str) -> bool:
    return name.lower().endswith(".txt") and stem(name).endswith(TRUTH)


def entries_of(source: Source) -> list[Entry]:
    """All pictures, by subset and name."""
    members = source.members()
    masks = {picture_key(name): name for name in image_members(source)}
    entries = []
    for name in members:
        if _is_text(name):
            folder, _, path = name.partition("/") if "/" in name else ("", "", name)
            key = stem(path).removesuffix(TRUTH)
            root = f"{folder}/" if folder else ""
            picture = masks.get(f"{root}{IMAGES}/{key}") or masks.get(f"{root}{key}", "")
            subset = "" if folder == NO_SUBSET else folder
            end = splitext(picture)[1]
            entries.append(Entry(subset, key + end, name, masks.get(f"{root}{key}{TRUTH}", ""), picture))
    return sorted(entries, key=lambda entry: (entry.subset or NO_SUBSET, entry.name))


class _Cut(msgspec.Struct, frozen=True):
    """The masks of a picture.  size: width, height."""

    segments: Sequence[Segment]
    rles: Ragged
    size: tuple[int, int]


def read_rows(rows: Rows, source: Source, problems: Problems) -> None:
    """Everything of a source."""
    rows.label_defs([label()], closed=False)
    entries = entries_of(source)
    if not entries:
        problems.append(Problem("holds no text segmentation", source.name, expected=f"files such as a{TRUTH}.txt"))
    cuts = [_cut(source, entry, problems) for entry in entries]
    sizes = np.array([(0, 0) if cut is None else cut.size for cut in cuts], np.int64).reshape(-1, 2)
    at = At([entry.text for entry in entries], which=np.arange(len(entries)))
    frames = rows.frames([e.name for e in entries], sizes[:, 0], sizes[:, 1], [e.subset for e in entries], at)
    pictured = [n for n, entry in enumerate(entries) if entry.picture]
    rows.pictures(frames[pictured], [entries[n].picture for n in pictured], only=True)
    known = rows.known_sizes(frames)
    drawn = []
    for n, cut in enumerate(cuts):
        if cut is not None and len(cut.segments) and frames[n] >= 0:
            if tuple(known[n].tolist()) == cut.size:
                drawn.append((n, cut))
            else:
                _refuse(rows, entries[n].masks, cut, known[n], problems)
    if drawn:
        _add(rows, entries, frames, drawn)


def _refuse(rows: Rows, member: str, cut: _Cut, known: Ints, problems: Problems) -> None:
    wide, tall = cut.size
    expected = f"{known[0]} x {known[1]}"
    problems.append(Problem(f"is {wide} x {tall} pixels", member, expected=expected))
    rows.left_out("mask", len(cut.segments))


def _cut(source: Source, entry: Entry, problems: Problems) -> _Cut | None:
    segments = read_segments(source, entry.text, problems)
    pixels = read_pixels(source, entry.masks, problems)
    if pixels is None:
        if segments.rows and not entry.masks:
            problems.append(Problem("has no picture of its masks", entry.text, expected=f"*{TRUTH}.bmp beside it"))
        return None
    runs = picture_runs(pixels.values)
    values, which = np.unique(runs.value, return_inverse=True)
    colors = colors_of(values, pixels)
    position = {segment.color: n for n, segment in enumerate(segments.rows)}
    strange = [color for color in colors.tolist() if color not in position and color not in {WHITE, *segments.ignored}]
    if strange:
        problems.append(strange_colors(np.array(strange), entry.masks))
    new = np.array([position.get(color, -1) for color in colors.tolist()], np.int64)
    height, width = pixels.values.shape
    rles = masks_of_runs(runs, new[which.reshape(-1)], len(segments.rows))
    return _Cut(segments.rows, rles, (width, height))


def _add(rows: Rows, entries: Sequence[Entry], frames: Ints, cuts: Sequence[tuple[int, _Cut]]) -> None:
    segments = [(n, segment) for n, cut in cuts for segment in cut.segments]
    which = np.array([n for n, _ in segments], np.int64)
    at = At([entry.text for entry in entries], np.array([one.line for _, one in segments]), which=which)
    values, offsets = concat([cut.rles for _, cut in cuts])
    extras = {"center": _texts([one.center for _, one in segments])} if any(one.center for _, one in segments) else {}
    labels = rows.labels([label().name] * len(segments), at=at)
    group = _groups(which, np.array([one.word for _, one in segments], np.int64))
    made = rows.shapes(MASK, frames[which], labels, values, offsets, at, group=group, **extras)
    texts = [(row, one.text) for row, (_, one) in enumerate(segments) if one.text is not None]
    if texts:
        rows.attributes(Owner.SHAPE, made[[row for row, _ in texts]], TEXT, [text for _, text in texts])


def _groups(which: Ints, word: Ints) -> Ints:
    """A number for each word of several lines, from 1 on; 0 for lines by themselves."""
    pairs = np.stack([which, word], axis=1)
    _, number, times = np.unique(pairs, axis=0, return_inverse=True, return_counts=True)
    number = number.reshape(-1)
    return np.where(times[number] > 1, number + 1, 0)


def _texts(values: Sequence[str]) -> Extra:
    column = np.empty(len(values), object)
    column[:] = values
    return Extra(column, np.array([bool(value) for value in values], np.bool_))
