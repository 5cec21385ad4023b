"""What tests of annotations send to the mock, and short forms of the calls."""

from __future__ import annotations

from typing import Any

from tests.mock.conftest import Client

JOB, TASK = "/api/jobs/112/annotations", "/api/tasks/50/annotations"  # a video of 30 frames, without annotations
RECT, POLY, TAG, ANY, SKELETON = 290, 291, 297, 289, 299
PARTS = (300, 301, 302, 303)
EMPTY = {"version": 0, "tags": [], "shapes": [], "tracks": [], "intervals": []}


def rectangle(frame: int = 0, **more: Any) -> dict[str, Any]:
    """A rectangle as a client sends it."""
    return {"type": "rectangle", "label_id": RECT, "frame": frame, "points": [1, 2, 30, 40.5], **more}


def key(frame: int, *points: float, **more: Any) -> dict[str, Any]:
    """A keyframe."""
    return {"type": "rectangle", "frame": frame, "points": list(points) or [0, 0, 10, 10], **more}


def track(*shapes: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A track of rectangles."""
    first = min((shape["frame"] for shape in shapes), default=0)
    return {"label_id": RECT, "frame": first, "shapes": list(shapes), **more}


def put(client: Client, status: int = 200, path: str = JOB, **body: Any) -> Any:
    """The answer of a PUT."""
    response = client.send("PUT", path, body)
    assert response.status == status, response.body
    return response.json()


def patch(client: Client, action: str, status: int = 200, path: str = JOB, **body: Any) -> Any:
    """The answer of a PATCH."""
    response = client.send("PATCH", f"{path}?action={action}", body)
    assert response.status == status, response.body
    return response.json()


def read(client: Client, path: str = JOB) -> Any:
    """The annotations."""
    return client.get(path).json()
