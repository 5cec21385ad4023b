"""Pictures that are written along: `images/[subset/]name` of every frame that is shown and has one."""

from __future__ import annotations

from collections.abc import Iterator

from annotools.model import Dataset
from annotools.storage import Media


def pictures(dataset: Dataset, media: Media) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Names and pieces of the pictures."""
    frames = dataset.frames
    for frame in dataset.shown_frames.tolist():
        if frame in media:
            folder = f"{frames.subsets[frame]}/" if frames.subsets[frame] else ""
            yield f"images/{folder}{_file_name(frames.names[frame], media[frame].name)}", media[frame].pieces()


def _file_name(name: str, picture: str) -> str:
    """The frame's name, with the picture's ending where it has none: frames of a video."""
    end = picture[picture.rfind(".") :] if "." in picture.rsplit("/", 1)[-1] else ""
    return name if "." in name.rsplit("/", 1)[-1] else name + end
