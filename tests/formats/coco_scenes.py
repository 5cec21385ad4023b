"""Pictures with shapes of every kind, and pycocotools to load what COCO says of them."""

from __future__ import annotations

import contextlib
import io
from typing import Any

from hypothesis import strategies as st
from pycocotools.coco import COCO

from annotools.model import Dataset, DatasetBuilder, Label, Task
from tests.formats.coco_files import Doc

MASK = (1, 4, 2, 1, 3, 2, 6, 3)  # 5 px of a box 4 x 2 at 3 2


def scene(*names: str, **task: Any) -> DatasetBuilder:
    build = DatasetBuilder(Task(**task), labels=[Label(5, "car"), Label(9, "bus")])
    for name in names or ("a.jpg",):
        build.add_frame(name, 40, 30)
    return build


def loaded(document: Doc) -> COCO:
    coco = COCO()
    coco.dataset = document
    with contextlib.redirect_stdout(io.StringIO()):
        coco.createIndex()
    return coco


def shapes_of_every_kind() -> Dataset:
    build = scene("a.jpg", "b.jpg")
    build.add_shape("rectangle", 0, "car", (1, 2, 11, 22))
    build.add_shape("polygon", 0, "car", (3.5, 4.25, 30, 5, 17.75, 28))
    build.add_shape("mask", 1, "bus", MASK)
    build.add_shape("ellipse", 1, "bus", (20, 15, 30, 9), rotation=30)
    build.add_shape("polygon", 1, "car", (-9, -9, 20, -9, 20, 20), group=3)
    build.add_shape("polygon", 1, "car", (10, 10, 60, 10, 60, 60, 10, 60), group=3)
    return build.dataset()


numbers = st.floats(-50, 90, width=32).map(lambda value: round(value, 3))
texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=6)
