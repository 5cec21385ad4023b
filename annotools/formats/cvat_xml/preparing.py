"""Before writing: one job or the task as a whole, only rows on frames that are shown, only what XML can say.

Each step returns the changed dataset and notes what it cost.  Under the server's quirks most of them stand back: its
exports keep what they find.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from annotools import tracks, transform
from annotools.formats.base import Options
from annotools.formats.cvat_xml.cleaning import one_of_a_name
from annotools.formats.cvat_xml.defaults import with_defaults
from annotools.formats.cvat_xml.homes import at_home
from annotools.formats.cvat_xml.keeping import CLOSING, COMPAT_CONDITIONS, CONDITIONS, FILLED
from annotools.formats.cvat_xml.scope import only_job
from annotools.formats.cvat_xml.settling import settled
from annotools.formats.cvat_xml.single import as_tracks
from annotools.model import SKELETON, Dataset, Losses, fit
from annotools.model.keeps import EVERYTHING
from annotools.model.losses import Ledger
from annotools.model.tables import Array, Bools
from annotools.transform.frames import without_honeypots

_TRACKS_ONLY = replace(EVERYTHING, tags=None, intervals=None)


def for_images(dataset: Dataset, options: Options) -> tuple[Dataset, Losses]:
    """The pipeline of `cvat-images`: tracks become shapes."""
    ledger = Ledger()
    dataset = _one_scope(dataset, options, ledger)
    if len(dataset.tracks):
        dataset = _noted(ledger, transform.tracks_to_shapes(dataset, quirks=options.quirks))
    dataset = _on_shown_frames(dataset, ledger)
    return settled(dataset, options, ledger, named=True), ledger.losses()


def for_video(dataset: Dataset, options: Options) -> tuple[Dataset, Losses]:
    """The pipeline of `cvat-video`: shapes become tracks of one keyframe.

    Only keyframes are left, except under the server's quirks: it interpolates first, and closes these tracks after.
    """
    ledger = Ledger()
    dataset = _noted(ledger, fit(dataset, _TRACKS_ONLY))
    dataset = _on_shown_frames(_one_scope(dataset, options, ledger), ledger)
    if CLOSING in options.quirks:
        dataset, losses = tracks.interpolate(dataset, options.quirks, apart=True)
        ledger.extend(losses.of("lost"))
        return settled(as_tracks(dataset, ledger, blind=True), options, ledger, named=False), ledger.losses()
    if len(dataset.tracks):
        dataset = _keyframes(dataset, ledger)
    dataset = at_home(_plain_elements(as_tracks(dataset, ledger, blind=False), ledger), ledger)
    return settled(dataset, options, ledger, named=False), ledger.losses()


def _noted(ledger: Ledger, step: tuple[Dataset, Losses]) -> Dataset:
    ledger.extend(step[1])
    return step[0]


def _one_scope(dataset: Dataset, options: Options, ledger: Ledger) -> Dataset:
    """Rows of one job, or of the task as a whole."""
    dataset = without_honeypots(dataset, options.quirks)
    dataset = _sayable(dataset if options.quirks else one_of_a_name(dataset, ledger), options, ledger)
    tables = (dataset.tags, dataset.shapes, dataset.tracks)
    if only_job(dataset, options) is None and any((table.job >= 0).any() for table in tables):
        dataset = _noted(ledger, tracks.merge_jobs(dataset, options.quirks))
    return with_defaults(dataset) if FILLED in options.quirks else dataset


def _sayable(dataset: Dataset, options: Options, ledger: Ledger) -> Dataset:
    """Without what is left out afterwards anyway: tracks are to begin with a keyframe that is written."""
    for condition in COMPAT_CONDITIONS if options.quirks else CONDITIONS:
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
