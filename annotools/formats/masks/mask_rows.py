"""From pictures of masks to rows: one mask for each class and instance that a picture has.

    classes    . . 1 1       instances    . . 1 2       masks    class 1 of instance 1, class 1 of instance 2,
               2 2 1 1                    . . 1 2                class 2 of no instance

Where there is no picture of instances, all pixels of a class are one mask.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
import numpy as np

from annotools.errors import InputError, Problem, Problems
from annotools.formats.kernel.painting import Pixels, pixels_of
from annotools.formats.kernel.places import At
from annotools.formats.kernel.rows import Rows
from annotools.formats.kernel.server_masks import INSTANCE
from annotools.formats.masks.class_maps import ClassNames, classes_of, defined
from annotools.geometry.painting import Runs, masks_of_runs, picture_runs
from annotools.geometry.ragged import Ragged, concat
from annotools.model import MASK, Dataset
from annotools.model.columns import Ints
from annotools.model.extras import Extra
from annotools.scale import mapped
from annotools.storage import Source
from annotools.storage.picture_names import is_picture

_LOW = (1 << 31) - 1


class Entry(msgspec.Struct, frozen=True):
    """A frame.  name: of its picture.  picture, classes, instances, boxes: members, empty for none."""

    subset: str
    name: str
    picture: str = ""
    classes: str = ""
    instances: str = ""
    boxes: str = ""


class Masks(msgspec.Struct, frozen=True):
    """What the pictures of a frame say.  instances: 0 for pixels of none.  size: width, height."""

    names: list[str]
    instances: Ints
    rles: Ragged
    size: tuple[int, int]


class Stretches(msgspec.Struct, frozen=True):
    """The runs of a picture of classes, and the instance of each.  kinds: without its pixels."""

    runs: Runs
    instance: Ints
    kinds: Pixels
    size: tuple[int, int]


def masks_of_pictures(
    source: Source, entries: Sequence[Entry], names: ClassNames, problems: Problems
) -> Iterator[Masks | None]:
    """The masks of each frame's pictures of classes and instances, which are decoded by who is at work."""
    parts = ((entry, _data(source, entry.classes), _data(source, entry.instances)) for entry in entries)
    for entry, (stretches, faults) in zip(entries, mapped(_stretches_of, parts), strict=True):
        problems.extend(faults)
        yield None if stretches is None else _named(stretches, entry.classes, names)


def _data(source: Source, member: str) -> bytes | InputError | None:
    """The bytes of a member, or why there are none; None where it has no name."""
    try:
        return source.read(member) if member else None
    except InputError as error:
        return error


def _stretches_of(
    entry: Entry, classes: bytes | InputError | None, instances: bytes | InputError | None
) -> tuple[Stretches | None, list[Problem]]:
    """What two pictures say, and what is wrong with them."""
    problems = Problems()
    kinds = _pixels(classes, entry.classes, problems)
    if kinds is None:
        return None, [*problems]
    numbers = _pixels(instances, entry.instances, problems)
    if numbers is not None and numbers.values.shape != kinds.values.shape:
        problems.append(_of_other_size(entry.instances, numbers.values.shape[::-1], kinds.values.shape[::-1]))
        numbers = None
    return _stretches(kinds, np.zeros((1, 1), np.int64) if numbers is None else numbers.values), [*problems]


def _pixels(data: bytes | InputError | None, member: str, problems: Problems) -> Pixels | None:
    if isinstance(data, InputError):
        problems.extend(data.problems)
        return None
    return None if data is None else pixels_of(data, member, problems)


def _stretches(kinds: Pixels, instances: Ints) -> Stretches:
    runs = picture_runs(kinds.values, *([instances] if instances.size > 1 else []))
    single = instances[runs.y, runs.start] if instances.size > 1 else instances.reshape(-1)
    height, width = kinds.values.shape
    return Stretches(runs, single, kinds._replace(values=kinds.values[:0]), (width, height))


def cut(kinds: Pixels, instances: Ints, member: str, names: ClassNames) -> Masks:
    """The masks of a picture.  instances: the number at each pixel, 0 for none; one may stand for all."""
    return _named(_stretches(kinds, instances), member, names)


