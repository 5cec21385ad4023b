"""What is wrong on each frame, as a table: type, frame pair, and the objects of both sides.

missing_annotation   error     ground truth has it, the job does not
low_overlap          warning   both have it, but not in the same position
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from enum import IntEnum
from typing import Any

import numpy as np

from annotools.geometry.ragged import Bools, Ints
from annotools.quality.coverage import covered
from annotools.quality.grouping import mismatching
from annotools.quality.objects import Kind, Objects
from annotools.quality.pairing import FramePairs, Pairing
from annotools.quality.settings import QualitySettings


class Conflict(IntEnum):
    """The types, in the order of a frame's list."""

    LOW_OVERLAP = 0
    MISSING_ANNOTATION = 1
    EXTRA_ANNOTATION = 2
    MISMATCHING_LABEL = 3
    MISMATCHING_DIRECTION = 4
    COVERED_ANNOTATION = 5
    MISMATCHING_ATTRIBUTES = 6
    MISMATCHING_GROUPS = 7

    @property
    def word(self) -> str:
        """The type in a report."""
        return self.name.lower()

    @property
    def severity(self) -> str:
        """error or warning."""
        return "error" if self in ERRORS else "warning"


ERRORS = (Conflict.MISSING_ANNOTATION, Conflict.EXTRA_ANNOTATION, Conflict.MISMATCHING_LABEL)


@dataclass(frozen=True, eq=False)
class Conflicts:
    """type: codes of `Conflict`.  ds, gt: rows of the objects of the job and of the ground truth, -1 for none."""

    type: Ints
    frame_pair: Ints
    ds: Ints
    gt: Ints

    def __len__(self) -> int:
        return len(self.type)

    def only(self, rows: Ints | Bools) -> Conflicts:
        """Some of them."""
        return replace(self, **{field.name: getattr(self, field.name)[rows] for field in fields(self)})


def conflicts(objects: Objects, frame_pairs: FramePairs, pairing: Pairing, settings: QualitySettings) -> Conflicts:
    """All conflicts, by frame pair and type.  First is the ground truth, second the job."""
    pairs = pairing.pairs
    same = objects.label[pairs.first] == objects.label[pairs.second]
    shape = objects.kind[pairs.first] != Kind.TAG
    low = shape & (pairs.similarity > 0) & (pairs.similarity < settings.low_overlap_threshold)
    parts: list[tuple[Conflict, Any, Any, Any]] = [
        (Conflict.MISSING_ANNOTATION, pairing.first.frame_pair, -1, pairing.first.row),
        (Conflict.EXTRA_ANNOTATION, pairing.second.frame_pair, pairing.second.row, -1),
    ]
    of_pairs = {Conflict.LOW_OVERLAP: low, Conflict.MISMATCHING_LABEL: ~same}
    if settings.compare_line_orientation:
        of_pairs[Conflict.MISMATCHING_DIRECTION] = pairs.turned > settings.line_orientation_threshold
    if settings.compare_attributes:
        of_pairs[Conflict.MISMATCHING_ATTRIBUTES] = _other_attributes(objects, pairing, same)
    if settings.compare_groups:
        of_pairs[Conflict.MISMATCHING_GROUPS] = mismatching(objects, frame_pairs, pairs, settings.group_match_threshold)
    parts += [(kind, pairs.frame_pair[rows], pairs.second[rows], pairs.first[rows]) for kind, rows in of_pairs.items()]
    if settings.check_covered_annotations:
        parts.append((Conflict.COVERED_ANNOTATION, *_covered(objects, frame_pairs, settings), -1))
    return _table(parts)


def _other_attributes(objects: Objects, pairing: Pairing, same: Bools) -> Bools:
    """Matches whose attributes differ; being occluded is one of these."""
    first, second = pairing.pairs.first[same], pairing.pairs.second[same]
    shape = objects.kind[first] != Kind.TAG
    differs = np.zeros(len(same), np.bool_)
    differs[same] = shape & (objects.occluded[first] != objects.occluded[second])
    differs[same] |= objects.attributes.differ(first, second)
    return differs


def _covered(objects: Objects, frame_pairs: FramePairs, settings: QualitySettings) -> tuple[Ints, Ints]:
    rows = np.flatnonzero(covered(objects, frame_pairs.second, settings.object_visibility_threshold))
    order = np.argsort(frame_pairs.second, kind="stable")
    block = objects.block[rows]
    starts = np.searchsorted(frame_pairs.second[order], block)
    counts = np.searchsorted(frame_pairs.second[order], block, "right") - starts
    frame_pair = order[np.repeat(starts - np.append(0, np.cumsum(counts)[:-1]), counts) + np.arange(counts.sum())]
    return frame_pair, np.repeat(rows, counts)


def _table(parts: list[tuple[Conflict, Any, Any, Any]]) -> Conflicts:
    types = np.concatenate([np.full(len(frame_pair), kind) for kind, frame_pair, _, _ in parts])
    frame_pairs = np.concatenate([frame_pair for _, frame_pair, _, _ in parts])
    sides = [
        np.concatenate([np.broadcast_to(row[side], len(row[1])) for row in parts]) for side in (2, 3)
    ]  # fmt: skip
    order = np.lexsort((types, frame_pairs))
    return Conflicts(types[order], frame_pairs[order], sides[0][order], sides[1][order])
