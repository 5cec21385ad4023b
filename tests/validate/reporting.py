"""A report of a small real input with everything in it that reports must cope with."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from annotools.validate.engine import judge
from annotools.validate.overlay import Overlay
from annotools.validate.reading import SubjectOptions, read_subject
from annotools.validate.report import Report
from annotools.validate.reports import RenderOptions, render
from annotools.validate.settings import ValidateSettings
from tests.validate.examples import FRAMES, LABELS, files_of

HURTING = 'car <b>"x"</b> & `|@me` %0A::error::\x1b[31m #7 ]]>'  # a label's name
FRAME = "stré, <et>:1 100%.jpg"


def _shape(kind: str, frame: int, points: list[float], label: int = 1, **more: Any) -> dict[str, Any]:
    return {"type": kind, "label_id": label, "frame": frame, "points": points, **more}


SHAPES = [
    _shape("rectangle", 0, [60, 40, 10, 10], id=1),
    _shape("rectangle", 0, [60, 40, 120, 80], id=2),
    _shape("rectangle", 0, [60, 40, 120, 80], id=3),
    _shape("rectangle", 0, [150, 40, 220, 80], 2, rotation=30),
    _shape("polygon", 1, [10, 10, 100, 90, 100, 10, 10, 90], 3),
    _shape("polygon", 1, [10, 10, 100], 3),
    _shape("mask", 2, [0, 50, 10, 30, 20, 29, 13], 4),
    _shape("mask", 2, [0, 3, 10, 10, 12, 10], 4),
    _shape("ellipse", 3, [100, 50, 280, 10]),
    _shape("points", 3, [10, 10, 10, 10, 300, 20]),
    _shape("polyline", 8, [10, 10, 50, 60]),
    _shape("rectangle", 30, [1, 1, 2, 2], 99),
    _shape("cuboid", 8, [20, 20, 20, 80, 80, 20, 80, 80, 110, 10, 110, 60, 50, 10, 50, 60]),
    _shape("rectangel", 4, [20, 20, 20, 80]),
    _shape("rectangle", 4, [20, 20, 40, 80], lable="ü"),
    _shape("skeleton", 8, [], 5, elements=[_shape("points", 8, [20, 20], 51), _shape("points", 8, [60, 50], 52)]),
    _shape("rectangle", 5, [1e300, 2, -1e300, 4]),
]
TRACKS = [
    {"label_id": 1, "frame": 0, "shapes": [
        {"type": "rectangle", "frame": 4, "points": [10, 10, 20, 20], "outside": False},
        {"type": "rectangle", "frame": 2, "points": [12, 10, 22, 20], "outside": False}]},
]  # fmt: skip


def members(name: str = HURTING) -> dict[str, bytes]:
    """The bundle, its annotations on many lines.  name: of a label."""
    labels = json.loads(json.dumps(LABELS))
    labels[0]["name"] = name
    frames = [FRAMES[0] | {"name": FRAME}, *FRAMES[1:]]
    files = files_of({"labels": labels, "data_meta": {"frames": frames}})
    body = {"shapes": SHAPES, "tracks": TRACKS}
    return files | {"annotations.json": json.dumps(body, indent=1, ensure_ascii=False).encode()}


@cache
def report() -> Report:
    """The report of that bundle under the preset `strict`."""
    return judged(ValidateSettings(preset="strict"))


def judged(settings: ValidateSettings, name: str = HURTING) -> Report:
    """A report of that bundle.  name: of a label."""
    return judge(read_subject(Overlay("task", members(name)), SubjectOptions("cvat-api", name="task")), settings)


def clean() -> Report:
    """A report without findings."""
    return judge(
        read_subject(Overlay("task", files_of({})), SubjectOptions("cvat-api", name="task")), ValidateSettings()
    )


def text(form: str, *reports: Report, **choices: Any) -> str:
    """A report in a format."""
    return "".join(render(form, reports or (report(),), RenderOptions(**choices) if choices else None))
