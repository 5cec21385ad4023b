"""The annotations of a job under any order of requests, against a model that is a dict of what should be there.

PUT replaces, PATCH create appends, update keeps ids and replaces, delete removes by id, DELETE clears; a request that
is refused changes nothing; ids are never given twice; what a read shows is what was last written.
"""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from mockserver.core.app import App
from mockserver.seeds.sources import state_of
from mockserver.state.context import Config
from tests.mock.conftest import Client

JOB = "/api/jobs/112/annotations"
RECT, ANY, TAG = 290, 289, 297
KINDS = ("tags", "shapes", "tracks")
numbers = st.integers(0, 500) | st.floats(0, 500).map(lambda value: round(value, 3))
frames, groups = st.integers(0, 12), st.integers(0, 3)
points = st.lists(numbers, min_size=4, max_size=4)
sources = st.sampled_from(["manual", "auto", "semi-auto", "file", "consensus"])
tags = st.fixed_dictionaries({"label_id": st.just(TAG), "frame": frames}, optional={"group": groups, "source": sources})
shapes = st.fixed_dictionaries(
    {"type": st.sampled_from(["rectangle", "ellipse"]), "label_id": st.just(RECT), "frame": frames, "points": points},
    optional={"group": groups, "occluded": st.booleans(), "z_order": st.integers(-3, 3),
              "rotation": st.integers(0, 360)},
)  # fmt: skip
keyframes = st.lists(
    st.fixed_dictionaries({"type": st.just("rectangle"), "frame": frames, "points": points, "outside": st.booleans()}),
    min_size=1, max_size=3, unique_by=lambda shape: shape["frame"],
)  # fmt: skip
tracks = keyframes.map(
    lambda keyframes: {"label_id": RECT, "frame": min(shape["frame"] for shape in keyframes), "shapes": keyframes}
)
documents = st.fixed_dictionaries(
    {}, optional={"tags": st.lists(tags, max_size=2), "shapes": st.lists(shapes, max_size=3),
                  "tracks": st.lists(tracks, max_size=2)},
)  # fmt: skip
BAD = {"type": "rectangle", "label_id": RECT, "frame": 0, "points": [1, 2, 3]}


class Annotations(RuleBasedStateMachine):
    """`model`: (kind, id) -> the object as it was written."""

    seed: dict[str, Any]
    written = Bundle("written")

    @initialize()
    def begin(self) -> None:
        """A job without annotations."""
        self.client = Client(App(state_of(self.seed), Config("real")), "demo_admin")
        self.model: dict[tuple[str, int], dict[str, Any]] = {}
        self.given: dict[str, set[int]] = {kind: set() for kind in KINDS}

    def send(self, method: str, path: str, body: Any) -> Any:
        """An answer that must be 200."""
        response = self.client.send(method, path, body)
        assert response.status == 200, response.body
        return response.json()

    def take(self, answer: Any, fresh: bool) -> list[tuple[str, int]]:
        """Note what an answer says was written."""
        keys = []
        for kind in KINDS:
            for item in answer[kind]:
                if fresh:
                    assert item["id"] not in self.given[kind]
                self.given[kind].add(item["id"])
                self.model[kind, item["id"]] = item
                keys.append((kind, item["id"]))
        return keys

    @rule(target=written, body=documents)
    def put(self, body: Any) -> Any:
        """Replaces everything."""
        answer = self.send("PUT", JOB, body)
        self.model = {}
        assert {kind: len(answer[kind]) for kind in KINDS} == {kind: len(body.get(kind, ())) for kind in KINDS}
        return multiple(*self.take(answer, fresh=True))

    @rule(target=written, body=documents)
    def create(self, body: Any) -> Any:
        """Appends."""
        return multiple(*self.take(self.send("PATCH", f"{JOB}?action=create", body), fresh=True))

    @rule(key=written, frame=frames)
    def update(self, key: tuple[str, int], frame: int) -> None:
        """Puts another object in the place of one, or makes one with that id."""
        kind, pk = key
        item = {"id": pk, **self.other(kind, frame)}
        keys = self.take(self.send("PATCH", f"{JOB}?action=update", {kind: [item]}), fresh=False)
        assert keys == [key]

    def other(self, kind: str, frame: int) -> dict[str, Any]:
        """An object that is unlike all others."""
        if kind == "tags":
            return {"label_id": ANY, "frame": frame}
        shape = {"type": "rectangle", "frame": frame, "points": [frame, 501, 502, 503]}
        if kind == "shapes":
            return {**shape, "label_id": RECT}
        return {"label_id": RECT, "frame": frame, "shapes": [shape]}

    @rule(key=consumes(written))
    def delete(self, key: tuple[str, int]) -> None:
        """Removes one by its id; one that is gone already is fine."""
        kind, pk = key
        self.send("PATCH", f"{JOB}?action=delete", {kind: [{"id": pk, **self.other(kind, 0)}]})
        self.model.pop(key, None)

    @rule()
    def clear(self) -> None:
        """Removes everything."""
        assert self.client.send("DELETE", JOB).status == 204
        self.model = {}

    @rule(body=documents, method=st.sampled_from(["PUT", "PATCH"]))
    def fail(self, body: Any, method: str) -> None:
        """Changes nothing."""
        broken = {**body, "shapes": [*body.get("shapes", ()), BAD]}
        assert self.client.send(method, f"{JOB}?action=create", broken).status == 400

    @invariant()
    def holds(self) -> None:
        """A read shows the model: all ids once, every given value, in order of frames or ids."""
        if not hasattr(self, "client"):
            return
        shown = self.client.get(JOB).json()
        for kind in KINDS:
            assert sorted(item["id"] for item in shown[kind]) == sorted(pk for name, pk in self.model if name == kind)
            for item in shown[kind]:
                assert_shows(item, self.model[kind, item["id"]])
        for kind in ("tags", "shapes"):
            assert [item["frame"] for item in shown[kind]] == sorted(item["frame"] for item in shown[kind])
        assert [item["id"] for item in shown["tracks"]] == sorted(item["id"] for item in shown["tracks"])


def assert_shows(shown: Any, written: Any) -> None:
    """What was written is there; defaults may have joined it."""
    wanted = copy.deepcopy(written)
    if "shapes" in wanted:
        wanted["shapes"].sort(key=lambda shape: shape["frame"])
        for one, other in zip(shown["shapes"], wanted.pop("shapes"), strict=True):
            assert_shows(one, other)
    for name, value in wanted.items():
        if name not in ("attributes", "elements"):
            assert shown[name] == value, name


@pytest.mark.usefixtures("demo_seed")
def test_the_laws_of_annotations(demo_seed: dict[str, Any]) -> None:
    machine = type("Machine", (Annotations,), {"seed": demo_seed})
    quick = settings(max_examples=20, stateful_step_count=15, deadline=None,
                     suppress_health_check=[HealthCheck.too_slow])  # fmt: skip
    run_state_machine_as_test(machine, settings=quick)
