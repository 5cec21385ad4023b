"""Before writing: one job or the task as a whole, only rows on frames that are shown, only what XML can say.

Each step returns the changed dataset and notes what it cost.  Under the server's quirks most of them stand back: its
exports keep what they find.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import replace

import numpy as np
import orjson

from annotools import tracks, transform
from annotools.formats.base import Options
from annotools.formats.cvat_xml.cleaning import carried_texts, named_attributes
from annotools.formats.cvat_xml.defaults import with_defaults
from annotools.formats.cvat_xml.header import moment
from annotools.formats.cvat_xml.single import as_tracks
from annotools.model import Condition, Dataset, Keeps, Losses
from annotools.model.codes import CUBOID, ELLIPSE, MASK, POINTS, POLYGON, POLYLINE, RECTANGLE, SKELETON, ShapeType
from annotools.model.definitions import Frames, Job, Task, source_frames, video_name
from annotools.model.losses import Ledger
from annotools.model.origin import Extras
from annotools.model.tables import Array, Bools
from annotools.storage import Media

_DELETED = "cvat-video: deleted frames"
BARE = "xml-bare-skeletons"
CLOSING = "xml-closing-frames"
FILLED = "xml-default-attributes"

TASK_FIELDS = frozenset(
    {
        "name", "mode", "subset", "start_frame", "stop_frame", "step", "overlap", "bug_tracker", "owner", "owner_email",
        "assignee", "assignee_email", "created", "updated", "source_name",
    }
)  # fmt: skip
_NUMBERS = {RECTANGLE: 4, ELLIPSE: 4, CUBOID: 16, SKELETON: 0}


def kept_shapes(columns: Set[str]) -> dict[ShapeType, Set[str]]:
    """The columns of every shape type; rotation only where it can be said."""
    return {kind: columns | {"rotation"} if kind in (RECTANGLE, ELLIPSE) else columns for kind in ShapeType}


def compat_keeps(keeps: Keeps) -> Keeps:
    """What the server's own writer carries: numbers are rounded when they are written, not before."""
    bare = kept_shapes(keeps.shapes[RECTANGLE]) | {SKELETON: keeps.shapes[SKELETON] - {"occluded", "outside"}}
    return replace(
        keeps, shapes=bare, elements=(keeps.elements or frozenset()) - {"group"}, decimals=None,
        frames=keeps.frames | {"deleted"},
    )  # fmt: skip


def _well_formed(dataset: Dataset) -> Bools:
    shapes = dataset.shapes
    counts = shapes.counts
    good = np.isin(shapes.type, (POLYGON, POLYLINE, POINTS)) & (counts % 2 == 0) & (counts > 0)
    for kind, count in _NUMBERS.items():
        good |= (shapes.type == kind) & (counts == count)
    return np.asarray(good | ((shapes.type == MASK) & (counts >= 4)))


def _finite(dataset: Dataset) -> Bools:
    shapes = dataset.shapes
    good = np.isfinite(shapes.rotation)
    odd = np.flatnonzero(~np.isfinite(shapes.values))
    good[np.searchsorted(shapes.offsets, odd, "right") - 1] = False
    return good


def _whole_masks(dataset: Dataset) -> Bools:
    shapes = dataset.shapes
    masks = np.flatnonzero(shapes.type == MASK)
    good = np.ones(len(shapes), np.bool_)
    if len(masks):
        table = shapes.take(masks)
        with np.errstate(invalid="ignore"):
            odd = ~((table.values == np.rint(table.values)) & (np.abs(table.values) < 2**53))
        bad = np.unique(np.repeat(np.arange(len(masks)), table.counts)[odd])
        good[masks[bad]] = False
    return good


def _below_skeletons(dataset: Dataset) -> Bools:
    shapes = dataset.shapes
    return np.asarray((shapes.parent < 0) | (shapes.type[shapes.parent] == SKELETON)) if len(shapes) else shapes.keyframe


