"""Bodies that a CVAT 2.73 server was sent, and what it answered: what it refused is an error, what it took is none.

The recorded requests lie beside the checkout (`shared/contract`); without them a few of each kind are judged.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import pytest

from annotools.validate.engine import judge
from annotools.validate.findings import ERROR
from annotools.validate.overlay import Overlay
from annotools.validate.reading import SubjectOptions, read_subject
from annotools.validate.report import Report
from annotools.validate.settings import ValidateSettings
from tests.paths import CONTRACT

_CAPTURED = re.compile(r"^\$\.(\w+)\[(\d+)\]\.id$")
_PATH = re.compile(r"^/api/(jobs|tasks)/(\d+)/annotations/?$")
_REFUSED_FOR_OTHER_REASONS = {401, 403, 404, 405, 406, 410, 415}

_RUNS = "every export of the job with masks fails or paints pixels that nobody drew: the runs do not fill the box"
_BOX = "every export of the job with masks fails: the mask does not fit into the picture"
_NUMBER = "every export of the job but CVAT's XML fails: the value is converted to a number"
_HIDDEN = "nobody sees it in the job, exports leave it out, and that to CVAT's XML for video fails"

# Stored but broken: the server answers 200, and then something breaks.  scenario/step -> (rules, what breaks)
BROKEN: dict[str, tuple[set[str], str]] = {
    "annos-img/mask-rle-2/0": ({"MSK001"}, _RUNS),
    "annos-img/mask-rle-2/3": ({"MSK001", "MSK006"}, _RUNS),
    "annos-img/mask-rle-2/6": ({"MSK001", "MSK006"}, _RUNS),
    "annos-img/mask-rle-3/3": ({"MSK002"}, _BOX),
    "annos-img/attr-number/0": ({"LBL011"}, _NUMBER),
    "annos-img/mask-rle-2/9": ({"MSK003"}, _BOX),
    "annos-img/mask-rle-3/0": ({"MSK003"}, _BOX),
    "annos-img/patch-create-update-delete/11": ({"FRM002"}, _HIDDEN),
    "annos-img/shape-frame/0": ({"FRM002"}, _HIDDEN),
    "annos-vid/track-entirely-before-job/6": ({"FRM002"}, _HIDDEN),
    "annos-img/skeleton-element-other-frame/0": ({"SKL015"}, "every later read of the job answers 500"),
    "annos-vid/track-keyframe-one-past-stop-outside/3": ({"TRK014"}, "every export of the job fails: no interpolation"),
}


@dataclass(frozen=True)
class Sent:
    """One request with annotations and its answer."""

    name: str
    seed: str
    owner: str
    number: int
    action: str
    body: bytes
    status: int
    stored: dict[int, dict[str, list[Any]]] = field(default_factory=dict)  # what earlier steps gave other jobs


class Replay:
    """The ids that a scenario's answers gave out, and which job got what."""

    def __init__(self) -> None:
        self.ids: dict[str, int] = {}
        self.stored: dict[int, dict[str, list[Any]]] = {}

    def filled(self, step: dict[str, Any]) -> dict[str, Any]:
        """A step with ids for its variables."""
        text = json.dumps(step)
        for name, number in self.ids.items():
            text = text.replace(f'"{{{name}}}"', str(number))
        value: dict[str, Any] = json.loads(text)
        return value

    def note(self, step: dict[str, Any], sent: Sent) -> None:
        """Give ids to what a step created."""
        if sent.status != 200 or sent.action == "delete" or sent.owner != "jobs":
            return
        body = json.loads(sent.body)
        for name, path in step.get("capture", {}).items():
            match = _CAPTURED.match(path)
            if match:
                self.ids[name] = 10**9 + len(self.ids)
                item = body[match[1]][int(match[2])] | {"id": self.ids[name]}
                self.stored.setdefault(sent.number, {}).setdefault(match[1], []).append(item)


