"""The packaged packaged, the builder, and what else can be a seed."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import annotools
from annotools.errors import InputError
from mockserver.faces.wire import split_target
from mockserver.mock import Mock
from mockserver.protocol.http import Request
from mockserver.seeds import packaged
from mockserver.seeds.builder import SeedBuilder
from mockserver.seeds.sources import SeedError, state_of
from mockserver.seeds.task_builder import Frames
from tests.paths import STREET


def get(mock: Mock, path: str) -> dict:  # type: ignore[type-arg]  # JSON
    headers = {"authorization": f"Token {mock.token}", "host": "localhost"}
    response = mock.app.handle(Request("GET", *split_target(path), headers=headers))
    assert response.status == 200, response.body
    return response.json()  # type: ignore[no-any-return]  # JSON


def test_the_default_seed_is_what_the_manual_says() -> None:
    mock = Mock()
    tables = mock.state.tables
    assert sorted(tables["users"]) == [1, 2, 3, 4, 5]
    assert mock.admin["is_superuser"]
    street = [job for job in tables["jobs"].values() if job["task_id"] == 42]
    assert [job["frame_count"] for job in street] == [20, 20, 20]
    assert all(job["type"] == "annotation" for job in street)
    assert get(mock, "/api/tasks/42/validation_layout") == {}
    assert get(mock, "/api/tasks/43/validation_layout")["honeypot_count"] == 4
    assert get(mock, "/api/tasks/42/data/meta")["deleted_frames"] == [7, 33]
    shapes = mock.annotations(1)["shapes"]
    assert {shape["type"] for shape in shapes} == {
        "rectangle", "polygon", "polyline", "points", "ellipse", "cuboid", "mask", "skeleton",
    }  # fmt: skip
    assert get(mock, "/api/tasks/44")["mode"] == "interpolation"
    assert [len(track["elements"]) for track in mock.annotations(7)["tracks"]] == [0, 0, 5]


def test_the_empty_seed_has_people_only() -> None:
    mock = Mock("empty")
    assert get(mock, "/api/tasks")["count"] == 0
    assert mock.user == "admin"


@pytest.mark.parametrize("name", packaged.NAMES)
def test_a_packaged_seed_is_json_and_a_copy(name: str) -> None:
    seed = packaged.load(name)
    assert json.loads(json.dumps(seed)) == seed
    seed["users"].clear()
    assert packaged.load(name)["users"]


def test_everything_the_seed_stores_can_be_written_back() -> None:
    """The seed keeps the server's own rules: what GET shows is accepted by PUT once its ids are gone."""
    mock = Mock()
    headers = {"authorization": f"Token {mock.token}", "content-type": "application/json"}
    for job in mock.state.tables["jobs"]:
        document = _without_ids(mock.annotations(job))
        body = json.dumps(document).encode()
        response = mock.app.handle(Request("PUT", f"/api/jobs/{job}/annotations", headers=headers, body=body))
        assert response.status == 200, response.body
        assert _without_ids(mock.annotations(job)) == document


def _without_ids(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_ids(item) for key, item in value.items() if key != "id"}
    return [_without_ids(item) for item in value] if isinstance(value, list) else value


def test_the_builder_cuts_jobs_like_the_server() -> None:
    build = SeedBuilder()
    task = build.task("t", labels=["a"], frames=20, segment_size=7, overlap=2)
    assert [(first, last) for _, first, last in task.segments] == [(0, 6), (5, 11), (10, 16), (15, 19)]
    video = build.task("v", labels=["a"], frames=Frames.of_video("v.mp4", 12, start=4, step=2), segment_size=10)
    assert [(first, last) for _, first, last in video.segments] == [(0, 9), (5, 11)]
    assert (video.meta["start_frame"], video.meta["stop_frame"], video.meta["frame_filter"]) == (4, 26, "step=2")


def test_the_builder_makes_ground_truth_and_organizations() -> None:
    build = SeedBuilder()
    build.user("boss", superuser=True)
    build.user("worker")
    build.organization("org", {"boss": "owner", "worker": "worker"})
    task = build.task("t", labels=["a"], frames=10, ground_truth=[1, 3])
    mock = Mock(build)
    layout = get(mock, f"/api/tasks/{task.id}/validation_layout")
    assert (layout["mode"], layout["validation_frames"]) == ("gt", [1, 3])
    assert get(mock, f"/api/jobs/{task.ground_truth}")["frame_count"] == 2
    assert get(mock, "/api/memberships")["count"] == 2


def test_the_builder_says_what_it_cannot_do() -> None:
    build = SeedBuilder()
    task = build.task("t", id=7, labels=["a"], frames=10)
    with pytest.raises(ValueError, match="tasks 7 is there already"):
        build.task("u", id=7)
    with pytest.raises(ValueError, match="has no label 'b'"):
        task.tag("b", 0)
    with pytest.raises(ValueError, match="has the frames 10 to 10"):
        task.tag("a", 10)


