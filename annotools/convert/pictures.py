"""The pictures of a conversion: those that came with the source, or those of a folder matched to the frames."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import numpy as np

from annotools.convert.choices import Where
from annotools.errors import Problems
from annotools.formats.kernel.members import media_sizes
from annotools.model import Dataset, Frames
from annotools.model.row_numbers import frame_numbers
from annotools.storage import Media, MediaFile, open_source


def chosen(
    images: Where | bool | None, came: Media | None, dataset: Dataset, stack: ExitStack
) -> tuple[Media, Problems]:
    """The pictures to write along, and what is wrong with their names.

    images: a folder or zip to match by name; False for none; None or True for those that came with the source.
    """
    problems = Problems()
    if images is False:
        return Media(), problems
    if images is None or images is True:
        return came or Media(), problems
    source = stack.enter_context(open_source(images))
    return Media.from_source(source, dataset.frames.names, problems), problems


def following(media: Media, before: Frames, after: Frames) -> Media:
    """The pictures under the frame numbers of a later step, which may have left frames out or moved them.

    Frames are known by the numbers that steps keep; else they keep their order, and one is known by name and size.
    """
    numbers = frame_numbers(after)
    if numbers is not None and media:
        return _by_number(media, before, numbers.tolist())
    if before.names == after.names or not media:
        return media
    if len(before) == len(after):  # all there, under other names
        return media
    old = iter(enumerate(_words(before)))
    moved: dict[int, MediaFile] = {}
    for frame, word in enumerate(_words(after)):
        found = next((number for number, known in old if known == word), None)
        if found is None:
            return _by_name(media, before, after)
        if found in media:
            moved[frame] = media[found]
    return Media(moved)


def _by_number(media: Media, before: Frames, numbers: list[int]) -> Media:
    known = frame_numbers(before)
    places = {number: frame for frame, number in enumerate(range(len(before)) if known is None else known.tolist())}
    rows = ((frame, places.get(number, -1)) for frame, number in enumerate(numbers))
    return Media((frame, media[row]) for frame, row in rows if row in media)


def _words(frames: Frames) -> Iterator[tuple[str, int, int]]:
    return zip(_stems(frames), frames.width.tolist(), frames.height.tolist(), strict=True)


def _stems(frames: Frames) -> list[str]:
    """Names without the extension that formats give to frames of a video, which have none."""
    return [name.removesuffix(".PNG") for name in frames.names]


def _by_name(media: Media, before: Frames, after: Frames) -> Media:
    places = {name: frame for frame, name in enumerate(_stems(before)) if frame in media}
    return Media((frame, media[places[name]]) for frame, name in enumerate(_stems(after)) if name in places)


def sized(dataset: Dataset, media: Media) -> Dataset:
    """The dataset with the sizes of frames that had none, read from the heads of their pictures."""
    frames = dataset.frames
    unknown = (frames.width == 0) | (frames.height == 0)
    pictured = [frame for frame in np.flatnonzero(unknown).tolist() if frame in media]
    if not pictured:
        return dataset
    sizes = np.stack([frames.width, frames.height], axis=1)
    found = media_sizes(media, pictured, Problems())  # one that is none is written as it is
    sizes[pictured] = np.where(found > 0, found, sizes[pictured])
    return dataset.replace(frames=replace(frames, width=sizes[:, 0], height=sizes[:, 1]))
