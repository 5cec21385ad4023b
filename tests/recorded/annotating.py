"""Annotations of jobs and tasks of the mock that come, change and go."""

from __future__ import annotations

from typing import Any

from tests.recorded.talks import Talk

USERS = ("admin", "ann", "bob", "jon", "wil", "dan", None)
SHAPE: dict[str, Any] = {"type": "rectangle", "frame": 0, "points": [1.0, 2.0, 30.25, 40.5]}


KEY: dict[str, Any] = {"type": "rectangle", "points": [0, 0, 10, 10]}


ODD: tuple[Any, ...] = (None, "", "x", -1, 0, 1.5, True, [], {}, "7", 10**12, [1], {"id": 1})


def labels(talk: Talk, job: int) -> dict[str, int]:
    labels = talk.ask("GET", f"/api/labels?job_id={job}&page_size=50").get("results") or [{"type": "any", "id": 1}]
    return {label["type"]: label["id"] for label in reversed(labels)} | {"first": labels[0]["id"]}


def life(seed: str, job: int, dialect: str = "real") -> list[Any]:
    """Annotations of a job that come, change and go."""
    talk = Talk(seed, dialect)
    path, label = f"/api/jobs/{job}/annotations", labels(talk, job)["first"]
    known = talk.ask("GET", path)
    talk.ask("PUT", path, known)
    for frame in (-1, 0, 3, 4, 5, 9, 10, 99):
        talk.ask(
            "PATCH",
            f"{path}?action=create",
            {"shapes": [SHAPE | {"label_id": label, "frame": frame}], "tags": [{"label_id": label, "frame": frame}]},
        )
    now = talk.ask("GET", path)
    shapes, tracks = now.get("shapes", []), now.get("tracks", [])
    talk.ask(
        "PATCH",
        f"{path}?action=update",
        {"shapes": [shape | {"occluded": True, "z_order": 3} for shape in shapes[:2]], "tracks": tracks[:1]},
    )
    talk.ask(
        "PATCH", f"{path}?action=delete", {"shapes": shapes[:1], "tracks": tracks[:1], "tags": now.get("tags", [])[:1]}
    )
    talk.ask("PATCH", f"{path}?action=delete", {"shapes": shapes[:1]})
    talk.ask("PATCH", f"{path}?action=odd", {})
    talk.ask("PATCH", path, {})
    talk.ask("GET", path)
    for user in USERS:
        talk.ask("GET", path, user=user)
        talk.ask("PATCH", f"{path}?action=create", {"shapes": [SHAPE | {"label_id": label}]}, user)
        talk.ask("GET", f"/api/jobs/{job}", user=user)
    talk.ask("DELETE", path)
    talk.ask("GET", path)
    return talk.changes()


def odd_shapes() -> list[Any]:
    """A value of a shape, a tag and a keyframe after the other that is odd."""
    talk = Talk()
    label, path = labels(talk, 1)["first"], "/api/jobs/1/annotations"
    whole = SHAPE | {
        "label_id": label,
        "group": 0,
        "source": "manual",
        "occluded": False,
        "outside": False,
        "z_order": 0,
        "rotation": 0.0,
        "attributes": [],
        "elements": [],
        "score": 1.0,
    }
    for spot, key in enumerate(whole):
        for odd in (*ODD[spot % 2 :: 2], 359.99, 360, -0.5, [1, 2, 3], [1, 2, 3, 4, 5, 6], "polygon", "mask", "auto"):
            talk.ask("PATCH", f"{path}?action=create", {"shapes": [whole | {key: odd}]})
        talk.ask(
            "PATCH",
            f"{path}?action=create",
            {"shapes": [{name: value for name, value in whole.items() if name != key}]},
        )
    for kind, points in (
        ("ellipse", [1, 2, 3, 4]),
        ("polyline", [1, 2, 3, 4]),
        ("points", [1, 2]),
        ("polygon", [1, 2, 3, 4]),
        ("mask", [0, 1, 2, 3, 2, 3]),
        ("cuboid", list(range(16))),
        ("skeleton", []),
    ):
        talk.ask("PATCH", f"{path}?action=create", {"shapes": [whole | {"type": kind, "points": points}]})
    talk.ask("GET", path)
    return talk.changes()


