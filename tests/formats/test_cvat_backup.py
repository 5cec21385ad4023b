"""Task backups: what CVAT made comes back member by member; what a backup cannot hold is counted."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

import annotools as at
from annotools.errors import Problems, UsageError
from annotools.formats.base import ReadOptions, WriteOptions
from annotools.formats.cvat_json import api
from annotools.formats.cvat_json.backup import FORMAT
from annotools.formats.cvat_json.manifest import manifest_lines, read_manifest
from annotools.model import Dataset, Job, Labels, Owner, fit
from annotools.model.canonical import differing
from annotools.storage import Media, MediaFile, open_source
from annotools.tracks import merge_jobs
from annotools.transform import run
from tests.datasets import FULL, FULL_JOBS, FULL_VIDEO
from tests.formats.cvat_backup_files import SMALL, read, write
from tests.paths import GOLDEN

ZIPS = sorted(GOLDEN.glob("*/inputs/backup.zip"))
BACKUPS = [SMALL, *ZIPS]
NAMES = [path.parents[1].name if path.suffix else path.name for path in BACKUPS]
WHY = pytest.mark.skip(reason="the recorded backups of a server are not beside this checkout")
TASKS = [pytest.param(path, id=path.parents[1].name) for path in ZIPS] or [pytest.param(SMALL, marks=WHY)]
every_task = pytest.mark.parametrize("backup", TASKS)
every_backup = pytest.mark.parametrize("backup", BACKUPS, ids=NAMES)


def text_of(where: Path, name: str) -> str:
    with open_source(where) as source:
        return source.read(name).decode()


def values_of(where: Path, name: str) -> list[Any]:
    """A document, or the lines of one."""
    text = text_of(where, name)
    return [json.loads(line) for line in text.splitlines()] if name.endswith("l") else [json.loads(text)]


@every_backup
def test_what_cvat_made_is_written_again(backup: Path, tmp_path: Path) -> None:
    result = read(backup)
    assert result.problems == ()
    assert len(result.losses) == 0
    where, losses = write(result.dataset, tmp_path / "out")
    assert [loss.kind for loss in losses.of(None, "annotations", "definitions")] == ["changed"]
    assert values_of(where, "annotations.json") == values_of(backup, "annotations.json")
    ours, theirs = values_of(where, "task.json")[0], values_of(backup, "task.json")[0]
    for item in (ours, theirs):
        item["data"].pop("sorting_method")  # how the server ordered the files when they were uploaded
    assert ours == theirs
    manifest = values_of(backup, "data/manifest.jsonl")
    if result.dataset.task.is_video:
        manifest = manifest[:3]  # key frames are known to who has the film
        manifest[2]["properties"]["length"] = result.dataset.task.stop_frame + 1  # type: ignore[operator] # a video has one
    assert values_of(where, "data/manifest.jsonl") == manifest
    assert differing(read(where).dataset, result.dataset) == []


@every_task
def test_a_job_of_a_backup_is_the_job_of_the_api(backup: Path) -> None:
    bundle = backup.parent
    assert api.FORMAT.read is not None
    for index, job in enumerate(sorted(int(folder.name) for folder in (bundle / "jobs").iterdir()), 1):
        with open_source(bundle) as source:
            expected = api.FORMAT.read(source, None, ReadOptions(job=job)).dataset
        dataset = read(backup, job=index).dataset
        assert (dataset.jobs[0].start_frame, dataset.jobs[0].stop_frame) == (
            expected.jobs[0].start_frame,
            expected.jobs[0].stop_frame,
        )
        names = [label.name for label in expected.labels.top]
        ordered = sorted(dataset.labels.top, key=lambda label: names.index(label.name))
        rows = (row for label in ordered for row in (label, *dataset.labels.sublabels(label.id)))
        same = {"labels": Labels(tuple(rows)), "task": expected.task, "jobs": expected.jobs, "frames": expected.frames}
        assert differing(dataset.replace(**same), expected) == []


@every_task
def test_its_jobs_put_together_are_the_task_of_the_api(backup: Path) -> None:
    merged, _ = merge_jobs(read(backup).dataset)
    assert api.FORMAT.read is not None
    with open_source(backup.parent) as source:
        task = api.FORMAT.read(source, None, ReadOptions()).dataset
    assert [str(change) for change in at.diff(task, merged, tolerance=0)] == []


def test_a_backup_says_what_the_task_is() -> None:
    dataset = read(SMALL).dataset
    task = dataset.task
    assert (task.mode, task.start_frame, task.stop_frame, task.step) == ("interpolation", 4, 62, 2)
    assert (task.segment_size, task.overlap, task.source_name) == (10, 5, "vid eo.mp4")
    assert dataset.frames.names[:2] == ("frame_000004", "frame_000006")
    assert len(dataset.frames) == 30
    assert [job.id for job in dataset.jobs] == [1, 2, 3, 4, 5]
    assert sorted(set(dataset.shapes.job.tolist())) == [0, 1, 2, 3, 4]


def test_one_job_is_picked_by_its_place() -> None:
    whole, one = read(SMALL).dataset, read(SMALL, job=2, origin=True).dataset
    assert [job.start_frame for job in one.jobs] == [5]
    assert len(one.shapes) == int((whole.shapes.job == 1).sum()) > 0
    assert one.origin is not None
    assert one.origin.pointer(Owner.TRACK, 0) == "/1/tracks/0"
    with pytest.raises(UsageError, match="no job 7, expected one of 1, 2, 3, 4, 5"):
        read(SMALL, job=7)


@pytest.mark.parametrize("dataset", [FULL, FULL_JOBS, FULL_VIDEO], ids=["pictures", "jobs", "video"])
def test_reading_back_gives_what_was_ready(dataset: Dataset, tmp_path: Path) -> None:
    ready, _ = fit(run(dataset, FORMAT.steps(WriteOptions()))[0], FORMAT.keeps)
    where, _ = write(dataset, tmp_path / "out.zip")
    result = read(where, origin=True)
    assert result.problems == ()
    assert differing(result.dataset, ready) == []


def test_pictures_are_matched_by_name_and_written_along(tmp_path: Path) -> None:
    names = FULL.frames.names
    media = Media((row, MediaFile(name, lambda name=name: BytesIO(name.encode()))) for row, name in enumerate(names))
    where, losses = write(FULL, tmp_path / "out.zip", media)
    assert "backup without pictures" not in [loss.what for loss in losses]
    with open_source(where) as source:
        assert FORMAT.read is not None
        files = FORMAT.read(source, None, ReadOptions()).media
        assert files is not None
        assert {row: file.read().decode() for row, file in files.items()} == dict(enumerate(names))


def test_what_nobody_recorded_is_kept_and_said(tmp_path: Path) -> None:
    shutil.copytree(SMALL, tmp_path / "backup")
    task = json.loads((SMALL / "task.json").read_bytes())
    task["validation_layout"] = {"mode": "gt"}
    task["data"]["storage_method"] = None
    task["jobs"][0]["frames"] = [1, 2]
    (tmp_path / "backup" / "task.json").write_text(json.dumps(task))
    result = read(tmp_path / "backup")
    _, losses = write(result.dataset, tmp_path / "out")
    unknown = ["task.json/validation_layout of dataset", "task.json/jobs/0/frames of dataset"]
    assert [loss.what for loss in losses.of("lost", "record") if loss.table == "dataset"] == unknown
    assert result.dataset.extras["dataset"]["task.json/validation_layout"].plain() == [b'{"mode":"gt"}']


def test_a_ground_truth_says_which_frames_it_has(tmp_path: Path) -> None:
    shutil.copytree(SMALL, tmp_path / "backup")
    task = json.loads((SMALL / "task.json").read_bytes())
    task["jobs"][0] |= {"type": "ground_truth", "frames": [1, 2]}
    (tmp_path / "backup" / "task.json").write_text(json.dumps(task))
    result = read(tmp_path / "backup")
    assert result.dataset.jobs[0].included == (1, 2)
    assert not result.losses


def test_rows_of_a_task_are_cut_at_its_jobs(tmp_path: Path) -> None:
    task = FULL.replace(jobs=(Job(1, start_frame=0, stop_frame=4), Job(2, start_frame=3, stop_frame=7)))
    where, _ = write(task, tmp_path / "out")
    first, second = json.loads(text_of(where, "annotations.json"))
    frames = [{shape["frame"] for shape in document["shapes"]} for document in (first, second)]
    assert frames == [{0, 1, 2, 3, 4}, {3, 4, 5, 6, 7}]


def test_a_picture_task_counts_from_zero(tmp_path: Path) -> None:
    where, losses = write(FULL, tmp_path / "out")
    data = json.loads(text_of(where, "task.json"))["data"]
    assert (data["start_frame"], data["stop_frame"], "frame_filter" in data) == (0, 7, False)
    assert "start frame of task" in [loss.what for loss in losses.of("changed")]


def test_a_manifest_may_list_more_than_the_task_shows(tmp_path: Path) -> None:
    lines = [{"version": "1.1"}, {"type": "images"}, *({"name": f"n{i}", "extension": ".png"} for i in range(10))]
    data = {"start_frame": 2, "stop_frame": 8, "frame_filter": "step=3", "deleted_frames": [1]}
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "manifest.jsonl").write_text("\n".join(map(json.dumps, lines)))
    (tmp_path / "annotations.json").write_text("[{}]")
    (tmp_path / "task.json").write_text(json.dumps({"data": data, "jobs": [{"start_frame": 0, "stop_frame": 2}]}))
    result = read(tmp_path)
    assert result.problems == ()
    assert result.dataset.frames.names == ("n2.png", "n5.png", "n8.png")
    assert result.dataset.frames.deleted.tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("about", "name", "size"),
    [
        ({"name": "a.mp4", "resolution": [64, 48], "length": 3}, "frame_000000", [64, 48]),
        ({"name": "a.mp4", "resolution": [64], "length": 3}, "frame_000000", [64, 0]),
        ({"name": "a.mp4", "resolution": [-1, 48], "length": 3}, "frame_000000", [0, 48]),
        ({"name": "a.mp4", "length": 3}, "frame_000000", [0, 0]),
        (None, "frame_000000", [0, 0]),
    ],
)
def test_a_manifest_of_a_video_says_as_much_as_it_says(about: Any, name: str, size: list[int], tmp_path: Path) -> None:
    lines = [{"version": "1.1"}, {"type": "video"}, *([] if about is None else [{"properties": about}])]
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "manifest.jsonl").write_text("\n".join(map(json.dumps, lines)))
    (tmp_path / "annotations.json").write_text("[{}]")
    data = {"start_frame": 0, "stop_frame": 2}
    (tmp_path / "task.json").write_text(json.dumps({"data": data, "jobs": [{"start_frame": 0, "stop_frame": 2}]}))
    frames = read(tmp_path).dataset.frames
    assert (len(frames), frames.names[0]) == (3, name)
    assert [frames.width.tolist(), frames.height.tolist()] == [[size[0]] * 3, [size[1]] * 3]


@pytest.mark.parametrize(
    ("line", "message"),
    [("null", "is null, expected an object"), ("5", "is 5, expected an object"), ('{"name": "b', "is not JSON")],
)
def test_a_line_of_a_manifest_that_is_none_keeps_its_number(line: str, message: str) -> None:
    frames = [json.dumps({"name": name, "extension": ".jpg", "width": 4, "height": 3}) for name in "ac"]
    head = ['{"version":"1.1"}', '{"type":"images"}']
    problems = Problems("manifest.jsonl")
    rows = read_manifest("\n".join([*head, frames[0], line, frames[1]]).encode(), problems).rows
    assert [name for name, *_ in rows] == ["a.jpg", "", "c.jpg"]
    assert message in str(problems[0])
    above = read_manifest("\n".join([line, head[1], *frames]).encode(), Problems("manifest.jsonl")).rows
    assert [name for name, *_ in above] == ["a.jpg", "c.jpg"]
    behind = read_manifest("\n".join([*frames, head[1]]).encode(), Problems("manifest.jsonl")).rows
    assert [name for name, *_ in behind] == ["a.jpg", "c.jpg"]


def test_a_video_is_as_long_as_its_task_says() -> None:
    """The last frame of the source, also where the steps of the task end before it."""
    task = replace(FULL_VIDEO.task, start_frame=0, stop_frame=38, step=5)
    *_, about = manifest_lines(FULL_VIDEO.replace(task=task))
    assert json.loads(about)["properties"]["length"] == 39
    *_, about = manifest_lines(FULL_VIDEO.replace(task=replace(task, stop_frame=None)))
    assert json.loads(about)["properties"]["length"] == 5 * (len(FULL_VIDEO.frames) - 1) + 1
