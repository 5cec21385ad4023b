"""Several sources as one: what meets is kept apart, and what only one can be said of is counted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from annotools import convert, read, write
from annotools.model import DatasetBuilder, Task
from tests.formats.coco_files import box, doc


def _joined(tmp_path: Path, *documents: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The document of several, and the losses by what they say."""
    places = [tmp_path / f"{name}.json" for name, _ in zip("abcd", documents, strict=False)]
    for path, document in zip(places, documents, strict=True):
        path.write_text(json.dumps(document))
    done = convert(places, tmp_path / "out.json", "coco", force=True)
    return json.loads((tmp_path / "out.json").read_text()), {loss.what: loss for loss in done.losses}


def _images(*names: str) -> list[dict[str, Any]]:
    return [{"id": 5 + n, "file_name": name, "width": 20, "height": 10} for n, name in enumerate(names)]


def test_ids_that_meet_are_new_in_the_later_source(tmp_path: Path) -> None:
    first = doc(box(id=7, image_id=5), box(id=9, image_id=6), images=_images("a.jpg", "b.jpg"))
    second = doc(box(id=7, image_id=5), box(id=12, image_id=6), images=_images("c.jpg", "d.jpg"))
    result, losses = _joined(tmp_path, first, second)
    assert [item["id"] for item in result["images"]] == [5, 6, 7, 8]
    assert [(item["id"], item["image_id"]) for item in result["annotations"]] == [(7, 5), (9, 6), (13, 7), (12, 8)]
    for what, rows in (("image_id of frame", [2, 3]), ("annotation_id of shape", [2])):
        assert (losses[what].kind, losses[what].cls, losses[what].rows.tolist()) == ("changed", "record", rows)


def test_parts_of_one_annotation_keep_one_id(tmp_path: Path) -> None:
    parts = [[1, 1, 5, 1, 5, 5], [6, 6, 9, 6, 9, 9]]
    documents = [doc(box(id=7, image_id=5, segmentation=parts), images=_images(name)) for name in ("a.jpg", "b.jpg")]
    joined, _ = _joined(tmp_path, *documents)
    assert [(item["id"], len(item["segmentation"])) for item in joined["annotations"]] == [(7, 2), (8, 2)]


def test_numbers_of_categories_are_of_one_name_each(tmp_path: Path) -> None:
    first = doc(box(image_id=5), images=_images("a.jpg"), categories=[{"id": 1, "name": "car"}])
    second = doc(
        box(image_id=5), box(image_id=5, id=2, category_id=2), images=_images("b.jpg"),
        categories=[{"id": 1, "name": "bus"}, {"id": 2, "name": "car", "supercategory": "vehicle"}],
    )  # fmt: skip
    result, losses = _joined(tmp_path, first, second)
    numbers = {item["name"]: item["id"] for item in result["categories"]}
    assert numbers == {"car": 1, "bus": 2}
    assert [item["category_id"] for item in result["annotations"]] == [1, 2, 1]
    assert losses["category_id of label"].count == 1
    assert losses["label as a later source defines it"].count == 1


def test_heads_of_later_files_are_counted(tmp_path: Path) -> None:
    documents = [doc(images=_images(name)) | {"info": {"year": n}} for n, name in enumerate(("a.jpg", "b.jpg"))]
    result, losses = _joined(tmp_path, *documents)
    assert result["info"]["year"] == 0
    assert losses["info of file"].cls == "record"


def test_tasks_of_several_subsets_say_it_of_their_frames(tmp_path: Path) -> None:
    places = []
    for subset in ("Train", "Test"):
        build = DatasetBuilder(task=Task(id=3, name=subset, subset=subset))
        build.add_frame(f"{subset}.jpg", 9, 9)
        build.add_shape("rectangle", 0, build.add_label("car"), (1, 2, 3, 4), id=8)
        file = tmp_path / subset
        write(build.dataset(), file, "cvat-api")
        places.append(file)
    done = convert(places, tmp_path / "out", "coco")
    assert sorted(path.name for path in (tmp_path / "out/annotations").iterdir()) == [
        "instances_Test.json", "instances_Train.json",
    ]  # fmt: skip
    counted = {loss.what: loss.count for loss in done.losses if loss.step == "join"}
    assert counted == {"id of task": 1, "name of task": 1, "id of shape": 2}
    assert read(tmp_path / "out", "coco").dataset.frames.subsets == ("Test", "Train")


def test_a_text_for_an_id_is_no_number_to_count_on_from(tmp_path: Path) -> None:
    first = doc(box(id="a", image_id=5), box(id=9, image_id=6), images=_images("a.jpg", "b.jpg"))
    second = doc(box(id="a", image_id=5), box(id=9, image_id=6), images=_images("c.jpg", "d.jpg"))
    result, _ = _joined(tmp_path, first, second)
    ids = [item["id"] for item in result["annotations"]]
    assert len(set(ids)) == 4
    assert 9 in ids
