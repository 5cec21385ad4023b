"""drop-deleted-frames, only-annotated-frames: fewer frames, counted anew.

    frames 0 1 2 3, 1 deleted  ->  frames 0 1 2 (0, 2 and 3 of before)

Tracks get a keyframe on every frame first, so that what is left shows as it did.  Jobs lose the frames too; a job of
which no frame is left goes.  A frame's number no longer says where it stood in the source; its name stays.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from posixpath import splitext

import numpy as np

from annotools import tracks
from annotools.geometry.ragged import Bools, Ints
from annotools.model.dataset import OWNERS, Dataset
from annotools.model.definitions import Job
from annotools.model.losses import Ledger, Losses
from annotools.model.row_numbers import origins, with_known_frames
from annotools.quirks import NONE, Quirks
from annotools.storage.names import are_plain, name_fault, safe_part
from annotools.transform.rows import no_argument
from annotools.transform.track_gaps import without_rows


def drop_deleted_frames(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Without deleted frames and what is annotated on them."""
    no_argument("drop-deleted-frames", argument)
    return without_frames(dataset, dataset.frames.deleted, "it is deleted", quirks)


def only_annotated_frames(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Only frames on which something is to be seen, tracks between keyframes included."""
    no_argument("only-annotated-frames", argument)
    full, _ = tracks.interpolate(dataset, quirks)
    seen = np.concatenate([full.tags.frame, full.shapes.frame[~full.shapes.outside]])
    return without_frames(dataset, ~np.isin(np.arange(len(dataset.frames)), seen), "nothing is annotated on it", quirks)


def only_shown_frames(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Only frames that an export shows, each with a name: those of the one job, without deleted ones; and only rows on
    such frames.
    """
    no_argument("only-shown-frames", argument)
    dataset = without_honeypots(dataset, quirks)
    ledger, rows = Ledger(), {}
    for name in ("tags", "shapes"):
        frame = getattr(dataset, name).frame
        rows[name] = (frame >= 0) & (frame < len(dataset.frames))
        ledger.lost(name[:-1], "its frame is not one of the task's", dataset, name, ~rows[name])
    if not all(there.all() for there in rows.values()):
        dataset = dataset.select(**rows)
    hidden = ~np.isin(np.arange(len(dataset.frames)), dataset.shown_frames)
    dataset, losses = without_frames(dataset, hidden, "it is deleted, or of another job", quirks)
    ledger.extend(losses)
    dataset = with_file_names(dataset, ledger)
    return dataset, ledger.losses()


def with_file_names(dataset: Dataset, ledger: Ledger) -> Dataset:
    """With a name for each frame that a file can have: one that leads nowhere but down, made where there is none."""
    if "" in dataset.frames.names:
        nameless = [frame for frame, name in enumerate(dataset.frames.names) if not name]
        dataset = _renamed(dataset, nameless, ledger, "it had none, so one was made")
    names = dataset.frames.names
    if are_plain(names):
        return dataset
    outside = [n for n, name in enumerate(names) if name_fault(f"folder/{name}")]
    return _renamed(dataset, outside, ledger, "the name of a file leads nowhere but down")


def _renamed(dataset: Dataset, frames: list[int], ledger: Ledger, why: str) -> Dataset:
    """What can be kept of some names, or made ones; none that is there already."""
    names, taken = list(dataset.frames.names), set(dataset.frames.names)
    for frame in frames:
        safe_name = safe_part(names[frame].replace("\\", "/")) if names[frame] else ""
        stem, end = splitext(safe_name or f"frame_{frame:06d}.png")
        candidates = (f"{stem}{f'_{again}' if again else ''}{end}" for again in count())
        names[frame] = next(name for name in candidates if name not in taken)
        taken.add(names[frame])
    ledger.changed("name of frame", why, dataset, "frames", frames, column="name")
    return dataset.replace(frames=replace(dataset.frames, names=tuple(names))) if frames else dataset


def without_honeypots(dataset: Dataset, quirks: Quirks) -> Dataset:
    """With honeypots deleted, where quirks say so: frames with the name of a later one, as the pool stands last.

    Pictures of different subsets are of different tasks.
    """
    names = dataset.frames.names
    if "honeypots-hidden" not in quirks or len(set(names)) == len(names):
        return dataset
    pictures = list(zip(names, dataset.frames.subsets, strict=True))
    last = {picture: frame for frame, picture in enumerate(pictures) if picture[0]}
    honeypots = np.array([last.get(picture, frame) != frame for frame, picture in enumerate(pictures)], np.bool_)
    return dataset.replace(frames=replace(dataset.frames, deleted=dataset.frames.deleted | honeypots))


def without_frames(dataset: Dataset, gone: Bools, why: str, quirks: Quirks) -> tuple[Dataset, Losses]:
    """Without some frames, and what is annotated on them.  gone: boolean mask over frames."""
    ledger = Ledger()
    if not gone.any():
        return dataset, Losses()
    ledger.lost("frame", why, dataset, "frames", gone)
    if len(dataset.tracks):
        dataset = _every_frame(dataset, ledger, quirks)
    tags, shapes = _on(gone, dataset.tags.frame), _on(gone, dataset.shapes.frame)
    whole = shapes & (dataset.shapes.parent < 0)
    ledger.lost("tag", "its frame is left out", dataset, "tags", tags)
    ledger.lost("shape", "its frame is left out", dataset, "shapes", whole)
    emptied = without_rows(dataset, ~shapes) & ~without_rows(dataset, np.ones(len(shapes), np.bool_))
    ledger.lost("track", "its frames are left out", dataset, "tracks", emptied)
    remaining = _without_jobs(dataset.select(tags=~tags, shapes=~shapes), gone, ledger)
    return _renumbered(remaining, gone, ledger), ledger.losses()


def _every_frame(dataset: Dataset, ledger: Ledger, quirks: Quirks) -> Dataset:
    full, losses = tracks.interpolate(dataset, quirks)
    ledger.extend(losses)
    new = (full.shapes.track >= 0) & ~full.shapes.keyframe
    why, before = "frames are left out, so it became a keyframe", origins(full, "shapes")
    ledger.changed("frame of track", why, dataset, "shapes", before[new & (before >= 0)], column="keyframe")
    made = new & (before < 0)
    ledger.noted("frame of track", why, int(made.sum()), full.shapes.frame[made])
    return full.replace(shapes=full.shapes.replace(keyframe=full.shapes.keyframe | new))


def _on(gone: Bools, frame: Ints) -> Bools:
    """Whether each frame is one of those that go; frames that are none of the task's do not."""
    inside = (frame >= 0) & (frame < len(gone))
    inside[inside] = gone[frame[inside]]
    return inside


def _without_jobs(dataset: Dataset, gone: Bools, ledger: Ledger) -> Dataset:
    """Without the jobs of which no frame is left, and what is left of their annotations."""
    empty = np.array([bool(_on(gone, job.frames()).all()) for job in dataset.jobs], np.bool_)
    if not empty.any():
        return dataset
    ledger.lost("job", "none of its frames is left", dataset, "jobs", empty)
    stays = np.append(~empty, True)  # the last is that of job -1
    new = np.append(np.cumsum(~empty) - 1, -1)
    kept = {name: stays[getattr(dataset, name).job] for name in OWNERS.values()}
    for name, rows in kept.items():
        ledger.lost(name[:-1], "none of the frames of its job is left", dataset, name, ~rows)
    remaining = dataset.select(**kept)
    tables = {name: getattr(remaining, name) for name in OWNERS.values()}
    jobs = tuple(job for job, drop in zip(dataset.jobs, empty.tolist(), strict=True) if not drop)
    return remaining.replace(jobs=jobs, **{name: table.replace(job=new[table.job]) for name, table in tables.items()})


def _renumbered(dataset: Dataset, gone: Bools, ledger: Ledger) -> Dataset:
    later, why = _on(gone, dataset.tracks.frame), "its frame is left out"
    ledger.changed("start of track", why, dataset, "tracks", later, column="frame")
    tables = {name: getattr(dataset, name) for name in ("tags", "shapes", "tracks")}
    moved = {name: table.replace(frame=_moved(table.frame, gone)) for name, table in tables.items()}
    jobs = tuple(_job(job, gone) for job in dataset.jobs)
    return with_known_frames(dataset, np.flatnonzero(~gone)).replace(jobs=jobs, origin=None, **moved)


def _moved(frame: Ints, gone: Bools) -> Ints:
    """New numbers: less the frames that go before each; a frame that goes gets that of the next one left."""
    before = np.concatenate(([0], np.cumsum(gone)))
    return np.asarray(frame - before[np.clip(frame, 0, len(gone))])


def _job(job: Job, gone: Bools) -> Job:
    def kept(frames: tuple[int, ...]) -> tuple[int, ...]:
        numbers = np.asarray(frames, np.int64)
        return tuple(_moved(numbers[~_on(gone, numbers)], gone).tolist())

    first, stop = _moved(np.array([job.start_frame, job.stop_frame + 1]), gone).tolist()
    included = None if job.included is None else kept(job.included)
    pairs = np.array(job.honeypots, np.int64).reshape(-1, 2)
    pairs = _moved(pairs[~_on(gone, pairs.reshape(-1)).reshape(-1, 2).any(axis=1)].reshape(-1), gone)
    honeypots = tuple(zip(pairs[::2].tolist(), pairs[1::2].tolist(), strict=True))
    return replace(
        job, start_frame=first, stop_frame=stop - 1, included=included, disabled=kept(job.disabled), honeypots=honeypots
    )
