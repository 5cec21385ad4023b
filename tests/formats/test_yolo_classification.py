"""Ultralytics YOLO Classification: folders of trainers, documents of a server, and pictures of several labels."""

from __future__ import annotations

import io

import orjson
import pytest

from annotools import formats
from annotools.convert.writing import fit_to_format
from annotools.formats.base import WriteOptions
from annotools.model import Dataset, DatasetBuilder
from annotools.quirks import CVAT
from annotools.storage import Media, MediaFile
from tests.formats.kernel.sources import zipped
from tests.formats.yolo_files import Files, problems_of, read, sniffs, written

SLUG = "yolo-ultralytics-classification"
SERVER: Files = {
    "train/labels.json": '{"a/x":{"labels":["cat","dog"],"path":"dog/x.png"},"y":{"labels":[],"path":"no_label/z.jpg"}}'
}


def tagged(dataset: Dataset) -> dict[tuple[str, str], list[str]]:
    """Subset and name of each picture, and its labels."""
    names = {label.id: label.name for label in dataset.labels}
    frames, tags = dataset.frames, dataset.tags
    return {
        (frames.subsets[n], name): sorted(names[label] for label in tags.label[tags.frame == n].tolist())
        for n, name in enumerate(frames.names)
    }


def test_a_document_of_the_server_is_read() -> None:
    result = read(SLUG, SERVER)
    assert [str(problem) for problem in result.problems] == []
    assert tagged(result.dataset) == {("train", "a/x.png"): ["cat", "dog"], ("train", "y"): []}
    assert formats.sniff(zipped(SERVER)) == SLUG


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        (
            {"data/train/cat/a.png": "x", "data/train/dog/b.png": "x", "data/val/cat/a.png": "x"},
            {("train", "cat/a.png"): ["cat"], ("train", "dog/b.png"): ["dog"], ("val", "cat/a.png"): ["cat"]},
        ),
        ({"cat/a.png": "x", "dog/a.png": "x"}, {("", "cat/a.png"): ["cat"], ("", "dog/a.png"): ["dog"]}),
    ],
)
def test_folders_of_trainers_are_read(members: Files, expected: dict[tuple[str, str], list[str]]) -> None:
    assert tagged(read(SLUG, members).dataset) == expected
    assert not sniffs(SLUG, members)


def task() -> Dataset:
    build = DatasetBuilder()
    for name in ("cat", "big/dog", "unused"):
        build.add_label(name)
    for name in ("a/x.png", "b/x.png", "x.jpg", "y.png"):
        build.add_frame(name, 100, 50)
    for frame, label in ((0, "cat"), (1, "cat"), (2, "cat"), (2, "big/dog")):
        build.add_tag(frame, label)
    return build.dataset()


def test_pictures_lie_in_the_folders_of_their_labels() -> None:
    dataset = fit_to_format(task(), formats.get(SLUG), WriteOptions())[0]
    media = Media((n, MediaFile(f"{n}.png", lambda n=n: io.BytesIO(b"%d" % n))) for n in range(4))
    writer = formats.get(SLUG).write
    assert writer is not None
    members = {name: b"".join(pieces) for name, pieces in writer(dataset, media, WriteOptions(images=True))}
    assert {name: data for name, data in members.items() if len(data) == 1} == {
        "train/cat/x.png": b"0", "train/cat/b_x.png": b"1", "train/cat/x.jpg": b"2", "train/big_dog/x.jpg": b"2",
        "unlabelled/train/y.png": b"3",
    }  # fmt: skip
    assert members["classes.txt"] == b"cat\nbig/dog\nunused\n"
    assert orjson.loads(members["train/labels.json"])["y.png"] == {"labels": [], "path": "../unlabelled/train/y.png"}
    result = read(SLUG, dict(members.items()))
    assert tagged(result.dataset) == tagged(dataset)
    assert result.media is not None
    assert [result.media[frame].read() for frame in range(4)] == [b"0", b"1", b"2", b"3"]


def test_the_server_knows_pictures_by_their_stems() -> None:
    dataset = fit_to_format(task(), formats.get(SLUG), WriteOptions(quirks=CVAT))[0]
    assert written(SLUG, dataset, compat=True) == {
        "train/labels.json": (
            '{"a/x":{"labels":["cat"],"path":"cat/x.png"},"b/x":{"labels":["cat"],"path":"cat/x.png"},'
            '"x":{"labels":["cat","big/dog"],"path":"big/dog/x.jpg"},"y":{"labels":[],"path":"no_label/y.png"}}'
        )
    }


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"train/labels.json": "[1]"}, "train/labels.json: is not an object, expected pictures with their labels"),
        (
            {"train/labels.json": '{"a": {"labels": "cat"}}'},
            "train/labels.json:/a: is not a picture, expected labels, a list of texts, and path, a text",
        ),
        (
            {"train/labels.json": '{"a.png": {"labels": ["cow"], "path": ""}}', "classes.txt": "cat\n"},
            "train/labels.json: label 'cow' is not defined, expected a label of the task (cat)",
        ),
        (
            {"a.txt": "x"},
            "made.zip: holds no labelled pictures, expected labels.json, or pictures in folders called after labels",
        ),
    ],
)
def test_a_fault_is_told_with_its_place(members: Files, message: str) -> None:
    assert problems_of(SLUG, members) == [message]


def test_a_list_of_labels_of_the_api_is_no_document_of_pictures() -> None:
    assert not sniffs(SLUG, {"labels.json": "[]", "annotations.json": "{}"})
    assert not sniffs(SLUG, {"x/labels.json": '{"results": []}'})
