"""Every call of the public page of the jobs API, as written there, against the default dialect and the default seed.

Only address, token and job ids are filled in. Source: CVAT's documentation, page "Jobs API".
"""

from __future__ import annotations

import io
import json
import time
import zipfile
from typing import Any

import pytest
import requests

from mockserver.mock import Mock

COCO = {
    "images": [{"id": 1, "file_name": "frame_000000.jpg", "width": 640, "height": 480}],
    "categories": [{"id": 1, "name": "car"}],
    "annotations": [
        {
            "id": 1,
            "image_id": 1,
            "category_id": 1,
            "bbox": [10, 20, 30, 40],
            "area": 1200,
            "iscrowd": 0,
            "segmentation": [],
        }
    ],
}


class Page:
    """curl with the page's headers."""

    def __init__(self, mock: Mock) -> None:
        mock.reset()
        self.mock = mock
        self.headers = {"Authorization": f"Token {mock.token}"}

    def call(self, method: str, path: str, body: Any = None, **rest: Any) -> requests.Response:
        """One call; a body is sent as the page does."""
        headers = dict(self.headers)
        if body is not None:
            headers["Content-Type"], rest["data"] = "application/json", json.dumps(body)
        return requests.request(method, self.mock.url + path, headers=headers, timeout=20, **rest)

    def first_job(self, task: int = 42) -> int:
        """The first job of a task."""
        jobs = self.call("GET", f"/api/jobs?task_id={task}").json()["results"]
        return min(job["id"] for job in jobs if job["type"] == "annotation")

    def finished(self, response: requests.Response) -> dict[str, Any]:
        """The background request that a call began, at its end."""
        assert response.status_code == 202, response.text
        for _ in range(100):
            record: dict[str, Any] = self.call("GET", f"/api/requests/{response.json()['rq_id']}").json()
            if record["status"] in ("finished", "failed"):
                return record
            time.sleep(0.01)
        raise AssertionError("the background request does not end")


@pytest.fixture
def page(served: Mock) -> Page:
    """The page's calls on a fresh state."""
    return Page(served)


def test_the_list_has_the_jobs_of_all_tasks(page: Page) -> None:
    answer = page.call("GET", "/api/jobs")
    assert answer.status_code == 200
    assert answer.json()["count"] == len(page.mock.state.tables["jobs"])


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("task_id=42", 3), ("task_name=street", 3), ("project_id=1", 1), ("project_name=parts", 1), ("assignee=dan", 0),
        ("state=new", 9), ("state=in progress", 0), ("stage=annotation", 9), ("dimension=2d", 9), ("dimension=3d", 0),
        ("type=ground_truth", 1), ("type=consensus_replica", 0), ("parent_job_id=1", 0), ("search=street", 6),
        ("sort=id", 9), ("sort=-task_name", 9), ("page=1&page_size=4", 9),
    ],
)  # fmt: skip
def test_every_filter_of_the_list(page: Page, query: str, count: int) -> None:
    answer = page.call("GET", f"/api/jobs?{query}")
    assert answer.status_code == 200, answer.text
    assert answer.json()["count"] == count


def test_a_ground_truth_job_of_ten_frames_can_be_created_and_removed(page: Page) -> None:
    body = {
        "type": "ground_truth", "task_id": 42, "frame_selection_method": "random_uniform", "frame_count": 10,
        "random_seed": 1,
    }  # fmt: skip
    answer = page.call("POST", "/api/jobs", body)
    assert answer.status_code == 201, answer.text
    job = answer.json()
    assert (job["type"], job["task_id"], job["frame_count"]) == ("ground_truth", 42, 10)
    assert (job["start_frame"], job["stop_frame"]) == (0, 59)
    assert page.call("GET", f"/api/jobs/{job['id']}").status_code == 200
    assert page.call("DELETE", f"/api/jobs/{job['id']}").status_code == 204
    assert page.call("GET", f"/api/jobs/{job['id']}").status_code == 404


def test_an_annotation_job_cannot_be_removed(page: Page) -> None:
    answer = page.call("DELETE", f"/api/jobs/{page.first_job()}")
    assert (answer.status_code, answer.json()) == (400, ["Only ground truth jobs can be removed"])


@pytest.mark.parametrize("slash", ["", "/"])
def test_both_forms_of_every_path_answer(page: Page, slash: str) -> None:
    job = page.first_job()
    for path in ("", "/annotations", "/data/meta", "/preview", "/validation_layout"):
        assert page.call("GET", f"/api/jobs/{job}{path}{slash}").status_code == 200
    assert page.call("GET", f"/api/jobs{slash}").status_code == 200
    codes = [remark.code for _, remark in page.mock.journal.warnings()]
    assert codes == ["slash"] * (5 if slash else 0)


def test_a_job_can_be_assigned_the_way_the_page_says(page: Page) -> None:
    job = page.first_job()
    answer = page.call("PATCH", f"/api/jobs/{job}", {"state": "completed", "assignee_id": 5})
    assert answer.status_code == 200, answer.text
    assert (answer.json()["state"], answer.json()["assignee"]["id"]) == ("completed", 5)
    assert [remark.code for _, remark in page.mock.journal.warnings()] == ["assignee-id"]


