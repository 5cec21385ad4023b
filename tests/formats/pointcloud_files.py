"""Clouds of points for tests, read and written."""

from __future__ import annotations

from typing import Any

import orjson

from annotools import formats
from annotools.formats.base import Read, ReadOptions
from annotools.model import Dataset
from tests.formats.kernel.sources import zipped


def read_all(members: dict[str, Any], slug: str, context: Dataset | None = None) -> Read:
    reader = formats.get(slug).read
    assert reader is not None
    files = {name: data if isinstance(data, bytes | str) else orjson.dumps(data) for name, data in members.items()}
    return reader(zipped(files), context, ReadOptions())


def rows(shapes: Any) -> list[tuple[int, int, Any]]:
    return [(int(shapes.frame[n]), int(shapes.track[n]), shapes.points(n)) for n in range(len(shapes))]


META = {
    "classes": [{"id": 35, "title": "car", "color": "#fa3253", "shape": "cuboid_3d", "geometry_config": {}}],
    "tags": [], "projectType": "point_clouds",
}  # fmt: skip


def figure(owner: str, key: str = "f", **more: Any) -> dict[str, Any]:
    places = zip(("position", "rotation", "dimensions"), (CUBOID[:3], CUBOID[3:6], CUBOID[6:]), strict=True)
    geometry = {name: dict(zip("xyz", values, strict=True)) for name, values in places}
    return {"key": key, "objectKey": owner, "geometryType": "cuboid_3d", "geometry": geometry} | more


def car(key: str, **tags: Any) -> dict[str, Any]:
    return {"key": key, "classTitle": "car", "tags": [{"name": name, "value": value} for name, value in tags.items()]}


def episode(*frames: list[Any], objects: Any = (), tags: Any = (), **more: Any) -> dict[str, Any]:
    listed = [{"index": number, "figures": figures} for number, figures in enumerate(frames) if figures]
    content = {"description": "", "key": "e", "tags": list(tags), "objects": list(objects), "frames": listed}
    return {**content, "framesCount": len(frames), **more}


CUBOID = (1.5, 2.0, -3.0, 0.1, 0.0, -3.1, 4.0, 5.0, 6.25)
