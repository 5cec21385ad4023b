"""skeletons-to-boxes, skeletons-to-points: a skeleton as one shape made of its elements' points.

    skeletons-to-boxes     the upright box round the elements that are not outside
    skeletons-to-points    one `points` shape of the elements that are not outside, in the order of the sublabels

Skeletons of tracks become tracks of that type, with a keyframe on every frame.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from annotools.geometry.boxes import hull_boxes
from annotools.geometry.ragged import Bools, Ints, Ragged, offsets_of, take
from annotools.model.codes import POINTS, RECTANGLE, SKELETON, ShapeType
from annotools.model.dataset import Dataset
from annotools.model.losses import Ledger, Losses
from annotools.quirks import NONE, Quirks
from annotools.tracks.elements import element_owners
from annotools.transform.rows import every_frame, no_argument, of_type, recast, say_turned


def skeletons_to_boxes(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Skeletons as the upright boxes round their points."""
    no_argument("skeletons-to-boxes", argument)
    return _one_shape(dataset, RECTANGLE, _boxes, quirks)


def skeletons_to_points(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Skeletons as shapes of several points."""
    no_argument("skeletons-to-points", argument)
    return _one_shape(dataset, POINTS, lambda points: points, quirks)


def _boxes(points: Ragged) -> Ragged:
    boxes = hull_boxes(*points)
    return boxes.reshape(-1), 4 * np.arange(len(boxes) + 1)


def _one_shape(
    dataset: Dataset, kind: ShapeType, draw: Callable[[Ragged], Ragged], quirks: Quirks
) -> tuple[Dataset, Losses]:  # fmt: skip
    ledger = Ledger()
    dataset = every_frame(dataset, of_type(dataset, SKELETON), ledger, quirks)
    skeleton = of_type(dataset, SKELETON)
    above = element_owners(dataset)
    points, rows = _gathered(dataset, above, np.flatnonzero(skeleton))
    say_turned(ledger, dataset, rows, "skeleton", kind.word)
    gone = skeleton.copy()
    gone[rows] = False
    why = "none of its points is to be seen"
    ledger.lost("skeleton", why, dataset, "shapes", gone)
    ledger.lost("skeleton element", f"the skeleton became a {kind.word}", dataset, "shapes", above >= 0)
    shapes = recast(dataset.shapes, rows, draw(points), type=kind)
    bare = without_elements(dataset.replace(shapes=shapes), gone | (above >= 0), ledger, kind.word)
    return bare, ledger.losses()


def _gathered(dataset: Dataset, above: Ints, skeletons: Ints) -> tuple[Ragged, Ints]:
    """The points of each skeleton that has any to be seen, in the order of sublabels, and its row."""
    shapes = dataset.shapes
    rank_of = {label.id: number for number, label in enumerate(dataset.labels)}
    seen = np.flatnonzero((above >= 0) & ~shapes.outside & (shapes.counts > 0) & (shapes.counts % 2 == 0))
    rank = np.array([rank_of.get(label, len(rank_of)) for label in shapes.label[seen].tolist()], np.int64)
    seen = seen[np.lexsort((rank, above[seen]))]
    values, _ = take(shapes.values, shapes.offsets, seen)
    counts = np.bincount(above[seen], shapes.counts_of(seen), minlength=len(shapes)).astype(np.int64)
    rows = skeletons[counts[skeletons] > 0]
    # `seen` is in the order of skeletons; those of elements whose owner is not a skeleton are not among them
    of_rows = np.repeat(np.isin(above[seen], rows), shapes.counts_of(seen))
    return (values[of_rows], offsets_of(counts[rows])), rows


def without_elements(dataset: Dataset, gone: Bools, ledger: Ledger, word: str) -> Dataset:
    """Without some rows; tracks of elements go, those of skeletons stay.  word: what skeletons became."""
    shapes, inner = dataset.shapes, dataset.tracks.parent >= 0
    ledger.lost("track of skeleton element", f"the skeleton became a {word}", dataset, "tracks", inner)
    loose = dataset.replace(shapes=shapes.replace(parent=np.full(len(shapes), -1)))
    elements = np.append(dataset.tracks.parent, -1)[shapes.track] >= 0
    return loose.select(shapes=~(gone | elements))
