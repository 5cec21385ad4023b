"""A real server beside the mock: the same scenarios on both, and where their answers differ.

    with project(upstream, login, "drift") as there, project(mock, admin, "drift") as here:
        outcomes = list(drift(Side(upstream, login, there), Side(mock, admin, here), pack.live))

What is expected is what the mock answers, so a field that the server has and the mock has not is "added".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mockserver.contract import steps
from mockserver.contract.checking import Outcome
from mockserver.contract.differences import Difference, Kind, Paths, compared
from mockserver.contract.normal import answer_of
from mockserver.contract.pack import Json
from mockserver.contract.project import Login, Project
from mockserver.contract.senders import Sender
from mockserver.protocol.http import Response


@dataclass(slots=True)
class Side:
    """One of the two servers, who asks there, and the project that was made there."""

    sender: Sender
    login: Login
    project: Project

    def ask(self, step: Json) -> Response:
        """The answer to a step, its captures kept. Raises: StepError, UnreachableError."""
        variables = self.project.variables
        response = steps.ask(self.sender, step, "", self.login.authorize, variables)
        steps.capture(step, response, variables)
        return response


def drift(upstream: Side, mock: Side, scenarios: Iterable[Json]) -> Iterator[Outcome]:
    """Every step of the scenarios on both sides, in order."""
    for scenario in scenarios:
        for step in scenario["steps"]:
            outcome = Outcome(scenario["name"], step["name"], f"{step['request']['method']} {step['request']['path']}")
            try:
                outcome.differences = list(_differences(step, upstream, mock))
            except steps.StepError as error:
                outcome.problem = str(error)
            yield outcome


def _differences(step: Json, upstream: Side, mock: Side) -> Iterator[Difference]:
    """Both sides are asked, even if one of them fails, so that they go on in the same state."""
    problems: list[steps.StepError] = []
    answers: list[Response] = []
    for side in (upstream, mock):
        try:
            answers.append(side.ask(step))
        except steps.StepError as error:
            problems.append(steps.StepError(f"{side.sender.base}: {error}"))
    if problems:
        raise problems[0]
    got, want = (
        answer_of(answer, side.sender.base, side.project.name)
        for answer, side in zip(answers, (upstream, mock), strict=True)
    )
    if want["status"] != got["status"]:
        yield Difference(Kind.STATUS, "status", want["status"], got["status"])
        return
    for difference in compared(want["headers"], got["headers"], path="headers"):
        yield Difference(Kind.HEADER, difference.path, difference.expected, difference.actual)
    yield from compared(want["body"], got["body"], Paths.of(step.get("ignore", ()), step.get("unordered", ())))