@cache
def _seed(name: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((CONTRACT / "seeds" / f"{name}.json").read_text("utf-8"))
    return value


def _sent() -> Iterator[Sent]:
    for path in sorted((CONTRACT / "scenarios").glob("*/*.json")):
        scenario = json.loads(path.read_text("utf-8"))
        replay = Replay()
        for index, step in enumerate(scenario["steps"]):
            sent = _request(scenario, index, replay.filled(step))
            if sent is not None:
                yield replace(sent, stored=dict(replay.stored))
                replay.note(step, sent)


def _request(scenario: dict[str, Any], number: int, step: dict[str, Any]) -> Sent | None:
    request, expect = step["request"], step["expect"]
    status = step.get("real") or expect.get("real") or expect["status"]
    match = _PATH.match(request["path"])
    query = dict(request.get("query") or [])
    if not match or request["method"] not in ("PUT", "PATCH") or "format" in query or "rq_id" in query:
        return None
    if status in _REFUSED_FOR_OTHER_REASONS or not ("body" in request or "body_text" in request):
        return None
    body = request["body_text"] if "body_text" in request else json.dumps(request["body"])
    action = "put" if request["method"] == "PUT" else query.get("action", "")
    name = f"{scenario['name']}/{number}"
    return Sent(name, scenario["seed"], match[1], int(match[2]), action, body.encode("utf-8", "surrogatepass"), status)


def _files(sent: Sent) -> dict[str, Any] | None:
    """The bundle of the task or job that a request was for; None where there is none of that number."""
    seed = _seed(sent.seed)
    jobs = [job for job in seed["jobs"] if sent.owner == "jobs" and job["id"] == sent.number]
    if sent.owner == "jobs" and not jobs:
        return None
    number = jobs[0]["task_id"] if jobs else sent.number
    task = next(task for task in seed["tasks"] if task["id"] == number)
    files = {"labels.json": _labels(seed, task), "task.json": task, "data_meta.json": seed["data_meta"][str(number)]}
    layout = seed["validation"].get(str(number), {}).get("jobs", {})
    for job in seed["jobs"]:
        if job["task_id"] == number:
            annotations = sent.stored.get(job["id"], seed["annotations"].get(str(job["id"])))
            files |= _job_files(job, layout.get(str(job["id"])), annotations)
    return files


def _job_files(job: dict[str, Any], layout: Any, annotations: Any) -> dict[str, Any]:
    members = {"job.json": job, "validation_layout.json": layout, "annotations.json": annotations}
    return {f"jobs/{job['id']}/{name}": value for name, value in members.items() if value}


def _labels(seed: dict[str, Any], task: dict[str, Any]) -> list[Any]:
    key = "project_id" if task["project_id"] else "task_id"
    owner = task["project_id"] or task["id"]
    return [label for label in seed["labels"] if label.get(key) == owner and not label.get("parent_id")]


def _judged(sent: Sent) -> Report | None:
    files = _files(sent)
    if files is None:
        return None
    context = Overlay("context", {name: json.dumps(value).encode() for name, value in files.items()})
    job = sent.number if sent.owner == "jobs" else None
    choices = SubjectOptions("cvat-api", context, job, sent.action)
    return judge(
        read_subject(Overlay("annotations.json", {"annotations.json": sent.body}), choices), ValidateSettings()
    )


def _lines(sent: Sent, report: Report) -> list[str]:
    return [f"{sent.name}: {finding}" for finding in report.findings() if finding.severity == ERROR]


@pytest.fixture(scope="module")
def answers() -> list[tuple[Sent, Report]]:
    if not CONTRACT.is_dir():
        pytest.skip("the recorded answers of a server are not beside this checkout")
    pairs = ((sent, _judged(sent)) for sent in _sent())
    return [(sent, report) for sent, report in pairs if report is not None]


def test_there_is_something_to_judge(answers: list[tuple[Sent, Report]]) -> None:
    """Both kinds of answers are there."""
    assert sum(sent.status == 200 for sent, _ in answers) > 100
    assert sum(sent.status != 200 for sent, _ in answers) > 80


def test_what_the_server_refused_has_an_error(answers: list[tuple[Sent, Report]]) -> None:
    """Every body that got 400 or 500 has at least one error."""
    assert [f"{sent.name}: {sent.status}" for sent, report in answers if sent.status != 200 and not report.errors] == []


def test_what_the_server_took_has_no_error(answers: list[tuple[Sent, Report]]) -> None:
    """Every body that got 200 has no error, but for those that are stored and break something."""
    taken = [(sent, report) for sent, report in answers if sent.status == 200]
    wrong = [line for sent, report in taken if sent.name not in BROKEN for line in _lines(sent, report)]
    assert wrong == []


def test_what_is_stored_but_broken_has_its_error(answers: list[tuple[Sent, Report]]) -> None:
    """Each of the listed bodies is told by the rules that know what breaks, and by no other."""
    codes_of = {sent.name: {b.rule.code for b in report.batches if b.severity == ERROR} for sent, report in answers}
    assert {name: codes_of[name] for name in BROKEN} == {name: codes for name, (codes, _) in BROKEN.items()}
