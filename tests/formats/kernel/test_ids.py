"""Ids that a file gives, and sizes that it tells: which count, and which are made anew."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from annotools.errors import Problems
from annotools.formats.kernel.frame_names import FrameNames
from annotools.formats.kernel.ids import whole_ids
from annotools.formats.kernel.label_names import with_specs
from annotools.formats.kernel.places import At
from annotools.model import AttributeSpec, DatasetBuilder, Label, Labels

LARGEST = (1 << 53) - 1  # up to which every reader of JSON knows a whole number from its neighbours


@pytest.mark.parametrize("given", [[], [0], [1, 2], [7, 3], [LARGEST], [0, LARGEST]])
def test_whole_ids_that_are_there_once_stay(given: list[int]) -> None:
    assert whole_ids(given) == given


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([4, LARGEST + 1], [4, 5]), ([4, -1], [4, 5]), ([4, True], [4, 5]), ([4, 4.0], [4, 5]), ([4, "4"], [4, 5]),
        ([4, None], [4, 5]), ([4, 4, 9], [4, 10, 9]), ([None, None], [1, 2]),
    ],
)  # fmt: skip
def test_others_are_made_anew(given: list[Any], expected: list[int]) -> None:
    assert whole_ids(given) == expected


@pytest.mark.parametrize(("width", "height"), [(0, 30), (40, 0), (-1, 30), (40, -1)])
def test_a_size_without_one_of_its_sides_is_not_learned(width: int, height: int) -> None:
    build = DatasetBuilder()
    build.add_frame("a.png")
    names = FrameNames(build.dataset(), Problems())
    names.frames(["a.png"], [""], At("a.txt"))
    names.learn(np.array([0, -1]), np.array([width, 9]), np.array([height, 9]))
    assert names.sizes(np.array([0])).tolist() == [[0, 0]]
    names.learn(np.array([0, 0]), np.array([40, 50]), np.array([30, 60]))
    assert names.sizes(np.array([0])).tolist() == [[40, 30]], "the first that is known counts"


@pytest.mark.parametrize("known", [[], [1], [9, 2], [2, 9]])
def test_attributes_that_are_made_get_ids_that_no_other_has(known: list[int]) -> None:
    labels = Labels(
        (Label(1, "car", attributes=tuple(AttributeSpec(number, f"a{number}") for number in known)), Label(2, "bus"))
    )
    more = with_specs(labels, {(1, "new"): AttributeSpec(0, "new"), (2, "new"): AttributeSpec(0, "new")})
    ids = [spec.id for label in more for spec in label.attributes]
    last = max(known, default=0)
    assert ids == [*known, last + 1, last + 2]