@pytest.mark.parametrize("content", ["{", '{"users": 1}', '{"users": [], "tasks": [1]}'])
def test_what_is_no_seed_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "seed.json"
    path.write_text(content)
    with pytest.raises(SeedError, match=r"not JSON|not a seed"):
        state_of(path)


def served_street(where: Path) -> None:
    mock = Mock(where)
    task = get(mock, "/api/tasks")["results"][0]
    meta = get(mock, f"/api/tasks/{task['id']}/data/meta")
    document = get(mock, f"/api/tasks/{task['id']}/annotations")
    expected = annotools.read(str(where)).dataset
    assert [frame["name"] for frame in meta["frames"]] == list(expected.frames.names)
    assert len(document["shapes"]) + len(document["tracks"]) > 0
    assert len(document["tracks"]) == len(expected.tracks.id) - sum(expected.tracks.parent >= 0)
    assert get(mock, f"/api/labels?task_id={task['id']}")["count"] == len(expected.labels.top)
    snapshot = mock.snapshot()
    mock.reset()
    assert mock.snapshot() == snapshot


@pytest.mark.parametrize("slug", ["cvat-api", "cvat-backup", "cvat-images", "coco"])
def test_any_dataset_can_be_a_seed(tmp_path: Path, slug: str) -> None:
    path = tmp_path / "dataset.zip"
    annotools.convert(str(STREET), str(path), slug)
    served_street(path)


def test_a_dataset_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "dataset.zip"
    path.write_bytes(b"PK\x03\x04 cut off")
    with pytest.raises(InputError):
        Mock(path)


def test_a_dataset_that_no_server_would_take_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "task"
    annotools.convert(str(STREET), str(path), "cvat-api")
    document = path / "annotations.json"
    data = json.loads(document.read_bytes())
    data["shapes"][0]["rotation"] = 720.5
    document.write_text(json.dumps(data))
    with pytest.raises(SeedError, match=r"cannot be a task: annotations.json: .*rotation"):
        state_of(path)


def test_a_member_whose_invitation_is_no_key_is_refused() -> None:
    build = SeedBuilder()
    build.user("ann")
    build.organization("one", {"ann": "owner"})
    seed = build.seed()
    seed["memberships"][0]["invitation"] = {"key": "x"}
    with pytest.raises(SeedError, match="invitation"):
        state_of(seed)


def mutate(node: Any, rng: random.Random) -> None:
    """Remove or spoil one value somewhere in a seed."""
    while True:
        key = rng.choice(list(node) if isinstance(node, dict) else range(len(node)))
        if rng.random() < 0.35 or not isinstance(node[key], dict | list) or not node[key]:
            break
        node = node[key]
    if rng.random() < 0.4:
        del node[key]
    else:
        node[key] = rng.choice([None, 1, "x", [], {}, -5, 1.5, True])


@pytest.mark.parametrize("turn", range(60))
def test_a_spoiled_seed_is_refused_or_served_without_a_crash(turn: int) -> None:
    seed = packaged.load("default")
    mutate(seed, random.Random(turn))
    mock = Mock("empty")
    headers = {"authorization": f"Token {mock.token}", "host": "localhost"}
    response = mock.app.handle(Request("POST", "/_mock/seed", headers=headers, body=json.dumps(seed).encode()))
    assert response.status in (204, 400)
    kinds = ("users", "jobs", "tasks", "projects", "labels", "issues", "comments")
    paths = [f"/api/{kind}" for kind in kinds]
    parts = ("", "/annotations", "/data/meta", "/validation_layout", "/preview")
    paths += [f"/api/jobs/{job}{part}" for job in mock.state.tables["jobs"] for part in parts]
    paths += [f"/api/tasks/{task}{part}" for task in mock.state.tables["tasks"] for part in parts]
    for path in paths:
        answer = mock.app.handle(Request("GET", path, headers=headers))
        assert answer.status != 500, (path, answer.body)


def test_jobs_of_a_dataset_are_as_far_as_it_says(tmp_path: Path) -> None:
    dataset = annotools.read(STREET).dataset
    reached = [("validation", "rejected"), ("acceptance", "completed"), ("acceptance", "in progress")]
    pairs = zip(dataset.jobs, reached, strict=True)
    jobs = tuple(replace(job, stage=stage, state=state) for job, (stage, state) in pairs)
    annotools.write(dataset.replace(jobs=jobs), tmp_path / "bundle", "cvat-api")
    rows = get(Mock(tmp_path / "bundle"), "/api/jobs?sort=id")["results"]
    assert [(job["stage"], job["state"]) for job in rows] == reached
