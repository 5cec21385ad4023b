"""ImageNet as people have it: lists of all kinds, folders, and names that meet."""

from __future__ import annotations

import io
from functools import partial
from pathlib import Path

import pytest

import annotools as at
from annotools.formats.kernel.label_folders import flat_names, folder_names, folder_pictures
from annotools.formats.registry import formats
from annotools.model import Dataset, DatasetBuilder
from annotools.storage import Media, MediaFile, open_source
from tests.formats.files import folder


def read(where: Path, **more: object) -> at.Read:
    return at.read(where, "imagenet", **more)  # type: ignore[arg-type]  # keywords of `read`


def labels_of(dataset: Dataset) -> list[tuple[str, str, list[str]]]:
    """Subset, name and labels of every picture."""
    labels: dict[int, list[str]] = {}
    for tag in dataset.tags:
        labels.setdefault(tag.frame.number, []).append(tag.label.name)
    names = zip(dataset.frames.subsets, dataset.frames.names, strict=True)
    return [(subset, name, labels.get(frame, [])) for frame, (subset, name) in enumerate(names)]


def test_lists_with_blanks_quotes_and_several_classes(tmp_path: Path) -> None:
    lists = '\ufeffa/b.jpg 1 0\r\n"a/img 01".jpg 1\r\nimg 02.jpeg 0\r\nc.jpg\r\n\r\nval_3 0\r\n"x.c d" 1\r\n'
    where = folder(tmp_path, {"synsets.txt": "cat\r\ngreat dane\r\n", "val.txt": lists, "README.txt": "hello there\n"})
    assert labels_of(read(where).dataset) == [
        ("val", "a/b.jpg", ["great dane", "cat"]), ("val", "a/img 01.jpg", ["great dane"]),
        ("val", "img 02.jpeg", ["cat"]), ("val", "c.jpg", []), ("val", "val_3", ["cat"]),
        ("val", "x.c d", ["great dane"]),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["synset_words.txt", "LOC_synset_mapping.txt"])
def test_names_from_the_words_of_synsets(tmp_path: Path, name: str) -> None:
    words = "n01440764 tench, Tinca tinca\nn01443537 goldfish\n"
    where = folder(tmp_path, {name: words, "lists/train.txt": "n01443537/n01443537_2.JPEG 1\n"})
    assert labels_of(read(where).dataset) == [("train", "n01443537/n01443537_2.JPEG", ["n01443537"])]


def test_the_lists_of_caffe(tmp_path: Path) -> None:
    """caffe_ilsvrc12: lists of pictures beside lists of synsets, of which those of the detection are no pictures."""
    files = {
        "synset_words.txt": "n01440764 tench, Tinca tinca\nn01443537 goldfish\n", "train.txt": "n01443537/b.JPEG 1\n",
        "val.txt": "ILSVRC2012_val_00000001.JPEG 0\n", "det_synset_words.txt": "n02672831 accordion\n",
        "wnids.txt": "n01440764\nn01443537\n", "words.txt": "n00001740\tentity\nn00001930\tphysical entity\n",
        "test.txt": "n01440764  0\n",
    }  # fmt: skip
    where = folder(tmp_path, files)
    with open_source(where) as source:
        assert formats.sniff(source) == "imagenet"
    dataset = read(where).dataset
    assert labels_of(dataset) == [
        ("test", "n01440764", ["n01440764"]), ("train", "n01443537/b.JPEG", ["n01443537"]),
        ("val", "ILSVRC2012_val_00000001.JPEG", ["n01440764"]),
    ]  # fmt: skip
    words = [dict(label.extras)["words"] for label in dataset.labels]
    assert words == ["tench, Tinca tinca", "goldfish"]


def test_the_challenge_as_it_is_handed_out(tmp_path: Path) -> None:
    """Its own lists count lines from 1, and pictures to be classified lie in no folder of a class."""
    data, lists = "ILSVRC/Data/CLS-LOC", "ILSVRC/ImageSets/CLS-LOC"
    pictures = ("train/n01440764/n01440764_10026.JPEG", "train/n01443537/n01443537_2.JPEG", "test/a.JPEG", "val/b.JPEG")
    where = folder(
        tmp_path,
        {
            "LOC_synset_mapping.txt": "n01440764 tench, Tinca tinca\nn01443537 goldfish\n",
            f"{lists}/train_cls.txt": "n01440764/n01440764_10026 1\nn01443537/n01443537_2 2\n",
            f"{lists}/test.txt": "a 1\n",
            **{f"{data}/{name}": "" for name in pictures},
        },
    )
    with open_source(where) as source:
        assert formats.sniff(source) == "imagenet"
    assert sorted(labels_of(read(where).dataset)) == [
        ("test", "a.JPEG", []), ("train", "n01440764/n01440764_10026.JPEG", ["n01440764"]),
        ("train", "n01443537/n01443537_2.JPEG", ["n01443537"]), ("val", "b.JPEG", []),
    ]  # fmt: skip


