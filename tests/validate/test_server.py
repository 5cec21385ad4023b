"""What a CVAT 2.73 server refuses, takes, or takes and then breaks on, line by line of its checks, on the street task.

Refused (400 or 500): at least one error under `upload`.  Taken (200 and readable afterwards): none, but for what
breaks later.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from annotools.validate.engine import judge
from annotools.validate.findings import ERROR
from annotools.validate.overlay import Overlay
from annotools.validate.reading import SubjectOptions, read_subject
from annotools.validate.report import Report
from annotools.validate.settings import ValidateSettings
from tests.validate.examples import files_of
from tests.validate.server_bodies import (
    ACCEPTED,
    POSE,
    REFUSED,
    element,
    pose,
    shape,
    shapes,
    tag,
    track,
    tracks,
    value,
)

# What Django REST framework takes for a flag; source: its BooleanField.


MEND = {"id": 5}
BY_ACTION: dict[str, tuple[str, Any, bool]] = {
    "create with id": ("create", shapes(shape(**MEND)), False),
    "create without id": ("create", shapes(shape()), True),
    "create a tag with id": ("create", {"tags": [tag(**MEND)]}, False),
    "update with id": ("update", shapes(shape(**MEND)), True),
    "update without id": ("update", shapes(shape()), True),
    "update, id twice": ("update", shapes(shape(**MEND), shape(**MEND, frame=1)), False),
    "update, tag and shape of one id": ("update", shapes(shape(**MEND)) | {"tags": [tag(**MEND)]}, True),
    "update with an unknown source": ("update", shapes(shape(**MEND, source="robot")), True),
    "update without id, with an unknown source": ("update", shapes(shape(source="robot")), False),
    "update with an unknown label": ("update", shapes(shape(**MEND, label_id=99)), False),
    "update with an unknown attribute": ("update", shapes(shape(**MEND, attributes=[value(99)])), False),
    "update a track with no shapes": ("update", tracks(track(**MEND, shapes=[])), False),
    "update an element with id": ("update", shapes(pose(element(id=6), *POSE[1:], **MEND)), True),
    "update with too large a frame": ("update", shapes(shape(**MEND, frame=2**31)), False),
    "create with an unknown source": ("create", shapes(shape(source="robot")), False),
    "create nothing": ("create", {}, True),
    "delete nothing": ("delete", {}, True),
    "delete with a negative frame": ("delete", shapes(shape(**MEND, frame=-1)), False),
    "delete a skeleton without elements": ("delete", shapes(pose(**MEND)), False),
    "delete an attribute of another label": ("delete", shapes(shape(**MEND, attributes=[value(99)])), True),
    "delete beyond the task": ("delete", shapes(shape(**MEND, frame=500)), True),
    "delete with id": ("delete", shapes(shape(**MEND)), True),
    "delete without id": ("delete", shapes(shape()), False),
    "delete with id null": ("delete", shapes(shape(id=None)), False),
    "delete a tag without id": ("delete", {"tags": [tag()]}, False),
    "delete a track without id": ("delete", tracks(track()), False),
    "delete only ids": ("delete", shapes(MEND), False),
    "delete with an unknown label": ("delete", shapes(shape(**MEND, label_id=99)), True),
    "delete with an unknown source": ("delete", shapes(shape(**MEND, source="robot")), True),
    "delete with too few points": ("delete", shapes(shape(**MEND, points=[1, 2])), False),
    "delete, id twice": ("delete", shapes(shape(**MEND), shape(**MEND)), True),
}  # fmt: skip


def judged(body: Any, action: str = "put", **parts: Any) -> Report:
    """A body judged before it is sent to job 3 of the street task."""
    text = body if isinstance(body, str) else json.dumps(body)
    files = files_of(parts)
    del files["annotations.json"]
    choices = SubjectOptions("cvat-api", Overlay("context", files), action=action)
    source = Overlay("annotations.json", {"annotations.json": text.encode()})
    return judge(read_subject(source, choices), ValidateSettings())


def errors(report: Report) -> list[str]:
    """The errors of a report, as text."""
    return [str(finding) for finding in report.findings() if finding.severity == ERROR]


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_server_refuses_is_an_error(name: str) -> None:
    """Whether with 400 or with 500, or whether every later read fails."""
    assert errors(judged(REFUSED[name])) != []


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_a_server_takes_is_no_error(name: str) -> None:
    """However odd it is."""
    assert errors(judged(ACCEPTED[name])) == []


LATER = {
    "a number that is none": (shapes(shape(attributes=[value(13, "fast")])), "LBL011"),
    "a mask that leaves the picture": (shapes(shape(type="mask", label_id=4, points=[0, 4, -1, 0, 0, 1])), "MSK003"),
    "a frame beyond the job": (shapes(shape(frame=11)), "FRM002"),
}


@pytest.mark.parametrize("name", LATER)
def test_what_breaks_later_is_an_error(name: str) -> None:
    """The server takes it, and exports fail or leave it out."""
    body, code = LATER[name]
    assert [error for error in errors(judged(body)) if code in error]


@pytest.mark.parametrize("name", BY_ACTION)
def test_ids_are_judged_by_the_action(name: str) -> None:
    """They must be there to delete, must not be there to create, and may be there to update."""
    action, body, fine = BY_ACTION[name]
    assert (errors(judged(body, action)) == []) is fine


def test_tracks_have_no_place_in_a_task_with_honeypots() -> None:
    """The server refuses any."""
    task = {"validation_mode": "gt_pool"}
    assert errors(judged(tracks(track()), task=task)) != []
    assert errors(judged(tracks(track(label_id=99)), task=task)) != []
    assert errors(judged(shapes(shape()), task=task)) == []