def test_annotations_can_be_read_extended_replaced_and_removed(page: Page) -> None:
    path = f"/api/jobs/{page.first_job()}/annotations/"
    before = page.call("GET", path).json()
    assert {"version", "tags", "shapes", "tracks"} <= before.keys()
    shape = {"type": "rectangle", "frame": 0, "label_id": 1, "points": [100, 100, 200, 200]}
    answer = page.call("PATCH", path + "?action=create", {"shapes": [shape]})
    assert answer.status_code == 200, answer.text
    assert len(page.call("GET", path).json()["shapes"]) == len(before["shapes"]) + 1
    assert page.call("PUT", path, {"version": 0, "tags": [], "shapes": [], "tracks": []}).status_code == 200
    assert page.call("GET", path).json()["shapes"] == []
    assert page.call("DELETE", path).status_code == 204


@pytest.mark.parametrize("field", ["annotation_file", "file"])
def test_a_coco_file_can_be_imported(page: Page, field: str) -> None:
    path = f"/api/jobs/{page.first_job()}/annotations/"
    files = {field: ("annotations.json", json.dumps(COCO).encode())}
    record = page.finished(page.call("POST", path + "?format=COCO%201.0", files=files))
    assert record["status"] == "finished", record["message"]
    shapes = page.call("GET", path).json()["shapes"]
    assert [(shape["type"], shape["points"], shape["source"]) for shape in shapes] == [
        ("rectangle", [10.0, 20.0, 40.0, 60.0], "file")
    ]


def test_an_import_that_nobody_polls_is_done_all_the_same(page: Page) -> None:
    path = f"/api/jobs/{page.first_job()}/annotations/"
    files = {"annotation_file": ("annotations.json", json.dumps(COCO).encode())}
    assert page.call("POST", path + "?format=COCO%201.0", files=files).status_code == 202
    assert len(page.mock.annotations(1)["shapes"]) == 1


def test_a_dataset_can_be_exported_with_its_images(page: Page) -> None:
    job = page.first_job()
    record = page.finished(page.call("POST", f"/api/jobs/{job}/dataset/export?format=COCO%201.0&save_images=true"))
    assert record["status"] == "finished", record["message"]
    data = requests.get(record["result_url"], headers=page.headers, timeout=20).content
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
    assert "annotations/instances_default.json" in names
    assert sum(name.startswith("images/") for name in names) == 19, "all of its 20 frames less the deleted one"


def test_frames_chunks_context_and_previews_are_served(page: Page) -> None:
    job = page.first_job()
    frame = page.call("GET", f"/api/jobs/{job}/data?type=frame&number=0&quality=original")
    assert (frame.status_code, frame.headers["Content-Type"]) == (200, "image/jpeg")
    assert page.call("GET", f"/api/jobs/{job}/data?type=chunk&number=0&quality=compressed").status_code == 200
    assert page.call("GET", f"/api/jobs/{job}/data?type=chunk&index=0").status_code == 200
    assert page.call("GET", f"/api/jobs/{job}/data?type=context_image&number=0").status_code == 200
    assert page.call("GET", f"/api/jobs/{job}/preview").headers["Content-Type"] == "image/jpeg"


def test_deleted_frames_can_be_set(page: Page) -> None:
    path = f"/api/jobs/{page.first_job()}/data/meta"
    assert page.call("GET", path).json()["deleted_frames"] == [7]
    answer = page.call("PATCH", path, {"deleted_frames": [5, 10, 15]})
    assert (answer.status_code, answer.json()["deleted_frames"]) == (200, [5, 10, 15])


def test_honeypots_can_be_shown_and_drawn_again(page: Page) -> None:
    path = f"/api/jobs/{page.first_job(43)}/validation_layout"
    assert page.call("GET", path).json()["honeypot_count"] == 2
    answer = page.call("PATCH", path, {"frame_selection_method": "random_uniform"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["honeypot_frames"] == [0, 1]


def test_the_workflow_of_the_page_runs_as_written(page: Page, capsys: pytest.CaptureFixture[str]) -> None:
    base, headers = page.mock.url + "/api", page.headers
    jobs = requests.get(f"{base}/jobs", headers=headers, params={"task_id": 42}, timeout=20).json()["results"]
    for i, job in enumerate(jobs):
        annotator_id = (i % 3) + 1
        requests.patch(
            f"{base}/jobs/{job['id']}",
            headers=headers,
            json={"assignee_id": annotator_id, "state": "in progress"},
            timeout=20,
        )
        print(f"Assigned job {job['id']} to user {annotator_id}")
    for job in jobs:
        detail = requests.get(f"{base}/jobs/{job['id']}", headers=headers, timeout=20).json()
        print(f"Job {job['id']}: {detail['state']} - Assignee: {detail['assignee']['username']}")
    assert capsys.readouterr().out.splitlines()[3:] == [
        "Job 3: in progress - Assignee: admin",
        "Job 2: in progress - Assignee: ann",
        "Job 1: in progress - Assignee: bob",
    ]


def test_the_icon_that_browsers_ask_for_is_no_call_of_the_api() -> None:
    with Mock("default") as mock:
        assert requests.get(f"{mock.url}/favicon.ico", timeout=10).status_code == 204
        with pytest.raises(AssertionError):
            mock.assert_called("GET", "/favicon.ico")