def _defined(table: str) -> Condition:
    return Condition(
        f"{table[:-1]} of an unknown label", "labels are said by name",
        lambda dataset: np.isin(getattr(dataset, table).label, list(dataset.labels.by_id)), table,  # type: ignore[arg-type]
    )  # fmt: skip


CONDITIONS = (
    Condition("shape with a coordinate that is no number", "there is nothing between it and others", _finite),
    Condition("part of a shape that is no skeleton", "only skeletons have parts", _below_skeletons),
    Condition("shape with a wrong number of values", "its type needs another", _well_formed),
    Condition("mask with values that are no whole numbers", "the format has whole numbers there", _whole_masks),
    *map(_defined, ("shapes", "tags", "tracks")),
)


def for_images(dataset: Dataset, options: Options) -> tuple[Dataset, Losses]:
    """The pipeline of `cvat-images`: tracks become shapes."""
    ledger = Ledger()
    dataset = _one_scope(dataset, options, ledger)
    if len(dataset.tracks):
        dataset = _noted(ledger, transform.tracks_to_shapes(dataset, quirks=options.quirks))
    dataset = _on_shown_frames(dataset, ledger)
    return _definitions(dataset, options, ledger, named=True), ledger.losses()


def for_video(dataset: Dataset, options: Options) -> tuple[Dataset, Losses]:
    """The pipeline of `cvat-video`: shapes become tracks of one keyframe.

    Only keyframes are left, except under the server's quirks: it interpolates first, and closes these tracks after.
    """
    ledger = Ledger()
    dataset = _remembered(_one_scope(dataset, options, ledger))
    dataset = _on_shown_frames(dataset, ledger)
    if CLOSING in options.quirks:
        dataset, _ = tracks.interpolate(dataset, options.quirks, apart=True)
        return _definitions(as_tracks(dataset, ledger, blind=True), options, ledger, named=False), ledger.losses()
    if len(dataset.tracks):
        dataset = _keyframes(dataset, ledger)
    dataset = _plain_elements(as_tracks(dataset, ledger, blind=False), ledger)
    return _definitions(dataset, options, ledger, named=False), ledger.losses()


def _noted(ledger: Ledger, step: tuple[Dataset, Losses]) -> Dataset:
    ledger.extend(step[1])
    return step[0]


def only_job(dataset: Dataset, options: Options) -> Job | None:
    """The job that is written, when it is not the whole task."""
    if len(dataset.jobs) != 1:
        return None
    job = dataset.jobs[0]
    whole = job.start_frame <= 0 and job.stop_frame >= len(dataset.frames) - 1 and job.included is None
    return job if options.job is not None or not whole else None


def _one_scope(dataset: Dataset, options: Options, ledger: Ledger) -> Dataset:
    """Rows of one job, or of the task as a whole."""
    dataset = _sayable(dataset, ledger)
    tables = (dataset.tags, dataset.shapes, dataset.tracks)
    if only_job(dataset, options) is None and any((table.job >= 0).any() for table in tables):
        dataset = _noted(ledger, tracks.merge_jobs(dataset, options.quirks))
    return with_defaults(dataset) if FILLED in options.quirks else dataset


def _sayable(dataset: Dataset, ledger: Ledger) -> Dataset:
    """Without what is left out afterwards anyway: tracks are to begin with a keyframe that is written."""
    for condition in CONDITIONS:
        holds, frame = condition.holds(dataset), getattr(dataset, condition.table).frame
        ledger.lost(condition.what, condition.why, int((~holds).sum()), frame[~holds])
        dataset = dataset if holds.all() else dataset.select(**{condition.table: holds})
    return dataset


