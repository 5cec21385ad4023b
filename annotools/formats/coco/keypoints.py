"""The format `coco-keypoints`: person keypoints, COCO Keypoints 1.0.

    annotations/person_keypoints_<subset>.json
    {"id": 1, "category_id": 2, "keypoints": [x0, y0, v0, ...], "num_keypoints": 2, "bbox": ..., "segmentation": ...}

Skeletons; a rectangle, polygons or a mask only in the group of one, of which they are box and segmentation.
Source: https://cocodataset.org/#format-data (keypoint detection)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from annotools.formats.base import Format, Members, Options, Read
from annotools.formats.coco import completing, labels, layout, pipeline, reading, skeletons
from annotools.formats.coco.carried import KEYPOINT_KEEPS, SERVER_KEYPOINT_KEEPS
from annotools.formats.coco.closing import close
from annotools.formats.coco.emit import Writer, documents
from annotools.formats.coco.objects import Members as Rows
from annotools.formats.coco.objects import members_of
from annotools.formats.coco.shown import renumber
from annotools.model import ELLIPSE, MASK, POLYGON, RECTANGLE, SKELETON, Dataset, Losses, fit
from annotools.model.losses import Ledger
from annotools.model.tables import Ints
from annotools.transform.frames import without_honeypots

if TYPE_CHECKING:
    from annotools.storage import Media, Source


class KeypointWriter(Writer):
    """Annotations with keypoints.  skeleton: the row of the skeleton for every row that leads an object."""

    def __init__(self, dataset: Dataset, categories: dict[int, int], options: Options, server: bool) -> None:
        self.keypoints = skeletons.keypoints_of(dataset, server)
        hulled = dataset.replace(shapes=self.keypoints.hulls(dataset.shapes))
        super().__init__(hulled, categories, options, server)
        self.skeleton = _skeletons(dataset)

    def annotations(self, members: Rows, subset: layout.Subset, first: int) -> list[dict[str, Any]]:
        found = super().annotations(members, subset, first)
        rows = self.skeleton[members.rows[members.ends[:-1]]]
        for values, points, count in zip(found, self.keypoints.flat(rows), self.keypoints.counts(rows), strict=True):
            values["keypoints"], values["num_keypoints"] = points, count
        return found

    def attributes(self, leader: Ints) -> list[dict[str, Any]]:
        found = super().attributes(leader)
        if self.server:
            shapes = self.dataset.shapes
            for place in np.flatnonzero((shapes.type[leader] == SKELETON) & (shapes.track[leader] < 0)).tolist():
                found[place] = found[place] | {"keyframe": False}
        return found


def _skeletons(dataset: Dataset) -> Ints:
    """The row itself for a skeleton; for others the first skeleton of their group on their frame, or -1."""
    shapes = dataset.shapes
    rows = np.flatnonzero((shapes.type == SKELETON) & ~shapes.outside)
    keys = list(zip(shapes.frame.tolist(), shapes.group.tolist(), strict=True))
    first: dict[tuple[int, int], int] = {}
    for row in rows.tolist():
        if keys[row][1] > 0:
            first.setdefault(keys[row], row)
    found = np.array([first.get(key, -1) for key in keys], np.int64).reshape(-1)
    found[rows] = rows
    return found


def _members(dataset: Dataset, server: bool) -> Rows:
    """Skeletons with what is drawn in their group; the server has skeletons by themselves, then groups, by frame."""
    shapes = dataset.shapes
    whole = (shapes.type == SKELETON) & ~shapes.outside
    drawn = np.isin(shapes.type, (RECTANGLE, POLYGON, MASK, ELLIPSE)) & ~shapes.outside
    if not server:
        return members_of(shapes, np.concatenate([np.flatnonzero(whole), np.flatnonzero(drawn)]), server)
    grouped = shapes.group > 0
    keys = shapes.frame * (shapes.group.max(initial=0) + 1) + shapes.group
    alone = np.flatnonzero(whole & ~(grouped & np.isin(keys, keys[drawn & grouped])))
    alone = alone[np.lexsort((shapes.z_order[alone], shapes.group[alone], shapes.frame[alone]))]
    joint = members_of(shapes, np.flatnonzero(drawn & grouped & np.isin(keys, keys[whole & grouped])), server)
    rows = np.concatenate([alone, joint.rows])
    everyone = Rows(rows, np.concatenate([np.arange(len(alone)), joint.ends + len(alone)]))
    return everyone.of(np.argsort(shapes.frame[rows[everyone.ends[:-1]]], kind="stable"))


def prepare(dataset: Dataset, options: Options) -> tuple[Dataset, Losses]:
    """The pipeline of `coco-keypoints`: a dataset that can be written, and what that changed."""
    ledger = Ledger()
    dataset = pipeline.expanded(without_honeypots(dataset, options.quirks), options, ledger)
    server = pipeline.is_server(options)
    if server:
        dataset = pipeline.rounded_by_server(dataset, ledger)
    else:
        dataset = labels.as_drawn(completing.completed(pipeline.painted(dataset, options, ledger), ledger))
    kept, losses = fit(dataset, FORMAT.keeps_for(options))
    ledger.extend(losses)
    dataset = renumber(kept, dataset)
    return (dataset if server else close(dataset, skeletons.is_shown(dataset))), ledger.losses()


def write(dataset: Dataset, media: Media | None, options: Options) -> Members:
    """The members of an export of a prepared dataset."""
    server = pipeline.is_server(options)
    writer = KeypointWriter(dataset, labels.numbers(dataset, server), options, server)
    yield from documents(
        writer, _members(dataset, server), "person_keypoints", labels.keypoint_categories(dataset, server)
    )
    yield from layout.pictures(dataset, media, options)


def read(source: Source, context: Dataset | None, options: Options) -> Read:
    """The dataset of a source; annotations without keypoints are boxes, outlines and masks."""
    return reading.read(source, context, options, keypoints=True)


def sniff(source: Source) -> bool:
    """Whether a source is certainly of COCO and has keypoints."""
    return reading.sniff(source, keypoints=True)


FORMAT = Format(
    slug="coco-keypoints", name="COCO Keypoints 1.0", keeps=KEYPOINT_KEEPS, compat_keeps=SERVER_KEYPOINT_KEEPS,
    prepare=prepare, projected=True, read=read, write=write, sniff=sniff, main="annotations/*.json",
    members=("annotations/person_keypoints_*.json", "images/**"),
    settings=pipeline.SETTINGS, about="skeletons as keypoints",
)  # fmt: skip