def test_without_names_those_of_the_task_count(tmp_path: Path) -> None:
    where = folder(tmp_path, {"train.txt": "a.jpg 1\n"})
    build = DatasetBuilder()
    build.add_label("cat")
    build.add_label("dog")
    build.add_frame("a.jpg", 9, 9)
    assert labels_of(read(where, context=build.dataset()).dataset) == [("", "a.jpg", ["dog"])]
    with pytest.raises(at.InputError, match=r"in: does not say what classes are called, expected synsets\.txt"):
        read(where)


def test_a_folder_that_is_no_label_of_the_task_is_told_at_its_first_picture(tmp_path: Path) -> None:
    names = ("cat/a.jpg", "dog/b.jpg", "dog/c.jpg", "no_label/d.jpg")
    where = folder(tmp_path, {f"train/{name}": "" for name in names})
    build = DatasetBuilder()
    build.add_label("cat")
    for name in names:
        build.add_frame(name, 9, 9)
    result = read(where, context=build.dataset(), on_error="skip")
    assert [(problem.file, problem.message) for problem in result.problems] == [
        (f"{where}/train/dog/b.jpg", "label 'dog' is not defined, 2 times from here on")
    ]
    assert [tag.frame.name for tag in result.dataset.tags] == ["cat/a.jpg"]


def test_a_class_without_a_name_is_told_and_costs_no_other(tmp_path: Path) -> None:
    where = folder(tmp_path, {"synsets.txt": "cat\n", "train.txt": "a.jpg 0 7\nb.jpg 0\n"})
    with pytest.raises(at.InputError) as caught:
        read(where)
    assert str(caught.value) == f"{where}/train.txt:1: class 7 has no name, expected 0 to 0"
    assert labels_of(read(where, on_error="skip").dataset) == [("train", "a.jpg", ["cat"]), ("train", "b.jpg", ["cat"])]


@pytest.mark.parametrize("top", ["", "data/", "data/imgs/"])
def test_folders_of_subsets_and_labels(tmp_path: Path, top: str) -> None:
    names = ("train/cat/1.jpg", "train/dog/1.jpg", "val/cat/sub/2.jpg", "val/no_label/3.jpg")
    where = folder(tmp_path, {top + name: name for name in names})
    result = read(where)
    assert labels_of(result.dataset) == [
        ("train", "cat/1.jpg", ["cat"]), ("train", "dog/1.jpg", ["dog"]), ("val", "cat/sub/2.jpg", ["cat"]),
        ("val", "no_label/3.jpg", []),
    ]  # fmt: skip
    assert [file.read().decode() for file in (result.media or {}).values()] == list(names)


def test_folders_of_labels_alone(tmp_path: Path) -> None:
    members = ["cat/1.jpg", "dog/1.jpg", "dog/sub/2.jpg", "notes.txt", "alone.jpg"]
    assert [(p.subset, p.label, p.name) for p in folder_pictures(members)] == [
        ("", "cat", "cat/1.jpg"), ("", "dog", "dog/1.jpg"), ("", "dog", "dog/sub/2.jpg"),
    ]  # fmt: skip


def built() -> tuple[Dataset, Media]:
    """Pictures of one name in several folders, of several labels and of none."""
    build = DatasetBuilder()
    for name in ("cat", "a/b", "a:b", "no_label"):
        build.add_label(name)
    names = ("x/1.jpg", "y/1.jpg", "x_1.jpg", "1.JPG", "z/2.png")
    for name in names:
        build.add_frame(name, 9, 9, subset="train")
    for frame, label in ((0, "cat"), (0, "a/b"), (1, "cat"), (2, "cat"), (3, "cat"), (3, "a:b"), (3, "no_label")):
        build.add_tag(frame, label)
    media = Media((n, MediaFile(name, partial(io.BytesIO, name.encode()))) for n, name in enumerate(names))
    return build.dataset(), media


