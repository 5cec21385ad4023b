"""A server with somebody of every kind, and something of everything, by small numbers.

| task | whose |
|---|---|
| 1 | ann's, bob does it, jon does a job of it; a ground truth; in no organization |
| 2 | sue's in the organization, wil does it; a video in two jobs that overlap |
| 3 | of project 1 in the organization, wil does a job of it |
| 4 | ann's, with a pool of validation frames and honeypots |
| 5 | of ann's project 2; its job is vic's, who belongs to the organization otherwise |
| 6 | without data |
| 7 | dan's, in the organization, from the time when he belonged to it |
"""

from __future__ import annotations

from typing import Any

from mockserver.seeds.builder import SeedBuilder
from mockserver.seeds.rows import DATE
from mockserver.seeds.task_builder import Frames, TaskBuilder

PEOPLE = (None, "nel", "dan", "wim", "jon", "bob", "ann", "vic", "wil", "sue", "max", "olga", "admin")
"""From those who may least to who may all: nobody, nel is in no group, wim and vic may only work."""
_GROUPS: dict[str, list[str]] = {"nel": [], "wim": ["worker"], "vic": ["worker"], "max": ["user", "worker"]}
_PERSON = {
    "name": "person",
    "sublabels": ["head", "hand"],
    "attributes": [{"name": "pose", "mutable": True, "input_type": "select", "values": ["up", "down"]}],
}
_CAR: dict[str, Any] = {
    "name": "car",
    "attributes": [
        {"name": "colour", "input_type": "select", "values": ["red", "blue"], "default_value": "blue"},
        {"name": "speed", "mutable": True, "input_type": "number", "values": ["0", "9", "3"], "default_value": "3"},
    ],
}


def office() -> dict[str, Any]:
    """The seed."""
    build = SeedBuilder()
    build.user("admin", superuser=True)
    for name in ("ann", "bob", "jon", "dan", "wim", "nel", "olga", "max", "sue", "wil", "vic"):
        build.user(name, first_name=name.title(), groups=_GROUPS.get(name, ["user"]), last_name="N")
    build.user("gone", is_active=False)
    build.organization("one", {"olga": "owner", "max": "maintainer", "sue": "supervisor", "wil": "worker",
                               "vic": "worker"})  # fmt: skip
    build.organization("two", {"ann": "owner", "bob": "maintainer", "max": "worker"})
    who = {user["username"]: user["id"] for user in build.rows["users"]}
    _tasks(build, who)
    build.issue(1, 0, "is it one?", [1, 2, 3, 4])
    build.issue(3, 1, "or two?", [5, 6])
    build.rows["issues"][0] |= {"owner": who["bob"], "assignee": who["jon"]}
    build.rows["issues"][1] |= {"owner": who["wil"]}
    build.rows["comments"][0] |= {"owner": who["jon"]}
    return build.seed() | _things(who)


def _tasks(build: SeedBuilder, who: dict[str, int]) -> None:
    ours = build.project("ours", [_CAR, "wheel", _PERSON], owner=who["sue"], assignee=who["wil"], organization=1,
                         organization_id=1)  # fmt: skip
    anns = build.project("ann's", ["car", "wheel"], owner=who["ann"], assignee=who["bob"])
    of_one = {"organization": 1, "organization_id": 1}
    first = build.task("street", labels=[_CAR, "road", _PERSON], frames=9, segment_size=4, overlap=1,
                       deleted_frames=[2], ground_truth=[0, 5], owner=who["ann"], assignee=who["bob"])  # fmt: skip
    _assign(build, first.jobs[0], who["jon"])
    video = build.task("film.mp4", labels=[_CAR, _PERSON], frames=Frames.of_video("film.mp4", 20, (64, 36), 4, 2),
                       segment_size=12, overlap=4, owner=who["sue"], assignee=who["wil"], **of_one)  # fmt: skip
    third = build.task("parts", project=ours, frames=3, subset="Train", owner=who["olga"])
    _assign(build, third.jobs[0], who["wil"])
    pool = build.task("pool", labels=["car"], frames=12, segment_size=4, pool=4, honeypots_per_job=2,
                      owner=who["ann"], assignee=who["wim"])  # fmt: skip
    crops = build.task("crops", project=anns, frames=Frames([("a/b.png", 30, 20), ("b.png", 31, 21)], related={1: 2}))
    _assign(build, crops.jobs[0], who["vic"])
    build.task("nothing yet", labels=["car"], owner=who["ann"])
    build.task("old", labels=["car"], frames=2, owner=who["dan"], **of_one)
    _annotate(first, video, crops, pool)


