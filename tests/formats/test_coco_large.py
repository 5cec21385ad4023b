"""Large documents, of which annotations are read from their text some at a time: what comes back is the same."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from annotools.errors import InputError
from annotools.formats.base import Read
from annotools.formats.coco import annotation_list
from annotools.formats.kernel import text_pages
from tests.formats import coco_files
from tests.formats.coco_files import INSTANCES, doc

NESTED = {"parts": [{"a": [{"b": 1}, {"b": 2}]}, {"a": []}], "note": '}, {"id": 7}]}, {'}
ANNOTATIONS = [
    {"id": n, "image_id": 1 + n % 2, "category_id": 1, "bbox": [n, 1, 2, 3.5]}
    | ({"segmentation": [[0, 0, 9, 0, n, 9], [1, 1, 2, 2, 3, n]]} if n % 3 else {})
    | (NESTED if n % 50 == 7 else {})
    for n in range(1, 120)
]
DOCUMENT = doc(*ANNOTATIONS) | {"info": {"description": "d"}}
ORDERS = [
    ("info", "images", "categories", "annotations"), ("images", "annotations", "categories", "info"),
    ("annotations", "categories", "images", "info"), ("categories", "info", "annotations", "images"),
]  # fmt: skip


def ordered(keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: DOCUMENT[key] for key in keys}


def text_list(text: bytes) -> annotation_list.TextList | None:
    pages = text_pages.TextPages(io.BytesIO(text), len(text))
    parts = annotation_list.fields_and_list(pages)
    return None if parts is None else parts[1]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every document is a large one, and of many parts."""
    monkeypatch.setattr(text_pages, "_LEAST", 0)
    monkeypatch.setattr(annotation_list, "CHUNK_BYTES", 300)


def both(text: bytes, monkeypatch: pytest.MonkeyPatch) -> list[Read | list[str]]:
    """What is read of a text as a large document and as a small one, or the problems."""
    reads: list[Read | list[str]] = []
    for least in (0, 1 << 30):
        monkeypatch.setattr(text_pages, "_LEAST", least)
        try:
            reads.append(coco_files.read({INSTANCES: text}))
        except InputError as error:
            reads.append([str(problem) for problem in error.problems])
    return reads


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("order", ORDERS)
def test_lists_may_stand_in_any_order(
    order: tuple[str, ...], indent: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = json.dumps(ordered(order), indent=indent).encode()
    assert text_list(text) is not None
    large, plain = both(text, monkeypatch)
    assert isinstance(large, Read)
    assert isinstance(plain, Read)
    assert large.dataset == plain.dataset
    assert large.dataset.shapes.extras["annotation_id"].plain() == plain.dataset.shapes.extras["annotation_id"].plain()
    assert len(large.dataset.shapes) == sum(len(one.get("segmentation", [0])) for one in ANNOTATIONS)


@pytest.mark.usefixtures("small")
def test_annotations_come_once_and_in_their_order() -> None:
    annotations = text_list(json.dumps(DOCUMENT).encode())
    assert annotations is not None
    assert json.loads(bytes(annotations.first())) == ANNOTATIONS[0]
    parts = list(annotations.chunks(annotation_list.PIECES.decode))
    assert len(parts) > 20
    assert [json.loads(bytes(piece)) for part in parts for piece in part] == ANNOTATIONS


def _damaged(number: int, old: str, new: str) -> bytes:
    """The document of which one annotation is another."""
    texts = [json.dumps(one) for one in ANNOTATIONS]
    assert old in texts[number]
    texts[number] = texts[number].replace(old, new, 1)
    return json.dumps(DOCUMENT | {"annotations": []}).replace("[]", "[" + ", ".join(texts) + "]").encode()


DAMAGES = {
    "a brace is gone": _damaged(70, "}", ""),
    "a bracket is gone": _damaged(70, "]", ""),
    "a bracket too many": _damaged(70, "]", "]]"),
    "the list ends early": _damaged(70, "}", "}]"),
    "the document ends early": _damaged(70, "}", "}]}"),
    "another list of annotations": _damaged(70, "}", '}], "annotations": [{"id": 1}'),
    "another list": _damaged(70, "}", '}], "images": [{"id": 1}'),
    "no comma": _damaged(70, ", ", " "),
    "a comma too many": _damaged(70, "}", "},"),
    "not a number": _damaged(70, "71", "NaN"),
    "text for a number": _damaged(70, "71", '"x"'),
    "not an object": _damaged(70, json.dumps(ANNOTATIONS[70]), "7"),
    "nothing": _damaged(70, json.dumps(ANNOTATIONS[70]), "null"),
    "half a text": _damaged(70, "71", '"x'),
    "no UTF-8": _damaged(6, '"note"', '"XXX"').replace(b"XXX", b"\x80"),
    "a comma behind the last": _damaged(118, "}", "},"),
    "cut off": json.dumps(DOCUMENT).encode()[:-60],
    "more behind": json.dumps(DOCUMENT).encode() + b"7",
    "the key is elsewhere": json.dumps(DOCUMENT | {"info": {"annotations": [{}]}}).encode(),
    "the key comes first in another": json.dumps({"info": {"annotations": [{}]}} | DOCUMENT).encode(),
    "no images": json.dumps({key: DOCUMENT[key] for key in ("categories", "annotations")}).encode(),
    "captions": json.dumps(doc({"id": 1, "image_id": 1, "caption": "c"}, ANNOTATIONS[0])).encode(),
}


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("what", DAMAGES)
def test_what_is_damaged_is_told_as_of_a_small_document(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    large, plain = both(DAMAGES[what], monkeypatch)
    if isinstance(plain, Read):
        assert isinstance(large, Read)
        assert large.dataset == plain.dataset
        assert list(map(str, large.problems)) == list(map(str, plain.problems))
        assert large.losses.as_list() == plain.losses.as_list()
    else:
        assert large == plain