def _on_shown_frames(dataset: Dataset, ledger: Ledger) -> Dataset:
    """Without the tags and plain shapes that stand on deleted frames or outside the job."""
    shown = dataset.shown_frames
    kept: dict[str, Array] = {}
    plain = (dataset.shapes.track < 0) & (dataset.shapes.parent < 0)
    for name, there in (("tags", np.ones(len(dataset.tags), np.bool_)), ("shapes", plain)):
        frame = getattr(dataset, name).frame
        lost = there & ~np.isin(frame, shown)
        ledger.lost(name[:-1], "its frame is deleted or not among those written", int(lost.sum()), frame[lost])
        if lost.any():
            kept[name] = ~lost if name == "tags" else ~lost & ~_elements_of(dataset, lost)
    return dataset.select(**kept) if kept else dataset


def _elements_of(dataset: Dataset, rows: Bools) -> Bools:
    parent = dataset.shapes.parent
    return np.asarray((parent >= 0) & rows[parent])


def _remembered(dataset: Dataset) -> Dataset:
    """With the deleted frames noted where `project`, which takes them from a format without frames, leaves them."""
    header = {_DELETED: orjson.dumps(np.flatnonzero(dataset.frames.deleted).tolist())}
    return dataset.replace(extras=Extras(header)) if dataset.frames.deleted.any() else dataset


def with_deleted(dataset: Dataset) -> Dataset:
    """The dataset with the deleted frames that were noted: nothing is interpolated there."""
    noted = dataset.extras.header.get(_DELETED) if dataset.extras is not None else None
    if noted is None:
        return dataset
    deleted = np.isin(np.arange(len(dataset.frames)), orjson.loads(noted))
    return dataset.replace(frames=replace(dataset.frames, deleted=deleted))


def _keyframes(dataset: Dataset, ledger: Ledger) -> Dataset:
    """Keyframes only, complete and on frames that are shown; no track without."""
    whole = int((dataset.tracks.parent < 0).sum())
    if not dataset.shapes.keyframe.all():
        dataset = _noted(ledger, tracks.to_keyframes(dataset))
    filled, losses = tracks.interpolate(dataset, apart=True)
    ledger.extend(losses.of("lost"))
    shapes = filled.shapes
    alone = shapes.keyframe & _alone(filled)
    why = "its skeleton has nothing to show on that frame"
    ledger.lost("keyframe of a skeleton's point", why, int(alone.sum()), shapes.frame[alone])
    dataset = filled.select(shapes=(shapes.keyframe & ~alone) | (shapes.track < 0))
    used = np.zeros(len(dataset.tracks), np.bool_)
    used[dataset.shapes.track[dataset.shapes.track >= 0]] = True
    if not used.all():
        dataset = dataset.select(tracks=used)
    gone = whole - int((dataset.tracks.parent < 0).sum())
    ledger.lost("track", "it shows on none of the frames written", gone)
    return _first_frames(dataset)


def _alone(dataset: Dataset) -> Bools:
    """Rows of points of skeletons on frames on which there is no skeleton."""
    shapes = dataset.shapes
    owners = tracks.element_owners(dataset)
    element = np.append(dataset.tracks.parent, -1)[shapes.track] >= 0
    return np.asarray(element & ((owners < 0) | (shapes.type[owners] != SKELETON)))


def _plain_elements(dataset: Dataset, ledger: Ledger) -> Dataset:
    """Tracks of points of a skeleton in no group and of the skeleton's source: nothing else is said of them."""
    table = dataset.tracks
    element = table.parent >= 0
    source = np.where(element, table.source[table.parent], table.source)
    group = np.where(element, 0, table.group)
    odd = (source != table.source) | (group != table.group)
    ledger.changed("track of a skeleton's point", "it has the source of its skeleton and no group", int(odd.sum()))
    if not odd.any():
        return dataset
    shapes, tracked = dataset.shapes, dataset.shapes.track >= 0
    columns = {
        name: np.where(tracked, column[shapes.track], getattr(shapes, name))
        for name, column in (("source", source), ("group", group))
    }
    return dataset.replace(tracks=table.replace(source=source, group=group), shapes=shapes.replace(**columns))


