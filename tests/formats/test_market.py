"""Market-1501: pictures whose names say who is on them, those of other names, and names that meet."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

import annotools as at
from annotools.model import AttributeSpec, Dataset, DatasetBuilder
from annotools.storage import Media, MediaFile
from annotools.transform import run
from annotools.transform.person_names import ATTRIBUTES, Person, parsed
from tests.formats.files import folder

SLUG = "market-1501"
ONE = ("0002", "0", "1", "451", "3", "false")


def tags_of(dataset: Dataset) -> dict[tuple[str, str], tuple[str, ...]]:
    """The values of the tag of each picture, by subset and name."""
    frames = dataset.frames
    values: dict[tuple[str, str], tuple[str, ...]] = dict.fromkeys(zip(frames.subsets, frames.names, strict=True), ())
    for tag in dataset.tags:
        assert tag.label.name == SLUG
        frame = tag.frame.number
        values[frames.subsets[frame], frames.names[frame]] = tuple(tag.attributes[name] for name in ATTRIBUTES)
    return values


@pytest.mark.parametrize("top", ["", "Market-1501-v15.09.15/"])
def test_folders_as_they_are_given_out(tmp_path: Path, top: str) -> None:
    names = (
        "bounding_box_train/0002_c1s1_000451_03.jpg", "bounding_box_test/-1_c1s1_000401_03.jpg",
        "bounding_box_test/0000_c6s4_002202_01.jpg", "query/0001_c1s1_001051_00.jpg", "gt_query/0001.mat",
        "bounding_box_test/0143_c3s1_000451_03.jpg.jpg", "gt_bbox/0001_c1s1_001051_00.jpg",
    )  # fmt: skip
    result = at.read(folder(tmp_path, {top + name: name for name in names}), SLUG)
    assert tags_of(result.dataset) == {
        ("query", "0001_c1s1_001051_00.jpg"): ("0001", "0", "1", "1051", "0", "true"),
        ("test", "-1_c1s1_000401_03.jpg"): ("-1", "0", "1", "401", "3", "false"),
        ("test", "0000_c6s4_002202_01.jpg"): ("0000", "5", "4", "2202", "1", "false"),
        ("test", "0143_c3s1_000451_03.jpg.jpg"): ("0143", "2", "1", "451", "3", "false"),
        ("train", "0002_c1s1_000451_03.jpg"): ONE,
    }
    assert len(result.media or ()) == 5
    assert [str(loss) for loss in result.losses] == [
        f"lost: 2 x file: pictures of bounding_box_* and query are read, not those of {top}gt_bbox, {top}gt_query"
    ]
    at.write(result.dataset, tmp_path / "out", SLUG, result.media)
    again = at.read(tmp_path / "out")
    assert tags_of(again.dataset) == tags_of(result.dataset)
    assert (tmp_path / "out/query/0001_c1s1_001051_00.jpg").is_file()


def test_lists_with_a_bom_and_lines_of_windows(tmp_path: Path) -> None:
    lines = "\ufeffbounding_box_train/a/0002_c1s1_000451_03img 1.jpg\r\n\r\nquery/x.jpg\r\nbounding_box_train\r\n"
    where = folder(tmp_path, {"images_train.txt": lines})
    with pytest.raises(at.InputError) as caught:
        at.read(where)
    expected = "a path such as bounding_box_train/0002_c1s1_000451_03.jpg"
    assert str(caught.value) == f"{where}/images_train.txt:4: is 'bounding_box_train', expected {expected}"
    dataset = at.read(where, on_error="skip").dataset
    assert tags_of(dataset) == {("train", "a/img 1.jpg"): ONE, ("train", "x.jpg"): ()}


def test_lists_may_leave_the_ending_out(tmp_path: Path) -> None:
    name = "bounding_box_train/0002_c1s1_000451_03"
    where = folder(tmp_path, {"images_train.txt": f"{name}\nquery/0003.png\n", f"{name}.png": "x"})
    result = at.read(where, SLUG)
    assert len(result.dataset.frames) == 2
    assert {frame: file.name for frame, file in (result.media or {}).items()} == {0: f"{name}.png"}


@pytest.mark.parametrize(
    "files", [("bounding_box_default/0002.jpg",), ("bounding_box_default/0002.jpg", "query/3.jpg")]
)
def test_pictures_of_no_subset(tmp_path: Path, files: tuple[str, ...]) -> None:
    dataset = at.read(folder(tmp_path, dict.fromkeys(files, "x")), SLUG).dataset
    assert dict(zip(dataset.frames.names, dataset.frames.subsets, strict=True))["0002.jpg"] == ""


def test_names_that_would_meet_are_left_whole(tmp_path: Path) -> None:
    names = ("0002_c1s1_000451_03_flip.jpg", "0003_c1s1_000451_03_flip.jpg")
    dataset = at.read(folder(tmp_path, {f"bounding_box_train/{name}": "" for name in names}), SLUG).dataset
    assert dataset.frames.names == names
    assert [tag.attributes["person_id"] for tag in dataset.tags] == ["0002", "0003"]
    server = at.read(tmp_path / "in", SLUG, compat="cvat").dataset
    assert server.frames.names == ("_flip.jpg",)


def built(*pictures: tuple[str, dict[str, str]]) -> Dataset:
    build = DatasetBuilder()
    specs = [AttributeSpec(0, name) for name in (*ATTRIBUTES, "mood")]
    build.add_label(SLUG, type="tag", attributes=specs)
    build.add_label("other")
    for frame, (name, values) in enumerate(pictures):
        build.add_frame(name, 9, 9, subset="train")
        if values:
            build.add_tag(frame, SLUG, attributes=values)
    return build.dataset()


def person(number: str, **more: str) -> dict[str, str]:
    return {"person_id": number, **more}


def test_pictures_keep_their_names_behind_those_of_persons(tmp_path: Path) -> None:
    dataset = built(
        ("sub/img.jpg", person("7", camera_id="2", track_id="3", frame_id="44", bbox_id="5")),
        ("0002_c1s1_000451_03.jpg", dict(zip(ATTRIBUTES, ONE, strict=True))),
        ("0009_c1s1_000001_00.jpg", person("10")), ("9.jpg", person("11", query="true")), ("plain.png", {}),
        ("0012_c2s1_000003_04.jpg", {}), ("odd.jpg", person("nobody", mood="x")), ("0010_c1s1_000001_00x.jpg", {}),
        ("next.jpg", person("10", mood="y")),
    )  # fmt: skip
    losses = at.write(dataset, tmp_path / "out", SLUG)
    assert (tmp_path / "out/images_train.txt").read_text().splitlines() == [
        "bounding_box_train/sub/7_c3s3_000044_05img.jpg", "bounding_box_train/0002_c1s1_000451_03.jpg",
        "bounding_box_train/10_c1s1_000000_00.jpg", "query/11_c1s1_000000_00_9.jpg", "bounding_box_train/plain.png",
        "bounding_box_train/0012_c2s1_000003_04.jpg", "bounding_box_train/odd.jpg",
        "bounding_box_train/_0010_c1s1_000001_00x.jpg", "bounding_box_train/10_c1s1_000001_00next.jpg",
    ]  # fmt: skip
    assert tags_of(at.read(tmp_path / "out").dataset) == {
        ("train", "sub/img.jpg"): ("7", "2", "3", "44", "5", "false"), ("train", "0002_c1s1_000451_03.jpg"): ONE,
        ("train", "10_c1s1_000000_00.jpg"): ("10", "0", "1", "0", "0", "false"),
        ("train", "_9.jpg"): ("11", "0", "1", "0", "0", "true"), ("train", "plain.png"): (),
        ("train", "0012_c2s1_000003_04.jpg"): ("0012", "1", "1", "3", "4", "false"), ("train", "odd.jpg"): (),
        ("train", "_0010_c1s1_000001_00x.jpg"): (), ("train", "next.jpg"): ("10", "0", "1", "1", "0", "false"),
    }  # fmt: skip
    counted = {loss.what: loss.count for loss in losses if loss.step in ("market-names", "only-attributes")}
    assert counted == {"attribute": 2, "attributes of label": 1, "tag": 1, "name of frame": 3}


def test_persons_of_one_name_do_not_meet(tmp_path: Path) -> None:
    same = dict(zip(ATTRIBUTES, ONE, strict=True))
    names = ("0002_c1s1_000451_03.jpg", "0005_c1s1_000451_03.jpg", "a.jpg")
    media = Media((n, MediaFile(name, partial(io.BytesIO, name.encode()))) for n, name in enumerate(names))
    at.write(built(*((name, same) for name in names)), tmp_path / "out", SLUG, media)
    result = at.read(tmp_path / "out")
    assert list(tags_of(result.dataset).values()) == [ONE] * 3
    assert [file.read().decode() for file in (result.media or {}).values()] == list(names)
    at.write(built(*((name, same) for name in names[1:])), tmp_path / "server", SLUG, media, compat="cvat")
    assert (tmp_path / "server/images_train.txt").read_text().splitlines() == [
        "bounding_box_train/0005_c1s1_000451_03.jpg", "bounding_box_train/0002_c1s1_000451_03.jpg",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "name", ["a.jpg", "1_c0s1_1_1.jpg", "1_c1_1_1.jpg", "x1_c1s1_1_1.jpg", "1_c1s1_1.jpg", "١_c1s1_1_1"]
)
def test_other_names_are_of_nobody(name: str) -> None:
    assert parsed(name) is None


def test_a_name_is_read_as_it_is_made() -> None:
    who = Person("-1", 3, 2, 1_234_567, 100)
    assert who.name == "-1_c4s2_1234567_100"
    assert parsed(f"a/{who.name}.jpg") == (who, "")


def test_a_folder_without_a_picture_of_it_says_what_was_expected(tmp_path: Path) -> None:
    root = folder(tmp_path / "in", {"notes.txt": "0002_c1s1_000451_03.jpg", "pictures/readme.md": "none"})
    with pytest.raises(at.InputError) as refused:
        at.read(root, "market-1501")
    (problem,) = refused.value.problems
    assert problem.message == "holds no pictures of Market-1501"
    assert problem.expected.endswith("or query")
    assert not at.read(folder(tmp_path / "one", {"query/0002_c1s1_000451_03.jpg": b""}), "market-1501").problems


def test_lists_of_windows_lead_to_their_pictures(tmp_path: Path) -> None:
    lines = "bounding_box_train\\0002_c1s1_000451_03.jpg\n"
    result = at.read(folder(tmp_path / "in", {"images_train.txt": lines}))
    assert (result.dataset.frames.names, result.problems) == (("0002_c1s1_000451_03.jpg",), ())


@pytest.mark.parametrize(
    ("query", "paths"),
    [
        ("false", ["train/0002_c1s1_000451_03.jpg", "test/0002_c1s1_000451_03.jpg"]),
        ("true", ["train/0002_c1s1_000451_03.jpg", "test/_0002_c1s1_000451_03.jpg"]),
    ],
    ids=["boxes of each subset have a folder", "queries of all share one"],
)
def test_pictures_of_one_name_meet_in_one_folder_only(query: str, paths: list[str]) -> None:
    name = "0002_c1s1_000451_03.jpg"
    given = built(*[(name, dict(zip(ATTRIBUTES, ONE, strict=True)) | {"query": query})] * 2)
    given = given.replace(frames=replace(given.frames, subsets=("train", "test")))
    frames = run(given, ("market-names",))[0].frames
    assert [f"{subset}/{name}" for subset, name in zip(frames.subsets, frames.names, strict=True)] == paths


@pytest.mark.parametrize(
    "names", [ATTRIBUTES[::-1], ("mood", *ATTRIBUTES), ATTRIBUTES[:2], ()], ids=["turned round", "more", "few", "none"]
)
def test_names_say_each_attribute_whatever_a_label_has(names: tuple[str, ...]) -> None:
    build = DatasetBuilder()
    build.add_label(SLUG, type="tag", attributes=[AttributeSpec(0, name) for name in names])
    for name in ("0002_c1s1_000451_03.jpg", "0007_c2s3_000004_05.jpg"):
        build.add_frame(name, 9, 9, subset="train")
    after = run(build.dataset(), ("market-names",))[0]
    assert list(tags_of(after).values()) == [ONE, ("0007", "1", "3", "4", "5", "false")]
    assert [spec.name for spec in after.labels[0].attributes][: len(names)] == list(names)
