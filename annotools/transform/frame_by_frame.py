"""tracks-frame-by-frame, count-tracks: tracks for documents that say of each picture what is to be seen on it.

keyframes 0 and 4   ->   rows on 0 (keyframe), 1, 2, 3 and 4 (keyframe)
"""

from __future__ import annotations

import numpy as np

from annotools import tracks
from annotools.model.dataset import Dataset
from annotools.model.losses import Ledger, Losses
from annotools.model.row_numbers import origins
from annotools.model.tables import Bools, Rows
from annotools.quirks import NONE, Quirks
from annotools.transform.rows import no_argument


def tracks_frame_by_frame(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """A row on every frame on which a track shows; what was a keyframe stays one."""
    no_argument("tracks-frame-by-frame", argument)
    if not len(dataset.tracks):
        return dataset, Losses()
    full, losses = tracks.interpolate(dataset, quirks)
    ledger, why = Ledger(), "where none of its points is seen a skeleton has no row"
    ledger.changed("outside frame of skeleton", why, dataset, "shapes", _dark(dataset, origins(full, "shapes")))
    return full, losses + ledger.losses()


def _dark(dataset: Dataset, left: Rows) -> Bools:
    """Outside rows of skeletons' tracks and of their elements' that are not left.  left: -1 for rows that were made."""
    shapes, tracks = dataset.shapes, dataset.tracks
    gone = np.ones(len(shapes), np.bool_)
    gone[left[left >= 0]] = False
    inner = tracks.parent >= 0
    whole = inner.copy()
    whole[tracks.parent[inner]] = True
    return np.asarray(gone & shapes.outside & np.append(whole, False)[shapes.track])


def count_tracks(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Tracks numbered from 0 in their order, as the server's exports do; those of elements have no number."""
    no_argument("count-tracks", argument)
    ledger, tracks = Ledger(), dataset.tracks
    top = tracks.parent < 0
    numbers = np.where(top, np.cumsum(top) - 1, -1)
    ledger.changed("id of track", "tracks are counted", dataset, "tracks", numbers != tracks.id, column="id")
    return dataset.replace(tracks=tracks.replace(id=numbers)), ledger.losses()
