"""Uploads in pieces (TUS): offsets, sizes, whose they are."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.mock.conftest import Client
from tests.mock.exchange_calls import JOB


def begin(client: Client, length: int = 10, **headers: str) -> str:
    """The path of a new upload."""
    headers |= {"upload_length": str(length), "tus_resumable": "1.0.0"}
    response = client.send("POST", f"{JOB}/annotations", b"", **headers)
    assert response.status == 201
    assert (response.header("Tus-Max-Size"), response.header("Cache-Control")) == ("26843545600", "no-store")
    return (response.header("Location") or "").removeprefix("http://mock.test")


def piece(client: Client, path: str, data: bytes, offset: int, user: str = "demo_admin") -> Any:
    """The answer to a piece."""
    media = "application/offset+octet-stream"
    return client.send("PATCH", path, data, user=user, upload_offset=str(offset), content_type=media)


def test_pieces(demo: Client) -> None:
    assert demo.send("POST", f"{JOB}/annotations/?format=CVAT 1.1", b"", upload_start="").status == 202
    content = b"<annotations></annotations>"
    path = begin(demo, len(content))
    assert piece(demo, path, content[:9], 0).header("Upload-Offset") == "9"
    head = demo.send("HEAD", path)
    assert (head.status, head.header("Upload-Offset"), head.header("Upload-Length")) == (200, "9", str(len(content)))
    assert piece(demo, path, content[9:], 5).status == 409
    assert piece(demo, path, content[9:] + b"x", 9).status == 413
    assert demo.send("PATCH", path, b"x", upload_offset="9", content_type="text/plain").status == 415
    assert demo.get(path).status == 405
    assert piece(demo, path, content[9:], 9).status == 204
    assert demo.send("HEAD", path).status == 404
    name = path.rpartition("/")[2]
    finish = f"{JOB}/annotations?format=CVAT 1.1&filename={name}"
    assert demo.send("POST", finish, b"", upload_finish="").status == 202
    assert demo.get(f"{JOB}/annotations").json()["shapes"] == []
    assert demo.send("POST", finish, b"", upload_finish="").json() == ["No such file were uploaded"]


def test_pieces_of_others_and_of_nobody(demo: Client) -> None:
    demo.send("PATCH", JOB, {"assignee": 23})
    path = begin(demo)
    assert piece(demo, path, b"x", 0, "ann1").status == 403
    prefix = path.rpartition("_")[0]
    assert piece(demo, f"{prefix}_unknown", b"x", 0).status == 404


def test_large_uploads(demo: Client) -> None:
    response = demo.send("POST", f"{JOB}/annotations", b"", upload_length="26843545601", tus_resumable="1.0.0")
    assert (response.status, response.json()) == (413, "File size exceeds max limit of 26843545600 bytes")
    assert demo.send("POST", f"{JOB}/annotations", b"", upload_length="x", tus_resumable="1.0.0").status == 400
    options = demo.send("OPTIONS", f"{JOB}/annotations")
    assert (options.status, options.header("Tus-Version")) == (204, "1.0.0")


@pytest.mark.parametrize("length", ["0", "-1"])
def test_an_empty_file_is_not_sent_in_pieces(demo: Client, length: str) -> None:
    """Where the real server fails (tus.py: it goes to the byte before the first one); what it refuses is refused."""
    response = demo.send("POST", f"{JOB}/annotations", b"", upload_length=length, tus_resumable="1.0.0")
    assert (response.status, response.header("Location")) == (400, None)
    assert "at least 1" in response.body.decode()
    assert of_task(demo, "../x.png", 0).json() == "File name ../x.png is not allowed"
    assert of_task(demo, "x.png", 0).status == 400


def test_an_offset_before_the_first_byte_is_a_wrong_one(demo: Client) -> None:
    path = begin(demo, 4)
    assert piece(demo, path, b"abcd", -1).status == 409
    assert piece(demo, path, b"", 0).header("Upload-Offset") == "0"
    assert piece(demo, path, b"abcde", 0).status == 413
    assert piece(demo, path, b"abcd", 0).status == 204


def test_a_piece_without_an_offset_is_the_first(demo: Client) -> None:
    path, media = begin(demo, 4), "application/offset+octet-stream"
    assert demo.send("PATCH", path, b"ab", content_type=media).header("Upload-Offset") == "2"
    assert demo.send("PATCH", path, b"cd", content_type=media).status == 409


def of_task(client: Client, name: str | None, length: int = 4) -> Any:
    """The answer to a new upload of a task's data; its name is None if nothing is said of it."""
    about = {} if name is None else {"upload_metadata": "filename " + base64.b64encode(name.encode()).decode()}
    return client.send("POST", "/api/tasks/47/data", b"", upload_length=str(length), tus_resumable="1.0.0", **about)


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        (None, "Metadata is expected to contain 'filename' key"),
        ("../x.png", "File name ../x.png is not allowed"), ("/etc/x.png", "File name /etc/x.png is not allowed"),
        ("a/../../x.png", "File name a/../../x.png is not allowed"),
    ],
)  # fmt: skip
def test_data_of_tasks_have_names_that_stay_in_their_folder(demo: Client, name: str | None, problem: str) -> None:
    """The server says so in a JSON string, of a name that leads outside as plain text."""
    response = of_task(demo, name)
    assert (response.status, response.json()) == (400, problem)


def test_data_of_tasks_have_a_name_each(demo: Client) -> None:
    for name in ("a/b.png", "a/../b.png"):
        begun = of_task(demo, name)
        assert (begun.status, begun.header("Upload-Filename")) == (201, name)
    path = (begun.header("Location") or "").removeprefix("http://mock.test")
    assert of_task(demo, "a/../b.png").status == 201  # not there as long as it is on its way
    assert piece(demo, path, b"abcd", 0).status == 204
    again = of_task(demo, "a/../b.png")
    assert (again.status, again.json()) == (409, "File with same name already exists")
    assert again.header("Tus-Resumable") == "1.0.0"
