"""Segment-Anything's file of one picture -> the lists of COCO.

    {"image": {"image_id": 7, "file_name": "sa_7.jpg", "width": 20, "height": 10},
     "annotations": [{"id": 1, "segmentation": {"size": [10, 20], "counts": "..."}, "predicted_iou": 0.9}]}

What was cut out has no category; it is called `object`.  Keys of an annotation that COCO does not know go along.
Source: https://ai.meta.com/datasets/segment-anything-downloads/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import msgspec
import orjson

from annotools.formats.kernel.jsonfile import UNDECODABLE

CATEGORY = "object"
IMAGE = rb'"image"\s*:\s*\{'
MARK = rb'"(?:predicted_iou|stability_score)"\s*:'
Fields = dict[str, msgspec.Raw]


def is_one_picture(fields: Mapping[str, Any]) -> bool:
    """Whether a document has one image where COCO has a list."""
    return "image" in fields and "images" not in fields and "annotations" in fields


def as_lists(fields: Fields) -> Fields:
    """The document as COCO has it; unchanged where that cannot be told."""
    with suppress(*UNDECODABLE, AttributeError):
        image = msgspec.json.decode(fields["image"])
        number = image.get("image_id", image.get("id", 1))
        pieces = msgspec.json.decode(fields["annotations"], type=list[msgspec.Raw])
        lists = {
            "images": orjson.dumps(
                [{key: value for key, value in image.items() if key != "image_id"} | {"id": number}]
            ),
            "annotations": b"[" + b",".join(_referring(pieces, orjson.dumps(number))) + b"]",
            "categories": orjson.dumps([{"id": 1, "name": CATEGORY}]),
        }
        rest = {key: value for key, value in fields.items() if key != "image"}
        return rest | {key: msgspec.Raw(text) for key, text in lists.items() if key not in rest or key == "annotations"}
    return fields


def _referring(pieces: list[msgspec.Raw], number: bytes) -> Iterator[bytes]:
    """Annotations that say of which image and category they are."""
    for piece in pieces:
        text = bytes(piece)
        if text[:1] != b"{":
            yield text
            continue
        said = {b"image_id": number, b"category_id": b"1"}
        more = b",".join(b'"%b":%b' % pair for pair in said.items() if b'"%b"' % pair[0] not in text)
        inner = text[1:].lstrip()
        yield b"{" + more + (b"," if more and inner != b"}" else b"") + inner