def cut() -> list[Any]:
    """Tracks over the borders of jobs, with every keyframe outside once, and shapes on both sides of them."""
    talk = Talk("office")
    for task, borders in ((2, (7, 8, 11, 12, 19)), (1, (2, 3, 4, 6, 8))):
        path = f"/api/tasks/{task}/annotations"
        label = talk.ask("GET", f"/api/labels?task_id={task}")["results"][0]["id"]
        for frames in (borders, borders[1:3], borders[::2], borders[1:2], (0, borders[-1]), (borders[0], 40)):
            tracks = [track(label, frames, (away,)) for away in (*frames, -1)]
            talk.ask("PATCH", f"{path}?action=create", {"tracks": tracks})
            talk.ask("GET", path)
        talk.ask("PATCH", f"{path}?action=create", {"shapes": [SHAPE | {"label_id": label, "frame": frame} for frame in
                                                               borders]})  # fmt: skip
        for job in talk.ask("GET", f"/api/jobs?task_id={task}").get("results", []):
            known = talk.ask("GET", f"/api/jobs/{job['id']}/annotations")
            talk.ask("PATCH", f"{path}?action=update", {"tracks": known.get("tracks", [])[:1]})
        talk.ask("PATCH", f"{path}?action=delete", {"shapes": talk.ask("GET", path).get("shapes", [])[1:]})
    return talk.changes()


def of_task() -> list[Any]:
    talk = Talk()
    for task in (42, 43, 44, 45):
        path = f"/api/tasks/{task}/annotations"
        known = talk.ask("GET", path)
        label = (talk.ask("GET", f"/api/labels?task_id={task}").get("results") or [{"id": 1}])[0]["id"]
        for frame in (0, 2, 5, 8, 40):
            talk.ask(
                "PATCH",
                f"{path}?action=create",
                {
                    "shapes": [SHAPE | {"label_id": label, "frame": frame}],
                    "tracks": [track(label, (frame, frame + 3))],
                },
            )
        talk.ask("GET", path)
        talk.ask("PUT", path, known)
        talk.ask("GET", path)
        for job in talk.ask("GET", f"/api/jobs?task_id={task}").get("results", []):
            talk.ask("GET", f"/api/jobs/{job['id']}/annotations")
    return talk.changes()


def track(label: int, frames: tuple[int, ...], away: tuple[int, ...] = (), **more: Any) -> dict[str, Any]:
    keys = [
        KEY | {"frame": frame, "outside": frame in away, "points": [frame, frame, 10 + frame, 12]} for frame in frames
    ]
    return {
        "label_id": label,
        "frame": min(frames, default=0),
        "shapes": keys,
        "group": 0,
        "source": "manual",
        "attributes": [],
        **more,
    }


def all_tracks(dialect: str, job: int, ways: tuple[tuple[int, ...], ...]) -> list[Any]:
    talk = Talk(dialect=dialect)
    label, path = labels(talk, job)["first"], f"/api/jobs/{job}/annotations"
    for frames in ways:
        for away in ((), frames[-1:], frames[:1]):
            talk.ask("PATCH", f"{path}?action=create", {"tracks": [track(label, frames, away)]})
    known = talk.ask("GET", path)
    moved = [track | {"frame": track["frame"] + 1} for track in known.get("tracks", [])[:2]]
    talk.ask("PATCH", f"{path}?action=update", {"tracks": moved})
    talk.ask("GET", path)
    talk.ask("GET", f"/api/tasks/{talk.ask('GET', f'/api/jobs/{job}').get('task_id')}/annotations")
    return talk.changes()
