"""The pictures of a conversion: those that came with the source, those of a folder matched to the frames, or a video's.

film.mp4                        frames called frame_000012, or those of a task of a video, are pictures of it
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from contextlib import ExitStack
from dataclasses import replace
from posixpath import basename

import numpy as np

from annotools.convert.choices import Where
from annotools.errors import OnError, Problems, UsageError
from annotools.formats.base import Read
from annotools.formats.kernel.joining import with_links
from annotools.formats.kernel.members import image_members, media_sizes
from annotools.formats.kernel.video_frames import video_media, videos_of, without_missing, without_videos
from annotools.model import Dataset, Frames, Losses
from annotools.model.definitions import source_frames
from annotools.model.row_numbers import frame_numbers
from annotools.storage import Media, MediaFile, Source, open_source
from annotools.storage.video import VideoPicture
from annotools.transform.files import video_pictures


def with_chosen(images: Where | bool | None, result: Read, stack: ExitStack) -> tuple[Read, Problems]:
    """What was read with the pictures to write along, and what is wrong with their names.

    images: a folder or zip to match by name, or a video; False for none; None or True for those that came with the
    source.
    Raises: UsageError for a place without a picture of any frame.
    """
    problems = Problems()
    if images is False:
        return replace(result, media=Media()), problems
    if images is None or images is True:
        return replace(result, media=Media() if result.media is None else result.media), problems
    source = stack.enter_context(open_source(images))
    if videos_of(source):
        return replace(result, media=video_media(source, result.dataset, problems)), problems
    if not image_members(source):
        raise UsageError(f"{os.fspath(images)}: holds no pictures, {_expected_pictures(source)}")
    frames = result.dataset.frames
    media = Media.from_source(source, frames.names, problems, frames.subsets)
    if not media and not problems and len(frames):
        raise UsageError(f"{os.fspath(images)}: has no picture of any frame, {_expected_pictures(source)}")
    return with_links(replace(result, media=media), source, only_pictures=True), problems


def _expected_pictures(source: Source) -> str:
    link = next(filter(source.leads_to_pictures, source.links), "")
    followed = f"; {link} is a symbolic link that leads outside or nowhere, and is not followed" if link else ""
    return f"expected pictures called as the frames, or a video{followed}"


def as_frames(images: Where | bool | None) -> Dataset | None:
    """The pictures of a folder or zip as frames of the sizes that they have; None where none are named, or a video."""
    if isinstance(images, bool | None):
        return None
    with open_source(images) as source:
        names = [] if videos_of(source) else image_members(source)
        sizes = media_sizes(Media.from_members(source, dict(enumerate(names))), range(len(names)), Problems())
    return Dataset(frames=Frames.of(names, sizes[:, 0], sizes[:, 1])) if names else None


def other_sizes(dataset: Dataset, media: Media) -> tuple[str, ...]:
    """A remark where pictures are not as large as the frames that they are called after."""
    pictured = np.array([*media], np.int64)
    known = pictured[(dataset.frames.sizes(pictured) > 0).all(axis=1)]
    there, expected = media_sizes(media, known.tolist(), Problems()), dataset.frames.sizes(known)
    other = np.flatnonzero((there > 0).all(axis=1) & (there != expected).any(axis=1)).tolist()
    if not other:
        return ()
    (width, height), (wanted, high) = there[other[0]].tolist(), expected[other[0]].tolist()
    what = f"{len(other)} of {len(known)} pictures are not as large as the annotations say"
    return (f"{what}: {media[int(known[other[0]])].name} is {width} x {height}, expected {wanted} x {high}",)


def decodable(media: Media, problems: Problems, on_error: OnError, *, asked: bool) -> tuple[Media, Losses]:
    """The pictures that can be written, before anything is: those that their videos do not have are problems.

    asked: somebody wants them; pictures of a video that just came along are left out aloud where PyAV is missing.
    Raises: UsageError without PyAV for pictures that somebody wants.
    """
    try:
        return without_missing(media, problems, on_error), Losses()
    except UsageError as error:
        if asked:
            raise
        files = without_videos(media)
        return files, video_pictures(len(media) - len(files), str(error))


def of_one_video(media: Media | None, dataset: Dataset) -> bool:
    """Whether pictures are those of the task's video, each the one that the task counts."""
    files = [*media.items()] if media and dataset.task.is_video and dataset.task.source_name else []
    shown = [(frame, file) for frame, file in files if isinstance(file, VideoPicture)]
    numbers = source_frames(dataset.task, np.array([frame for frame, _ in shown], np.int64)).tolist()
    one = len({id(file.video) for _, file in shown}) == 1 and len(shown) == len(files)
    return one and numbers == [file.number for _, file in shown]


def hidden_by_name(media: Media, written: Collection[int], again: bool) -> list[int]:
    """The frames whose pictures are not written, and are other pictures than those that are.

    again: whether a name came twice.  One picture may be that of several frames, as a honeypot's and its original's.
    """
    missing = [frame for frame in media if frame not in written] if again else []
    names = {basename(media[frame].name) for frame in missing}
    there = {_print_of(media[frame]) for frame in written if basename(media[frame].name) in names}
    return [frame for frame in missing if _print_of(media[frame]) not in there]


def _print_of(picture: MediaFile) -> tuple[str, bytes]:
    """What two pictures have in common if they are one: each is read once, however many have its name."""
    from hashlib import blake2b  # 1 ms, and names seldom meet

    return basename(picture.name), blake2b(picture.read()).digest()


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
        old_frame = next((number for number, known in old if known == word), None)
        if old_frame is None:
            return _by_name(media, before, after)
        if old_frame in media:
            moved[frame] = media[old_frame]
    return Media(moved)


def _by_number(media: Media, before: Frames, numbers: list[int]) -> Media:
    known = frame_numbers(before)
    frame_of = {number: frame for frame, number in enumerate(range(len(before)) if known is None else known.tolist())}
    rows = ((frame, frame_of.get(number, -1)) for frame, number in enumerate(numbers))
    return Media((frame, media[row]) for frame, row in rows if row in media)


def _words(frames: Frames) -> Iterator[tuple[str, int, int]]:
    return zip(_stems(frames), frames.width.tolist(), frames.height.tolist(), strict=True)


def _stems(frames: Frames) -> list[str]:
    """Names without the extension that formats give to frames of a video, which have none."""
    return [name.removesuffix(".PNG") for name in frames.names]


def _by_name(media: Media, before: Frames, after: Frames) -> Media:
    frame_of = {name: frame for frame, name in enumerate(_stems(before)) if frame in media}
    return Media((frame, media[frame_of[name]]) for frame, name in enumerate(_stems(after)) if name in frame_of)


def sized(dataset: Dataset, media: Media) -> Dataset:
    """The dataset with the sizes of frames that had none, read from the heads of their pictures."""
    frames = dataset.frames
    unknown = (frames.width == 0) | (frames.height == 0)
    pictured = [frame for frame in np.flatnonzero(unknown).tolist() if frame in media]
    if not pictured:
        return dataset
    sizes = np.stack([frames.width, frames.height], axis=1)
    picture_sizes = media_sizes(media, pictured, Problems())  # one that is none is written as it is
    sizes[pictured] = np.where(picture_sizes > 0, picture_sizes, sizes[pictured])
    return dataset.replace(frames=replace(frames, width=sizes[:, 0], height=sizes[:, 1]))
