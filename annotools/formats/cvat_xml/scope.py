"""One job or the task as a whole, and which frames of it are written."""

from __future__ import annotations

from collections.abc import Iterator

from annotools.formats.base import Options
from annotools.model import Dataset
from annotools.model.definitions import Job
from annotools.storage import Media


def only_job(dataset: Dataset, options: Options) -> Job | None:
    """The job that is written, when it is not the whole task."""
    if len(dataset.jobs) != 1:
        return None
    job = dataset.jobs[0]
    whole = job.start_frame <= 0 and job.stop_frame >= len(dataset.frames) - 1 and job.included is None
    return job if options.job is not None or not whole else None


def pictures(dataset: Dataset, media: Media) -> Iterator[tuple[str, Iterator[bytes]]]:
    """`images/[subset/]name` of every frame that is shown and has a picture."""
    frames = dataset.frames
    for frame in dataset.shown_frames.tolist():
        if frame in media:
            folder = f"{frames.subsets[frame]}/" if frames.subsets[frame] else ""
            yield f"images/{folder}{_file_name(frames.names[frame], media[frame].name)}", media[frame].pieces()


def _file_name(name: str, picture: str) -> str:
    """The frame's name, with the picture's ending where it has none: frames of a video."""
    end = picture[picture.rfind(".") :] if "." in picture.rsplit("/", 1)[-1] else ""
    return name if "." in name.rsplit("/", 1)[-1] else name + end
