"""Large documents, of which annotations are read from their text some at a time: what comes back is the same."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from annotools import formats
from annotools.errors import InputError
from annotools.formats.base import Read, ReadOptions
from annotools.formats.coco import annotation_list
from annotools.formats.kernel import large_text, text_pages
from annotools.storage import open_source
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


def _larger_than(least: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents of so many bytes are large ones."""
    for module in (large_text, text_pages, annotation_list):
        monkeypatch.setattr(module, "LEAST", least)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every document is a large one, and of many parts."""
    _larger_than(1, monkeypatch)
    monkeypatch.setattr(annotation_list, "CHUNK_BYTES", 300)
    monkeypatch.setattr(large_text, "_WINDOW", 100)


def each_way(text: bytes, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[Read | list[str]]:
    """What is read of a text as a large document in a zip, as one on disk and as a small one, or the problems."""
    (folder / "annotations").mkdir(exist_ok=True)
    (folder / INSTANCES).write_bytes(text)
    reads: list[Read | list[str]] = []
    for least, where in ((1, None), (1, folder), (1 << 30, None)):
        _larger_than(least, monkeypatch)
        try:
            reads.append(coco_files.read({INSTANCES: text}) if where is None else on_disk(where))
        except InputError as error:
            reads.append([str(problem) for problem in error.problems])
    return reads


def on_disk(folder: Path) -> Read:
    reader = formats.get("coco").dialect(ReadOptions()).read
    assert reader is not None
    with open_source(folder) as source:
        return reader(source, None, ReadOptions())


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("order", ORDERS)
def test_lists_may_stand_in_any_order(
    order: tuple[str, ...], indent: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = json.dumps(ordered(order), indent=indent).encode()
    assert text_list(text) is not None
    *large, plain = each_way(text, tmp_path, monkeypatch)
    assert isinstance(plain, Read)
    ids = plain.dataset.shapes.extras["annotation_id"].plain()
    for one in large:
        assert isinstance(one, Read)
        assert one.dataset == plain.dataset
        assert one.dataset.shapes.extras["annotation_id"].plain() == ids
    assert len(plain.dataset.shapes) == sum(len(one.get("segmentation", [0])) for one in ANNOTATIONS)


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
def test_what_is_damaged_is_told_as_of_a_small_document(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    *large, plain = each_way(DAMAGES[what], tmp_path, monkeypatch)
    for one in large:
        if isinstance(plain, Read):
            assert isinstance(one, Read)
            assert one.dataset == plain.dataset
            assert list(map(str, one.problems)) == list(map(str, plain.problems))
            assert one.losses.as_list() == plain.losses.as_list()
        else:
            assert one == plain


@pytest.mark.usefixtures("small")
def test_a_file_on_disk_is_read_part_by_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And never as a whole, which would fail here."""
    (tmp_path / "annotations").mkdir()
    (tmp_path / INSTANCES).write_text(json.dumps(DOCUMENT))
    monkeypatch.setattr(text_pages.TextPages, "__init__", lambda *_: pytest.fail("was read as a whole"))
    assert len(on_disk(tmp_path).dataset.shapes) > len(ANNOTATIONS)


@pytest.mark.usefixtures("small")
def test_a_file_that_gets_shorter_meanwhile_is_torn(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(DOCUMENT))
    with (tmp_path / "a.json").open("rb") as stream:
        text = large_text.TextFile.of(stream)
        assert text is not None
        (tmp_path / "a.json").write_text(json.dumps(DOCUMENT)[:100])
        with pytest.raises(large_text.TornError):
            text.piece(0, text.size)
        with pytest.raises(large_text.TornError):
            text.listed(0, text.size)


def test_a_file_of_next_to_nothing_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _larger_than(1, monkeypatch)
    monkeypatch.setattr(text_pages.TextPages, "__init__", lambda *_: pytest.fail("was read as a whole"))
    fields = {"images": [], "categories": []}
    text = json.dumps(fields)[:-1] + ', "annotations": [' + "{}," * 300_000 + "{}]}"
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(InputError, match=r"300,00\d lists and objects"):
        on_disk(tmp_path)
