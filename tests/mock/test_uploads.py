"""Uploads in pieces (TUS): offsets, sizes, whose they are."""

from __future__ import annotations

from typing import Any

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
