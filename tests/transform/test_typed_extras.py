"""Extras of the types that a format writes, and what files of another format call alike."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import annotools as at
from annotools.model import Dataset, DatasetBuilder
from annotools.model.extras import Extra
from annotools.transform.typed_extras import typed_extras

SEVEN = b"[1, 2.5, 3, 4, 5, 6, -7]"
VALUES: list[Any] = [0.5, 2, -1, True, "high", "<a>1</a>", "<a>", "a<b/>", SEVEN, b"[1, null]", b"{", None, [1],
                     "a word", b'{"a": "b"}', b'{"a": 1}']  # fmt: skip
KEPT = {
    "number": [0.5, 2, -1], "whole": [2, -1, 1], "text": ["high", "<a>1</a>", "<a>", "a<b/>", "a word"],
    "word": ["high", "<a>1</a>", "<a>", "a<b/>"], "pair": ["a word"], "numbers": [SEVEN], "texts": [b'{"a": "b"}'],
    "scalar": [0.5, 2, -1, "high", "<a>1</a>", "<a>", "a<b/>", "a word"], "xml": ["<a>1</a>"],
    "list": [SEVEN, b"[1, null]"],
}  # fmt: skip


def boxes(count: int, **extras: Extra) -> Dataset:
    build = DatasetBuilder()
    label, frame = build.add_label("car"), build.add_frame("a.jpg", 64, 48)
    for _ in range(count):
        build.add_shape("rectangle", frame, label, [1, 2, 30, 20])
    dataset = build.dataset()
    return dataset.replace(shapes=dataset.shapes.replace(extras=extras))


@pytest.mark.parametrize("kind", KEPT)
def test_values_of_another_type_are_lost_aloud(kind: str) -> None:
    column = np.empty(len(VALUES), object)
    column[:] = VALUES
    given = Extra(column, np.ones(len(VALUES), np.bool_))
    after, losses = typed_extras(boxes(len(VALUES), said=given), f"shapes.said:{kind}")
    extra = after.shapes.extras["said"]
    assert [value for value in extra.plain() if value is not None] == KEPT[kind]
    (loss,) = losses
    assert (loss.kind, loss.what, loss.column, loss.count) == (
        "lost", "said", "extras.said", len(VALUES) - len(KEPT[kind]),
    )  # fmt: skip


@pytest.mark.parametrize(("kind", "kept"), [("number", [0.5, 2.0, -1.0]), ("whole", [2.0, -1.0])])
def test_columns_of_numbers_are_looked_at_at_once(kind: str, kept: list[float]) -> None:
    given = Extra(np.array([0.5, 2, -1, np.nan, np.inf]), np.ones(5, np.bool_))
    extra = typed_extras(boxes(5, said=given), f"shapes.said:{kind}")[0].shapes.extras["said"]
    assert [value for value in extra.plain() if value is not None] == kept


def test_what_fits_is_not_told() -> None:
    given = Extra.of(np.array([1, 2]))
    after, losses = typed_extras(boxes(2, said=given), "shapes.said:whole,shapes.other:text,frames.said:xml")
    assert (list(losses), after.shapes.extras["said"].plain()) == ([], [1, 2])


KEYS = (
    "visibility", "truncated", "occlusion", "pose", "difficult", "kitti_3d", "alpha", "voc", "group_of", "inside",
    "depiction", "instance_id", "script", "label_source", "box_source", "date", "username", "verified", "object_id",
    "center", "clicks", "predicted_iou", "figure_id", "annotation_id", "track_id",
)  # fmt: skip
IMAGE_KEYS = ("folder", "path", "depth", "voc", "open_images", "source_image", "source_annotation", "frame_id")
FORMATS = (
    "voc",
    "kitti",
    "mot",
    "wider-face",
    "open-images",
    "labelme",
    "icdar-localization",
    "icdar-segmentation",
    "datumaro",
)


@pytest.mark.parametrize("value", [0.5, 7, -1, "high", "<b", True, None, [1, 2], {"a": 1}], ids=str)
@pytest.mark.parametrize("slug", FORMATS)
def test_keys_of_coco_that_other_formats_have_too_break_none(tmp_path: Path, slug: str, value: Any) -> None:
    image = {"id": 1, "file_name": "a.jpg", "width": 64, "height": 48, **dict.fromkeys(IMAGE_KEYS, value)}
    box = {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 30, 20], **dict.fromkeys(KEYS, value)}
    document = {"images": [image], "annotations": [box], "categories": [{"id": 1, "name": "car"}]}
    (tmp_path / "a.json").write_text(json.dumps(document))
    at.convert(tmp_path / "a.json", tmp_path / "out", slug)
    back = at.read(tmp_path / "out", slug).dataset
    assert [shape.label.name for shape in back.shapes] == ["icdar" if slug.startswith("icdar") else "car"]


@pytest.mark.parametrize("argument", ["nonsense", "shapes.a", "shapes.a:colour", "task.a:text", "shape.a:text"])
def test_a_table_and_a_type_that_there_are_not_are_refused(argument: str) -> None:
    with pytest.raises(at.UsageError, match="expected a table, a name and a type"):
        typed_extras(boxes(1), argument)
