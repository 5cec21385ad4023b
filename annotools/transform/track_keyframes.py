"""Tracks as formats of keyframes, or of every frame, need them.

shown-keyframes       only keyframes, complete, on frames that are shown; no track without; tracks start with them
interpolate-tracks    a row on every frame on which a track shows, points of skeletons whether their skeleton does
uniform-skeletons     tracks of points of skeletons have the source of their skeleton, and no group
"""

from __future__ import annotations

import numpy as np

from annotools import tracks
from annotools.model.codes import SKELETON
from annotools.model.columns import Bools, Ints
from annotools.model.dataset import OWNERS, Dataset
from annotools.model.losses import Ledger, Losses
from annotools.quirks import NONE, Quirks
from annotools.transform.removal import without
from annotools.transform.rows import no_argument


def interpolate_tracks(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Tracks frame by frame, elements apart from their skeletons."""
    no_argument("interpolate-tracks", argument)
    dataset, losses = tracks.interpolate(dataset, quirks, apart=True)
    return dataset, losses.of("lost")


def shown_keyframes(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Keyframes only, complete and on frames that are shown; no track without."""
    no_argument("shown-keyframes", argument)
    if not len(dataset.tracks):
        return dataset, Losses()
    ledger = Ledger()
    if not dataset.shapes.keyframe.all():
        dataset, losses = tracks.to_keyframes(dataset, quirks)
        ledger.extend(losses)
    # Rows between them would go at once: tracks of few keyframes and many frames took three times as long.
    dataset, losses = tracks.interpolate(dataset, apart=True, between=False)
    ledger.extend(losses.of("lost"))
    dataset = dataset.select(shapes=dataset.shapes.keyframe | (dataset.shapes.track < 0))
    why = "its skeleton has nothing to show on that frame"
    dataset = without(dataset, "shapes", _alone(dataset), ledger, "keyframe of a skeleton's point", why)
    empty = ~np.isin(np.arange(len(dataset.tracks)), dataset.shapes.track)
    dataset = without(dataset, "tracks", empty, ledger, "track", "it shows on none of the frames written")
    return _first_frames(dataset, ledger), ledger.losses()


def _alone(dataset: Dataset) -> Bools:
    """Rows of points of skeletons on frames on which their skeleton does not show.

    dataset: of keyframes.  A skeleton shows on each of its own, and from one on which it is seen to the next.
    """
    shapes = dataset.shapes
    above = np.append(dataset.tracks.parent, -1)[shapes.track].astype(np.int64)
    alone = above >= 0
    if not alone.any():
        return alone
    elements, skeletons = np.flatnonzero(alone), np.flatnonzero((shapes.track >= 0) & ~alone)
    frames, frame = np.unique(shapes.frame, return_inverse=True)
    keys = np.where(alone, above, shapes.track) * len(frames) + frame  # of the skeleton's track, and when
    skeletons = skeletons[np.argsort(keys[skeletons], kind="stable")]
    before = np.searchsorted(keys[skeletons], keys[elements], "right") - 1
    with_one = before >= 0
    elements, owners = elements[with_one], skeletons[before[with_one]]
    shows = (shapes.track[owners] == above[elements]) & (shapes.type[owners] == SKELETON)
    shows &= (shapes.frame[owners] == shapes.frame[elements]) | ~shapes.outside[owners]
    alone[elements[shows]] = False
    return np.asarray(alone)


def _first_frames(dataset: Dataset, ledger: Ledger) -> Dataset:
    """Tracks that start with their first keyframe."""
    table, tracked = dataset.tracks, dataset.shapes.track >= 0
    first = np.full(len(table), np.iinfo(np.int64).max)
    np.minimum.at(first, dataset.shapes.track[tracked], dataset.shapes.frame[tracked])
    why = "it starts with its first keyframe"
    ledger.changed("frame of track", why, dataset, "tracks", first != table.frame, column="frame")
    return dataset.replace(tracks=table.replace(frame=first))


def uniform_skeletons(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Tracks of points of skeletons in no group and of the skeleton's source: nothing else is said of them."""
    no_argument("uniform-skeletons", argument)
    table, shapes = dataset.tracks, dataset.shapes
    element = table.parent >= 0
    if not element.any():
        return dataset, Losses()
    source, group = np.where(element, table.source[table.parent], table.source), np.where(element, 0, table.group)
    ledger = Ledger()
    tracked, columns = shapes.track >= 0, {}
    for name, column in (("source", source), ("group", group)):
        what, why = f"{name} of a skeleton's point", "it has the source of its skeleton and no group"
        ledger.changed(what, why, dataset, "tracks", column != getattr(table, name), column=name)
        columns[name] = np.where(tracked, np.append(column, 0)[shapes.track], getattr(shapes, name))
        ledger.changed(what, why, dataset, "shapes", columns[name] != getattr(shapes, name), column=name)
    new = dataset.replace(tracks=table.replace(source=source, group=group), shapes=shapes.replace(**columns))
    _tell_left(new, table.group[group != table.group], ledger)
    return new, ledger.losses()


def _tell_left(dataset: Dataset, groups: Ints, ledger: Ledger) -> None:
    """Note the rows that stay in groups that others have left.  groups: the numbers of these."""
    for name in OWNERS.values():
        rows = np.isin(getattr(dataset, name).group, groups)
        what, why = f"group of {name.removesuffix('s')}", "points of a skeleton are no longer in it"
        ledger.changed(what, why, dataset, name, rows & (getattr(dataset, name).group > 0), column="group")
