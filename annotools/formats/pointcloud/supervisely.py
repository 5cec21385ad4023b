"""Supervisely point clouds: a project of clouds with cuboids, one JSON file a cloud.

    meta.json                  {"classes": [{"id": 0, "title": "car", "shape": "cuboid_3d", ..}], "tags": [..], ..}
    key_id_map.json            {"tags": {..}, "objects": {..}, "figures": {..}, "videos": {"<key of a cloud>": 0}}
    ds0/ann/a/1.pcd.json       {"key": .., "tags": [..], "objects": [..], "figures": [..]}      a folder for each subset
    ds0/pointcloud/a/1.pcd     where they are written along

Rotations are in radians.  Attributes are tags of objects, and so are `occluded`, and `keyframe` of tracks, which are
objects with figures in several files.  Keys are the same for the same dataset.  A tag without a value is a label of the
whole cloud.  Definitions of labels beyond their names and colours are keys that other readers pass over.  Episodes, of
whose clouds one file speaks (`ds0/annotation.json`), are read too.
Source: https://docs.supervisely.com/customization-and-integration/00_ann_format_navi/06_supervisely_format_pointclouds
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

import numpy as np

from annotools.formats.base import Format, Members, WriteOptions
from annotools.formats.kernel import attribute_objects as attributes
from annotools.formats.kernel.attribute_blobs import RESERVED
from annotools.formats.kernel.attribute_objects import Beside
from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.ids import given_ids
from annotools.formats.kernel.jsonfile import pieces_of
from annotools.formats.kernel.label_definitions import definition
from annotools.formats.kernel.members import file_names
from annotools.formats.pointcloud import supervisely_cvat, supervisely_in
from annotools.formats.pointcloud.episodes import is_project
from annotools.formats.pointcloud.keys import Keys, document, figure, object_of, tag
from annotools.formats.pointcloud.projects import FOLDER
from annotools.model import CUBOID, Dataset, Keeps, Owner, Source
from annotools.model.columns import Ints
from annotools.transform.row_conditions import LABELLED

if TYPE_CHECKING:
    from annotools.storage import Media


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """The project, and the clouds."""
    names, keys = file_names(dataset, media), Keys(_key)
    shapes = ByFrame(dataset.shapes.frame, len(names), np.flatnonzero(~dataset.shapes.outside))
    tags = ByFrame(dataset.tags.frame, len(names))
    objects, numbers = _Objects(dataset, keys), _numbers(dataset)
    yield "meta.json", pieces_of(_meta(dataset))
    for frame, name in enumerate(names):
        folder = dataset.frames.subsets[frame] or FOLDER
        stated = [
            tag(keys.new("tags"), _title(dataset, int(dataset.tags.label[row])), None) for row in tags.rows(frame)
        ]
        made, figures = objects.of(shapes.rows(frame))
        key = keys.of("videos", frame, int(numbers[frame]))
        yield f"{folder}/ann/{name}.json", pieces_of(document(key, stated, made, figures))
        if options.images and media is not None and frame in media:
            yield f"{folder}/pointcloud/{name}", media[frame].pieces()
    yield "key_id_map.json", pieces_of(keys.numbers)


def _key(kind: str, number: int) -> str:
    return str(uuid5(NAMESPACE_URL, f"annotools:{kind}:{number}"))


def _title(dataset: Dataset, number: int) -> str:
    return dataset.labels.by_id[number].name


def _numbers(dataset: Dataset) -> Ints:
    """The numbers of frames in the source where they ascend in each folder; else their places."""
    numbers: Ints = dataset.frames.extras["frame_id"].values.astype(np.int64)
    subsets = np.array(dataset.frames.subsets, object)
    same = subsets[1:] == subsets[:-1] if len(subsets) else np.zeros(0, np.bool_)
    ascend = bool((np.diff(numbers)[same] > 0).all()) and bool((numbers >= 0).all())
    return numbers if ascend else np.arange(len(numbers))


def _meta(dataset: Dataset) -> dict[str, Any]:
    classes = [
        {"id": index, "title": label.name, "color": label.color, "shape": "cuboid_3d", "geometry_config": {}}
        | definition(label)
        for index, label in enumerate(dataset.labels)
    ]
    names = {spec.name: spec.input_type for label in dataset.labels for spec in label.attributes}
    kinds = {name: "any_number" if kind == "number" else "any_string" for name, kind in names.items()}
    of_objects = [_tag_meta(name, kind, "objectsOnly") for name, kind in (kinds | {"occluded": "any_string"}).items()]
    used = dict.fromkeys(_title(dataset, number) for number in dataset.tags.label.tolist())
    of_clouds = [_tag_meta(name, "none", "imagesOnly") for name in used]
    return {"classes": classes, "tags": of_objects + of_clouds, "projectType": "point_clouds"}


def _tag_meta(name: str, kind: str, where: str) -> dict[str, Any]:
    return {"name": name, "value_type": kind, "color": "", "hotkey": "", "applicable_type": where, "classes": []}


class _Objects:
    """Objects and figures of rows; those of a track share a key."""

    def __init__(self, dataset: Dataset, keys: Keys) -> None:
        shapes, tracks = dataset.shapes, dataset.tracks
        own = attributes.set_attributes(dataset, Owner.SHAPE)
        if len(tracks):
            own = attributes.with_tracks(own, attributes.set_attributes(dataset, Owner.TRACK), shapes.track)
        self._dataset, self._keys = dataset, keys
        self._values = attributes.with_beside(own, _beside(dataset))
        self._figures = given_ids(shapes.extras, "figure_id", np.arange(len(shapes)))
        self._objects = given_ids(shapes.extras, "object_id", np.arange(len(shapes)))
        self._tracks = given_ids(tracks.extras, "track_id", np.arange(len(tracks)))
        self._of_track: dict[int, str] = {}

    def of(self, rows: Ints) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Those of some rows."""
        pairs = [*self._each(rows)]
        return [each for each, _ in pairs], [each for _, each in pairs]

    def _each(self, rows: Ints) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        shapes = self._dataset.shapes
        for row, values in zip(rows.tolist(), self._values.of(rows), strict=True):
            key = self._key(row)
            tags = [tag(self._keys.apart(), name, value) for name, value in values.items()]
            title = _title(self._dataset, int(shapes.label[row]))
            number = self._keys.numbers["objects"][key]
            mine = self._keys.given("figures", self._figures[row], number)
            yield object_of(key, title, tags), figure(mine, key, shapes.points(row).tolist())

    def _key(self, row: int) -> str:
        track = int(self._dataset.shapes.track[row])
        if track < 0:
            return self._keys.given("objects", self._objects[row], None)
        if track not in self._of_track:
            self._of_track[track] = self._keys.given("objects", self._tracks[track], None)
        return self._of_track[track]


