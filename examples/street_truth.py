"""Three frames of the street as they should be: its ground truth.

The jobs agree with it here and there only, so that a report has something of every kind to say.
"""

from __future__ import annotations

from draw_street import BOLT, CAR, LIGHT, MARKING, ROAD, SCENE, SIGN, TREE, WHEEL, box, disc
from street_rows import (
    COLOUR,
    DOORS,
    HEADING,
    LINE_POINTS,
    PARKED,
    PLATE,
    ROAD_POINTS,
    STATE,
    TEXT,
    WEATHER,
    Annotations,
    Row,
    values,
)

_PARKED = values((COLOUR, "blue"), (PARKED, "true"), (PLATE, "B & <CD> 123"), (DOORS, "4"), (HEADING, "left"))
_BACKWARDS = [v for at in range(len(LINE_POINTS) - 2, -1, -2) for v in LINE_POINTS[at : at + 2]]


def truth() -> Annotations:
    """Frames 0, 2 and 5 as they should be."""
    notes = Annotations(200)
    for frame in (0, 2, 5):
        notes.shape("polygon", ROAD, frame, ROAD_POINTS, z_order=-1)
        notes.shape("mask", TREE, frame, disc(266, 70 + 2 * frame, 31), z_order=1)
    notes.tag(SCENE, 0, attributes=values((WEATHER, "clear")))
    notes.shape("polyline", MARKING, 0, _BACKWARDS)
    notes.shape("rectangle", LIGHT, 0, [212.25, 88.5, 224.75, 121.0], attributes=values((STATE, "green")))
    notes.shape("rectangle", CAR, 0, [25.5, 162.25, 98.75, 199.5], group=1, attributes=_PARKED)
    notes.shape("ellipse", WHEEL, 0, [36.25, 197.5, 43.75, 190.25], group=1, rotation=15.0)
    notes.shape("ellipse", WHEEL, 0, [73.5, 197.5, 81.0, 190.25], rotation=15.0)
    moving = values((COLOUR, "red"), (PARKED, "false"), (PLATE, "M 42"), (DOORS, "2"), (HEADING, "right"))
    notes.shape("rectangle", CAR, 0, box(150, 180), attributes=moving)
    _second(notes, moving)
    notes.shape("polyline", MARKING, 5, LINE_POINTS)
    notes.shape("rectangle", SIGN, 5, [212.25, 88.5, 224.75, 121.0], attributes=values((TEXT, "Ampel")))
    notes.shape("rectangle", CAR, 5, [20.5, 168.25, 88.75, 199.5], attributes=_PARKED)
    notes.skeleton(5, (84.25, 143.5))
    return notes


def _second(notes: Annotations, moving: list[Row]) -> None:
    """Frame 2."""
    notes.shape("polyline", MARKING, 2, LINE_POINTS)
    notes.shape("rectangle", CAR, 2, box(204, 176), attributes=moving)
    notes.shape("rectangle", SIGN, 2, [120.5, 92.75, 151.25, 108.0], rotation=352.5, attributes=values((TEXT, "A 7")))
    notes.shape("points", BOLT, 2, [122.0, 94.5, 149.5, 94.75, 149.25, 106.5, 122.25, 106.25])
    notes.shape("rectangle", LIGHT, 2, [212.25, 88.5, 224.75, 121.0])
