"""Symbolic links that lead out of a folder: what they stand for is left out aloud, never read, and the rest is read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import annotools as at
from annotools.errors import InputError, UsageError
from annotools.storage import open_source
from annotools.validate.api import write_fixed
from tests.formats.yolo_files import picture

COCO = {
    "images": [{"id": 1, "file_name": "a.png", "width": 20, "height": 10}],
    "categories": [{"id": 1, "name": "car"}],
    "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]}],
}
LOST = "symbolic link to pictures"


@pytest.fixture
def pool(tmp_path: Path) -> Path:
    """Where the pictures are, and beside them a file that is none of anybody's business."""
    (tmp_path / "pool").mkdir()
    (tmp_path / "pool" / "a.png").write_bytes(picture(20, 10))
    (tmp_path / "secret.json").write_text(json.dumps(COCO))
    return tmp_path / "pool"


@pytest.fixture
def coco(tmp_path: Path) -> Path:
    folder = tmp_path / "coco"
    (folder / "annotations").mkdir(parents=True)
    (folder / "annotations" / "instances_train.json").write_text(json.dumps(COCO))
    return folder


def told(losses: at.Losses) -> list[tuple[str, int]]:
    return [(loss.what, loss.count) for loss in losses if "link" in loss.what]


def test_a_link_to_a_folder_of_pictures_costs_the_pictures_alone(coco: Path, pool: Path, tmp_path: Path) -> None:
    (coco / "images").symlink_to(pool)
    done = at.convert(coco, tmp_path / "out", "datumaro")
    assert told(done.losses) == [(LOST, 1)]
    assert done.written["rectangle"] == 1
    assert not [*(tmp_path / "out").rglob("*.png")]
    done = at.convert(coco, tmp_path / "pictured", "datumaro", images=pool)
    assert [path.name for path in (tmp_path / "pictured").rglob("*.png")] == ["a.png"]
    assert done.pictures == 1


@pytest.mark.parametrize("target", ["pool/a.png", "not/there.png"])
def test_a_link_to_a_picture_outside_or_nowhere_is_told(coco: Path, pool: Path, target: str) -> None:
    (coco / "a.png").symlink_to(pool.parent / target)
    result = at.read(coco)
    assert not result.media
    assert len(result.dataset.shapes) == 1
    assert told(result.losses) == [(LOST, 1)]


def test_a_link_that_may_lead_to_annotations_is_a_problem(coco: Path, pool: Path) -> None:
    (coco / "more.json").symlink_to(pool.parent / "secret.json")
    with pytest.raises(InputError, match=r"more\.json: is a symbolic link that leads outside or nowhere"):
        at.read(coco)
    result = at.read(coco, on_error="skip")
    assert (len(result.dataset.shapes), len(result.problems)) == (1, 1)
    findings = [finding for finding in at.validate(coco).findings() if "symbolic link" in finding.message]
    assert [finding.rule for finding in findings] == ["SCH022"]


def test_a_folder_with_more_than_pictures_is_not_taken_for_pictures(coco: Path, pool: Path) -> None:
    (coco / "images").symlink_to(pool.parent)
    with pytest.raises(InputError, match="images: is a symbolic link"):
        at.read(coco)


def test_links_in_a_ring_lead_nowhere(coco: Path) -> None:
    (coco / "one.png").symlink_to("other.png")
    (coco / "other.png").symlink_to("one.png")
    assert open_source(coco).links == ("one.png", "other.png")
    assert told(at.read(coco).losses) == [(LOST, 2)]


def test_sizes_that_a_link_would_say_are_asked_for(tmp_path: Path, pool: Path) -> None:
    yolo = tmp_path / "yolo"
    (yolo / "labels").mkdir(parents=True)
    (yolo / "data.yaml").write_text("train: images\nnames: [car]\n")
    (yolo / "labels" / "a.txt").write_text("0 0.5 0.5 0.2 0.2\n")
    (yolo / "images").symlink_to(pool)
    with pytest.raises(UsageError, match=r"how large pictures are.*; images is a symbolic link.*\(images=\.\.\.\)"):
        at.read(yolo)
    at.convert(yolo, tmp_path / "out", "coco", images=pool)
    assert at.read(tmp_path / "out").dataset.shapes.boxes().tolist() == [[8, 4, 12, 6]]


def test_links_of_a_folder_of_pictures_are_told(coco: Path, pool: Path, tmp_path: Path) -> None:
    links = tmp_path / "links"
    links.mkdir()
    (links / "a.png").symlink_to(pool / "a.png")
    (links / "notes.txt").symlink_to(pool.parent / "secret.json")
    with pytest.raises(UsageError, match=r"holds no pictures, .*a\.png is a symbolic link"):
        at.convert(coco, tmp_path / "none", "datumaro", images=links)
    (links / "a.png").rename(links / "b.png")
    (links / "a.png").write_bytes(picture(20, 10))
    done = at.convert(coco, tmp_path / "out", "datumaro", images=links)
    assert (done.pictures, told(done.losses)) == (1, [(LOST, 1)])


def test_a_copy_with_fixes_says_which_links_it_has_not(coco: Path, pool: Path, tmp_path: Path) -> None:
    (coco / "images").symlink_to(pool)
    remarks = ("1 symbolic link leads outside or nowhere, and is not copied: images",)
    with open_source(coco) as source:
        outcome = at.fix(source, unsafe=True)
        assert write_fixed(source, outcome, tmp_path / "out") == remarks
    assert at.fix(coco, tmp_path / "other", unsafe=True).remarks == remarks
    assert at.fix(coco, unsafe=True).remarks == ()
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["annotations"]
