"""Jobs of API bundles: ground truth, honeypots and replicas, each job by job or as the task's."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

import annotools as at
from annotools.errors import UsageError
from annotools.formats.base import WriteOptions
from annotools.formats.cvat_json.api import FORMAT
from annotools.model import Dataset, Job, fit
from annotools.model.canonical import differing
from annotools.transform import run
from tests.datasets import FULL, FULL_JOBS
from tests.formats.cvat_api_files import RECTANGLE, SMALL, load, read, write


def test_a_job_s_own_bundle_puts_its_frames_in_the_task(tmp_path: Path) -> None:
    for name in ("job.json", "data_meta.json", "annotations.json"):
        shutil.copy(SMALL / "jobs" / "88" / name, tmp_path / name)
    shutil.copy(SMALL / "labels.json", tmp_path / "labels.json")
    dataset = read(tmp_path).dataset
    assert [job.id for job in dataset.jobs] == [88]
    assert dataset.frames.names[3:6] == ("", "c/c04.jpg", "c/c05.jpg")
    assert dataset.shown_frames.tolist() == [4, 6, 7]
    assert set(dataset.shapes.job.tolist()) == {0}
    assert dataset == read(SMALL, job=88).dataset.replace(task=dataset.task, frames=dataset.frames)


def test_a_ground_truth_job_keeps_its_frames(tmp_path: Path) -> None:
    dataset, _ = run(FULL_JOBS, FORMAT.steps(WriteOptions()))
    truth = read(write(FULL_JOBS, tmp_path / "out")).dataset.jobs[2]
    assert (truth.type, truth.included) == ("ground_truth", (1, 4))
    meta = json.loads((tmp_path / "out/jobs/33/data_meta.json").read_bytes())
    start, step = dataset.task.start_frame, dataset.task.step
    assert meta["included_frames"] == [start + step, start + 4 * step]


def test_a_lone_ground_truth_job_comes_back(tmp_path: Path) -> None:
    ready = fit(run(FULL_JOBS, FORMAT.steps(WriteOptions()))[0], FORMAT.keeps)[0]
    write(FULL_JOBS, tmp_path / "all")
    truth = read(tmp_path / "all", job=33).dataset
    assert truth.jobs == (ready.jobs[2],)
    assert len(truth.shapes) == len(ready.in_job(2).shapes) == 3
    assert differing(read(write(truth, tmp_path / "one")).dataset, truth) == []


def lone_truth(folder: Path, *, video: bool, included: list[int]) -> Path:
    """A ground truth job of a task of every fifth frame from 2 on, as the API gives it: no task.json."""
    row = {"width": 64, "height": 48}
    listed = [row | {"name": "v.mp4"}] if video else [row | {"name": f"{number}.png"} for number in range(4)]
    meta = {"size": len(included), "start_frame": 2, "stop_frame": 17, "frame_filter": "step=5", "frames": listed}
    shapes = [{**RECTANGLE, "frame": frame} for frame in range(4)]
    members = {
        "annotations.json": {"shapes": shapes}, "labels.json": [{"id": 1, "name": "car"}],
        "data_meta.json": meta | {"included_frames": included, "deleted_frames": []},
        "job.json": {"id": 5, "task_id": 2, "type": "ground_truth", "start_frame": 0, "stop_frame": 3},
    }  # fmt: skip
    folder.mkdir()
    for name, value in members.items():
        (folder / name).write_text(json.dumps(value))
    return folder


@pytest.mark.parametrize("video", [True, False])
def test_included_frames_count_the_source(tmp_path: Path, video: bool) -> None:
    """Frames 7 and 17 of the source are 1 and 3 of the task; every format shows these two and no other."""
    where = lone_truth(tmp_path / "in", video=video, included=[7, 17])
    dataset = read(where).dataset
    names = tuple(f"frame_{number:06d}" for number in (2, 7, 12, 17)) if video else ("0.png", "1.png", "2.png", "3.png")
    assert (dataset.frames.names, dataset.jobs[0].included) == (names, (1, 3))
    at.convert(where, tmp_path / "out.json", "coco")
    images = json.loads((tmp_path / "out.json").read_bytes())["images"]
    assert [Path(image["file_name"]).stem for image in images] == [Path(names[frame]).stem for frame in (1, 3)]
    for compat in (False, True):
        at.convert(where, tmp_path / "out.xml", "cvat-images", compat=compat)
        text = (tmp_path / "out.xml").read_text()
        assert re.findall(r'<image id="(\d+)" name="([^"]+)"', text) == [("7", names[1]), ("17", names[3])]
        assert text.count("<box ") == 2
    assert read(write(dataset, tmp_path / "again")).dataset.jobs[0].included == (1, 3)


@pytest.mark.parametrize("included", [[7, 8], [1, 7], [-3, 7]])
def test_included_frames_that_no_frame_is_are_problems(tmp_path: Path, included: list[int]) -> None:
    result = read(lone_truth(tmp_path / "in", video=True, included=included))
    assert result.dataset.jobs[0].included == (1,)
    wrong = next(number for number in included if number != 7)
    message = f"included_frames is {included}, expected frames of the source from 2 with step 5, not {wrong}"
    assert [str(problem) for problem in result.problems] == [f"data_meta.json:/included_frames: {message}"]


@pytest.mark.parametrize("stop", [1, 10**12, -7])
def test_a_last_frame_that_makes_no_sense_is_a_problem(tmp_path: Path, stop: int) -> None:
    where = lone_truth(tmp_path / "in", video=True, included=[7])
    meta = json.loads((where / "data_meta.json").read_bytes())
    (where / "data_meta.json").write_text(json.dumps(meta | {"stop_frame": stop}))
    result = read(where)
    assert (len(result.dataset.frames), len(result.problems)) == (1, 1)


@pytest.mark.parametrize("slug", ["cvat-images", "cvat-video", "coco", "cvat-backup", "cvat-api"])
@pytest.mark.parametrize("kind", ["annotation", "ground_truth"])
def test_a_job_may_end_behind_the_frames_that_are_known(tmp_path: Path, slug: str, kind: str) -> None:
    where = lone_truth(tmp_path / "in", video=False, included=[7])
    (where / "job.json").write_text(json.dumps({"id": 5, "type": kind, "start_frame": 0, "stop_frame": 20}))
    at.convert(where, tmp_path / "out.zip", slug)
    shown = 1 if kind == "ground_truth" else 4
    dataset = at.read(tmp_path / "out.zip", slug).dataset
    objects = len(dataset.tracks) if slug == "cvat-video" else len(dataset.shapes)
    assert objects == (4 if slug in ("cvat-backup", "cvat-api") else shown)


def test_honeypots_and_replicas_come_back(tmp_path: Path) -> None:
    jobs = (Job(4, stop_frame=1, honeypots=((1, 5), (0, 6))), Job(5, "consensus_replica", 0, 1, parent_job=4))
    assert read(write(FULL.replace(jobs=jobs), tmp_path / "out")).dataset.jobs == jobs


def test_an_unknown_job_is_said_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="no job 5, expected one of 87, 88"):
        read(SMALL, job=5)


def laid_out(folder: Path, jobs: dict[int, dict[str, Any]], layout: dict[str, Any] | None = None) -> Path:
    """A task of six frames with a rectangle of its own, and jobs with one each."""
    frames = [{"name": f"{n}.png", "width": 10, "height": 10} for n in range(6)]
    files: dict[str, Any] = {
        "labels.json": [{"id": 1, "name": "car"}], "task.json": {"id": 1},
        "data_meta.json": {"size": 6, "start_frame": 10, "stop_frame": 35, "frame_filter": "step=5", "frames": frames},
        "annotations.json": {"shapes": [RECTANGLE | {"id": 99, "frame": 5}]},
    }  # fmt: skip
    if layout is not None:
        files["validation_layout.json"] = layout
    for number, job in jobs.items():
        files[f"jobs/{number}/job.json"] = {"id": number, **job}
        row = RECTANGLE | {"id": number, "frame": job["start_frame"]}
        files[f"jobs/{number}/annotations.json"] = {"shapes": [row]}
    for name, value in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(json.dumps(value), "utf-8")
    return folder


PARTS: dict[int, dict[str, Any]] = {1: {"start_frame": 0, "stop_frame": 2}, 2: {"start_frame": 3, "stop_frame": 5}}
TRUTH = {"type": "ground_truth", "start_frame": 0, "stop_frame": 5, "stage": "acceptance", "state": "completed"}
REPLICA = {"type": "consensus_replica", "start_frame": 0, "stop_frame": 2, "parent_job_id": 1}


def by_home(dataset: Dataset) -> list[tuple[int, int]]:
    """(id of the job or -1, id of the shape)."""
    homes = [dataset.jobs[row].id if row >= 0 else -1 for row in dataset.shapes.job.tolist()]
    return list(zip(homes, dataset.shapes.id.tolist(), strict=True))


def test_ground_truth_and_replicas_are_read_job_by_job(tmp_path: Path) -> None:
    folder = laid_out(tmp_path, {**PARTS, 3: TRUTH, 4: REPLICA})
    assert by_home(read(folder).dataset) == [(-1, 99)], "they are no part of the task"
    dataset = read(folder, by_job=True).dataset
    assert by_home(dataset) == [(1, 1), (2, 2), (3, 3), (4, 4)]
    assert by_home(read(folder, job=2).dataset) == [(2, 2)]
    assert read(write(dataset, tmp_path / "again")).dataset == dataset
    (folder / "jobs/2/annotations.json").unlink()
    assert by_home(read(folder, by_job=True).dataset) == [(-1, 99), (3, 3), (4, 4)], "job 2 is only in the task's"


def test_a_layout_of_the_task_says_what_is_validated(tmp_path: Path) -> None:
    layout = {"mode": "gt", "validation_frames": [15, 25], "disabled_frames": [3]}
    job = read(laid_out(tmp_path, {**PARTS, 3: TRUTH}, layout)).dataset.jobs[2]
    assert (job.included, job.disabled) == ((1, 3), (3,)), "of a plain ground truth it counts frames of the source"


def test_a_layout_of_the_task_knows_the_honeypots_of_its_jobs(tmp_path: Path) -> None:
    pool = TRUTH | {"start_frame": 4}
    layout = {
        "mode": "gt_pool", "validation_frames": [4, 5], "disabled_frames": [], "honeypot_count": 2,
        "honeypot_frames": [1, 3], "honeypot_real_frames": [5, 4],
    }  # fmt: skip
    first, second = {"start_frame": 0, "stop_frame": 1}, {"start_frame": 2, "stop_frame": 3}
    dataset = read(laid_out(tmp_path, {1: first, 2: second, 3: pool}, layout), by_job=True).dataset
    assert [job.honeypots for job in dataset.jobs] == [((1, 5),), ((3, 4),), ()]
    assert dataset.jobs[2].included == (4, 5)
    (tmp_path / "jobs/2/annotations.json").unlink()
    assert by_home(read(tmp_path, by_job=True).dataset) == [(-1, 99)], "the pool is a part of the task"


def test_frames_disabled_in_a_job_are_deleted_in_its_own_document(tmp_path: Path) -> None:
    build = at.DatasetBuilder(labels=[at.Label(1, "car")])
    for number in range(4):
        build.add_frame(f"{number}.jpg", 10, 10)
    build.add_job(at.Job(1, start_frame=0, stop_frame=3))
    build.add_job(at.Job(2, "ground_truth", 0, 3, included=(1, 3), disabled=(3,)))
    at.write(build.dataset(), tmp_path / "bundle", "cvat-api")
    metas = {job: load(tmp_path / "bundle", f"jobs/{job}/data_meta.json")["deleted_frames"] for job in (1, 2)}
    assert metas == {1: [], 2: [3]}
    jobs = at.read(tmp_path / "bundle").dataset.jobs
    assert [job.disabled for job in jobs] == [(), (3,)]


def test_the_frames_of_a_job_alone_are_those_of_the_source(tmp_path: Path) -> None:
    """Its media begins with its own first frame, five frames of two steps behind the task's."""
    files: dict[str, Any] = {
        "annotations.json": {"version": 0, "tags": [{"label_id": 1, "frame": 7}], "shapes": [], "tracks": []},
        "labels.json": [{"id": 1, "name": "car", "attributes": []}],
        "job.json": {"id": 4, "task_id": 1, "start_frame": 5, "stop_frame": 9, "mode": "interpolation"},
        "data_meta.json": {
            "size": 5, "start_frame": 30, "stop_frame": 38, "frame_filter": "step=2", "deleted_frames": [],
            "frames": [{"width": 64, "height": 48, "name": "v.mp4", "related_files": 0}],
        },
    }  # fmt: skip
    for name, value in files.items():
        (tmp_path / name).write_text(json.dumps(value))
    dataset = at.read(tmp_path).dataset
    assert (dataset.task.start_frame, dataset.task.step) == (20, 2)
    assert dataset.frames.names[5:] == tuple(f"frame_{number:06}" for number in (30, 32, 34, 36, 38))
