"""A step refuses what it cannot be told, and says which step it is; a corner or a number that is right stays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from annotools.errors import UsageError
from annotools.model.extras import Extra
from annotools.transform import run
from annotools.transform.steps import STEPS
from tests.datasets import FULL
from tests.transform.test_steps_by_hand import after, builder, pose

# Those that are told a name, which may be any; typed-extras is told a table by formats alone.
NAMED = frozenset(
    {"backup-media", "folder-labels", "folder-subsets", "frames-by-name", "frames-by-subset", "free-names",
     "listed-classes", "one-label", "only-attributes", "only-label", "server-captions", "subsets-named",
     "typed-extras", "unnamed-subset"}
)  # fmt: skip


@pytest.mark.parametrize("step", sorted(set(STEPS) - NAMED))
def test_what_a_step_does_not_know_is_refused(step: str) -> None:
    with pytest.raises(UsageError) as raised:
        run(FULL, (f"{step}=?!",))
    assert step in str(raised.value)
    assert "?!" in str(raised.value)


@pytest.mark.parametrize(("argument", "expected"), [
    ("", [1.23, 2.0, 3.46, 4.0]), ("=0", [1.0, 2.0, 3.0, 4.0]), ("=1", [1.2, 2.0, 3.5, 4.0]),
    ("=3", [1.234, 2.0, 3.456, 4.0]), ("=4", [1.2344, 2.0, 3.456, 4.0]),
])  # fmt: skip
def test_numbers_are_rounded_to_two_decimals_unless_said(argument: str, expected: list[float]) -> None:
    build = builder()
    build.add_shape("rectangle", 0, "car", (1.23441, 2, 3.456, 4), rotation=10.98765)
    build.add_shape("rectangle", 0, "car", (1, 2, 3, 4))
    build.add_shape("mask", 0, "car", (0, 4, 1.5, 1, 2.5, 2))
    build.add_shape("rectangle", 0, "car", (1, 2, 3, 4), rotation=0.55555)
    result, losses = after(build.dataset(), f"round{argument}")
    assert result.shapes.points(0).tolist() == expected
    assert result.shapes.points(2).tolist() == [0, 4, 1.5, 1, 2.5, 2]
    decimals = int(argument[1:] or 2)
    assert result.shapes.rotation.tolist() == [round(10.98765, decimals), 0, 0, round(0.55555, decimals)]
    assert losses == [("changed", "shapes", "", [0, 3])]


@pytest.mark.parametrize("argument", ["-1", "1.5", "²", "x"])
def test_decimals_are_a_small_number(argument: str) -> None:
    with pytest.raises(UsageError, match="expected a number of decimals, 0 to"):
        run(FULL, (f"round={argument}",))


@pytest.mark.parametrize(("points", "expected"), [
    ((5, 2, 3, 4), (3, 2, 5, 4)), ((1, 7, 3, 4), (1, 4, 3, 7)), ((5, 7, 3, 4), (3, 4, 5, 7)), ((1, 2, 1, 2), None),
    ((1, 2, 3, 4), None),
])  # fmt: skip
def test_corners_are_put_in_order(points: Any, expected: Any) -> None:
    build = builder()
    for kind in ("rectangle", "ellipse", "polyline"):
        build.add_shape(kind, 0, "car", points)
    result, losses = after(build.dataset(), "order-corners")
    assert [result.shapes.points(row).tolist() for row in range(3)] == [list(expected or points), *[list(points)] * 2]
    assert losses == ([("changed", "shapes", "points", [0])] if expected else [])


def test_shapes_with_the_number_of_a_track_stay_and_their_points_with_them() -> None:
    build = builder()
    whole, head = pose(build)
    for _ in range(2):
        build.add_shape("rectangle", 0, "car", (1, 2, 3, 4))
        row = build.add_shape("skeleton", 0, whole)
        build.add_shape("points", 0, head, (1, 2), parent=row)
    build.add_shape("points", 1, points=(1, 2), track=build.add_track("car", 1))
    numbers = Extra(np.full(7, 5), np.array([True, True, False, False, False, False, False]))
    dataset = build.dataset()
    dataset = dataset.replace(shapes=dataset.shapes.replace(extras={"track_id": numbers}))
    result, losses = after(dataset, "tracked-shapes")
    assert [shape.type for shape in result.shapes] == ["rectangle", "skeleton", "points", "points"]
    assert losses[0] == ("lost", "shapes", "", [3, 4])
    assert [shape.type for shape in after(build.dataset(), "tracked-shapes")[0].shapes] == ["points"]
