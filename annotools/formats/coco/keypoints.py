"""The format `coco-keypoints`: person keypoints, COCO Keypoints 1.0.

    annotations/person_keypoints_<subset>.json
    {"id": 1, "category_id": 2, "keypoints": [x0, y0, v0, ...], "num_keypoints": 2, "bbox": ..., "segmentation": ...}

Skeletons; a rectangle, polygons or a mask in the group of one are its box and segmentation.  What is drawn without a
skeleton is an annotation of which no point is labelled.
Source: https://cocodataset.org/#format-data (keypoint detection)
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import pairwise

import msgspec
import numpy as np

from annotools.formats.base import Format, Options
from annotools.formats.coco import definitions_out, instances, readers, reading, server, writing
from annotools.formats.coco.annotation_forms import in_reading_order
from annotools.formats.coco.objects import Members, in_order
from annotools.formats.coco.server import ServerWriter
from annotools.formats.coco.writing import Item, Writer
from annotools.formats.kernel.json_rows import JsonRows, list_texts, number_texts
from annotools.geometry.ragged import Ragged, offsets_of, row_of_value, take
from annotools.model import MASK, POLYGON, RECTANGLE, SKELETON, Condition, Dataset, Shapes
from annotools.model.columns import row_order
from annotools.model.tables import Floats, Ints
from annotools.transform.drawable_shapes import DRAWABLE, SMALL_ELLIPSE
from annotools.transform.object_groups import is_of_person
from annotools.transform.skeleton_points import has_points, is_point, placed_points, point_order

_COLUMNS = frozenset({"occluded", "outside", "keyframe", "source"})
_CONDITIONS = (
    *DRAWABLE,
    Condition("element that is not a point of its skeleton", "keypoints are those of the category", is_point),
    Condition("skeleton of which no point is seen", "it has no place", has_points),
)
_OF_PERSON = Condition("shape without a skeleton", "it is not in the group of one, on its frame", is_of_person)
_GROUPED = {kind: columns | {"group"} for kind, columns in instances.KEEPS.shapes.items()}
KEEPS = replace(
    instances.KEEPS, shapes={SKELETON: _GROUPED[MASK], **_GROUPED}, elements=_COLUMNS,
    labels=instances.KEEPS.labels | {"svg", "sublabels"}, conditions=(*_CONDITIONS, instances.IS_ANNOTATION),
)  # fmt: skip
SERVER_KEEPS = replace(
    instances.SERVER_KEEPS,
    shapes={**instances.SERVER_KEEPS.shapes, SKELETON: instances.SERVER_KEEPS.shapes[POLYGON]}, elements=_COLUMNS,
    labels=instances.SERVER_KEEPS.labels | {"svg"}, conditions=(*_CONDITIONS, SMALL_ELLIPSE, _OF_PERSON),
)  # fmt: skip


def steps(options: Options) -> tuple[str, ...]:
    """The pipeline of `coco-keypoints`.  Raises UsageError for a setting that is not one of the choices."""
    kinds = "drawable-only=rectangle,polygon,mask,skeleton"
    return (
        *instances.FRAME_STEPS,
        *instances.drawn_steps(options),
        "skeleton-keypoints",
        "draw-skeletons",
        kinds,
        instances.grouping(options),
        "close-tracks",
    )


# Keypoints are x, y, v of each point in the order of the drawing; v = 2 seen, 1 occluded, 0 outside or missing.  An
# absent point is 0, 0, 0.  A box is that of the points with v > 0.
# Source: CVAT's fork of Datumaro, coco_format/converter.py.
ABSENT, HIDDEN, SEEN = 0, 1, 2


class Keypoints(msgspec.Struct, frozen=True):
    """values: (points of all rows, 3) x, y, v.  ends: (shapes + 1,) the points of each row of `shapes`."""

    values: Floats
    ends: Ints

    def texts(self, rows: Ints) -> list[bytes]:
        """x0 y0 v0 x1 ... of some rows, as JSON; v is whole."""
        values, ends = take(self.values, self.ends, rows)
        points = [text[1:-1] for text in list_texts(values[:, :2])]
        marks = number_texts(values[:, 2].astype(np.int64))
        triples = [b"%b,%b" % pair for pair in zip(points, marks, strict=True)]
        for point in np.flatnonzero((values == 0).all(axis=1)).tolist():
            triples[point] = b"0,0,0"
        return [b"[%b]" % b",".join(triples[start:stop]) for start, stop in pairwise(ends.tolist())]

    def counts(self, rows: Ints) -> Ints:
        """How many points of some rows are labelled."""
        seen = np.concatenate(([0], np.cumsum(self.values[:, 2] > ABSENT)))
        return np.asarray(seen[self.ends[rows + 1]] - seen[self.ends[rows]])

    def hulls(self, shapes: Shapes) -> Shapes:
        """Shapes in which the points of a skeleton are those that are labelled."""
        labelled = self.values[:, 2] > ABSENT
        counts = np.bincount(row_of_value(self.ends)[labelled], minlength=len(shapes))
        own: Ragged = (self.values[labelled, :2].reshape(-1), offsets_of(2 * counts))
        source = np.where(shapes.type == SKELETON, len(shapes) + np.arange(len(shapes)), np.arange(len(shapes)))
        values = np.concatenate([shapes.values, own[0]])
        offsets = np.concatenate([shapes.offsets, own[1][1:] + len(shapes.values)])
        return shapes.with_points(*take(values, offsets, source)).replace(extras=shapes.extras)


def keypoints(dataset: Dataset) -> Keypoints:
    """The keypoints of every row; of what is not a skeleton absent ones."""
    points = all_keypoints(dataset)
    points.values[points.values[:, 2] == ABSENT] = 0
    return points


def all_keypoints(dataset: Dataset) -> Keypoints:
    """The same, where a point that is outside keeps its place."""
    shapes, order = dataset.shapes, point_order(dataset.labels)
    sizes = {label: len(places) for label, places in order.items()}
    labels, which = np.unique(shapes.label, return_inverse=True)
    counts = np.array([sizes.get(label, 0) for label in labels.tolist()], np.int64)[which.reshape(-1)]
    ends = offsets_of(np.where(shapes.parent < 0, counts, 0)) if len(shapes) else np.zeros(1, np.int64)
    elements, owners, places = placed_points(dataset)
    values = np.zeros((ends[-1], 3))
    at = ends[owners] + places
    values[at, 0] = shapes.values[shapes.offsets[elements]]
    values[at, 1] = shapes.values[shapes.offsets[elements] + 1]
    outside, occluded = shapes.outside[elements], shapes.occluded[elements]
    values[at, 2] = np.where(outside, ABSENT, np.where(occluded, HIDDEN, SEEN))
    return Keypoints(values, ends)


class KeypointWriter(Writer):
    """Annotations with keypoints: those of their own row, or of the skeleton in their group."""

    prefix = "person_keypoints"
    inferred = frozenset({"type", "svg", "sublabels"})

    def __init__(self, dataset: Dataset, options: Options) -> None:
        self._keypoints = self.points(dataset)
        super().__init__(dataset.replace(shapes=self._keypoints.hulls(dataset.shapes)), options)
        self._skeleton = _skeletons(dataset)

    def points(self, dataset: Dataset) -> Keypoints:
        """The keypoints of every row."""
        return keypoints(dataset)

    def members(self) -> Members:
        """Skeletons with what is drawn in their group, and what is drawn alone."""
        shapes = self.dataset.shapes
        whole = np.flatnonzero((shapes.type == SKELETON) & ~shapes.outside)
        drawn = np.flatnonzero(np.isin(shapes.type, (RECTANGLE, POLYGON, MASK)) & ~shapes.outside)
        people = in_order(shapes, np.concatenate([whole, drawn]))
        return people.of(in_reading_order(shapes.extras, people.first))

    def categories(self) -> list[Item]:
        return definitions_out.of_keypoints(self.dataset, self.category_ids)

    def beside(self, rows: JsonRows, members: Members, leader: Ints) -> None:
        skeletons = self._skeleton[members.first]
        rows.put("keypoints", self._keypoints.texts(skeletons))
        rows.put("num_keypoints", number_texts(self._keypoints.counts(skeletons)))
        super().beside(rows, members, leader)


def _skeletons(dataset: Dataset) -> Ints:
    """The row itself, but for what stands in the group of a skeleton on its frame: the row of the first such."""
    shapes = dataset.shapes
    skeletons = np.arange(len(shapes))
    rows = np.flatnonzero((shapes.type == SKELETON) & ~shapes.outside & (shapes.group > 0))
    keys = shapes.frame * (shapes.group.max(initial=0) + 1) + shapes.group
    known, first = np.unique(keys[rows], return_index=True)
    others = np.flatnonzero((shapes.group > 0) & (shapes.type != SKELETON) & np.isin(keys, known))
    skeletons[others] = rows[first[np.searchsorted(known, keys[others])]]
    return skeletons


class ServerKeypointWriter(KeypointWriter, ServerWriter):
    """The documents of the export of keypoints: skeletons by themselves, then groups, by frame."""

    def points(self, dataset: Dataset) -> Keypoints:
        return all_keypoints(dataset)

    def members(self) -> Members:
        shapes = self.dataset.shapes
        whole = (shapes.type == SKELETON) & ~shapes.outside
        drawn = np.isin(shapes.type, (RECTANGLE, POLYGON, MASK)) & ~shapes.outside
        grouped = shapes.group > 0
        keys = shapes.frame * (shapes.group.max(initial=0) + 1) + shapes.group
        alone = np.flatnonzero(whole & ~(grouped & np.isin(keys, keys[drawn & grouped])))
        alone = alone[np.lexsort((shapes.z_order[alone], shapes.group[alone], shapes.frame[alone]))]
        joint = server.in_order(shapes, np.flatnonzero(drawn & grouped & np.isin(keys, keys[whole & grouped])))
        rows = np.concatenate([alone, joint.rows])
        everyone = Members(rows, np.concatenate([np.arange(len(alone)), joint.ends + len(alone)]))
        return everyone.of(row_order(shapes.frame[everyone.first]))

    def categories(self) -> list[Item]:
        return definitions_out.flat_keypoints(self.dataset, self.category_ids)

    def attribute_values(self, leader: Ints) -> list[Item]:
        values, shapes = super().attribute_values(leader), self.dataset.shapes
        loose = ((shapes.type[leader] == SKELETON) & (shapes.track[leader] < 0)).tolist()
        more = {id(one): one | {"keyframe": False} for one, alone in zip(values, loose, strict=True) if alone}
        return [more[id(one)] if alone else one for one, alone in zip(values, loose, strict=True)]


SERVER = Format(
    slug="coco-keypoints", name="COCO Keypoints 1.0", keeps=SERVER_KEEPS, pipeline=instances.SERVER_STEPS,
    read=partial(reading.read, reader=readers.SERVER_KEYPOINTS), write=writing.written_by(ServerKeypointWriter),
    main="annotations/*.json", members=("annotations/person_keypoints_*.json", "images/**"),
    settings=instances.SETTINGS, quirks=("coco-export", "coco-import"), about="skeletons as keypoints",
)  # fmt: skip
FORMAT = replace(
    SERVER, keeps=KEEPS, pipeline=steps, dialects={"cvat": SERVER}, quirks=(),
    read=partial(reading.read, reader=readers.KEYPOINTS), write=writing.written_by(KeypointWriter),
    sniff=partial(reading.sniff, keypoints=True),
)  # fmt: skip
