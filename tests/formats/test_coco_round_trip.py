"""What was read from COCO is written as it was; what was changed is changed, and the rest stays."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import annotools as at
from tests.formats.coco_files import Doc, box, doc
from tests.formats.coco_tools import TOOLS


def stored(folder: Path, document: Doc, name: str = "in.json") -> Path:
    (folder / name).write_text(json.dumps(document))
    return folder / name


def again(folder: Path, dataset: Any, slug: str = "coco", **chosen: Any) -> Doc:
    at.write(dataset, folder / "out.json", slug, force=True, **chosen)
    document: Doc = json.loads((folder / "out.json").read_text())
    return document


def unlike(a: Any, b: Any, path: str = "") -> Iterator[str]:
    """Where two documents differ."""
    if isinstance(a, dict) and isinstance(b, dict):
        for key in a.keys() | b.keys():
            yield from unlike(a.get(key, "none"), b.get(key, "none"), f"{path}/{key}")
    elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        for n, (one, other) in enumerate(zip(a, b, strict=True)):
            yield from unlike(one, other, f"{path}/{n}")
    elif a != b:
        yield f"{path}: {a!r} {b!r}"


@pytest.mark.parametrize("tool", TOOLS)
def test_a_document_comes_back_equal(tool: str, tmp_path: Path) -> None:
    document = TOOLS[tool]()
    repaired = [image["file_name"] for image in document["images"] if image["file_name"].startswith("/")]
    slug = "coco-keypoints" if "keypoints" in document["categories"][0] else "coco"
    result = at.read(stored(tmp_path, document))
    assert result.problems == ()
    written = again(tmp_path, result.dataset, slug)
    for image in document["images"] if repaired else ():
        image["file_name"] = image["file_name"].removeprefix("/")
    assert [loss.count for loss in result.losses] == ([len(repaired)] if repaired else [])
    assert list(unlike(document, written)) == []
    assert written == document


@pytest.mark.parametrize("tool", TOOLS)
def test_reading_and_writing_it_changes_no_annotation(tool: str, tmp_path: Path) -> None:
    document = TOOLS[tool]()
    slug = "coco-keypoints" if "keypoints" in document["categories"][0] else "coco"
    losses = at.write(at.read(stored(tmp_path, document)).dataset, tmp_path / "out.json", slug)
    assert [str(loss) for loss in losses.of(None, "annotations", "definitions")] == []


@pytest.mark.parametrize("tool", sorted(TOOLS.keys() - {"tracks"}))  # what is left of a track goes on between its rows
def test_a_part_of_it_is_as_it_was(tool: str, tmp_path: Path) -> None:
    document = TOOLS[tool]()
    slug = "coco-keypoints" if "keypoints" in document["categories"][0] else "coco"
    dataset = at.read(stored(tmp_path, document)).dataset
    half = dataset.frames.names[::2]
    kept = dataset.select(
        shapes=np.isin(dataset.shapes.frame % 2, 0), tags=np.isin(dataset.tags.frame % 2, 0)
    )  # fmt: skip
    images = {image["id"] for image in document["images"] if image["file_name"].replace("\\", "/").lstrip("/") in half}
    expected = [row for row in document["annotations"] if row["image_id"] in images]
    assert again(tmp_path, kept, slug)["annotations"] == expected


def test_keys_that_nobody_knows_stay_in_their_order(tmp_path: Path) -> None:
    names = ("zeta", "mid", "alpha", "omega", "beta", "eta", "gamma")
    result = at.read(stored(tmp_path, doc(box(**dict.fromkeys(names, 1)), box(id=2, **dict.fromkeys(names[::-1], 2)))))
    for item in again(tmp_path, result.dataset)["annotations"]:
        assert tuple(key for key in item if key in names) == names
    done = at.convert(tmp_path / "in.json", tmp_path / "out.zip", "voc")
    lost = [loss.column.removeprefix("extras.") for loss in done.losses]
    assert tuple(name for name in lost if name in names) == names


def test_keypoints_are_handed_on_by_a_reader_of_boxes(tmp_path: Path) -> None:
    points = {"keypoints": [20, 15, 2, 30, 20, 1], "num_keypoints": 2}
    document = doc(box(bbox=[10, 10, 30, 30], area=900) | points)
    result = at.read(stored(tmp_path, document), "coco")
    written = again(tmp_path, result.dataset)["annotations"][0]
    assert {key: written[key] for key in points} == points


def test_what_moves_says_what_follows_from_it_anew(tmp_path: Path) -> None:
    row = box(id=7, iscrowd=1, area=99, bbox=[1, 2, 3, 4], segmentation=[[1, 2, 4, 2, 4, 6]], note={"a": [1]})
    dataset = at.read(stored(tmp_path, doc(row, row | {"id": 9}))).dataset
    values = dataset.shapes.values.copy()
    values[2] = 5
    moved = dataset.replace(shapes=dataset.shapes.with_points(values))
    first, second = again(tmp_path, moved)["annotations"]
    assert second == row | {"id": 9}
    assert first["area"] == pytest.approx(8)
    assert first["bbox"] == [1, 2, 4, 4]
    assert (first["id"], first["iscrowd"], first["note"]) == (7, 1, {"a": [1]})


def test_an_object_that_lost_a_part_is_measured_anew(tmp_path: Path) -> None:
    outline = [[0, 0, 4, 0, 4, 4], [10, 0, 14, 0, 14, 4]]
    dataset = at.read(stored(tmp_path, doc(box(id=7, area=99, segmentation=outline, bbox=[0, 0, 14, 4])))).dataset
    (left,) = again(tmp_path, dataset.select(shapes=np.array([True, False])))["annotations"]
    assert (left["id"], left["segmentation"], left["bbox"], left["area"]) == (7, outline[:1], [0, 0, 4, 4], 8)


def test_an_attribute_that_changes_is_written(tmp_path: Path) -> None:
    row = box(attributes={"colour": "red", "list": [1, 2]})
    dataset = at.read(stored(tmp_path, doc(row, row | {"id": 2}))).dataset
    table = dataset.attributes
    blue = replace(table, pool=tuple("blue" if text == "red" else text for text in table.pool))
    first, _ = again(tmp_path, dataset.replace(attributes=blue))["annotations"]
    assert first["attributes"]["colour"] == "blue"


def test_the_name_of_the_task_is_the_description(tmp_path: Path) -> None:
    document = doc(box()) | {"info": {"year": 2024, "description": "old"}}
    dataset = at.read(stored(tmp_path, document)).dataset
    assert dataset.task.name == "old"
    renamed = dataset.replace(task=replace(dataset.task, name="new"))
    assert again(tmp_path, renamed)["info"] == {"year": 2024, "description": "new"}


def test_two_sources_keep_what_they_say_and_share_no_id(tmp_path: Path) -> None:
    one, other = (stored(tmp_path, TOOLS["roboflow"](), f"{name}.json") for name in "ab")
    at.convert([one, other], tmp_path / "both.json", "coco")
    both = json.loads((tmp_path / "both.json").read_text())
    assert len({row["id"] for row in both["annotations"]}) == len(both["annotations"]) == 48
    assert len({image["id"] for image in both["images"]}) == len(both["images"]) == 10
    assert both["annotations"][:24] == TOOLS["roboflow"]()["annotations"]
    assert [image["extra"]["name"] for image in both["images"][:5]] == [f"{n}.jpg" for n in range(5)]


def test_run_lengths_are_as_asked_for(tmp_path: Path) -> None:
    dataset = at.read(stored(tmp_path, TOOLS["detectron2"]())).dataset
    rows = again(tmp_path, dataset, settings={"rle": "uncompressed"})["annotations"]
    assert {type(row["segmentation"]["counts"]) for row in rows if isinstance(row["segmentation"], dict)} == {list}


def test_a_person_of_points_alone_is_a_box_among_instances(tmp_path: Path) -> None:
    category = {"id": 1, "name": "person", "keypoints": ["head", "foot"], "skeleton": [[1, 2]]}
    rows = [
        box(id=3, bbox=[3, 4, 2, 3], keypoints=[3, 4, 2, 5, 7, 1], num_keypoints=2),
        {"id": 4, "image_id": 2, "category_id": 1, "keypoints": [0, 0, 0, 5, 7, 2], "num_keypoints": 1},
    ]
    dataset = at.read(stored(tmp_path, doc(*rows, categories=[category]))).dataset
    written = again(tmp_path, dataset)["annotations"]
    assert [(row["id"], row["image_id"]) for row in written] == [(3, 1), (4, 2)]
    assert [row["bbox"] for row in written] == [[3, 4, 2, 3], [5, 7, 0, 0]]


def test_persons_keep_one_annotation_each(tmp_path: Path) -> None:
    document = TOOLS["wholebody"]()
    dataset = at.read(stored(tmp_path, document)).dataset
    outlined = [row for row in document["annotations"] if row["segmentation"]]
    written = again(tmp_path, dataset)["annotations"]
    assert [row["id"] for row in written] == [row["id"] for row in document["annotations"]]
    by_id = {row["id"]: row for row in written}
    assert [by_id[row["id"]]["bbox"] for row in outlined] == [row["bbox"] for row in outlined]
    assert [by_id[row["id"]]["segmentation"] for row in outlined] == [row["segmentation"] for row in outlined]
    assert all("num_keypoints" not in row for row in written)


def test_a_definition_that_was_given_is_written_although_the_file_had_none(tmp_path: Path) -> None:
    dataset = at.read(stored(tmp_path, doc(box(attributes={"colour": "red"})))).dataset
    car, bus = dataset.labels
    chosen = replace(car.attributes[0], input_type="select", values=("red", "blue"), default_value="blue")
    labels = (replace(car, color="#ff0000", attributes=(chosen,)), bus)
    first, second = again(tmp_path, dataset.replace(labels=labels))["categories"]
    assert (first["color"], first["attributes"][0]["values"]) == ("#ff0000", ["red", "blue"])
    assert second == {"id": 2, "name": "bus"}


def test_numbers_that_no_float_holds_come_back_as_they_were(tmp_path: Path) -> None:
    path = stored(tmp_path, doc(box()))
    text = path.read_text().replace('"annotations": [{', '"huge": 1e400, "annotations": [{"odd": -1e999, ')
    path.write_text(text)
    result = at.read(path)
    assert result.problems == ()
    at.write(result.dataset, tmp_path / "out.json", "coco")
    written = (tmp_path / "out.json").read_text()
    assert '"huge":1e400' in written
    assert '"odd":-1e999' in written


def test_categories_say_as_much_as_they_said(tmp_path: Path) -> None:
    categories = [{"id": 1, "name": "car"}, {"id": 2, "name": "bus", "supercategory": ""}]
    categories += [{"id": 3, "name": "van", "supercategory": "vehicle"}, {"id": 4, "name": "cab", "mine": [1]}]
    document = doc(box()) | {"categories": categories}
    written = again(tmp_path, at.read(stored(tmp_path, document)).dataset)
    assert written["categories"] == categories


@pytest.mark.parametrize("scores", [[0.5, 1.0], [1.0, 1.0], [0.0, 0.25], [1, 0]])
def test_scores_are_written_where_they_were_said(scores: list[float], tmp_path: Path) -> None:
    document = doc(*(box(id=n, score=score) for n, score in enumerate(scores, 1)), box(id=9))
    written = again(tmp_path, at.read(stored(tmp_path, document)).dataset)
    assert [item.get("score", "none") for item in written["annotations"]] == [*scores, "none"]
