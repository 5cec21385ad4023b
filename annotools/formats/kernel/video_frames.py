"""Frames of a video task -> the pictures of its video.

frame_000004, frame_000004.PNG      picture 4, as CVAT counts, whatever else is known
any other name, of a video task     picture start_frame + step * frame
any other name                      none
"""

from __future__ import annotations

import re
from posixpath import basename, splitext

import numpy as np

from annotools.errors import InputError, OnError, Problem, Problems
from annotools.model import Dataset
from annotools.model.definitions import source_frames
from annotools.storage import Media, Source
from annotools.storage.picture_names import PICTURES, any_ends
from annotools.storage.video import VIDEOS, Video, VideoPicture, is_video, no_picture

_FRAME = re.compile(r"(?:.*/)?frame_(\d{6,18})(?:\.\w+)?", re.DOTALL)


def videos_of(source: Source) -> list[str]:
    """The videos of a source that has no pictures."""
    members = source.members()
    some = any_ends(members, VIDEOS) and not any_ends(members, PICTURES)
    return [name for name in members if is_video(name)] if some else []


def video_media(source: Source, dataset: Dataset, problems: Problems) -> Media:
    """The pictures of frames, none of which is decoded yet.  problems: receives why there are none."""
    videos = videos_of(source)
    wanted = dataset.task.source_name
    of_name = [name for name in videos if basename(name) == basename(wanted)]
    of_stem = [name for name in videos if splitext(basename(name))[0] == splitext(basename(wanted))[0]]
    chosen = next((names for names in (of_name, of_stem, videos) if len(names) == 1), None)
    if chosen is None:
        message = f"holds {len(videos)} videos, none of which is called {wanted!r}"
        problems.append(Problem(message, source.name, expected="one video"))
        return Media()
    numbers = _numbers(dataset)
    if len(dataset.frames) and not numbers:
        message = f"is a video, and frame {dataset.frames.names[0]!r} is no number of a picture of it"
        problems.append(Problem(message, chosen[0], expected="frames called frame_000012, or a task of a video"))
    return Video(source, chosen[0]).media(numbers)


def beside(source: Source, dataset: Dataset) -> Media | None:
    """The pictures of a video that lies among the members, None where there is none that frames are of."""
    if not videos_of(source):
        return None
    return video_media(source, dataset, Problems()) or None


def _numbers(dataset: Dataset) -> list[tuple[int, int]]:
    """Frame and number in the video, of frames that have one."""
    frames = dataset.frames
    numbers = source_frames(dataset.task, np.arange(len(frames))).tolist()
    of_video = dataset.task.is_video or dataset.task.media_type == "video"
    named = [_FRAME.fullmatch(name) for name in frames.names]
    pairs = enumerate(zip(named, numbers, strict=True))
    return [(frame, int(name[1]) if name else number) for frame, (name, number) in pairs if name or of_video]


def without_missing(media: Media, problems: Problems, on_error: OnError = "raise") -> Media:
    """The pictures that there are; each one that its video does not have is a problem.

    on_error: with `skip` videos are decoded for it, as what is damaged can be left out only before it is written.
    Raises: UsageError without PyAV where there are pictures of videos.
    """
    gone: set[int] = set()
    for video, files in _by_video(media).items():
        try:
            missing = set(video.missing((file.number for file in files.values()), decode=on_error == "skip"))
        except InputError as error:
            problems.extend(error.problems)
            gone.update(files)
            continue
        bad = [frame for frame, file in files.items() if file.number in missing]
        problems.extend(no_picture(video.member, files[frame].number, frame) for frame in bad)
        gone.update(bad)
    return Media((frame, file) for frame, file in media.items() if frame not in gone) if gone else media


def without_videos(media: Media) -> Media:
    """The pictures that are files."""
    return Media((frame, file) for frame, file in media.items() if not isinstance(file, VideoPicture))


def _by_video(media: Media) -> dict[Video, dict[int, VideoPicture]]:
    pictures: dict[Video, dict[int, VideoPicture]] = {}
    for frame, file in media.items():
        if isinstance(file, VideoPicture):
            pictures.setdefault(file.video, {})[frame] = file
    return pictures
