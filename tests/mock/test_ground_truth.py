"""Ground-truth jobs: which frames the three methods choose, the order of the checks; honeypots of a validation pool."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.core.app import App
from mockserver.resources import frame_selection
from mockserver.seeds.sources import state_of
from mockserver.state.context import Config
from tests.mock.conftest import Client

UNIFORM = {"frame_selection_method": "random_uniform"}
PER_JOB = {"frame_selection_method": "random_per_job"}
MANUAL = {"frame_selection_method": "manual"}


def create(client: Client, task: int = 43, **body: Any) -> Any:
    """The answer to a request for a ground-truth job."""
    return client.send("POST", "/api/jobs", {"type": "ground_truth", "task_id": task, **body})


def frames(client: Client, **body: Any) -> list[int]:
    """Frames of a new ground-truth job of task 43 (20 frames)."""
    response = create(client, **body)
    assert response.status == 201, response.body
    included: list[int] = client.get(f"/api/jobs/{response.json()['id']}/data/meta").json()["included_frames"]
    return included


@pytest.mark.parametrize(("seed", "size", "count", "chosen"), [
    (42, 20, 5, [8, 15, 11, 7, 1]), (1, 20, 3, [4, 17, 14]), (0, 100, 5, [46, 58, 28, 48, 2]),
])  # fmt: skip
def test_the_generator_is_the_servers(seed: int, size: int, count: int, chosen: list[int]) -> None:
    drawn = frame_selection.generator(seed).choice(list(range(size)), count, replace=False, shuffle=False)
    assert drawn.tolist() == chosen


def test_frames_of_a_seed(demo: Client) -> None:
    assert frames(demo, **UNIFORM, frame_count=5, random_seed=42) == [1, 7, 8, 11, 15]


def test_a_seed_may_have_any_number_of_bits(demo: Client) -> None:
    chosen = frame_selection.uniform(range(20), {"frame_count": 5, "random_seed": 10**30})
    assert frames(demo, **UNIFORM, frame_count=5, random_seed=10**30) == chosen


def test_frames_count_in_the_source() -> None:
    chosen = frame_selection.uniform(range(2, 20, 3), {"frame_count": 3, "random_seed": 42})
    assert chosen == [8, 11, 14]


def test_frames_per_job() -> None:
    segments = [range(7), range(5, 12), range(10, 17), range(15, 20)]
    chosen = frame_selection.per_job(segments, 20, (7, 2), {"frames_per_job_count": 2, "random_seed": 42})
    assert chosen == [3, 6, 9, 14, 16, 18]
    jobs = [range(6), range(6, 12), range(12, 18), range(18, 20)]
    chosen = frame_selection.per_job(jobs, 20, (6, 0), {"frames_per_job_count": 2, "random_seed": 1})
    assert chosen == [1, 5, 6, 9, 12, 17, 18, 19]


def test_manual_frames_are_sorted(demo: Client) -> None:
    assert frames(demo, **MANUAL, frames=[7, 3, 0]) == [0, 3, 7]


def test_shares(demo: Client) -> None:
    assert len(frames(demo, **UNIFORM, frame_share=0.27)) == 5


def test_the_new_job(demo: Client) -> None:
    response = create(demo, **MANUAL, frames=[3, 4], assignee=23)
    job = response.json()
    assert response.header("Location") == job["url"] == f"http://mock.test/api/jobs/{job['id']}"
    shown = {name: job[name] for name in ("type", "start_frame", "stop_frame", "frame_count", "stage", "state")}
    assert shown == {"type": "ground_truth", "start_frame": 0, "stop_frame": 19, "frame_count": 2,
                     "stage": "annotation", "state": "new"}  # fmt: skip
    assert job["data_compressed_chunk_type"] == "imageset"
    assert demo.get("/api/tasks/43").json()["validation_mode"] == "gt"
    assert demo.get("/api/tasks/43/validation_layout").json() == {
        "mode": "gt", "frames_per_job_count": None, "validation_frames": [3, 4], "disabled_frames": [],
    }  # fmt: skip
    assert demo.get(f"/api/jobs/{job['id']}/validation_layout").json() == {}
    assert create(demo, **UNIFORM, frame_count=1).json() == [
        'Task with validation mode "gt" cannot have more than 1 GT job'
    ]


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (UNIFORM, {"non_field_errors": ['One of the fields "frame_count", "frame_share" required']}),
        (PER_JOB, {"non_field_errors": ['One of the fields "frames_per_job_count", "frames_per_job_share" required']}),
        ({**UNIFORM, "frame_count": 1, "frame_share": 0.1},
         {"non_field_errors": ['Only 1 of the fields "frame_count", "frame_share" can be used']}),
        (MANUAL, {"non_field_errors": ['The "frames" field is required']}),
        ({**UNIFORM, "frame_count": 1, "frames": [1]},
         {"non_field_errors": ['"frames" can only be used when "frame_selection_method" is "manual"']}),
        ({**UNIFORM, "frame_share": 2}, {"frame_share": ["Value must be in the range [0; 1]"]}),
        ({**UNIFORM, "frame_count": 0}, {"frame_count": ["Ensure this value is greater than or equal to 1."]}),
        ({**MANUAL, "frames": []}, {"frames": ["This list may not be empty."]}),
        ({**MANUAL, "frames": [1, -1]}, {"frames": {"1": ["Ensure this value is greater than or equal to 0."]}}),
        ({**MANUAL, "frames": [1, 1]}, ["Frames must not repeat"]),
        ({**MANUAL, "frames": [1, 50]}, ["The following frames do not exist in the task: 50"]),
        ({**MANUAL, "frames": [20]}, ["The following frames do not exist in the task: 20"]),
        ({**UNIFORM, "frame_count": 21},
         ["The number of frames requested (21) must not be greater than the number of the task frames (20)"]),
        ({**UNIFORM, "frame_share": 0}, ["The number of validation frames is not specified"]),
        ({**MANUAL, "frames": [1], "random_seed": 1}, ['Fields "random_seed" specified, but not used.']),
        ({**MANUAL, "frames": [1], "stage": "annotation", "state": "new"},
         ['Fields "stage", "state" specified, but not used.']),
        ({**UNIFORM, "frame_count": 1, "type": "annotation"}, ["Unexpected job type 'annotation'"]),
        ({**UNIFORM, "frame_count": 1, "type": "x"}, {"type": ['"x" is not a valid choice.']}),
        ({**UNIFORM, "frame_count": 1, "task_id": None}, ["task_id is not specified"]),
        ({**UNIFORM, "frame_count": 1, "task_id": 999}, ["Task matching query does not exist."]),
        ({**UNIFORM, "frame_count": 1, "task_id": 47},
         ["This task has no data attached yet. Please set up task data and try again"]),
        ({**UNIFORM, "frame_count": 1, "task_id": 44},
         ['Task with validation mode "gt_pool" cannot have more than 1 GT job']),
    ],
)  # fmt: skip
def test_errors(demo: Client, body: dict[str, Any], problem: Any) -> None:
    before = demo.get("/api/jobs").json()["count"]
    response = create(demo, **body)
    assert (response.status, response.json()) == (400, problem)
    assert demo.get("/api/jobs").json()["count"] == before


def test_no_method_is_a_crash(demo: Client, demo_seed: dict[str, Any]) -> None:
    assert create(demo, frame_count=1).status == 400
    bugs = Client(App(state_of(demo_seed), Config("real", bug_for_bug=True)), "demo_admin")
    assert create(bugs, frame_count=1).status == 500


def test_ground_truth_does_not_mix_into_the_task(demo: Client) -> None:
    job = create(demo, **MANUAL, frames=[3]).json()["id"]
    label = demo.get(f"/api/labels?job_id={job}").json()["results"][0]["id"]
    tag = {"label_id": label, "frame": 17}  # a frame that the job does not even have
    before = demo.get("/api/tasks/43/annotations").json()
    assert demo.send("PUT", f"/api/jobs/{job}/annotations", {"tags": [tag]}).status == 200
    assert demo.get("/api/tasks/43/annotations").json() == before


def test_deleting_its_frames_disables_them(demo: Client) -> None:
    job = create(demo, **MANUAL, frames=[3, 4]).json()["id"]
    changed = demo.send("PATCH", f"/api/jobs/{job}/data/meta", {"deleted_frames": [3]}).json()
    assert changed["deleted_frames"] == [3]
    assert demo.get("/api/tasks/43/validation_layout").json()["disabled_frames"] == [3]
    assert demo.get("/api/tasks/43/data/meta").json()["deleted_frames"] == []
    assert demo.send("PATCH", f"/api/jobs/{job}/data/meta", {"deleted_frames": [5]}).json() == [
        "Frames 5 do not belong to the job"
    ]


# --- honeypots: task 44, pool 23..27, jobs 93..96 with two each, ground truth 97 -----------------------------------


def layout(client: Client, job: int = 93) -> Any:
    """The validation layout of a job."""
    return client.get(f"/api/jobs/{job}/validation_layout").json()


def test_layouts(demo: Client) -> None:
    assert layout(demo) == {"honeypot_count": 2, "honeypot_frames": [2, 3], "honeypot_real_frames": [26, 25]}
    assert layout(demo, 97) == {"honeypot_count": 0, "honeypot_frames": [], "honeypot_real_frames": []}
    assert layout(demo, 69) == {}


def test_manual_honeypots(demo: Client) -> None:
    before = demo.get("/api/jobs/93/data/meta").json()
    body = {**MANUAL, "honeypot_real_frames": [23, 23]}
    assert demo.send("PATCH", "/api/jobs/93/validation_layout", body).json()["honeypot_real_frames"] == [23, 23]
    after = demo.get("/api/jobs/93/data/meta").json()
    pool = demo.get("/api/tasks/44/data/meta").json()["frames"][23]["name"]
    assert [file["name"] for file in after["frames"][2:4]] == [pool, pool]
    assert after["chunks_updated_date"] > before["chunks_updated_date"]
    assert layout(demo, 94) == {"honeypot_count": 2, "honeypot_frames": [9, 10], "honeypot_real_frames": [27, 24]}


def test_changed_honeypots_lose_their_annotations(demo: Client) -> None:
    label = demo.get("/api/labels?job_id=93").json()["results"][0]["id"]
    tags = [{"label_id": label, "frame": frame} for frame in (2, 3, 4)]
    demo.send("PUT", "/api/jobs/93/annotations", {"tags": tags})
    demo.send("PATCH", "/api/jobs/93/validation_layout", {**MANUAL, "honeypot_real_frames": [27, 25]})
    assert [tag["frame"] for tag in demo.get("/api/jobs/93/annotations").json()["tags"]] == [3, 4]


def test_random_honeypots_are_of_the_active_pool(demo: Client) -> None:
    for _ in range(5):
        shown = demo.send("PATCH", "/api/jobs/93/validation_layout", UNIFORM).json()["honeypot_real_frames"]
        assert len(set(shown)) == 2
        assert set(shown) <= set(range(23, 28))


@pytest.mark.parametrize(
    ("job", "body", "text"),
    [
        (69, UNIFORM, "Honeypots can only be modified if the task validation mode is 'gt_pool'"),
        (97, UNIFORM, "Honeypots cannot exist in ground_truth jobs"),
        (93, {**MANUAL, "honeypot_real_frames": [23]},
         "Could not update honeypot frames: the number of honeypots must remain the same. Requested 1, current 2"),
        (93, {**MANUAL, "honeypot_real_frames": [0, 23]},
         "Could not update honeypot frames: frames 0 are not from the validation pool"),
    ],
)  # fmt: skip
def test_honeypot_errors(demo: Client, job: int, body: dict[str, Any], text: str) -> None:
    response = demo.send("PATCH", f"/api/jobs/{job}/validation_layout", body)
    assert (response.status, response.json()) == (400, [text])


def test_a_pool_frame_is_deleted_with_the_honeypots_that_show_it(demo: Client) -> None:
    refused = demo.send("PATCH", "/api/tasks/44/data/meta", {"deleted_frames": [23]})
    assert refused.status == 400
    assert "GT job's api/jobs/{id}/data/meta" in refused.json()["deleted_frames"][0]
    assert demo.send("PATCH", "/api/jobs/97/data/meta", {"deleted_frames": [26]}).json()["deleted_frames"] == [26]
    assert demo.get("/api/tasks/44/data/meta").json()["deleted_frames"] == [2, 22, 26]
    disabled = demo.send("PATCH", "/api/jobs/93/validation_layout", {**MANUAL, "honeypot_real_frames": [26, 25]})
    assert "frames 26 are disabled" in disabled.json()[0]
    demo.send("PATCH", "/api/jobs/97/data/meta", {"deleted_frames": []})
    assert demo.get("/api/tasks/44/data/meta").json()["deleted_frames"] == []


def test_pool_tasks_refuse_tracks(demo: Client) -> None:
    shape = {"type": "rectangle", "frame": 0, "points": [0, 0, 1, 1]}
    body = {"tracks": [{"label_id": 1, "frame": 0, "shapes": [shape]}]}
    assert demo.send("PUT", "/api/jobs/93/annotations", body).json() == [
        "Tracks are not supported when task validation mode is gt_pool"
    ]
