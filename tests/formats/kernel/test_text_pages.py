"""Texts of which the part that is done with is given back, whatever size was promised."""

from __future__ import annotations

import io
import json
from pathlib import Path

import msgspec
import numpy as np
import pytest

import annotools as at
from annotools.formats.coco.annotation_list import fields_and_annotations
from annotools.formats.kernel.text_pages import TextPages, place_in

LARGE = 5 << 20


@pytest.mark.parametrize("size", [0, 9, LARGE - 1, LARGE, LARGE + 1, 2 * LARGE])
def test_the_text_is_all_of_the_stream(size: int) -> None:
    text = np.random.default_rng(1).bytes(LARGE)
    assert bytes(TextPages(io.BytesIO(text), size).text) == text


def test_what_stands_behind_a_piece_stays() -> None:
    numbers = list(range(1_000_000))
    text = json.dumps(numbers).encode()
    pages = TextPages(io.BytesIO(text), len(text))
    pieces = msgspec.json.decode(pages.text, type=list[msgspec.Raw])
    assert place_in(pages.text, pieces[2]) == 7
    for index in (500_000, 100, 999_998):
        pages.let_go(place_in(pages.text, pieces[index]))
        assert [int(bytes(piece)) for piece in pieces[max(index, 500_000) :]] == numbers[max(index, 500_000) :]


def test_only_what_stands_between_two_pieces_goes() -> None:
    texts = [b"%07d" % number + b"x" * 500 for number in range(20_000)]
    text = b"".join(texts)
    pages = TextPages(io.BytesIO(text), len(text))
    pieces = [memoryview(pages.text)[507 * index : 507 * (index + 1)] for index in range(len(texts))]
    pages.let_go_between(pieces[5000], pieces[6000])
    pages.let_go_between(texts[0], texts[-1])  # not of the text
    assert list(map(bytes, pieces[:5000])) == texts[:5000]
    assert list(map(bytes, pieces[6001:])) == texts[6001:]
    assert bytes(pieces[5500]) != texts[5500]


@pytest.mark.parametrize("names", [("shapes", "tracks", "tags"), ("tags", "tracks", "shapes")])
@pytest.mark.parametrize("bad", ["", '{"frame": "x"},', "{},"])
def test_large_bundles_are_read_as_small_ones(tmp_path: Path, names: tuple[str, ...], bad: str) -> None:
    head = '"label_id": 1, "attributes": [], "group": 0, "source": "manual"'
    box = '"type": "rectangle", "points": [%d, 2, 3, 4.5], "occluded": false, "outside": false'
    shapes = [f'{{"frame": 0, {head}, {box % n}, "note": "{" " * 900}"}}' for n in range(3000)]
    tracks = [f'{{"frame": 0, {head}, "shapes": [{{"frame": 0, {box % n}, "attributes": []}}]}}' for n in range(3000)]
    lists = {"shapes": shapes, "tracks": tracks, "tags": [f'{{"frame": 0, {head}}}'] * 9}
    results = []
    for blank in (" " * 600, ""):
        pad = [f'"{name}": [{bad}{("," + blank).join(lists[name])}]' for name in names]
        path = tmp_path / f"{len(blank)}"
        path.mkdir()
        (path / "annotations.json").write_text(f'{{"version": 0, {", ".join(pad)}}}'.replace(" " * 900, blank and " "))
        (path / "labels.json").write_text('[{"id": 1, "name": "car"}]')
        results.append(at.read(path, "cvat-api", on_error="skip"))
    assert (
        (tmp_path / "600" / "annotations.json").stat().st_size
        > 4 << 20
        > (tmp_path / "0" / "annotations.json").stat().st_size
    )
    assert results[0].dataset == results[1].dataset
    assert len(results[0].dataset.shapes) == 6000
    problems = [[(one.message, one.pointer, one.line) for one in read.problems] for read in results]
    assert problems[0] == problems[1]


def test_a_document_taken_apart_is_the_document() -> None:
    text = b'{"annotations": [1], "info": {"a": []}, "annotations" : [ {"b": 2} , {} ], "images": [3]}'
    parts = fields_and_annotations(text)
    assert parts is not None
    assert {key: bytes(value) for key, value in parts[0].items()} == {
        "annotations": b"[  ]", "info": b'{"a": []}', "images": b"[3]",
    }  # fmt: skip
    assert list(map(bytes, parts[1])) == [b'{"b": 2}', b"{}"]


@pytest.mark.parametrize(
    "text", [b"{}", b'{"annotations": []}', b'{"annotations": {}}', b'{"annotations": [1}', b"[1]"]
)
def test_what_has_no_annotations_is_not_taken_apart(text: bytes) -> None:
    assert fields_and_annotations(text) is None


def test_large_documents_are_read_as_small_ones(tmp_path: Path) -> None:
    annotations = [
        {"id": n, "image_id": 1, "category_id": 1, "bbox": [n % 7, 1, 2, 3], "odd": [n], "note": " " * 2000}
        for n in range(3000)
    ]
    head = {
        "images": [{"id": 1, "file_name": "a.jpg", "width": 9, "height": 9}],
        "categories": [{"id": 1, "name": "c"}],
    }
    whole = tmp_path / "whole.json"
    whole.write_text(json.dumps(head | {"annotations": annotations}))
    shapes = at.read(whole, "coco").dataset.shapes
    assert whole.stat().st_size > LARGE
    assert shapes.boxes()[:, 0].tolist() == [n % 7 for n in range(3000)]
    assert shapes.extras["odd"].values.tolist() == [b"[%d]" % n for n in range(3000)]
    assert shapes.extras["annotation_id"].values.tolist() == list(range(3000))
