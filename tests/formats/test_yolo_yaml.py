"""Which file describes a dataset of Ultralytics."""

from __future__ import annotations

from tests.formats.yolo_files import Files, picture, read


def test_of_several_yaml_files_the_highest_counts_then_its_name() -> None:
    """A data.yaml further below is another dataset's."""
    top, deep = "names: [car]\ntrain: images/train\n", "names: [bus]\ntrain: images/train\n"
    label: Files = {"images/train/a.png": picture(), "labels/train/a.txt": "0 0.5 0.5 0.2 0.2\n"}
    for files in ({"mine.yaml": top, "old/data.yaml": deep}, {"args.yaml": deep, "data.yaml": top}):
        found = read("yolo-ultralytics-detection", {**files, **label}).dataset
        assert [each.name for each in found.labels] == ["car"]