def _first_frames(dataset: Dataset) -> Dataset:
    """Tracks that start with their first keyframe."""
    tracked = dataset.shapes.track >= 0
    first = np.full(len(dataset.tracks), np.iinfo(np.int64).max)
    np.minimum.at(first, dataset.shapes.track[tracked], dataset.shapes.frame[tracked])
    return dataset.replace(tracks=dataset.tracks.replace(frame=first))


def _definitions(dataset: Dataset, options: Options, ledger: Ledger, *, named: bool) -> Dataset:
    """Task, jobs, frames and texts as they will be read back."""
    dataset = named_attributes(dataset, ledger)
    if options.quirks:
        return carried_texts(dataset, ledger)
    job = only_job(dataset, options)
    dataset = dataset.replace(jobs=_jobs(dataset.jobs), task=_task(dataset, job))
    dataset = _frames(dataset, job, ledger) if named else _numbered(dataset, job, ledger)
    return carried_texts(dataset, ledger)


def _jobs(jobs: tuple[Job, ...]) -> tuple[Job, ...]:
    """Segments: what they span, and nothing of the work done on them."""
    return tuple(Job(job.id, "annotation", job.start_frame, job.stop_frame) for job in jobs if job.type == "annotation")


def _task(dataset: Dataset, job: Job | None) -> Task:
    """The task, its last frame counted out; of a job only what a job says."""
    task, last = dataset.task, len(dataset.frames) - 1 if job is None else job.stop_frame
    stop = task.start_frame + task.step * last
    if task.stop_frame is not None:
        stop = task.stop_frame if job is None else min(stop, task.stop_frame)
    video = task.source_name.rsplit("/", 1)[-1] if task.is_video and job is None else ""
    name = task.name if job is None else ""
    subset = "" if task.subset == "default" else task.subset
    created, updated = moment(task.created), moment(task.updated)
    return replace(task, name=name, stop_frame=stop, subset=subset, source_name=video, created=created, updated=updated)


def _frames(dataset: Dataset, job: Job | None, ledger: Ledger) -> Dataset:
    """Frames with names and sizes where they are listed; of a job none after its last."""
    frames = dataset.frames
    listed = np.zeros(len(frames), np.bool_)
    listed[dataset.shown_frames] = True
    within = _span(frames, job)
    gone = np.flatnonzero(within & ~listed)
    ledger.lost("name and size of frame", "deleted frames are not listed", len(gone), gone)
    blank = ~listed
    names = tuple("" if hide else name for name, hide in zip(frames.names, blank.tolist(), strict=True))
    subsets = tuple("" if hide else name for name, hide in zip(frames.subsets, blank.tolist(), strict=True))
    width, height = (np.where(blank, 0, column) for column in (frames.width, frames.height))
    told = Frames(names, width, height, frames.deleted & within, subsets, frames.related)
    return dataset.replace(frames=told if job is None else told.take(np.arange(job.stop_frame + 1)))


def _span(frames: Frames, job: Job | None) -> Bools:
    within = np.ones(len(frames), np.bool_)
    if job is not None:
        within[: job.start_frame] = within[job.stop_frame + 1 :] = False
    return within


def _numbered(dataset: Dataset, job: Job | None, ledger: Ledger) -> Dataset:
    """Frames that are but numbers: named after them, of the one size that is said of a video."""
    frames = dataset.frames if job is None else dataset.frames.take(np.arange(job.stop_frame + 1))
    names = tuple(map(video_name, source_frames(dataset.task, np.arange(len(frames))).tolist()))
    renamed = np.flatnonzero([a != b for a, b in zip(names, frames.names, strict=True)])
    ledger.lost("name of frame", "the format does not list frames", len(renamed), renamed)
    one = dataset.task.is_video and len(frames) > 0
    width, height = (np.full(len(frames), column[0] if one else 0) for column in (frames.width, frames.height))
    odd = np.flatnonzero((width != frames.width) | (height != frames.height))
    ledger.lost("size of frame", "the format has one size, and that of a video", len(odd), odd)
    return dataset.replace(frames=replace(frames, names=names, width=width, height=height))


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
