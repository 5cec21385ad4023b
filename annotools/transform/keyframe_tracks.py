"""Tracks as CVAT's JSON has them.

keyframes-only       rows between keyframes go: what they say follows
drop-track-scores    keyframes have no score of their own
"""

from __future__ import annotations

import numpy as np

from annotools import tracks
from annotools.model.dataset import Dataset
from annotools.model.losses import Ledger, Losses
from annotools.quirks import NONE, Quirks
from annotools.transform.rows import no_argument


def keyframes_only(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Tracks as keyframes, where they have other rows."""
    no_argument("keyframes-only", argument)
    if dataset.shapes.keyframe.all():
        return dataset, Losses()
    return tracks.to_keyframes(dataset, quirks)


def drop_track_scores(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Shapes of tracks with the score that is nobody's."""
    no_argument("drop-track-scores", argument)
    shapes, ledger = dataset.shapes, Ledger()
    scored = (shapes.track >= 0) & (shapes.score != 1)
    ledger.lost("score of track", "a keyframe of a track has no score", dataset, "shapes", scored, column="score")
    if scored.any():
        dataset = dataset.replace(shapes=shapes.replace(score=np.where(scored, 1.0, shapes.score)))
    return dataset, ledger.losses()
