"""list-frames, picture-names, frame-numbers, shape-places: frames as a document of pictures has them.

    frames a (val), b (deleted), c (train), d     ->     c (train), a and d (val), where the task's subset is val

Deleted frames and those of other jobs are left out with what stands on them, those of one subset stand together, and
all that refers to frames is counted anew.  Tracks must have a row on every frame on which they show.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from annotools.model.columns import without
from annotools.model.dataset import Dataset
from annotools.model.definitions import source_frames
from annotools.model.extras import Extra
from annotools.model.losses import Ledger, Losses
from annotools.model.row_numbers import with_known_frames
from annotools.model.tables import Bools, Ints
from annotools.quirks import NONE, Quirks
from annotools.tracks import element_owners
from annotools.transform.frames import with_file_names
from annotools.transform.rows import no_argument
from annotools.transform.typed_extras import typed_extras

FRAME = "frame_id"
_VIDEO_SUFFIX = ".PNG"  # what CVAT calls the pictures of a video


def list_frames(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Only the frames that are shown, each with a name, those of one subset together."""
    no_argument("list-frames", argument)
    ledger = Ledger()
    dataset = only_shown_rows(_in_subsets(dataset, ledger), ledger)
    dataset = _listed(dataset, ledger)
    return with_file_names(dataset, ledger), ledger.losses()


def _listed(dataset: Dataset, ledger: Ledger) -> Dataset:
    """The frames that are shown, counted anew."""
    subsets = dataset.frames.subsets
    order = np.array(dataset.shown_frames, np.int64)
    if len(set(subsets)) > 1:
        order = np.array(sorted(order.tolist(), key=lambda row: subsets[row] or "default"), np.int64)
    if len(order) == len(subsets) and (order == np.arange(len(order))).all():
        return dataset
    gone = without(np.arange(len(subsets)), order)
    ledger.lost("frame", "it is deleted or not of this job", dataset, "frames", gone)
    return renumbered(without_jobs(dataset, ledger), order, ledger)


def picture_names(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Frames of a video with names as pictures have them."""
    no_argument("picture-names", argument)
    if not (dataset.task.is_video or dataset.task.media_type == "video"):
        return dataset, Losses()
    ledger, names = Ledger(), dataset.frames.names
    bare = np.array(["." not in name.rsplit("/", 1)[-1] for name in names], np.bool_)
    ledger.changed("name of frame", f"a picture's name ends in {_VIDEO_SUFFIX}", dataset, "frames", bare, column="name")
    named = tuple(name + _VIDEO_SUFFIX * short for name, short in zip(names, bare.tolist(), strict=True))
    return dataset.replace(frames=replace(dataset.frames, names=named)), ledger.losses()


def frame_numbers(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Frames with their numbers in the source, as an extra `frame_id`; those that say one keep it."""
    no_argument("frame-numbers", argument)
    dataset, losses = typed_extras(dataset, f"frames.{FRAME}:whole")
    frames = dataset.frames
    numbers = source_frames(dataset.task, np.arange(len(frames)))
    extra = frames.extras.get(FRAME)
    if extra is not None:
        numbers = np.where(extra.present, extra.values, numbers)
    return dataset.replace(extras={"frames": {**frames.extras, FRAME: Extra.of(numbers)}}), losses


def shape_places(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Shapes with their places on their frames, by z_order, as an extra `place_id`; -1 of parts and what is outside."""
    no_argument("shape-places", argument)
    shapes = dataset.shapes
    rows = np.flatnonzero((element_owners(dataset) < 0) & ~shapes.outside)
    rows = rows[np.lexsort((rows, shapes.z_order[rows], shapes.frame[rows]))]
    position = np.full(len(shapes), -1, np.int64)
    position[rows] = np.arange(len(rows)) - np.searchsorted(shapes.frame[rows], shapes.frame[rows])
    return dataset.replace(shapes=shapes.replace(extras={**shapes.extras, "place_id": Extra.of(position)})), Losses()


def _in_subsets(dataset: Dataset, ledger: Ledger) -> Dataset:
    """The task's subset said of the frames that are in none."""
    task, subsets = dataset.task, dataset.frames.subsets
    if not task.subset or "" not in subsets:
        return dataset
    bare = np.array([not subset for subset in subsets], np.bool_)
    why = "it is said of each frame"
    ledger.changed("subset of task", why, dataset, "task", [0], column="subset")
    ledger.changed("subset of frame", "it is that of the task", dataset, "frames", bare, column="subsets")
    frames = replace(dataset.frames, subsets=tuple(subset or task.subset for subset in subsets))
    return dataset.replace(task=replace(task, subset=""), frames=frames)


def only_shown_rows(dataset: Dataset, ledger: Ledger) -> Dataset:
    """Without the tags and shapes on frames that are not shown."""
    shown = np.zeros(len(dataset.frames), np.bool_)
    shown[dataset.shown_frames] = True
    why = "the frame is deleted, not of this job or not of the task"
    masks: dict[str, Bools] = {}
    for name in ("tags", "shapes"):
        frames: Ints = getattr(dataset, name).frame
        inside = (frames >= 0) & (frames < len(shown))
        inside[inside] = shown[frames if inside.all() else frames[inside]]
        if not inside.all():
            ledger.lost(f"{name[:-1]} on a frame that is not shown", why, dataset, name, ~inside)
            masks[name] = inside
    return dataset.select(**masks) if masks else dataset


def without_jobs(dataset: Dataset, ledger: Ledger) -> Dataset:
    """Jobs are stretches of frames as they were."""
    why = "its frames are counted anew"
    limited = [row for row, job in enumerate(dataset.jobs) if job.included is not None]
    ledger.lost("included frames of job", why, dataset, "jobs", limited, column="included")
    ledger.lost("job", why, dataset, "jobs", np.arange(len(dataset.jobs)))
    owned = {name: getattr(dataset, name) for name in ("tags", "shapes", "tracks", "intervals")}
    for name, table in owned.items():
        ledger.lost(f"job of {name[:-1]}", why, dataset, name, table.job >= 0, column="job")
    free = {name: table.replace(job=np.full(len(table), -1)) for name, table in owned.items()}
    return dataset.replace(jobs=(), **free)


def renumbered(dataset: Dataset, order: Ints, ledger: Ledger) -> Dataset:
    """Only the frames of these numbers, in that order.  Rows on others have gone; a track starts where it is seen."""
    new = np.full(len(dataset.frames) + 1, -1)
    new[order] = np.arange(len(order))
    tables = {name: getattr(dataset, name) for name in ("tags", "shapes")}
    moved = {name: table.replace(frame=new[table.frame]) for name, table in tables.items()}
    tracks = dataset.tracks
    inside = np.clip(tracks.frame, -1, len(dataset.frames))
    start = np.where(inside < 0, -1, new[inside])
    first = np.full(len(tracks), len(order))
    tracked = dataset.shapes.track >= 0
    np.minimum.at(first, dataset.shapes.track[tracked], moved["shapes"].frame[tracked])
    hidden = (start < 0) & (first < len(order))
    ledger.changed("start of track", "its frame is left out", dataset, "tracks", hidden, column="frame")
    moved["tracks"] = tracks.replace(frame=np.where(hidden, first, start))
    return with_known_frames(dataset, order).replace(origin=None, **moved)
