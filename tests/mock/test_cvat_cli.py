"""The unpatched cvat-cli, cvat_sdk.datasets and cvat_sdk.auto_annotation against a real socket."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import cvat_sdk.auto_annotation as cvataa
import pytest
from cvat_sdk import Client, models
from cvat_sdk.datasets import MediaDownloadPolicy, TaskDataset, UpdatePolicy
from PIL import Image

from mockserver.mock import Mock

# cvat-sdk leaves the temporary files of downloaded frames to the garbage collector
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def mock(served: Mock) -> Iterator[Mock]:
    """The server, reset."""
    served.reset()
    yield served
    served.assert_no_unmatched()


def cli(mock: Mock, *arguments: str) -> str:
    """Run cvat-cli; gives its output."""
    command = [sys.executable, "-m", "cvat_cli", "--server-host", mock.url, "--auth", f"{mock.user}:{mock.password}"]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_cvat_cli_creates_exports_imports_and_backs_up(mock: Mock, tmp_path: Path) -> None:
    pictures = [tmp_path / f"picture_{number}.png" for number in range(3)]
    for number, path in enumerate(pictures):
        Image.new("RGB", (64, 48), (number * 20, 100, 50)).save(path)
    labels = json.dumps([{"name": "cat", "attributes": []}])
    options = ["--labels", labels, "--completion_verification_period", "0.01", "--segment_size", "2"]
    task = cli(mock, "task", "create", "cats", *options, "local", *map(str, pictures)).strip()
    assert mock.state.tables["tasks"][int(task)]["size"] == 3
    assert task in cli(mock, "task", "ls").split()

    job = min(pk for pk, row in mock.state.tables["jobs"].items() if row["task_id"] == int(task))
    label = next(pk for pk, row in mock.state.tables["labels"].items() if row.get("task_id") == int(task))
    with mock.client() as client:
        shape = models.LabeledShapeRequest(type="rectangle", frame=0, label_id=label, points=[1.0, 2.0, 30.0, 40.0])
        client.jobs.retrieve(job).set_annotations(models.LabeledDataRequest(shapes=[shape]))

    file, wait = tmp_path / "out.zip", ["--completion_verification_period", "0.01"]
    cli(mock, "task", "export-dataset", task, str(file), "--format", "COCO 1.0", "--with-images", "yes", *wait)
    with zipfile.ZipFile(file) as archive:
        assert "annotations/instances_default.json" in archive.namelist()
        assert archive.read("images/default/picture_1.png") == pictures[1].read_bytes()
    with mock.client() as client:
        client.jobs.retrieve(job).remove_annotations()
    cli(mock, "task", "import-dataset", task, str(file), "--format", "COCO 1.0")
    assert [shape["points"] for shape in mock.annotations(job)["shapes"]] == [[1.0, 2.0, 30.0, 40.0]]

    backup = tmp_path / "backup.zip"
    cli(mock, "task", "backup", task, str(backup), *wait)
    cli(mock, "task", "create-from-backup", str(backup), *wait)
    restored = max(mock.state.tables["tasks"])
    assert mock.state.tables["tasks"][restored]["name"] == "cats"
    first = min(pk for pk, row in mock.state.tables["jobs"].items() if row["task_id"] == restored)
    assert [shape["points"] for shape in mock.annotations(first)["shapes"]] == [[1.0, 2.0, 30.0, 40.0]]

    cli(mock, "task", "frames", "--outdir", str(tmp_path / "frames"), "--quality", "original", task, "0", "2")
    assert len(list((tmp_path / "frames").iterdir())) == 2
    cli(mock, "task", "delete", task)
    assert int(task) not in mock.state.tables["tasks"]


def test_cvat_cli_handles_projects(mock: Mock) -> None:
    project = cli(mock, "project", "create", "zoo", "--labels", json.dumps([{"name": "cat"}])).strip()
    assert project in cli(mock, "project", "ls").split()
    cli(mock, "project", "delete", project)
    assert int(project) not in mock.state.tables["projects"]


@pytest.fixture
def client(mock: Mock, tmp_path: Path) -> Iterator[Client]:
    """A client whose cache is private."""
    with mock.client() as made:
        made.config.cache_dir = tmp_path / "cache"
        yield made


@pytest.mark.parametrize("policy", list(MediaDownloadPolicy))
def test_a_task_is_a_dataset_of_the_sdk(client: Client, policy: MediaDownloadPolicy) -> None:
    dataset = TaskDataset(client, 42, media_download_policy=policy)
    assert [label.name for label in dataset.labels] == ["car", "road", "person", "weather"]
    assert [sample.frame_index for sample in dataset.samples] == [n for n in range(60) if n not in (7, 33)]
    sample = dataset.samples[39]
    assert (sample.frame_index, sample.frame_name) == (41, "frame_000041.jpg")
    assert sample.media.load_image().size == (640, 480)
    assert {shape.type.value for shape in dataset.samples[0].annotations.shapes} == {"rectangle", "polygon"}


def test_the_sdks_cache_works_without_the_server(mock: Mock, client: Client) -> None:
    TaskDataset(client, 45)
    asked = len(mock.journal.entries)
    cached = TaskDataset(client, 45, update_policy=UpdatePolicy.NEVER)
    assert cached.samples[5].media.load_image().size == (640, 480)
    assert len(mock.journal.entries) - asked <= 1, "labels only"


class Finder:
    """Finds a car in the middle of every frame."""

    spec = cvataa.DetectionFunctionSpec(labels=[cvataa.label_spec("car", 0), cvataa.label_spec("road", 1)])

    def detect(self, context: cvataa.DetectionFunctionContext, image: Image.Image) -> list[models.LabeledShapeRequest]:
        width, height = image.size
        return [cvataa.rectangle(0, [width / 4, height / 4, width * 3 / 4, height * 3 / 4])]


@pytest.mark.parametrize(("clear", "method"), [(True, "PUT"), (False, "PATCH")])
def test_auto_annotation(mock: Mock, client: Client, clear: bool, method: str) -> None:
    before = len(mock.annotations(4)["shapes"])
    cvataa.annotate_task(client, 43, Finder(), clear_existing=clear)
    mock.assert_called(method, "/api/tasks/43/annotations*", times=1)
    shapes = [shape for job in (4, 5) for shape in mock.annotations(job)["shapes"]]
    cars = [shape for shape in shapes if shape["source"] == "auto"]
    assert sorted(shape["frame"] for shape in cars) == list(range(24))
    assert {tuple(shape["points"]) for shape in cars} == {(160.0, 120.0, 480.0, 360.0)}
    assert len(shapes) - len(cars) == (0 if clear else before)


def test_a_function_that_does_not_fit_writes_nothing(mock: Mock, client: Client) -> None:
    before = mock.annotations(9)
    with pytest.raises(cvataa.BadFunctionError):
        cvataa.annotate_task(client, 45, Finder())
    assert mock.annotations(9) == before