def _named(stretches: Stretches, member: str, names: ClassNames) -> Masks:
    """The masks of the classes that have a name."""
    runs, single = stretches.runs, stretches.instance
    pairs, which = np.unique((runs.value & _LOW) << 32 | single.astype(np.int64) & _LOW, return_inverse=True)
    values, kind = np.unique(pairs >> 32, return_inverse=True)
    named = names.of(values, stretches.kinds, member)
    number = pairs & _LOW
    kept = np.flatnonzero([named[code] is not None for code in kind.tolist()])
    kept = kept[np.lexsort((pairs[kept], number[kept]))]
    new = np.full(len(pairs), -1, np.int64)
    new[kept] = np.arange(len(kept))
    rles = masks_of_runs(runs, new[which.reshape(-1)], len(kept))
    return Masks([str(named[code]) for code in kind[kept].tolist()], number[kept], rles, stretches.size)


def _of_other_size(member: str, size: Sequence[int], expected: Sequence[int]) -> Problem:
    wide, tall = size
    return Problem(f"is {wide} x {tall} pixels", member, expected=f"{expected[0]} x {expected[1]}")


def read_rows(
    rows: Rows, source: Source, context: Dataset | None, problems: Problems, entries: Sequence[Entry]
) -> None:
    """Labels, frames and masks of a source whose pixels say classes by its list, or by what is seen."""
    classes = classes_of(source, context, problems, rows.repairs)
    labels = defined(classes)
    rows.label_defs(labels, closed=False)
    if not entries and (not labels or any(map(is_picture, source.members()))):
        problems.append(Problem("holds no masks", source.name, expected="pictures of them"))
    frames = add_masks(rows, entries, [*masks_of_pictures(source, entries, classes, problems)], problems)
    classes.borders.tell(rows, members_of(entries), frames.tolist())
    _tell_strays(rows, source, entries)


def _tell_strays(rows: Rows, source: Source, entries: Sequence[Entry]) -> None:
    """Tell of pictures that are none of a frame's, nor its masks."""
    own = {member for entry in entries for member in (entry.picture, entry.classes, entry.instances)}
    strays = [name for name in source.members() if is_picture(name) and name not in own] if entries else []
    if strays:
        rows.left_out("picture", len(strays), why=f"it is of no frame, as {strays[0]} is", table="dataset")


def add_masks(rows: Rows, entries: Sequence[Entry], masks: Sequence[Masks | None], problems: Problems) -> Ints:
    """Frames and their masks.  masks: of each entry.  Returns the frame of each."""
    frames, fitting = add_frames(rows, entries, masks, problems)
    _add_shapes(rows, frames, fitting, members_of(entries))
    return frames


def members_of(entries: Sequence[Entry]) -> list[str]:
    """The member that says most of each frame."""
    return [entry.classes or entry.instances or entry.boxes or entry.picture for entry in entries]


def add_frames(
    rows: Rows, entries: Sequence[Entry], masks: Sequence[Masks | None], problems: Problems
) -> tuple[Ints, list[tuple[int, Masks]]]:
    """The frame of each entry, and of the masks those that are as large as their frames, with the place of each."""
    members = members_of(entries)
    at = At(members, which=np.arange(len(entries)))
    width, height = np.array([(0, 0) if each is None else each.size for each in masks], np.int64).reshape(-1, 2).T
    frames = rows.frames([e.name for e in entries], width, height, [e.subset for e in entries], at)
    pictured = [n for n, entry in enumerate(entries) if entry.picture]
    rows.pictures(frames[pictured], [entries[n].picture for n in pictured], only=True)
    filled = [(n, each) for n, each in enumerate(masks) if each is not None]
    return frames, [(n, each) for n, each in filled if _fits(rows, int(frames[n]), each, members[n], problems)]


def _fits(rows: Rows, frame: int, mask: Masks, member: str, problems: Problems) -> bool:
    """Whether masks are as large as their frame; where not, that is a problem, and they are left out."""
    known = tuple(rows.known_sizes(np.array([frame]))[0].tolist()) if frame >= 0 else mask.size
    if known == mask.size:
        return True
    problems.append(_of_other_size(member, mask.size, known))
    rows.left_out("mask", len(mask.names))
    return False


def _add_shapes(rows: Rows, frames: Ints, masks_of_frames: Sequence[tuple[int, Masks]], members: Sequence[str]) -> None:
    if not masks_of_frames:
        return
    index = np.repeat([n for n, _ in masks_of_frames], [len(masks.names) for _, masks in masks_of_frames])
    at = At(members, which=index)
    labels = rows.labels([name for _, masks in masks_of_frames for name in masks.names], at=at)
    values, offsets = concat([masks.rles for _, masks in masks_of_frames])
    number = np.concatenate([masks.instances for _, masks in masks_of_frames])
    extras = {INSTANCE: Extra(number, number > 0)} if (number > 0).any() else {}
    rows.shapes(MASK, frames[index], labels, values, offsets, at, **extras)
