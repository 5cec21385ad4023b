"""Annotations of `examples/street` as rows of the API's JSON."""

from __future__ import annotations

from typing import Any

from draw_street import HEAD, HIP, LEFT, PERSON, RIGHT, person

Row = dict[str, Any]

# Attribute ids.
COLOUR, PARKED, PLATE, DOORS, HEADING, STATE, POSE, SEEN, WEATHER, TEXT = range(101, 111)

ROAD_POINTS = [0.0, 190.0, 319.5, 176.25, 319.5, 239.5, 0.0, 239.5]
LINE_POINTS = [4.5, 214.25, 80.5, 211.75, 160.0, 209.5, 316.5, 204.0]


class Annotations:
    """The annotations of the task or of a job, each with an id of its own, from the one after `last`."""

    def __init__(self, last: int = 0) -> None:
        self._last = last
        self.tags: list[Row] = []
        self.shapes: list[Row] = []
        self.tracks: list[Row] = []

    def _common(self, number: int, frame: int, **more: Any) -> Row:
        self._last += 1
        row: Row = {"id": self._last, "frame": frame, "label_id": number, "group": 0, "source": "manual"}
        return row | {"attributes": []} | more

    def tag(self, number: int, frame: int, **more: Any) -> None:
        self.tags.append(self._common(number, frame, **more))

    def shape(self, kind: str, number: int, frame: int, points: list[float], **more: Any) -> None:
        self.shapes.append({"elements": []} | self._shape(kind, number, frame, points, **more))

    def _shape(self, kind: str, number: int, frame: int, points: list[float], **more: Any) -> Row:
        row = {"type": kind, "occluded": False, "outside": False, "z_order": 0, "rotation": 0.0, "points": points}
        return row | {"score": 1.0} | self._common(number, frame, **more)

    def skeleton(self, frame: int, at: tuple[float, float], **more: Any) -> None:
        joints = person(at)
        elements = [self._shape("points", part, frame, list(joints[part])) for part in joints]
        elements[-1]["occluded"] = True
        elements[0]["attributes"] = values((SEEN, "false"))
        self.shape("skeleton", PERSON, frame, [], elements=elements, **more)

    def track(self, number: int, keyframes: list[Row], **more: Any) -> None:
        self.tracks.append({"elements": []} | self._track(number, keyframes, **more))

    def _track(self, number: int, keyframes: list[Row], **more: Any) -> Row:
        self._last += len(keyframes)
        rows = [{"id": self._last - len(keyframes) + index + 1, **row} for index, row in enumerate(keyframes)]
        track = self._common(number, keyframes[0]["frame"], **more)
        return {**track, "shapes": rows}

    def walk(self, path: list[tuple[int, tuple[float, float], bool]]) -> None:
        """A person over frames: (frame, place of the head, outside)."""
        steps = [(frame, person(at, stride=3 * index), gone) for index, (frame, at, gone) in enumerate(path)]
        elements = [
            self._track(part, [keyframe("points", frame, list(at[part]), outside=gone) for frame, at, gone in steps])
            for part in (HEAD, HIP, LEFT, RIGHT)
        ]
        whole = [
            keyframe("skeleton", frame, [], outside=gone, attributes=values((POSE, f"step {index}")))
            for index, (frame, _, gone) in enumerate(steps)
        ]
        self.track(PERSON, whole, elements=elements)


def values(*pairs: tuple[int, str]) -> list[Row]:
    """Attributes by the id of their definition."""
    return [{"spec_id": number, "value": value} for number, value in pairs]


def keyframe(kind: str, frame: int, points: list[float], **more: Any) -> Row:
    """A shape of a track."""
    row = {"type": kind, "frame": frame, "occluded": False, "outside": False, "z_order": 0, "rotation": 0.0}
    return row | {"points": points, "attributes": []} | more
