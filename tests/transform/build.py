"""A small dataset with a shape of each type, and what tests ask of transforms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from annotools.model import Dataset, DatasetBuilder, Losses
from annotools.model.tables import Shapes
from tests.tracks.documents import plain_frames

KEPT = ("id", "job", "frame", "label", "occluded", "z_order", "group", "source", "score")
MARKS: dict[str, Any] = {
    "id": 11, "occluded": True, "z_order": 3, "group": 5, "source": "auto", "score": 0.5, "attributes": {9: "red"},
}  # fmt: skip


def builder(frames: int = 4, deleted: tuple[int, ...] = (), size: tuple[int, int] = (64, 48)) -> DatasetBuilder:
    """Labels `car` (1) and `bus` (2), frames of one size."""
    build = DatasetBuilder(frames=plain_frames(frames, deleted, size))
    build.add_label("car")
    build.add_label("bus")
    return build


def one(kind: str, points: Sequence[float], **columns: Any) -> Dataset:
    """A single plain shape with a mark in every column."""
    build = builder()
    build.add_shape(kind, 1, "car", points, **(MARKS | columns))
    return build.dataset()


def same_but_points(shapes: Shapes, given: Shapes) -> bool:
    """Whether rows are as they were, apart from type, points and rotation."""
    return all(getattr(shapes, name).tolist() == getattr(given, name).tolist() for name in KEPT)


def counts_of(losses: Losses) -> list[tuple[str, str, int]]:
    """Losses as kind, what and count."""
    return [(loss.kind, loss.what, loss.count) for loss in losses]
