"""`at.read`, `at.write` and `at.convert` from Python."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import annotools as at
from annotools.model import DatasetBuilder, Frames, Job
from annotools.model.counting import counts
from tests.datasets import FULL, FULL_JOBS
from tests.paths import STREET


def test_the_format_is_found_or_taken_as_said(tmp_path: Path) -> None:
    assert at.read(STREET).dataset == at.read(str(STREET), "cvat-api").dataset
    with pytest.raises(at.UsageError, match="no format is called 'cvat_api', expected cvat-api"):
        at.read(STREET, "cvat_api")
    (tmp_path / "notes.txt").write_text("nothing")
    with pytest.raises(at.InputError, match=r"notes.txt: is of no known format, expected one of cvat-api"):
        at.read(tmp_path / "notes.txt")


def test_why_no_format_is_known_is_said_where_it_can_be_seen(tmp_path: Path) -> None:
    (tmp_path / "wide.json").write_text('{"images": []}', encoding="utf-16")
    (tmp_path / "blank.json").write_text(" \n")
    for name in ("inner.zip", "outer.zip"):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr("a.txt", "") if name == "inner.zip" else archive.write(tmp_path / "inner.zip", "inner.zip")
    for name, message in {
        "wide.json": "is UTF-16 or UTF-32, expected text in UTF-8", "blank.json": "is empty, expected annotations",
        "outer.zip": "holds an archive, inner.zip, and nothing of a known format beside, expected annotations",
    }.items():  # fmt: skip
        with pytest.raises(at.InputError, match=f"{name}: {message}"):
            at.read(tmp_path / name)


def test_the_task_as_context_names_what_a_bare_file_numbers(tmp_path: Path) -> None:
    shutil.copy(STREET / "annotations.json", tmp_path)
    bare = at.read(tmp_path / "annotations.json").dataset
    assert (len(bare.labels), len(bare.frames)) == (0, 0)
    for context in (STREET, at.read(STREET).dataset):
        dataset = at.read(tmp_path / "annotations.json", context=context).dataset
        assert not at.diff(dataset, STREET)
    with pytest.raises(at.InputError, match="does not say what its labels are, expected the task as context"):
        at.convert(tmp_path / "annotations.json", tmp_path / "out.zip", "coco")
    done = at.convert(tmp_path / "annotations.json", tmp_path / "out.xml", "cvat-images", context=STREET)
    assert done.written["tags"] == 3


def test_one_job_is_read_by_its_id(tmp_path: Path) -> None:
    jobs = [at.read(STREET, job=job).dataset for job in (1, 2)]
    assert [job.jobs[0].id for job in jobs] == [1, 2]
    assert [len(job.tags) for job in jobs] == [2, 1]
    done = at.convert(STREET, tmp_path / "job.zip", "coco", job=2)
    assert done.written["frames"] == done.pictures == 3
    with pytest.raises(at.UsageError, match="no job 4, expected one of 1, 2, 3"):
        at.read(STREET, job=4)


def test_a_job_of_a_format_without_jobs_needs_the_task(tmp_path: Path) -> None:
    at.convert(STREET, tmp_path / "job.zip", "coco", job=1)
    with pytest.raises(at.UsageError, match="coco has no jobs, expected also the task"):
        at.read(tmp_path / "job.zip", job=1)
    with pytest.raises(at.UsageError, match="the task has no job 7, expected one of 1, 2"):
        at.read(tmp_path / "job.zip", job=7, context=STREET)
    assert at.read(tmp_path / "job.zip", job=1, context=STREET).dataset.jobs[0].id == 1


@pytest.mark.parametrize("task", [True, False])
def test_nothing_to_be_read_is_an_error_also_where_problems_are_skipped(tmp_path: Path, task: bool) -> None:
    rows: list[dict[str, Any]] = [{"id": 1, "image_id": 77, "category_id": 1, "bbox": [1, 2, 3, 4]}]
    document: dict[str, Any] = {"images": [], "categories": [{"id": 1, "name": "car"}], "annotations": rows}
    (tmp_path / "a.json").write_text(json.dumps(document))
    build = DatasetBuilder()
    build.add_label("car")
    build.add_frame("a.jpg", 9, 9)
    context = build.dataset() if task else None
    with pytest.raises(at.InputError, match="77"):
        at.convert(tmp_path / "a.json", tmp_path / "out", "cvat-api", context=context, on_error="skip")
    with pytest.raises(at.InputError, match="77"):
        at.read(tmp_path / "a.json", context=context, on_error="skip")
    assert not (tmp_path / "out").exists()
    document["images"] = [{"id": 1, "file_name": "a.jpg", "width": 9, "height": 9}]
    document["annotations"] = [*rows, rows[0] | {"image_id": 1}]
    (tmp_path / "a.json").write_text(json.dumps(document))
    done = at.convert(tmp_path / "a.json", tmp_path / "out", "cvat-api", context=context, on_error="skip")
    assert done.written["rectangle"] == 1


def test_several_sources_stand_one_behind_the_other(tmp_path: Path) -> None:
    at.convert(STREET, tmp_path / "one.zip", "cvat-images")
    done = at.convert([STREET, tmp_path / "one.zip"], tmp_path / "two", "cvat-api")
    both, single = at.read(tmp_path / "two"), at.read(STREET).dataset
    assert done.read["frames"] == len(both.dataset.frames) == 16
    assert len(both.dataset.labels) == len(single.labels), "labels of one name are one label"
    assert both.dataset.frames.names[:8] == tuple(f"street/{name}" for name in single.frames.names)
    assert both.dataset.frames.names[8] == "one/north/street 01.jpg"
    assert done.losses.rows[0].what == "name of frame"
    assert (done.read["polygon"], done.pictures) == (8 + 7, 8 + 7)
    assert at.diff(single, both.dataset.on_frames(np.arange(8)), ignore=("frames", "group")).removed.size == 0


def test_sources_read_at_the_same_time_give_the_same(tmp_path: Path) -> None:
    for name in "abc":
        at.convert(STREET, tmp_path / f"{name}.zip", "cvat-images")
    (tmp_path / "bad.zip").write_bytes(b"PK")
    sources = [tmp_path / f"{name}.zip" for name in ("a", "bad", "b", "c")]
    results = []
    for jobs in (1, 4):
        done = at.convert(sources, tmp_path / f"{jobs}.zip", "coco", on_error="skip", workers=jobs)
        results.append((done.read, done.pictures, [str(problem) for problem in done.problems]))
    assert results[0] == results[1]
    assert (tmp_path / "1.zip").read_bytes() == (tmp_path / "4.zip").read_bytes()


def test_transforms_go_in_order_and_take_arguments(tmp_path: Path) -> None:
    steps = ["remap-labels=car:vehicle", "ellipses-to-polygons", "polygons-to-masks"]
    done = at.convert(STREET, tmp_path / "out", "cvat-api", transforms=steps)
    dataset = at.read(tmp_path / "out").dataset
    assert dataset.labels.find("vehicle")
    assert not dataset.labels.find("car")
    assert {"ellipse", "polygon"} & done.written.keys() == set()
    assert done.losses.of("changed")


def test_jobs_become_one_task_where_the_format_has_none(tmp_path: Path) -> None:
    at.write(FULL_JOBS, tmp_path / "backup.zip", "cvat-backup")
    done = at.convert(tmp_path / "backup.zip", tmp_path / "out", "cvat-images")
    assert done.read["rectangle"] == 5
    dataset = at.read(tmp_path / "out").dataset
    twins = [shape for shape in dataset.shapes if shape.points.tolist() == [201.5, 102.5, 233.75, 144.25]]
    assert len(twins) == 1, "one object that two jobs see"


def test_write_says_what_is_lost_and_strict_makes_it_an_error(tmp_path: Path) -> None:
    losses = at.write(FULL, tmp_path / "out.zip", "coco")
    assert losses.of("lost")
    with pytest.raises(at.LossError) as caught:
        at.write(FULL, tmp_path / "strict.zip", "coco", strict=True)
    assert list(caught.value.losses) != []
    assert str(caught.value).startswith("would be lost: ")
    assert not (tmp_path / "strict.zip").exists()


LOST_BY_VOC = {
    "annotations": lambda build: build.add_interval("car", 2, 5),
    "definitions": lambda build: build.add_label("bus", color="#123456"),
    "record": lambda build: build.add_job(Job(7, assignee="ann")),
    "changed": lambda build: build.add_shape("ellipse", 0, "car", (30, 40, 50, 20)),
}


@pytest.mark.parametrize("what", LOST_BY_VOC)
@pytest.mark.parametrize("strict", [False, True, "all"])
def test_what_strict_forbids(tmp_path: Path, what: str, strict: at.Strict) -> None:
    """Annotations and definitions that are lost; with "all" whatever else is lost or changed too."""
    build = DatasetBuilder(frames=Frames.of(["a.jpg"], [100], [100], subsets=["train"]))
    build.add_label("car")
    LOST_BY_VOC[what](build)
    dataset, form = build.dataset(), "voc"
    mine = [row.cls if row.kind == "lost" else row.kind for row in at.write(dataset, tmp_path / "out.zip", form)]
    assert what in mine
    assert not {"annotations", "definitions"} & {*mine} - {what}, "what else is lost is of the record"
    if strict == "all" or (strict and what in ("annotations", "definitions")):
        with pytest.raises(at.LossError):
            at.write(dataset, tmp_path / "strict.zip", form, strict=strict)
    else:
        at.write(dataset, tmp_path / "strict.zip", form, strict=strict)
    assert (tmp_path / "strict.zip").exists() == (not strict or (strict is True and what in ("record", "changed")))


def test_an_output_of_one_file_names_what_is_not_in_it(tmp_path: Path) -> None:
    losses = at.write(FULL, tmp_path / "annotations.json", "cvat-api")
    assert [loss.what for loss in losses.of(None, "annotations", "definitions")] == ["file left out"]
    assert "labels.json" in losses.rows[-1].why
    assert json.loads((tmp_path / "annotations.json").read_bytes())["tags"]


def test_a_place_that_is_taken_is_told_before_anything_is_read(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "file").write_text("old")
    with pytest.raises(at.UsageError, match="has files in it"):
        at.convert(tmp_path / "no such source", tmp_path / "taken", "coco")
    with pytest.raises(at.UsageError, match="does not write: file, expected another place"):
        at.convert(tmp_path / "no such source", tmp_path / "taken", "coco", force=True)
    assert (tmp_path / "taken" / "file").read_text() == "old"


def test_a_source_that_is_lost_in_the_middle_leaves_the_old_output(tmp_path: Path) -> None:
    (tmp_path / "out.zip").write_bytes(b"old")
    (tmp_path / "bad.zip").write_bytes(b"PK\x03\x04 cut short")
    with pytest.raises(at.InputError, match=r"bad.zip: is not a zip"):
        at.convert([STREET, tmp_path / "bad.zip"], tmp_path / "out.zip", "coco")
    assert (tmp_path / "out.zip").read_bytes() == b"old"
    done = at.convert([STREET, tmp_path / "bad.zip"], tmp_path / "out.zip", "coco", on_error="skip")
    assert [problem.file for problem in done.problems] == [str(tmp_path / "bad.zip")]
    with pytest.raises(at.InputError):
        at.convert(tmp_path / "bad.zip", tmp_path / "out.zip", "coco", on_error="skip")


def test_steps_are_told_in_words(tmp_path: Path) -> None:
    steps: list[str] = []
    at.convert(STREET, tmp_path / "out.xml", "cvat-images", on_step=steps.append)
    assert steps == [f"reading {STREET}", "writing annotations.xml"]


def test_counts_tell_parts_from_wholes() -> None:
    numbers = counts(FULL)
    assert numbers["tracks"] == 3
    assert numbers["skeleton"] == 2
    assert numbers["shapes of tracks"] == 3 + 2 + 3
    assert numbers["elements of skeletons"] == 2 * 3 + 3 * 3
    plain = ("rectangle", "mask", "points", "polygon", "polyline", "ellipse", "cuboid")
    assert sum(numbers[kind] for kind in plain) == 12
