"""The unpatched cvat-sdk end to end: over a real socket, and over urllib3 without one."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from cvat_sdk import Client, make_client, models
from cvat_sdk.api_client.exceptions import ApiException, ForbiddenException, NotFoundException
from cvat_sdk.core.exceptions import BackgroundRequestException
from cvat_sdk.core.proxies.tasks import ResourceType
from PIL import Image

from mockserver import transports
from mockserver.mock import Mock

# cvat-sdk leaves the temporary files of downloaded frames to the garbage collector
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(params=["socket", "pool", "patch"])
def mock(request: pytest.FixtureRequest, served: Mock) -> Iterator[Mock]:
    """The server, reset; clients of `login` reach it in the way of the parameter."""
    served.reset()
    served.transport = request.param  # type: ignore[attr-defined]  # for `login` below
    with transports.urllib3_patch(served.app) if request.param == "patch" else nullcontext():
        yield served
    served.assert_no_unmatched()


def login(mock: Mock, user: str = "admin") -> Client:
    """A client of a user."""
    if mock.transport == "patch":  # type: ignore[attr-defined]
        client = make_client("http://cvat.mock", credentials=(user, "mock"))
        client.config.status_check_period = 0
        return client
    if mock.transport == "pool":  # type: ignore[attr-defined]
        return transports.sdk_client(mock.app, user, "mock")  # type: ignore[no-any-return]
    return mock.client((user, "mock"))  # type: ignore[no-any-return]


@pytest.fixture
def client(mock: Mock) -> Iterator[Client]:
    """The administrator's client."""
    with login(mock) as made:
        yield made


def rectangle(label: int = 1, frame: int = 0, **rest: Any) -> models.LabeledShapeRequest:
    return models.LabeledShapeRequest(type="rectangle", frame=frame, label_id=label, points=[1.5, 2, 30, 40], **rest)


def pictures(folder: Path, count: int, size: tuple[int, int] = (64, 48)) -> list[Path]:
    paths = [folder / f"picture {number}.png" for number in range(count)]
    for number, path in enumerate(paths):
        Image.new("RGB", size, (number * 20, 100, 50)).save(path)
    return paths


