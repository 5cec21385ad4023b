"""Clean annotations of the standard street task, and the same with the fault of one rule put in.

clean(seed)                 annotations with nothing wrong in them: every kind of shape, tracks, skeletons, groups
seeded(text, seed)          the parts of an example whose Bad stands among clean annotations
"""

from __future__ import annotations

import json
from random import Random
from typing import Any

from tests.validate.examples import parts_of

Item = dict[str, Any]
FRAMES = (0, 1, 2, 3, 4, 5, 6, 7, 9)
LISTS = ("tags", "shapes", "tracks", "intervals")
# What these rules say is about all annotations together, so that others of them change it.
TOGETHER = frozenset(
    {"FRM006", "FRM007", "FRM013", "JOB001", "JOB004", "JOB008", "LBL002", "LBL018", "LBL020", "MSK013", "SCH016",
     "SCH017", "SKL014", "STA001", "STA002", "STA003", "STA004"}
)  # fmt: skip


class _Clean:
    """Makes clean annotations; what is on one frame lies in cells that do not touch."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.tags: list[Item] = []
        self.shapes: list[Item] = []
        self.tracks: list[Item] = []

    def value(self, low: float, high: float) -> float:
        """A coordinate."""
        return round(self.random.uniform(low, high), 2)

    def box(self, cell: int) -> list[float]:
        """A rectangle in one of 8 cells of 50 x 50 px."""
        x, y = cell % 4 * 50, cell // 4 * 50
        return [self.value(v + low, v + high) for low, high in ((2, 10), (30, 45)) for v in (x, y)]

    def car_values(self) -> list[Item]:
        """All attributes of a car that is not a track."""
        return [
            {"spec_id": 11, "value": self.random.choice(["red", "green", "blue"])},
            {"spec_id": 12, "value": self.random.choice(["true", "false"])},
            {"spec_id": 13, "value": str(self.random.randrange(0, 201, 5))},
            {"spec_id": 14, "value": f"B-{self.random.randrange(10**6)}"},
        ]

    def shape(self, kind: str, label: int, frame: int, points: list[float], **more: Any) -> Item:
        """A shape with every key."""
        base = {"type": kind, "label_id": label, "frame": frame, "points": points, "group": 0, "source": "manual"}
        flags = {"occluded": False, "outside": False, "z_order": 0, "rotation": 0.0, "attributes": []}
        return base | flags | more

    def fill(self, frame: int) -> None:
        """One of each kind on a frame."""
        cells = [self.box(cell) for cell in range(8)]
        car = {"attributes": self.car_values()}
        self.tags.append({"label_id": 6, "frame": frame, "group": 0, "source": "manual", "attributes": []})
        self.shapes += [
            self.shape("rectangle", 1, frame, cells[0], **car),
            self.shape("rectangle", 2, frame, cells[1], group=frame + 1001),
            self.shape("polygon", 3, frame, _octagon(cells[2]), group=frame + 1001),
            self.shape("polyline", 1, frame, cells[3], attributes=self.car_values()),
            self.shape("ellipse", 1, frame, _ellipse(cells[4]), attributes=self.car_values()),
            self.shape("mask", 4, frame, _mask(cells[5])),
            self.skeleton(frame, cells[6]),
        ]

    def skeleton(self, frame: int, box: list[float]) -> Item:
        """A pose with all its points."""
        x1, y1, x2, y2 = box
        places = ((51, [(x1 + x2) / 2, y1]), (52, [x1, y2]), (53, [x2, y2]))
        points = [self.shape("points", label, frame, [round(v, 2) for v in point]) for label, point in places]
        return self.shape("skeleton", 5, frame, [], elements=points)

    def track(self, first: int) -> Item:
        """A car that moves a little from keyframe to keyframe and then leaves."""
        frames = [frame for frame in (first, first + 2, first + 4) if frame in FRAMES]
        box = self.box(7)
        shapes = []
        for index, frame in enumerate(frames):
            moved = [round(v + index * (1 if i % 2 == 0 else 0.5), 2) for i, v in enumerate(box)]
            values = [{"spec_id": 12, "value": ["true", "false"][index % 2]}, {"spec_id": 13, "value": str(index * 5)}]
            shape = {"type": "rectangle", "frame": frame, "points": moved, "outside": frame == frames[-1]}
            shapes.append(shape | {"occluded": False, "z_order": 0, "rotation": 0.0, "attributes": values})
        fixed = [{"spec_id": 11, "value": "red"}, {"spec_id": 14, "value": f"T-{self.random.randrange(10**6)}"}]
        return {"label_id": 1, "frame": first, "group": 0, "source": "manual", "attributes": fixed, "shapes": shapes}


def clean(seed: int) -> Item:
    """Annotations in which no rule finds an error or a warning."""
    made = _Clean(seed)
    for frame in FRAMES:
        made.fill(frame)
    made.tracks += [made.track(0), made.track(3)]
    return {"version": 0, "tags": made.tags, "shapes": made.shapes, "tracks": made.tracks}


def _octagon(box: list[float]) -> list[float]:
    x1, y1, x2, y2 = box
    dx, dy = (x2 - x1) / 3, (y2 - y1) / 3
    points = (x1 + dx, y1, x2 - dx, y1, x2, y1 + dy, x2, y2 - dy, x2 - dx, y2, x1 + dx, y2, x1, y2 - dy, x1, y1 + dy)
    return [round(v, 2) for v in points]


def _ellipse(box: list[float]) -> list[float]:
    x1, y1, x2, y2 = box
    return [round(v, 2) for v in ((x1 + x2) / 2, (y1 + y2) / 2, x2, y1)]


def _mask(box: list[float]) -> list[float]:
    """A full rectangle of whole pixels."""
    left, top, right, bottom = map(int, box)
    return [0, (right - left + 1) * (bottom - top + 1), left, top, right, bottom]


def seeded(text: str, seed: int) -> Item | None:
    """The parts of an example with its annotations put among clean ones; None where it is about a whole input."""
    parts = parts_of(text)
    if "files" in parts:
        return None
    bad = parts.get("annotations", {})
    try:
        bad = json.loads(bad) if isinstance(bad, str) else bad
    except ValueError:
        return None
    good = clean(seed)
    if not isinstance(bad, dict) or any(not isinstance(bad.get(name, []), list) for name in LISTS):
        return None
    mixed = {name: [*good.get(name, []), *bad.get(name, [])] for name in LISTS}
    written = json.dumps(good | bad | mixed)
    return parts | {"annotations": written if "Infinity" in text else written.replace("Infinity", "1e400")}


def lists_of(text: str) -> Item | None:
    """The annotations of an example, None where they are no object of lists of numbers that JSON has."""
    parts = parts_of(text)
    annotations = parts.get("annotations")
    try:
        annotations = json.loads(annotations) if isinstance(annotations, str) else annotations
        json.dumps(annotations, allow_nan=False)
    except ValueError:
        return None
    if "files" in parts or not isinstance(annotations, dict):
        return None
    return annotations if all(isinstance(annotations.get(name, []), list) for name in LISTS) else None
