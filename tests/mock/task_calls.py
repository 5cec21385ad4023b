"""Tasks for tests of the mock: created, and filled with pictures."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image

from tests.mock.conftest import Client

MULTIPART = "multipart/form-data; boundary=b"
LABELS = [
    {"name": "car", "color": "#102030", "attributes": [
        {"name": "size", "mutable": False, "input_type": "select", "default_value": "s", "values": ["s", "l"]}]},
    {"name": "pose", "type": "skeleton", "sublabels": [{"name": "head"}, {"name": "tail"}],
     "svg": '<circle data-label-name="head"/><circle data-label-name="tail"/>'},
]  # fmt: skip


def picture(width: int = 20, height: int = 10, kind: str = "PNG") -> bytes:
    """The bytes of a picture."""
    target = io.BytesIO()
    Image.new("RGB", (width, height), (width % 255, 0, 0)).save(target, kind)
    return target.getvalue()


def form(files: dict[str, bytes], field: str = "client_files[{}]", **values: str) -> bytes:
    """A multipart body."""
    parts = [f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
             for name, value in values.items()]  # fmt: skip
    for index, (name, data) in enumerate(files.items()):
        head = f'--b\r\nContent-Disposition: form-data; name="{field.format(index)}"; filename="{name}"\r\n\r\n'
        parts.append(head.encode() + data + b"\r\n")
    return b"".join(parts) + b"--b--\r\n"


def made(response: Any, status: int = 201) -> Any:
    """The body of a good answer."""
    assert response.status == status, response.body
    return response.json()


def new_task(client: Client, **more: Any) -> Any:
    """A task without data."""
    return made(client.send("POST", "/api/tasks", {"name": "t", "labels": LABELS, **more}))


def fill(client: Client, task: int, files: dict[str, bytes], **values: str) -> Any:
    """The request that filled a task."""
    path = f"/api/tasks/{task}/data"
    accepted = made(client.send("POST", path, form(files, image_quality="70", **values), content_type=MULTIPART), 202)
    assert accepted == {"rq_id": f"action=create&target=task&target_id={task}"}
    return client.get(f"/api/requests/{accepted['rq_id']}").json()


def spans(client: Client, task: int) -> list[tuple[str, int, int]]:
    """Type and frames of a task's jobs, in the order of their ids."""
    jobs = client.get(f"/api/jobs?task_id={task}&sort=id&page_size=all").json()["results"]
    return [(job["type"], job["start_frame"], job["stop_frame"]) for job in jobs]


def names(client: Client, task: int) -> list[str]:
    """Names of a task's frames."""
    return [file["name"] for file in client.get(f"/api/tasks/{task}/data/meta").json()["frames"]]
