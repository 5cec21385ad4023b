"""Exports and imports as a client makes them, from the request to the file."""

from __future__ import annotations

import io
import zipfile
from typing import Any
from urllib.parse import quote

from tests.mock.conftest import Client
from tests.mock.task_calls import MULTIPART, form

JOB = "/api/jobs/69"
EXPORT = f"{JOB}/dataset/export?format=COCO 1.0"


def started(client: Client, url: str, method: str = "POST") -> str:
    """The rq_id of something that runs in the background."""
    response = client.send(method, url)
    assert response.status == 202, response.body
    rq_id: str = response.json()["rq_id"]
    return rq_id


def request(client: Client, rq_id: str, **how: Any) -> Any:
    """A background request."""
    response = client.get(f"/api/requests/{quote(rq_id)}", **how)
    assert response.status == 200, response.body
    return response.json()


def exported_file(client: Client, url: str) -> bytes:
    """The file of an export."""
    done = request(client, started(client, url))
    assert (done["status"], done["message"]) == ("finished", "")
    return client.get(done["result_url"].removeprefix("http://mock.test"), accept="*/*").body


def exported(client: Client, url: str) -> dict[str, bytes]:
    """Members of an export."""
    with zipfile.ZipFile(io.BytesIO(exported_file(client, url))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def imported(client: Client, name: str, files: dict[str, bytes], path: str = JOB, more: str = "") -> Any:
    """The request that read a file."""
    url = f"{path}/annotations?format={quote(name)}{more}"
    response = client.send("POST", url, form(files, "annotation_file"), content_type=MULTIPART)
    assert response.status == 202, response.body
    return request(client, response.json()["rq_id"])