def _assign(build: SeedBuilder, job: int, user: int) -> None:
    row = next(row for row in build.rows["jobs"] if row["id"] == job)
    row |= {"assignee": user, "assignee_updated_date": DATE, "state": "in progress"}


def _annotate(first: TaskBuilder, video: TaskBuilder, crops: TaskBuilder, pool: TaskBuilder) -> None:
    for frame in (0, 3, 5, 8):
        first.shape("rectangle", "car", frame, [10, 10 + frame, 60, 50], attributes={"colour": "red"}, group=frame % 2)
        first.tag("road", frame)
    first.shape("rectangle", "car", 0, [11, 10, 60, 52], job=first.ground_truth)
    first.shape("rectangle", "car", 5, [10, 15, 60, 50], job=first.ground_truth)
    first.shape("skeleton", "person", 1, [], attributes={"pose": "down"}, elements={"head": (5, 6), "hand": (7, 9)})
    first.shape("mask", "road", 7, [2, 3, 3, 4, 20, 30, 23, 32])
    video.track("car", {0: [0, 1, 8, 9], 6: [20, 1, 28, 9], 9: None}, attributes={"colour": "red"})
    video.track("car", {12: [0, 1, 8, 9], 19: [20, 1, 28, 9]})
    parts = {"head": {2: [3, 4], 5: [6, 7]}, "hand": {2: [1, 1], 5: [9, 9]}}
    video.track("person", {2: [], 5: []}, kind="skeleton", elements=parts)
    crops.shape("rectangle", "wheel", 1, [1, 1, 6, 6])
    for frame in range(12, 16):
        pool.shape("rectangle", "car", frame, [1, 1, 60, 60], job=pool.ground_truth)
    pool.shape("rectangle", "car", 0, [1, 1, 60, 58])


def _things(who: dict[str, int]) -> dict[str, Any]:
    """Guides, webhooks, storages, keys and invitations."""
    dates = {"created_date": DATE, "updated_date": DATE}
    hook = {"target_url": "http://hook.test/a", "events": ["update:job"], "content_type": "application/json",
            "is_active": True, "enable_ssl": True, **dates}  # fmt: skip
    at = {"provider_type": "AWS_S3_BUCKET", "resource": "bucket", "credentials_type": "ANONYMOUS_ACCESS",
             "specific_attributes": "", "description": "", "manifests": [], **dates}  # fmt: skip
    return {
        "guides": [{"id": 1, "markdown": "# How", "task_id": 1, **dates},
                   {"id": 2, "markdown": "# What", "project_id": 1, **dates}],
        "webhooks": [{"id": 1, "owner": who["sue"], "type": "project", "project_id": 1, "organization": 1, **hook},
                     {"id": 2, "owner": who["olga"], "type": "organization", "organization": 1, **hook},
                     {"id": 3, "owner": who["ann"], "type": "project", "project_id": 2, "organization": None, **hook}],
        "cloudstorages": [{"id": 1, "owner": who["ann"], "display_name": "hers", "organization": None, **at},
                          {"id": 2, "owner": who["sue"], "display_name": "ours", "organization": 1, **at}],
        "access_tokens": [
            {"id": 1, "name": "ci", "value": "annskey", "owner": who["ann"], "read_only": False, **dates},
            {"id": 2, "name": "old", "value": "oldkey", "owner": who["ann"], "expiry_date": DATE, **dates},
            {"id": 3, "name": "look", "value": "lookkey", "owner": who["wil"], "read_only": True, **dates}],
        "invitations": [{"key": "k1", "user": who["dan"], "owner": who["max"], "role": "worker", "organization": 1,
                         "created_date": DATE, "sent_date": DATE},
                        {"key": "k2", "user": who["jon"], "owner": who["olga"], "role": "maintainer", "organization": 1,
                         "created_date": DATE, "sent_date": DATE}],
    }  # fmt: skip
