"""Tracks as the API writes them <-> datasets: small and slow, for tests; formats are tested elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from annotools.model import Dataset, DatasetBuilder, Frames, Job, Label, Owner, ShapeType, Task

Item = dict[str, Any]
_COLUMNS = ("occluded", "outside", "z_order", "rotation")


def dataset_of(
    documents: Iterable[tuple[int, Item]], frames: Frames, jobs: Iterable[Job] = (), task: Task | None = None
) -> Dataset:
    """A dataset of (job row, LabeledData) pairs.  Labels get names made of their ids."""
    build = DatasetBuilder(task, frames=frames)
    build.jobs += jobs
    for job, document in documents:
        for tag in document.get("tags", ()):
            build.add_tag(tag["frame"], tag["label_id"], job=job, id=_id(tag), attributes=_values(tag))
        for shape in document.get("shapes", ()):
            row = _add_shape(build, shape, job)
            for element in shape.get("elements") or ():
                _add_shape(build, {"frame": shape["frame"], **element}, job, parent=row)
        for track in document.get("tracks", ()):
            _add_track(build, track, job)
    ids = {row["label"] for owner in Owner for row in build._rows[owner]}
    build.labels += [Label(number, f"label {number}") for number in sorted(ids)]
    return build.dataset()


def _id(item: Item) -> int:
    return -1 if item.get("id") is None else int(item["id"])


def _values(item: Item) -> dict[str | int, str]:
    return {attribute["spec_id"]: attribute["value"] for attribute in item.get("attributes") or ()}


def _add_shape(build: DatasetBuilder, shape: Item, job: int, **columns: Any) -> int:
    columns |= {name: shape[name] for name in _COLUMNS if name in shape}
    columns |= {"group": shape.get("group") or 0, "source": shape.get("source", "manual")}
    return build.add_shape(
        shape["type"], shape["frame"], shape["label_id"], shape.get("points") or (),
        job=job, id=_id(shape), attributes=_values(shape), **columns,
    )  # fmt: skip


def _add_track(build: DatasetBuilder, track: Item, job: int, parent: int = -1) -> None:
    row = build.add_track(
        track["label_id"], track["frame"], job=job, parent=parent, id=_id(track), attributes=_values(track),
        group=track.get("group") or 0, source=track.get("source", "manual"),
    )  # fmt: skip
    for shape in track["shapes"]:
        columns = {name: shape[name] for name in _COLUMNS if name in shape}
        columns["keyframe"] = shape.get("keyframe", True)
        build.add_shape(
            shape["type"], shape["frame"], points=shape.get("points") or (), track=row, id=_id(shape),
            attributes=_values(shape), **columns,
        )  # fmt: skip
    for element in track.get("elements") or ():
        _add_track(build, element, job, row)


def rows_of(dataset: Dataset, track: int) -> list[Item]:
    """The rows of one track as plain objects; attributes of its own and of the track by spec."""
    shapes, rows = dataset.shapes, []
    texts = texts_of(dataset)
    for row in np.flatnonzero(shapes.track == track).tolist():
        rows.append(
            {
                "frame": int(shapes.frame[row]), "type": ShapeType(shapes.type[row]).word,
                "points": shapes.points(row).tolist(), "rotation": float(shapes.rotation[row]),
                **{name: bool(getattr(shapes, name)[row]) for name in ("occluded", "outside", "keyframe")},
                "z_order": int(shapes.z_order[row]),
                "attributes": texts.get((Owner.TRACK, track), {}) | texts.get((Owner.SHAPE, row), {}),
            }
        )  # fmt: skip
    return rows


def texts_of(dataset: Dataset) -> dict[tuple[int, int], dict[int, str]]:
    """Attributes by kind and row of their owner: spec -> value."""
    texts: dict[tuple[int, int], dict[int, str]] = {}
    table = dataset.attributes
    columns = (table.kind.tolist(), table.owner.tolist(), table.spec.tolist(), table.texts())
    for kind, owner, spec, text in zip(*columns, strict=True):
        texts.setdefault((kind, owner), {})[spec] = text
    return texts


def plain_frames(count: int, deleted: Iterable[int] = (), size: tuple[int, int] = (640, 480)) -> Frames:
    """Frames of one size."""
    return Frames.of([f"{number}.png" for number in range(count)], *size, deleted=deleted)
