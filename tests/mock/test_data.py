"""Frames, chunks, previews, context images, and the meta of the data with its deleted frames."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Any

import pytest
from PIL import Image

from mockserver.protocol.http import Response
from tests.mock.conftest import Client

JOB, VIDEO, GT = "/api/jobs/70", "/api/jobs/73", "/api/jobs/107"  # images 5..9, video 5..14, six frames of 20
FORMATS = {"jpeg": "JPEG", "jpg": "JPEG", "png": "PNG", "bmp": "BMP"}


def opened(response: Response) -> Any:
    """The picture of an answer."""
    assert response.status == 200, response.body
    return Image.open(io.BytesIO(response.body))


def members(response: Response) -> dict[str, bytes]:
    """The members of a zip."""
    assert (response.status, response.header("Content-Type")) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(response.body)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_frames_have_the_size_and_format_of_their_files(demo: Client) -> None:
    meta = demo.get(f"{JOB}/data/meta").json()
    assert meta["size"] == len(meta["frames"]) == 5
    for number, file in enumerate(meta["frames"], 5):
        response = demo.get(f"{JOB}/data?type=frame&number={number}&quality=original")
        picture = opened(response)
        assert picture.size == (file["width"], file["height"])
        assert picture.format == FORMATS[file["name"].rpartition(".")[2]]
        compressed = demo.get(f"{JOB}/data?type=frame&number={number}")
        assert (compressed.header("Content-Type"), opened(compressed).format) == ("image/jpeg", "JPEG")


def test_frames_of_a_video_are_png(demo: Client) -> None:
    response = demo.get(f"{VIDEO}/data?type=frame&number=5&quality=original")
    assert (response.header("Content-Type"), opened(response).format) == ("image/png", "PNG")


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("", ["Data type not specified or has wrong value"]),
        ("type=x", ["Data type not specified or has wrong value"]),
        ("type=frame", ["Number is not specified"]), ("type=frame&number=5&quality=x", ["Wrong quality value"]),
        ("type=frame&number=4", "Incorrect requested frame number: 4"),
        ("type=chunk", ["Number or Index is not specified"]),
        ("type=chunk&number=0&index=0", ["Number and Index cannot be used together"]),
        ("type=chunk&index=1", "Invalid chunk number '1'. The chunk number should be in the [0, 0] range"),
    ],
)  # fmt: skip
def test_errors(demo: Client, query: str, problem: Any) -> None:
    response = demo.get(f"{JOB}/data?{query}")
    assert (response.status, response.json()) == (400, problem)


@pytest.mark.parametrize(
    ("path", "query", "answer"),
    [
        (JOB, "type=preview&quality=x", ["Wrong quality value"]),
        ("/api/tasks/38", "type=preview&quality=x", ["Wrong quality value"]),
        ("/api/tasks/38", "type=chunk&number=0&quality=x", ["Wrong quality value"]),
        ("/api/tasks/38", "type=chunk&index=0", ["Number is not specified"]),
        (JOB, "type=frame&number=5&index=x", ["index must be an integer, got 'x'"]),
        (JOB, "type=preview&number=x", ["number must be an integer, got 'x'"]),
        (JOB, "type=chunk&index=x&quality=x", ["index must be an integer, got 'x'"]),
    ],
)  # fmt: skip
def test_the_query_is_looked_at_before_the_data(demo: Client, path: str, query: str, answer: list[str]) -> None:
    """Only chunks of jobs take any quality; a number that is none ends every request (the server's own words: 500)."""
    response = demo.get(f"{path}/data?{query}")
    assert (response.status, response.json()) == (400, answer)


def test_chunks_of_jobs_in_an_unknown_quality_are_originals(demo: Client) -> None:
    assert "000002.png" in members(demo.get("/api/jobs/67/data?type=chunk&index=0&quality=x"))


def test_a_deleted_frame_is_still_served(demo: Client) -> None:
    demo.send("PATCH", f"{JOB}/data/meta", {"deleted_frames": [5]})
    assert demo.get(f"{JOB}/data?type=frame&number=5").status == 200
    assert demo.get(f"{JOB}/data/meta").json()["size"] == 5


def test_chunks(demo: Client) -> None:
    response = demo.get(f"{JOB}/data?type=chunk&index=0&quality=original")
    files = demo.get(f"{JOB}/data/meta").json()["frames"]
    suffixes = [file["name"].rpartition(".")[2] for file in files]
    assert list(members(response)) == [f"{index:06}.{suffix}" for index, suffix in enumerate(suffixes)]
    assert list(members(demo.get(f"{JOB}/data?type=chunk&index=0"))) == [f"{index:06}.jpeg" for index in range(5)]
    checksum = zlib.crc32(response.body[:1000], zlib.crc32(str(len(response.body)).encode()))
    assert response.header("X-Checksum") == str(checksum)
    assert (response.header("Accept-Ranges"), response.header("ETag")) == ("bytes", None)
    by_number = demo.get(f"{JOB}/data?type=chunk&number=0&quality=original")
    assert len(members(by_number)) == 5


@pytest.mark.parametrize(
    ("wanted", "status", "part"),
    [("bytes=0-9", 206, slice(0, 10)), ("bytes=10-", 206, slice(10, None)), ("bytes=-5", 206, slice(-5, None)),
     ("bytes=99999999-", 416, None), ("bytes=9-0", 416, None), ("lines=1-2", 200, slice(None)),
     ("bytes=0-1,3-4", 400, None), ("bytes=x", 400, None)],
)  # fmt: skip
def test_ranges(demo: Client, wanted: str, status: int, part: slice | None) -> None:
    whole = demo.get(f"{JOB}/data?type=chunk&index=0").body
    response = demo.get(f"{JOB}/data?type=chunk&index=0", range=wanted)
    assert response.status == status
    if part is not None:
        assert response.body == whole[part]
    if status == 416:
        assert response.header("Content-Range") == f"bytes */{len(whole)}"


def test_context_images(demo: Client) -> None:
    empty = demo.get(f"{JOB}/data?type=context_image&number=5")
    assert (empty.status, len(empty.body), empty.header("Content-Type")) == (200, 22, "")


@pytest.mark.parametrize("path", [f"{JOB}/preview", f"{JOB}/data?type=preview", "/api/tasks/38/preview"])
def test_previews(demo: Client, path: str) -> None:
    response = demo.get(path, accept="*/*")
    assert max(opened(response).size) <= 256
    assert "Prefer" in (response.header("Vary") or "")


def test_ground_truth_shows_only_its_frames(demo: Client) -> None:
    meta = demo.get(f"{GT}/data/meta").json()
    assert (meta["included_frames"], meta["size"], len(meta["frames"])) == ([2, 3, 8, 9, 17, 19], 6, 20)
    names = [file["name"] for file in meta["frames"]]
    assert [frame for frame, name in enumerate(names) if name != "placeholder.jpg"] == meta["included_frames"]
    dense = members(demo.get(f"{GT}/data?type=chunk&index=0&quality=original"))
    assert list(dense) == [f"{index:06}.jpeg" for index in range(6)]
    sparse = members(demo.get(f"{GT}/data?type=chunk&number=0"))
    sizes = [Image.open(io.BytesIO(data)).size for data in sparse.values()]
    assert [frame for frame, size in enumerate(sizes) if size != (1, 1)] == meta["included_frames"]
    assert demo.get(f"{GT}/data?type=frame&number=4").status == 400


def test_deleted_frames_of_a_job_replace_only_its_own(demo: Client) -> None:
    def deleted(path: str) -> list[int]:
        frames: list[int] = demo.get(f"{path}/data/meta").json()["deleted_frames"]
        return frames

    demo.send("PATCH", "/api/tasks/39/data/meta", {"deleted_frames": [1, 7, 20]})
    assert (deleted(VIDEO), deleted("/api/tasks/39")) == ([7], [1, 7, 20])
    changed = demo.send("PATCH", f"{VIDEO}/data/meta", {"deleted_frames": [12, 6, 6]}).json()
    assert changed["deleted_frames"] == [6, 12]
    assert deleted("/api/tasks/39") == [1, 6, 12, 20]
    demo.send("PATCH", f"{VIDEO}/data/meta", {"deleted_frames": []})
    assert deleted("/api/tasks/39") == [1, 20]


def test_the_frame_behind_the_last_cannot_be_deleted(demo: Client) -> None:
    size = demo.get("/api/tasks/38/data/meta").json()["size"]
    url = "/api/tasks/38/data/meta"
    assert demo.send("PATCH", url, {"deleted_frames": [size - 1]}).json()["deleted_frames"] == [size - 1]
    refused = demo.send("PATCH", url, {"deleted_frames": [size]})
    assert (refused.status, refused.json()) == (400, [f"Unknown frames {size} requested for removal"])


@pytest.mark.parametrize(
    ("path", "body", "problem"),
    [
        (JOB, {}, {"deleted_frames": ["This field is required."]}),
        (JOB, {"deleted_frames": None}, {"deleted_frames": ["This field may not be null."]}),
        (JOB, {"deleted_frames": [10, 4]}, ["Frames 4, 10 do not belong to the job"]),
        ("/api/tasks/38", {"deleted_frames": [1, 1]}, ["Deleted frames cannot repeat"]),
        ("/api/tasks/38", {"deleted_frames": [99]}, ["Unknown frames 99 requested for removal"]),
    ],
)  # fmt: skip
def test_meta_errors(demo: Client, path: str, body: dict[str, Any], problem: Any) -> None:
    response = demo.send("PATCH", f"{path}/data/meta", body)
    assert (response.status, response.json()) == (400, problem)


def test_meta_of_a_video_counts_in_the_source(demo: Client) -> None:
    task, job = demo.get("/api/tasks/39/data/meta").json(), demo.get(f"{VIDEO}/data/meta").json()
    assert (task["start_frame"], task["stop_frame"], task["frame_filter"], len(task["frames"])) == (4, 62, "step=2", 1)
    assert (job["start_frame"], job["stop_frame"], job["size"], job["included_frames"]) == (14, 32, 10, None)


def test_meta_dates_the_task_but_not_the_job(demo: Client) -> None:
    def dates() -> tuple[str, str]:
        return demo.get(JOB).json()["updated_date"], demo.get("/api/tasks/38").json()["updated_date"]

    before = dates()
    demo.send("PATCH", f"{JOB}/data/meta", {"deleted_frames": [5]})
    after = dates()
    assert (after[0], after[1] > before[1]) == (before[0], True)
