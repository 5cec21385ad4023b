"""Which file describes a dataset of Ultralytics."""

from __future__ import annotations

import pytest

from tests.formats.yolo_files import Files, picture, read


def test_of_several_yaml_files_the_highest_counts_then_its_name() -> None:
    """A data.yaml further below is another dataset's."""
    top, deep = "names: [car]\ntrain: images/train\n", "names: [bus]\ntrain: images/train\n"
    label: Files = {"images/train/a.png": picture(), "labels/train/a.txt": "0 0.5 0.5 0.2 0.2\n"}
    for files in ({"mine.yaml": top, "old/data.yaml": deep}, {"args.yaml": deep, "data.yaml": top}):
        dataset = read("yolo-ultralytics-detection", {**files, **label}).dataset
        assert [each.name for each in dataset.labels] == ["car"]


SPARE = {
    "data.yaml": ("yolo-ultralytics-detection", "names: [car]\ntrain: images/train\ntest: ../test/pictures\n"),
    "mini.yaml": ("yolo-ultralytics-detection", "names: [car]\nval: images/train\nminival: lists/mini.txt\n"),
    "obj.data": ("yolo", "classes = 1\ntrain = train.txt\nvalid = valid.txt\nnames = obj.names\n"),
}
PICTURED: Files = {
    "images/train/a.png": picture(), "labels/train/a.txt": "0 0.5 0.5 0.2 0.2\n", "train.txt": "images/train/a.png\n",
    "obj.names": "car\n",
}  # fmt: skip


@pytest.mark.parametrize("member", SPARE)
def test_a_subset_that_a_trainer_can_do_without_is_left_out_aloud(member: str) -> None:
    slug, text = SPARE[member]
    result = read(slug, {member: text, **PICTURED})
    assert [str(problem) for problem in result.problems] == []
    (loss,) = [loss for loss in result.losses if loss.table == "members"]
    assert (loss.what, loss.kind, loss.cls, loss.count) == ("subset", "lost", "definitions", 1)
    assert loss.why.endswith("which is not there")
    assert len(result.dataset.shapes) == 1
    assert [problem.kind for problem in read(slug, {member: text, **PICTURED}, compat=True).problems] == [
        "no-spare-subset"
    ]


@pytest.mark.parametrize(
    "text", ["train: images/train\nval: images/val\n", "train: images/no\nval: images/train\n", "test: images/test\n"]
)
def test_a_subset_that_a_trainer_needs_and_the_only_one_must_be_there(text: str) -> None:
    (problem,) = read("yolo-ultralytics-detection", {"data.yaml": f"names: [car]\n{text}", **PICTURED}).problems
    assert "which is not there, expected a path" in str(problem)


@pytest.mark.parametrize("root", ["", "path: .\n", "path: /datasets/mine\n"])
@pytest.mark.parametrize("train", ["images/train/a.png", "[images/train/a.png, images/b.JPG, images/train/a.png]"])
def test_pictures_may_be_named_one_by_one(root: str, train: str) -> None:
    """Each once; one of which there are only labels too, and of another that is not there it is told."""
    files: Files = {**PICTURED, "images/b.JPG": picture(), "labels/b.txt": "0 0.5 0.5 0.4 0.2\n"}
    result = read("yolo-ultralytics-detection", {"data.yaml": f"names: [car]\n{root}train: {train}\n", **files})
    assert result.problems == ()
    assert list(result.dataset.frames.names) == (["a.png", "b.JPG"] if "[" in train else ["a.png"])
    assert len(result.dataset.shapes) == len(result.dataset.frames)
    files = {"data.yaml": f"names: [car]\n{root}train: [images/train/a.png, images/no.png]\n", **PICTURED}
    (problem,) = read("yolo-ultralytics-detection", files).problems
    assert str(problem) == "data.yaml: train is 'images/no.png', which is not there, expected a path"


@pytest.mark.parametrize("member", ["data.yaml", "dataset.yaml", "mine.yaml", "data.yml", "mine.yml", "DATA.YAML"])
def test_a_dataset_is_described_by_yaml_of_any_name(member: str) -> None:
    files = {member: "names: [car]\ntrain: images/train\n", **PICTURED}
    dataset = read("yolo-ultralytics-detection", files).dataset
    assert [each.name for each in dataset.labels] == ["car"]
    assert len(dataset.shapes) == 1


@pytest.mark.parametrize(("usual", "other"), [("data.yaml", "args.yaml"), ("dataset.yaml", "a.yaml")])
def test_of_those_beside_each_other_the_usual_name_counts(usual: str, other: str) -> None:
    files = {usual: "names: [car]\ntrain: images/train\n", other: "names: [bus]\ntrain: images/train\n", **PICTURED}
    assert [each.name for each in read("yolo-ultralytics-detection", files).dataset.labels] == ["car"]
