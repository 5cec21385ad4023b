"""A task or project of a real server as a seed, and the requests that read it as a scenario.

    recorder = Recorder(sender, {"authorization": ...})
    recorder.walk(tasks=[42]);  seed = recorder.seed();  scenario = recorder.scenario("seed")

Only GET requests are sent. People, addresses and secrets are scrubbed (`scrubbing`); every user of the seed has the
password `mock`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from annotools.errors import InputError
from mockserver.contract.pack import Json
from mockserver.contract.scrubbing import Scrubber
from mockserver.contract.senders import Message, Sender
from mockserver.contract.steps import decoded
from mockserver.protocol.http import MEDIA_TYPE, Response

PASSWORD = "mock"
_PAGE = ("page_size", "100")
_UNORDERED = [
    "$.tags", "$.shapes", "$.tracks", "$.intervals", "$.shapes[*].elements", "$.tracks[*].elements",
]  # fmt: skip
_LISTS = ("organizations", "projects", "tasks", "jobs", "labels", "guides", "issues", "comments")


class Recorder:
    """Walks over what belongs to tasks and projects, and keeps every answer."""

    def __init__(
        self, sender: Sender, headers: Mapping[str, str], say: Callable[[str], Any] = lambda text: None
    ) -> None:
        self._sender, self._headers, self._say = sender, {"accept": MEDIA_TYPE, **headers}, say
        self._answers: list[tuple[str, list[tuple[str, str]], Response]] = []
        self._rows: dict[str, dict[int, Json]] = {name: {} for name in _LISTS}
        self._by_task: dict[str, dict[str, Any]] = {"data_meta": {}, "validation": {}, "annotations": {}}
        self._me: Json = {}
        self._version = ""

    # --- walking --------------------------------------------------------------------------------------------------

    def walk(self, tasks: Iterable[int] = (), projects: Iterable[int] = ()) -> None:
        """Read tasks, or projects with all their tasks. Raises: InputError for what the server does not give."""
        self._version = self._get("/api/server/about")["version"]
        self._me = self._get("/api/users/self")
        for pk in projects:
            self._project(pk)
            self._list_of("tasks", "/api/tasks", project_id=pk)
        for pk in tasks:
            self._rows["tasks"][pk] = self._get(f"/api/tasks/{pk}")
        for task in list(self._rows["tasks"].values()):
            self._say(f"task {task['id']}")
            self._task(task)

    def _get(self, path: str, **query: Any) -> Any:
        pairs = [(name, str(value)) for name, value in query.items()]
        response = self._sender.send(Message("GET", path, pairs, dict(self._headers)))
        if response.status != 200:
            message = response.body[:200].decode(errors="replace")
            raise InputError(f"{self._sender.base}{path}: answered {response.status}: {message}")
        self._answers.append((path, pairs, response))
        return decoded(response)

    def _pages(self, path: str, **query: Any) -> Iterator[Json]:
        number, more = 1, True
        while more:
            page = self._get(path, **query, page=number, **dict([_PAGE]))
            yield from page["results"]
            number, more = number + 1, page["next"] is not None

    def _list_of(self, kind: str, path: str, **query: Any) -> list[Json]:
        rows = list(self._pages(path, **query))
        self._rows[kind] |= {row["id"]: row for row in rows}
        return rows

    def _project(self, pk: int) -> None:
        if pk not in self._rows["projects"]:
            self._rows["projects"][pk] = self._get(f"/api/projects/{pk}")
            self._list_of("labels", "/api/labels", project_id=pk)
            self._guide_and_home(self._rows["projects"][pk])

    def _guide_and_home(self, record: Json) -> None:
        guide, home = record.get("guide_id"), record.get("organization")
        if guide is not None and guide not in self._rows["guides"]:
            self._rows["guides"][guide] = self._get(f"/api/guides/{guide}")
        if home is not None and home not in self._rows["organizations"]:
            self._rows["organizations"][home] = self._get(f"/api/organizations/{home}")

    def _task(self, task: Json) -> None:
        pk = task["id"]
        if task["project_id"] is not None:
            self._project(task["project_id"])
        else:
            self._list_of("labels", "/api/labels", task_id=pk)
        self._guide_and_home(task)
        if task.get("size"):
            self._by_task["data_meta"][str(pk)] = self._get(f"/api/tasks/{pk}/data/meta")
            jobs = self._list_of("jobs", "/api/jobs", task_id=pk)
            for job in jobs:
                self._job(job)
            if task.get("validation_mode"):
                self._by_task["validation"][str(pk)] = self._validation(pk, jobs)

    def _job(self, job: Json) -> None:
        pk = job["id"]
        self._by_task["annotations"][str(pk)] = self._get(f"/api/jobs/{pk}/annotations")
        for issue in self._list_of("issues", "/api/issues", job_id=pk) if job["issues"]["count"] else ():
            self._list_of("comments", "/api/comments", issue_id=issue["id"])

    def _validation(self, pk: int, jobs: list[Json]) -> Json:
        layout = self._get(f"/api/tasks/{pk}/validation_layout")
        of_jobs, truth = {}, None
        for job in jobs:
            if layout.get("mode") == "gt_pool" and job["type"] in ("annotation", "ground_truth"):
                of_jobs[str(job["id"])] = self._get(f"/api/jobs/{job['id']}/validation_layout")
            if job["type"] == "ground_truth":
                meta = self._get(f"/api/jobs/{job['id']}/data/meta")
                truth = {"id": job["id"], "included_frames": meta["included_frames"], "deleted_frames": []}
        return {"layout": layout, "jobs": of_jobs, "gt_job": truth}

    # --- what comes of it -----------------------------------------------------------------------------------------

    def seed(self) -> Json:
        """All that was read, as a seed."""
        scrubber = self._scrubber()
        people = [{**scrubber.clean(user), "password": PASSWORD} for user in self._people().values()]
        rows = {name: [scrubber.clean(row) for row in by_id.values()] for name, by_id in self._rows.items()}
        parts = {name: scrubber.clean(content) for name, content in self._by_task.items()}
        server = {"version": self._version}
        return {"version": 1, "server": server, "users": people, "memberships": self._members(), **rows, **parts}

    def _members(self) -> list[Json]:
        """The owners of organizations, and the one who asked."""
        members: list[Json] = []
        for home in self._rows["organizations"].values():
            owner = (home.get("owner") or {}).get("id")
            for pk, role in ((owner, "owner"), (self._me["id"], "maintainer")):
                if pk is not None and (pk, home["id"]) not in ((row["user"], row["organization"]) for row in members):
                    members.append({
                        "id": len(members) + 1, "user": pk, "organization": home["id"], "is_active": True, "role": role,
                        "joined_date": home["created_date"],
                    })  # fmt: skip
        return members

    def scenario(self, seed: str, name: str = "recorded/walk") -> Json:
        """The requests that were sent, and their answers, as a scenario that starts from the seed of this name."""
        scrubber = self._scrubber()
        steps = [self._step(scrubber, *answer) for answer in self._answers]
        return {"name": name, "seed": seed, "user": scrubber.name(self._me["id"]), "steps": steps}

    def _step(self, scrubber: Scrubber, path: str, query: list[tuple[str, str]], response: Response) -> Json:
        request: Json = {"method": "GET", "path": path, **({"query": [list(pair) for pair in query]} if query else {})}
        media = (response.header("Content-Type") or "").partition(";")[0]
        body = scrubber.clean(decoded(response))
        step: Json = {"name": path, "request": request, "expect": {"status": 200, "content_type": media, "body": body}}
        return {**step, "unordered": _UNORDERED} if path.endswith("/annotations") else step

    def _scrubber(self) -> Scrubber:
        return Scrubber(self._sender.base, self._people().values())

    def _people(self) -> dict[int, Json]:
        """Everybody who is mentioned; the one who asked with all that is known of them."""
        users: dict[int, Json] = {}
        for _, _, response in self._answers:
            users |= {user["id"]: user for user in _users_in(decoded(response))}
        blank = {"groups": [], "is_superuser": False, "is_staff": False, "is_active": True, "email": ""}
        return {pk: {**blank, **user} for pk, user in sorted({**users, self._me["id"]: self._me}.items())}


def _users_in(value: Any) -> Iterator[Json]:
    if isinstance(value, dict):
        if {"id", "username"} <= value.keys():
            yield value
        for item in value.values():
            yield from _users_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from _users_in(item)
