"""A whole pack against one server: what it answers otherwise than was recorded.

A mock (anything with `POST /_mock/seed`) is put into the state of each scenario's seed, and back into its own at the
end. Another server cannot be: there only scenarios run that make what they need, in a project that is removed again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson

from annotools.errors import InputError, UsageError
from mockserver.contract import steps
from mockserver.contract.differences import Difference
from mockserver.contract.pack import Json, Pack
from mockserver.contract.project import Login, project
from mockserver.contract.senders import Message, Sender, basic

_JSON = {"content-type": "application/json"}


@dataclass(slots=True)
class Outcome:
    """One step: how its answer differs, or why it could not be run."""

    scenario: str
    step: str
    request: str
    differences: list[Difference] = field(default_factory=list)
    problem: str = ""

    @property
    def passed(self) -> bool:
        """Whether the answer was the expected one."""
        return not self.differences and not self.problem

    def lines(self) -> list[str]:
        """What is wrong, a line each."""
        return [self.problem] if self.problem else [str(difference) for difference in self.differences]


def check(sender: Sender, pack: Pack, login: Login | None) -> Iterator[Outcome]:
    """All that can be run there, step by step. Raises: UnreachableError, UsageError where a login is needed."""
    if is_mock(sender):
        with _kept_state(sender):
            yield from recorded(sender, pack)
            if pack.live:
                _send(sender, "POST", "/_mock/seed", orjson.dumps("default"))
                yield from live(sender, pack, Login("admin", "mock"))
        return
    if not pack.live:
        raise UsageError(f"{sender.base}: no mock server, and the scenarios need its state set")
    if login is None:
        raise UsageError(f"{sender.base}: who is to log in there? set CVAT_TOKEN, or CVAT_USER and CVAT_PASSWORD")
    yield from live(sender, pack, login)


def is_mock(sender: Sender) -> bool:
    """Whether a server has the calls of a mock."""
    answer = sender.send(Message("GET", "/_mock/health"))
    return answer.status == 200 and (answer.header("Content-Type") or "").startswith("application/")


def _send(sender: Sender, method: str, path: str, body: bytes, label: str = "") -> None:
    headers = {**_JSON, **({"x-scenario": label} if label else {})}
    answer = sender.send(Message(method, path, headers=headers, body=body))
    if answer.status not in (200, 204):
        raise InputError(f"{sender.base}{path}: answered {answer.status}: {answer.body[:200].decode(errors='replace')}")


@contextmanager
def _kept_state(sender: Sender) -> Iterator[None]:
    saved = sender.send(Message("GET", "/_mock/snapshot"))
    try:
        yield
    finally:
        if saved.status == 200:
            sender.send(Message("PUT", "/_mock/snapshot", body=saved.body))


def recorded(sender: Sender, pack: Pack) -> Iterator[Outcome]:
    """The scenarios with seeds, on a mock, whose state is another one afterwards."""
    last = ""
    for scenario in pack.scenarios:
        seed, label = pack.seed(scenario["seed"], sender.base), scenario["name"]
        if scenario["seed"] == last:
            _send(sender, "POST", "/_mock/reset", b"", label)
        else:
            _send(sender, "POST", "/_mock/seed", orjson.dumps(seed), label)
        last = scenario["seed"]
        yield from run(sender, scenario, _passwords(seed), {"base": sender.base})


def _passwords(seed: Json) -> steps.Authorize:
    passwords = {user["username"]: user.get("password", "") for user in seed["users"]}

    def authorize(user: str | None) -> Mapping[str, str]:
        return {} if user is None else {"authorization": basic(user, passwords[user])}

    return authorize


def live(sender: Sender, pack: Pack, login: Login) -> Iterator[Outcome]:
    """The scenarios without seeds, in a project that is removed again."""
    with project(sender, login, "check") as live_project:
        for scenario in pack.live:
            yield from run(sender, scenario, login.authorize, live_project.variables)


def run(sender: Sender, scenario: Json, authorize: steps.Authorize, variables: Json) -> Iterator[Outcome]:
    """One scenario; what it captures is left in `variables`."""
    for step in scenario["steps"]:
        outcome = Outcome(scenario["name"], step["name"], f"{step['request']['method']} {step['request']['path']}")
        try:
            response = steps.ask(sender, step, scenario["user"], authorize, variables)
            outcome.differences = list(steps.judged(step, response, variables))
            steps.capture(step, response, variables)
        except steps.StepError as error:
            outcome.problem = outcome.problem or str(error)
        yield outcome


def share(outcomes: Iterable[Outcome]) -> float:
    """The part that passed, 0..1."""
    every = list(outcomes)
    return sum(outcome.passed for outcome in every) / max(len(every), 1)


def by_section(outcomes: Iterable[Outcome]) -> dict[str, list[Outcome]]:
    """Outcomes by the first part of the scenario's name."""
    sections: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        sections.setdefault(outcome.scenario.partition("/")[0], []).append(outcome)
    return sections


Progress = Callable[[Outcome], Any]
