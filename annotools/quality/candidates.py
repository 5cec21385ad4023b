"""What is compared with what: the things of each kind, and how alike two of them are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from annotools.geometry.boxes import rotated_bounds
from annotools.geometry.ragged import Floats, Ints
from annotools.model.columns import distinct
from annotools.quality import drawings, pixels
from annotools.quality.crowds import Block, Measure, Sift
from annotools.quality.objects import Kind, Objects
from annotools.quality.settings import QualitySettings
from annotools.quality.similarity import boxes, points, polylines, regions, skeletons, tags
from annotools.quality.similarity.regions import Units


class Candidates(NamedTuple):
    """Things of one kind, by block.

    similarity: of rows i, j by ascending frame pair, and its turned part.  sift: what is known of all rows with all
    columns without measuring each pair.
    """

    block: Ints
    similarity: Measure
    threshold: float
    units: Units | Ints
    sift: Sift


def all_candidates(objects: Objects, settings: QualitySettings, *, consensus: bool) -> Iterator[Candidates]:
    """Kind by kind, in the order of a report."""
    comparable = objects.comparable
    for kind in Kind:
        rows = np.flatnonzero((objects.kind == kind) & comparable)
        if kind == Kind.REGION:
            pools = [rows]
            if consensus:
                pools = [rows[objects.type[rows] == shape] for shape in distinct(objects.type[rows])]
            for pool in pools:
                panoptic = settings.panoptic_comparison and not consensus
                yield _of_units(regions.units(objects, pool, panoptic=panoptic, grouped=not consensus), settings)
        else:
            threshold = tags.THRESHOLD if kind == Kind.TAG else settings.iou_threshold
            how = _How(settings, points.Scale(
                settings.oks_sigma, settings.iou_threshold, settings.point_size_base == "image_size",
                objects.box if consensus else objects.hull,
            ))  # fmt: skip
            measure, sift = _measure(objects, rows, kind, how), _sift(objects, rows, kind, how)
            yield Candidates(objects.block[rows], measure, threshold, rows, sift)


class _How(NamedTuple):
    """What a similarity depends on."""

    settings: QualitySettings
    scale: points.Scale


def _of_units(units: Units, settings: QualitySettings) -> Candidates:
    def measure(i: Ints, j: Ints, frame_pair: Ints) -> tuple[Floats, Floats]:
        return units.similarity(i, j, frame_pair), np.zeros(len(i))

    def sift(i: Ints, j: Ints) -> Block:
        return Block(None, units.near(i, j))

    return Candidates(units.block, measure, settings.iou_threshold, units, sift)


def _measure(objects: Objects, rows: Ints, kind: Kind, how: _How) -> Measure:
    """The similarity of a kind, of positions in `rows`."""

    def measure(i: Ints, j: Ints, frame_pair: Ints) -> tuple[Floats, Floats]:
        first, second = rows[i], rows[j]
        if kind == Kind.POLYLINE:
            alike = polylines.similarity(objects, first, second, how.settings.line_thickness)
            return alike.best, alike.best - alike.forward
        if kind == Kind.POINTS:
            shares = points.similarity(objects, first, second, how.scale)
        elif kind == Kind.SKELETON:
            shares = skeletons.similarity(objects, first, second, how.settings.oks_sigma)
        else:
            alone = {Kind.BOX: boxes.similarity, Kind.ELLIPSE: drawings.similarity, Kind.TAG: tags.similarity}
            shares = alone[kind](objects, first, second, frame_pair)
        return shares, np.zeros(len(i))

    return measure


def _sift(objects: Objects, rows: Ints, kind: Kind, how: _How) -> Sift:
    """What is known of positions in `rows`, and what is left to be measured."""

    def sift(i: Ints, j: Ints) -> Block:
        first, second = rows[i], rows[j]
        if kind == Kind.TAG:
            return Block(tags.similarity(objects, first[:, None], second, first), None)
        if kind == Kind.POLYLINE:
            return Block(None, polylines.near(objects, first[:, None], second[None], how.settings.line_thickness))
        if kind == Kind.SKELETON:
            return Block(None, skeletons.near(objects, first[:, None], second[None]))
        if kind == Kind.POINTS:
            return Block(*points.sifted(objects, first, second, how.scale))
        shares, left = boxes.sifted(objects, first, second) if kind == Kind.BOX else (None, np.True_)
        if left is None:
            return Block(shares, None)
        bounds = (rotated_bounds(objects.box[some], objects.rotation[some]) for some in (first, second))
        return Block(shares, left & pixels.meet(next(bounds)[:, None], next(bounds)[None]))

    return sift