def _beside(dataset: Dataset) -> list[Beside]:
    """What is said of shapes beside their attributes."""
    shapes, tracked = dataset.shapes, dataset.shapes.track >= 0
    source = shapes.source.astype(np.int64)
    return [
        Beside("occluded", shapes.occluded, np.ones(len(shapes), np.bool_)),
        Beside("rotation", shapes.rotation, shapes.rotation != 0),
        Beside("keyframe", shapes.keyframe, tracked),
        Beside("z_order", shapes.z_order, shapes.z_order != 0),
        Beside("source", source, source != Source.MANUAL, Source.words()),
        Beside("score", shapes.score, shapes.score != 1),
    ]


_COLUMNS = frozenset({"occluded", "outside", "attributes", "keyframe", "z_order", "rotation", "source", "score"})

FORMAT = Format(
    slug="sly-pointcloud", name="Sly Point Cloud Format 1.0",
    keeps=Keeps(
        shapes={CUBOID: _COLUMNS}, tags=frozenset(), tracks=frozenset({"attributes", "source"}),
        labels=frozenset({"name", "type", "color", "attributes"}), frames=frozenset({"name", "subsets"}),
        task=frozenset({"dimension"}), conditions=LABELLED,
        extras={
            "shapes": frozenset({"figure_id", "object_id"}), "tracks": frozenset({"track_id"}),
            "frames": frozenset({"frame_id"}),
        },
    ),
    pipeline=(
        "merge-jobs", "frame-numbers", "point-clouds", "drop-unlabelled-rows", "drop-unknown-attributes",
        f"free-names={','.join(sorted(RESERVED))}", "tracks-frame-by-frame", "list-frames", "close-tracks",
        "folder-subsets=ann,pointcloud,related_images", f"frames-by-subset={FOLDER}", "unique-names",
    ),
    dialects={"cvat": supervisely_cvat.FORMAT}, read=supervisely_in.read, write=write, sniff=is_project,
    mark="meta.json", members=("meta.json", "key_id_map.json", "**/ann/**.json", "**/pointcloud/**"),
    letters=("meta.json", "key_id_map.json", "ann", "pointcloud", "related_images"),
    about="tags and cuboids in point clouds, one JSON file a cloud",
)  # fmt: skip