def names_in(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


# --- jobs ------------------------------------------------------------------------------------------------------------


def test_jobs_are_listed_page_by_page_and_by_filter(client: Client) -> None:
    assert [job.id for job in client.jobs.list()] == [9, 8, 7, 6, 5, 4, 3, 2, 1]
    assert [job.id for job in client.jobs.list(task_id=42)] == [3, 2, 1]
    assert [job.id for job in client.jobs.list(id__in=[1, 9])] == [9, 1]
    assert [job.id for job in client.jobs.list(task_name="street", type="annotation")] == [3, 2, 1]


def test_a_job_is_updated_and_fetched(client: Client) -> None:
    job = client.jobs.retrieve(1)
    job.update(models.PatchedJobWriteRequest(state="in progress", assignee=3))
    assert (job.state, job.assignee.username) == ("in progress", "bob")
    job.update({"stage": "validation"})
    assert (job.stage, job.state) == ("validation", "new")
    assert client.jobs.retrieve(1).stage == "validation"


def test_annotations_of_a_job_go_around(client: Client) -> None:
    job = client.jobs.retrieve(2)
    job.set_annotations(models.LabeledDataRequest(shapes=[rectangle(frame=20), rectangle(frame=21, occluded=True)]))
    shapes = job.get_annotations().shapes
    assert [(shape.frame, shape.points, shape.occluded) for shape in shapes] == [
        (20, [1.5, 2.0, 30.0, 40.0], False), (21, [1.5, 2.0, 30.0, 40.0], True)
    ]  # fmt: skip
    tags = [models.LabeledImageRequest(frame=20, label_id=9)]
    job.update_annotations(models.PatchedLabeledDataRequest(tags=tags))
    assert [tag.label_id for tag in job.get_annotations().tags] == [9]
    job.remove_annotations(ids=[shapes[0].id])
    assert [shape.id for shape in job.get_annotations().shapes] == [shapes[1].id]
    job.remove_annotations()
    assert job.get_annotations().shapes == []


def test_frames_and_previews_of_a_job(client: Client, tmp_path: Path) -> None:
    job = client.jobs.retrieve(1)
    with Image.open(job.get_frame(3, quality="original")) as image:
        assert image.size == (640, 480)
    job.download_frames([0, 1], outdir=tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["frame_000000.jpg", "frame_000001.jpg"]
    with Image.open(job.get_preview()) as image:
        assert max(image.size) == 256
    assert len(job.get_frames_info()) == 20
    job.remove_frames_by_ids([4, 5])
    assert job.get_meta().deleted_frames == [4, 5]


def test_labels_and_issues_of_a_job(client: Client) -> None:
    job = client.jobs.retrieve(1)
    assert [label.name for label in job.get_labels()] == ["car", "road", "person", "weather"]
    issue = job.get_issues()[0]
    assert [comment.message for comment in issue.get_comments()] == ["is this one car or two?"]
    issue.update(models.PatchedIssueWriteRequest(resolved=True))
    assert client.issues.retrieve(issue.id).resolved
    made = client.issues.create(models.IssueWriteRequest(frame=1, position=[1.0, 2.0], job=1, message="here"))
    client.comments.create(models.CommentWriteRequest(issue=made.id, message="there"))
    assert len(made.get_comments()) == 2
    made.remove()
    with pytest.raises(NotFoundException):
        client.issues.retrieve(made.id)


@pytest.mark.parametrize("name", ["CVAT for images 1.1", "COCO 1.0"])
def test_a_job_is_exported_and_imported(client: Client, tmp_path: Path, name: str) -> None:
    job, path = client.jobs.retrieve(1), tmp_path / "job.zip"
    job.export_dataset(name, path, include_images=False)
    assert names_in(path)
    job.remove_annotations()
    job.import_annotations(name.replace("CVAT for images", "CVAT"), path)
    shapes = job.get_annotations().shapes
    assert {shape.source for shape in shapes} == {"file"}
    assert any(shape.type.value == "rectangle" and shape.frame == 0 for shape in shapes)


def test_a_failed_import_says_why_and_changes_nothing(client: Client, tmp_path: Path) -> None:
    job, path = client.jobs.retrieve(1), tmp_path / "job.json"
    before = job.get_annotations().to_dict()
    path.write_text("{not json")
    with pytest.raises(BackgroundRequestException):
        job.import_annotations("COCO 1.0", path)
    assert job.get_annotations().to_dict() == before


def test_ground_truth_is_created_through_the_low_level_api(client: Client) -> None:
    spec = models.JobWriteRequest(
        type="ground_truth", task_id=42, frame_selection_method="random_uniform", frame_count=5, random_seed=42
    )
    job, _ = client.api_client.jobs_api.create(job_write_request=spec)
    assert (job.type, job.frame_count) == ("ground_truth", 5)
    layout, _ = client.api_client.tasks_api.retrieve_validation_layout(42)
    assert (layout.mode.value, len(layout.validation_frames)) == ("gt", 5)
    client.api_client.jobs_api.destroy(job.id)


# --- tasks -----------------------------------------------------------------------------------------------------------


def test_a_task_is_created_with_data_annotated_and_removed(client: Client, tmp_path: Path) -> None:
    task = client.tasks.create_from_data(
        models.TaskWriteRequest(
            name="new", labels=[models.PatchedLabelRequest(name="cat"), {"name": "dog"}], segment_size=2
        ),
        resources=pictures(tmp_path, 5),
        resource_type=ResourceType.LOCAL,
        data_params={"image_quality": 80},
    )
    assert (task.size, task.mode, len(task.get_jobs())) == (5, "annotation", 3)
    assert [frame.name for frame in task.get_frames_info()] == [f"picture {number}.png" for number in range(5)]
    label = task.get_labels()[1].id
    task.set_annotations(models.LabeledDataRequest(shapes=[rectangle(label, frame) for frame in range(5)]))
    assert len(task.get_annotations().shapes) == 5
    assert [len(job.get_annotations().shapes) for job in reversed(task.get_jobs())] == [2, 2, 1]
    with Image.open(task.get_frame(1, quality="original")) as image:
        assert (image.size, image.getpixel((0, 0))) == ((64, 48), (20, 100, 50))
    task.update(models.PatchedTaskWriteRequest(name="renamed"))
    assert client.tasks.list(name="renamed")[0].id == task.id
    task.remove()
    with pytest.raises(NotFoundException):
        client.tasks.retrieve(task.id)


def test_a_task_is_exported_with_images_backed_up_and_restored(client: Client, tmp_path: Path) -> None:
    task = client.tasks.retrieve(42)
    task.export_dataset("COCO 1.0", tmp_path / "task.zip", include_images=True)
    assert "annotations/instances_default.json" in names_in(tmp_path / "task.zip")
    task.download_backup(tmp_path / "backup.zip")
    assert {"task.json", "annotations.json"} <= set(names_in(tmp_path / "backup.zip"))
    restored = client.tasks.create_from_backup(tmp_path / "backup.zip")
    assert (restored.name, restored.size) == (task.name, task.size)
    assert len(restored.get_annotations().shapes) == len(task.get_annotations().shapes)
    assert restored.get_meta().deleted_frames == task.get_meta().deleted_frames


def test_chunks_of_a_task(client: Client) -> None:
    data = io.BytesIO()
    client.tasks.retrieve(42).download_chunk(1, data, quality="original")
    with zipfile.ZipFile(data) as archive:
        assert len(archive.namelist()) == 60 - 36


def test_a_video_is_cut_at_the_borders_of_its_jobs(client: Client) -> None:
    task = client.tasks.retrieve(44)
    task.remove_annotations()
    shapes = [
        models.TrackedShapeRequest(type="rectangle", frame=0, points=[0.0, 0.0, 10.0, 10.0]),
        models.TrackedShapeRequest(type="rectangle", frame=59, points=[59.0, 0.0, 69.0, 10.0]),
    ]
    track = models.LabeledTrackRequest(frame=0, label_id=12, shapes=shapes)
    task.update_annotations(models.PatchedLabeledDataRequest(tracks=[track]))
    first, second = (job.get_annotations().tracks[0] for job in sorted(task.get_jobs(), key=lambda job: job.id))
    assert [shape.frame for shape in first.shapes] == [0, 34]
    assert [(shape.frame, shape.points[0]) for shape in second.shapes] == [(25, 25.0), (59, 59.0)]


def test_tasks_are_removed_by_ids(client: Client) -> None:
    client.tasks.remove_by_ids([42, 43, 999])
    assert [task.id for task in client.tasks.list()] == [45, 44]


# --- projects, people, requests ---------------------------------------------------------------------------------------


def test_a_project_is_created_used_and_exported(client: Client, tmp_path: Path) -> None:
    project = client.projects.create(
        models.ProjectWriteRequest(name="zoo", labels=[models.PatchedLabelRequest(name="cat")])
    )
    task = client.tasks.create_from_data(
        models.TaskWriteRequest(name="cats", project_id=project.id), pictures(tmp_path, 2)
    )
    assert [listed.id for listed in project.get_tasks()] == [task.id]
    assert [label.name for label in project.get_labels()] == ["cat"]
    project.update(models.PatchedProjectWriteRequest(name="big zoo"))
    assert project.name == "big zoo"
    project.get_preview()
    project.export_dataset("COCO 1.0", tmp_path / "project.zip", include_images=False)
    assert names_in(tmp_path / "project.zip")
    project.remove()
    with pytest.raises(NotFoundException):
        client.tasks.retrieve(task.id)


def test_people(client: Client) -> None:
    assert client.users.retrieve_current_user().username == "admin"
    assert [user.username for user in client.users.list()] == ["dan", "cleo", "bob", "ann", "admin"]
    assert client.organizations.list() == []


def test_a_background_request_is_seen_from_queue_to_end(mock: Mock, client: Client, tmp_path: Path) -> None:
    mock.clock.mode = "manual"
    _, response = client.api_client.jobs_api.create_dataset_export("COCO 1.0", 1, _parse_response=False)
    rq_id = response.json()["rq_id"]
    api = client.api_client.requests_api
    seen = [api.retrieve(rq_id)[0].status.value]
    for _ in range(2):
        mock.clock.advance(0.3)
        seen.append(api.retrieve(rq_id)[0].status.value)
    assert seen == ["queued", "started", "finished"]
    assert [listed.id for listed in api.list()[0].results] == [rq_id]


def test_who_may_not(mock: Mock) -> None:
    with login(mock, "ann") as ann, login(mock) as admin:
        with pytest.raises(ForbiddenException):
            ann.jobs.retrieve(1)
        admin.jobs.retrieve(1).update({"assignee": 2})
        job = ann.jobs.retrieve(1)
        job.update({"state": "completed"})
        with pytest.raises(ForbiddenException):
            job.update({"stage": "acceptance"})


def test_errors_carry_the_servers_words(client: Client) -> None:
    job = client.jobs.retrieve(1)
    with pytest.raises(ApiException) as caught:
        job.set_annotations(models.LabeledDataRequest(shapes=[rectangle(label=99999)]))
    assert caught.value.status == 400
    assert "label_id `99999` is invalid" in caught.value.body
