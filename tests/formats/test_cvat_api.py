"""API bundles: what the server returned comes back, what is wrong is said and costs no more than itself."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annotools.formats.base import ReadOptions
from annotools.formats.cvat_json.api import FORMAT
from annotools.model import DatasetBuilder, fit
from annotools.model.canonical import differing
from annotools.storage import open_source
from annotools.tracks import interpolate
from tests.formats.cvat_api_files import RECTANGLE, SMALL, load, read, write
from tests.paths import GOLDEN


def comparable(value: Any) -> Any:
    """A JSON value without the key that the server adds to tracks it has put together."""
    if isinstance(value, dict):
        return {key: comparable(item) for key, item in value.items() if key != "keyframe"}
    return [comparable(item) for item in value] if isinstance(value, list) else value


def jobs_of(bundle: Path) -> list[int]:
    return sorted(int(folder.name) for folder in (bundle / "jobs").iterdir())


BUNDLES = [SMALL, *sorted(GOLDEN.glob("*/inputs"))]
JOBS = [(bundle, job) for bundle in BUNDLES for job in jobs_of(bundle)]


def same_where_both_say(ours: Any, theirs: Any, path: str = "") -> None:
    """What we write is a part of what the server returns."""
    if isinstance(ours, dict):
        for key, value in ours.items():
            assert key in theirs, f"{path}/{key}"
            same_where_both_say(value, theirs[key], f"{path}/{key}")
    elif isinstance(ours, list):
        assert len(ours) == len(theirs), path
        for row, pair in enumerate(zip(ours, theirs, strict=True)):
            same_where_both_say(*pair, f"{path}/{row}")
    else:
        assert ours == theirs, path


@pytest.mark.parametrize("bundle", BUNDLES, ids=lambda path: path.parent.name)
def test_what_the_server_returned_is_written_again(bundle: Path, tmp_path: Path) -> None:
    result = read(bundle)
    assert result.problems == ()
    written = write(result.dataset, tmp_path / "out")
    assert load(written, "annotations.json") == comparable(load(bundle, "annotations.json"))
    same_where_both_say(load(written, "labels.json"), load(bundle, "labels.json")["results"])
    for name in ["data_meta.json", "task.json", *(f"jobs/{job}/data_meta.json" for job in jobs_of(bundle))]:
        same_where_both_say(load(written, name), load(bundle, name))
    for job in jobs_of(bundle):
        same_where_both_say(load(written, f"jobs/{job}/job.json"), load(bundle, f"jobs/{job}/job.json"))


@pytest.mark.parametrize(("bundle", "job"), JOBS, ids=[f"{bundle.parent.name}-{job}" for bundle, job in JOBS])
def test_the_annotations_of_a_job_are_written_again(bundle: Path, job: int, tmp_path: Path) -> None:
    result = read(bundle, job=job)
    assert [one.id for one in result.dataset.jobs] == [job]
    assert set(result.dataset.shapes.job.tolist()) <= {0}
    written = write(result.dataset, tmp_path / "out")
    assert load(written, "annotations.json") == comparable(load(bundle, f"jobs/{job}/annotations.json"))
    assert differing(read(written).dataset, result.dataset) == []
    same_where_both_say(load(written, "job.json"), load(bundle, f"jobs/{job}/job.json"))


def test_a_bundle_says_what_the_task_is() -> None:
    dataset = read(SMALL).dataset
    assert dataset.task.name == "images with deleted frames"
    assert np.flatnonzero(dataset.frames.deleted).tolist() == [1, 5]
    assert [(job.start_frame, job.stop_frame) for job in dataset.jobs] == [(0, 3), (4, 7)]
    assert dataset.shapes.job.max() == -1
    skeleton = next(label for label in dataset.labels if label.type == "skeleton")
    assert 'data-label-name="head"' in skeleton.svg
    assert [part.name for part in dataset.labels.sublabels(skeleton.id)] == ["head", "neck", "hand l", "foot"]


def test_a_bundle_with_annotations_of_jobs_only_reads_them_all(tmp_path: Path) -> None:
    shutil.copytree(SMALL, tmp_path / "bundle")
    (tmp_path / "bundle" / "annotations.json").unlink()
    dataset = read(tmp_path / "bundle").dataset
    for row, job in enumerate((87, 88)):
        one = read(SMALL, job=job).dataset
        assert len(dataset.in_job(row).shapes) == len(one.shapes) > 0


def test_without_annotations_a_bundle_is_a_context(tmp_path: Path) -> None:
    for name in ("labels.json", "data_meta.json"):
        shutil.copy(SMALL / name, tmp_path / name)
    context = read(tmp_path).dataset
    assert FORMAT.read is not None
    with open_source(SMALL / "annotations.json") as source:
        bare = FORMAT.read(source, context, ReadOptions()).dataset
    assert differing(bare, read(SMALL).dataset.replace(task=context.task, jobs=())) == []


def test_unknown_keys_are_kept_when_asked_for(tmp_path: Path) -> None:
    track = {"label_id": 1, "frame": 0, "shapes": [{"type": "points", "frame": 0, "points": [1, 2], "keyframe": True}]}
    document = {"shapes": [RECTANGLE, RECTANGLE | {"client_id": 7}], "tracks": [track], "note": "x"}
    (tmp_path / "annotations.json").write_text(json.dumps(document))
    extras = read(tmp_path, extras=True).dataset.extras
    assert {name: extra.plain() for name, extra in extras["dataset"].items()} == {"annotations.json/note": [b'"x"']}
    assert {name: extra.plain() for name, extra in extras["shapes"].items()} == {
        "client_id": [None, b"7", None], "keyframe": [None, None, b"true"],
    }  # fmt: skip


def test_dense_tracks_are_written_as_keyframes(tmp_path: Path) -> None:
    dense, _ = interpolate(read(SMALL).dataset)
    assert not dense.shapes.keyframe.all()
    written = read(write(dense, tmp_path / "out")).dataset
    assert written.shapes.keyframe.all()
    again, _ = interpolate(written)
    assert differing(again, dense) == []


def test_a_number_that_json_has_not_is_lost_and_said() -> None:
    build = DatasetBuilder()
    build.add_label("car")
    build.add_shape("points", 3, "car", [1, np.inf])
    dataset, losses = fit(build.dataset(), FORMAT.keeps)
    assert (len(dataset.shapes), losses.total) == (0, 1)


def test_ids_that_are_not_known_are_left_out(tmp_path: Path) -> None:
    build = DatasetBuilder()
    build.add_label("car")
    build.add_tag(0, "car", id=4)
    build.add_tag(1, "car")
    where = write(build.dataset(), tmp_path / "out")
    assert ["id" in tag for tag in json.loads((where / "annotations.json").read_bytes())["tags"]] == [True, False]


def test_other_files_with_shapes_are_not_taken_for_a_bundle(tmp_path: Path) -> None:
    assert FORMAT.sniff is not None
    labelme = {"version": "5.0", "flags": {}, "shapes": [{"label": "a", "points": [[1, 2]]}], "imagePath": "a.jpg"}
    for name, value, expected in (
        ("labelme.json", labelme, False), ("coco.json", {"images": [], "annotations": []}, False),
        ("empty.json", {"version": 0, "tags": [], "shapes": []}, True),
        ("ours.json", {"tracks": [], "shapes": [RECTANGLE]}, True),
    ):  # fmt: skip
        (tmp_path / name).write_text(json.dumps(value))
        with open_source(tmp_path / name) as source:
            assert FORMAT.sniff(source) is expected, name


def bundle_with(where: Path, **members: Any) -> Path:
    """A bundle of a box on one frame."""
    frames = [{"name": "a.jpg", "width": 9, "height": 9}]
    parts = {"annotations": {"shapes": [RECTANGLE]}, "data_meta": {"size": 1, "frames": frames}, **members}
    for name, value in parts.items():
        (where / f"{name}.json").write_text(json.dumps(value))
    return where


def test_labels_of_older_servers_stand_in_the_task(tmp_path: Path) -> None:
    labels = [{"id": 1, "name": "car", "attributes": []}]
    result = read(bundle_with(tmp_path, task={"id": 5, "name": "t", "labels": labels}))
    assert result.problems == ()
    assert [shape.label.name for shape in result.dataset.shapes] == ["car"]


def test_labels_of_the_task_are_a_link_today(tmp_path: Path) -> None:
    result = read(bundle_with(tmp_path, task={"id": 5, "labels": {"url": "https://cvat.example/api/labels?task_id=5"}}))
    assert (result.problems, len(result.dataset.labels)) == ((), 0)


def test_a_page_of_labels_is_not_all_of_them(tmp_path: Path) -> None:
    page = {"count": 12, "next": "https://cvat.example/api/labels?page=2", "results": [{"id": 1, "name": "car"}]}
    (problem,) = read(bundle_with(tmp_path, labels=page)).problems
    assert (problem.file, problem.message) == ("labels.json", "is a page with 1 of 12 labels")


def test_a_task_that_is_none_is_said_once(tmp_path: Path) -> None:
    (bundle_with(tmp_path) / "task.json").write_text('{"labels": [')
    assert [problem.file for problem in read(tmp_path).problems] == ["task.json"]
