"""Supervisely point clouds as the CVAT server writes and reads them.

    "tags": [{"name": "name", "value": "<owner>"}, {"name": "labels", "value": [..]}]      of every cloud
    a cuboid on a picture is one in space; a cloud is called as its frame without folders, `.pcd`
    attributes are those of the label with their defaults, truth values are texts; colours of classes are empty

The server's keys are drawn at random; these are the same for the same dataset.
Source: CVAT 2.73 dataset_manager/formats/pointcloud.py, its fork of Datumaro: sly_pointcloud_format/converter.py
"""

from __future__ import annotations

from posixpath import basename, splitext
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

import numpy as np

from annotools.formats.base import Format, Members, WriteOptions
from annotools.formats.kernel.attribute_objects import server_attributes, server_look, with_beside
from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.jsonfile import pieces_of
from annotools.formats.pointcloud import supervisely_in
from annotools.formats.pointcloud.keys import Keys, document, figure, object_of, tag
from annotools.formats.pointcloud.projects import FOLDER
from annotools.model import CUBOID, Dataset, Keeps, Label, Owner
from annotools.model.rounding import around
from annotools.transform.row_conditions import LABELLED, WELL_FORMED

if TYPE_CHECKING:
    from annotools.storage import Media


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """The project, and the clouds."""
    rows = np.flatnonzero((dataset.shapes.type == CUBOID) & ~dataset.shapes.outside)
    shapes = ByFrame.shapes(dataset, rows)
    keys, labels = Keys(_key), [dataset.labels.by_id[number] for number in sorted(dataset.labels.by_id)]
    stated = _attributes(dataset)
    yield (
        "meta.json",
        pieces_of(_meta(dataset, labels, [name for row in rows.tolist() for name in stated[row].items()])),
    )
    numbers = dataset.frames.extras["frame_id"].values.tolist()
    for frame, name in enumerate(dataset.frames.names):
        stem = splitext(basename(name))[0]
        tags = [tag(keys.new("tags"), key, value) for key, value in _of_cloud(dataset, labels).items()]
        objects, figures = [], []
        for row in shapes.rows(frame).tolist():
            key, number = _object(dataset, row, keys)
            title = dataset.labels.by_id[int(dataset.shapes.label[row])].name
            of_object = [tag(keys.apart(), key, value) for key, value in stated[row].items() if key != "track_id"]
            objects.append(object_of(key, title, of_object))
            points = around(dataset.shapes.points(row)).tolist()
            figures.append(figure(keys.given("figures", None, number), key, points))
        key = keys.of("videos", frame, int(numbers[frame]))
        yield f"{FOLDER}/ann/{stem}.pcd.json", pieces_of(document(key, tags, objects, figures))
        if options.images and media is not None and frame in media:
            yield f"{FOLDER}/pointcloud/{stem}.pcd", media[frame].pieces()
    yield "key_id_map.json", pieces_of(keys.numbers)


def _key(kind: str, number: int) -> str:
    return str(uuid5(NAMESPACE_URL, f"cvat:{kind}:{number}"))


def _attributes(dataset: Dataset) -> list[dict[str, Any]]:
    """Attributes of every shape, and whether it is occluded and a keyframe."""
    look = [one for one in server_look(dataset) if one.name != "rotation"]
    attributes = with_beside(server_attributes(dataset, Owner.SHAPE), look)
    return list(attributes.of(np.arange(len(dataset.shapes))))


def _object(dataset: Dataset, row: int, keys: Keys) -> tuple[str, int]:
    """The key of a row's object and its number: of its track, or of its place on the frame."""
    track = dataset.shapes.extras.get("track_id")
    if track is not None and track.present[row]:
        number = int(track.values[row])
        return keys.of("objects", -1 - number, number), number
    number = int(dataset.shapes.extras["place_id"].values[row])
    return keys.given("objects", None, number), number


def _of_cloud(dataset: Dataset, labels: list[Label]) -> dict[str, Any]:
    """What every cloud says."""
    kinds = [
        {"label_id": index, "name": label.name, "color": label.color, "type": label.type}
        for index, label in enumerate(labels)
    ]
    return {"name": dataset.task.owner, "labels": kinds}


def _meta(dataset: Dataset, labels: list[Label], stated: list[tuple[str, Any]]) -> dict[str, Any]:
    classes = [
        {"id": index, "title": label.name, "color": "", "shape": "cuboid_3d", "geometry_config": {}}
        for index, label in enumerate(labels)
    ]
    numbers = {name for name, value in stated if isinstance(value, float)}
    names = dict.fromkeys(["occluded", *(spec.name for label in labels for spec in label.attributes)])
    names |= dict.fromkeys(name for name, _ in stated if name != "track_id")
    tags: list[dict[str, Any]] = [
        _tag_meta(name, "any_number" if name in numbers else "any_string", "objectsOnly") for name in names
    ]
    tags += [_tag_meta(n, "any_string", "imagesOnly") | {"value": v} for n, v in _of_cloud(dataset, labels).items()]
    numbered = [{**each, "id": index} for index, each in enumerate(tags, 1)]
    return {"classes": classes, "tags": numbered, "projectType": "point_clouds"}


def _tag_meta(name: str, kind: str, where: str) -> dict[str, Any]:
    return {
        "name": name,
        "value_type": kind,
        "color": "",
        "id": 0,
        "hotkey": "",
        "applicable_type": where,
        "classes": [],
    }


FORMAT = Format(
    slug="sly-pointcloud", name="Sly Point Cloud Format 1.0",
    keeps=Keeps(
        shapes={CUBOID: frozenset({"occluded", "attributes"})}, labels=frozenset({"name", "attributes", "sublabels"}),
        uses=frozenset({"labels.color", "labels.type", "task.owner", "shapes.z_order", "frames.name"}),
        extras={"shapes": frozenset({"track_id", "keyframe", "place_id"}), "frames": frozenset({"frame_id"})},
        conditions=(*WELL_FORMED, *LABELLED),
    ),
    pipeline=("merge-jobs", "frame-numbers", "tracks-to-numbered-shapes", "only-shown-frames", "shape-places"),
    quirks=("sly-pointcloud-export", "sly-pointcloud-import"), read=supervisely_in.read_as_server, write=write,
)  # fmt: skip