def test_no_picture_goes_where_names_meet(tmp_path: Path) -> None:
    dataset, media = built()
    losses = at.write(dataset, tmp_path / "out", "imagenet", media)
    assert [loss.what for loss in losses.of("lost", "annotations", "definitions")] == ["size of frame"]
    result = read(tmp_path / "out")
    assert labels_of(result.dataset) == labels_of(dataset)
    assert {frame: file.read() for frame, file in (result.media or {}).items()} == {
        frame: file.read() for frame, file in media.items()
    }
    pictures = sorted(str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*/*.*"))
    assert pictures == [
        "train/a_b/1.jpg", "train/a_b_1/1.JPG", "train/cat/1.jpg", "train/cat/1_1.JPG", "train/cat/x_1.jpg",
        "train/cat/y_1.jpg", "train/no_label/2.png", "train/no_label_1/1.JPG",
    ]  # fmt: skip


def test_without_pictures_there_are_lists(tmp_path: Path) -> None:
    at.write(built()[0], tmp_path / "out", "imagenet")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["synsets.txt", "train.txt"]
    assert (tmp_path / "out/train.txt").read_text() == "x/1.jpg 0 1\ny/1.jpg 0\nx_1.jpg 0\n1.JPG 0 2 3\nz/2.png\n"


def test_the_server_writes_lists_or_pictures(tmp_path: Path) -> None:
    dataset, media = built()
    at.write(dataset.select(tags=dataset.tags.frame < 3), tmp_path / "out", "imagenet", media, compat="cvat")
    names = sorted(str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*.*"))
    assert names == [
        "train/a/b/1.jpg", "train/cat/1.jpg", "train/cat/x_1.jpg", "train/no_label/1.JPG", "train/no_label/2.png"
    ]  # fmt: skip


def test_equal_names_of_one_subset_are_told_apart(tmp_path: Path) -> None:
    build = DatasetBuilder()
    build.add_label("cat")
    for _ in range(2):
        build.add_frame("a.jpg", 9, 9)
    build.add_tag(1, "cat")
    build.add_tag(1, "cat")
    losses = at.write(build.dataset(), tmp_path / "out", "imagenet")
    assert labels_of(read(tmp_path / "out").dataset) == [("", "a.jpg", []), ("", "a_1.jpg", ["cat"])]
    assert [loss.what for loss in losses if loss.what.startswith(("tag", "name"))] == [
        "name of frame", "tag that is there twice"
    ]  # fmt: skip


def test_folders_are_safe_and_each_another() -> None:
    assert folder_names(["cat", "CAT", "..", "a/b", "a\\b", "", "con. "]) == [
        "cat", "CAT_1", "_", "a_b", "a_b_1", "__1", "con_"
    ]  # fmt: skip
    assert flat_names(["x/1.jpg", "y/1.jpg", "y_1.jpg"], set()) == ["1.jpg", "y_1.jpg", "y_1_1.jpg"]


@pytest.mark.parametrize("name", ["synsets.txt", "Synsets.TXT"])
def test_folders_of_the_classes_of_a_list(tmp_path: Path, name: str) -> None:
    files: dict[str, bytes | str] = {name: "tench\ncat\nboat\n", "train/cat/a.jpg": b"", "val/tench/b.jpg": b""}
    where = folder(tmp_path, files)
    with open_source(where) as source:
        assert formats.sniff(source) == "imagenet"
    result = at.read(where)
    labels = [(label.name, dict(label.extras)["class_id"]) for label in result.dataset.labels]
    assert labels == [("tench", 0), ("cat", 1), ("boat", 2)]
    assert [(tag.frame.name, tag.label.name) for tag in result.dataset.tags] == [
        ("cat/a.jpg", "cat"), ("tench/b.jpg", "tench"),
    ]  # fmt: skip
    assert result.dataset.frames.subsets == ("train", "val")


def test_folders_of_other_names_are_not_certainly_classes(tmp_path: Path) -> None:
    where = folder(tmp_path, {"synsets.txt": "tench\n", "train/cat/a.jpg": b"", "train/dog/b.jpg": b""})
    with open_source(where) as source, pytest.raises(at.InputError):
        formats.sniff(source)
    assert [label.name for label in at.read(where, "imagenet").dataset.labels] == ["cat", "dog"]


def test_lists_in_capitals(tmp_path: Path) -> None:
    where = folder(tmp_path, {"SYNSETS.TXT": "cat\ndog\n", "TRAIN.TXT": "a.jpg 1\n"})
    result = at.read(where)
    assert [(tag.frame.name, tag.label.name) for tag in result.dataset.tags] == [("a.jpg", "dog")]
