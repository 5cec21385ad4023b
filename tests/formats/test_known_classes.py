"""Classes that datasets have by number alone, as their makers published them."""

from __future__ import annotations

import numpy as np
import pytest

from annotools.errors import Problems
from annotools.formats.kernel.classes import VOC_CLASSES
from annotools.formats.masks.cityscapes_classes import TRAINED, cityscapes_map
from annotools.formats.masks.mots import track_numbers
from annotools.formats.mot.sequences import CLASSES as MOT_CLASSES
from annotools.model import DatasetBuilder
from annotools.model.extras import Extra

# name, red, green, blue, number in training: https://github.com/mcordts/cityscapesScripts, helpers/labels.py
CITYSCAPES = """
unlabeled 0 0 0 -
ego vehicle 0 0 0 -
rectification border 0 0 0 -
out of roi 0 0 0 -
static 0 0 0 -
dynamic 111 74 0 -
ground 81 0 81 -
road 128 64 128 0
sidewalk 244 35 232 1
parking 250 170 160 -
rail track 230 150 140 -
building 70 70 70 2
wall 102 102 156 3
fence 190 153 153 4
guard rail 180 165 180 -
bridge 150 100 100 -
tunnel 150 120 90 -
pole 153 153 153 5
polegroup 153 153 153 -
traffic light 250 170 30 6
traffic sign 220 220 0 7
vegetation 107 142 35 8
terrain 152 251 152 9
sky 70 130 180 10
person 220 20 60 11
rider 255 0 0 12
car 0 0 142 13
truck 0 0 70 14
bus 0 60 100 15
caravan 0 0 90 -
trailer 0 0 110 -
train 0 80 100 16
motorcycle 0 0 230 17
bicycle 119 11 32 18
"""
# https://motchallenge.net, MOT16 and MOT20: from 1 on
MOT = (
    "pedestrian", "person on vehicle", "car", "bicycle", "motorbike", "non motorized vehicle", "static person",
    "distractor", "occluder", "occluder on the ground", "occluder full", "reflection", "crowd",
)  # fmt: skip
# http://host.robots.ox.ac.uk/pascal/VOC: in the order of their palette
VOC = """
aeroplane bicycle bird boat bottle bus car cat chair cow diningtable dog horse motorbike person pottedplant sheep sofa
train tvmonitor
"""


def rows() -> list[tuple[str, list[int], str]]:
    split = [line.rsplit(" ", 4) for line in CITYSCAPES.strip().splitlines()]
    return [(name, [int(red), int(green), int(blue)], number) for name, red, green, blue, number in split]


def test_the_classes_of_cityscapes() -> None:
    known = cityscapes_map(Problems())
    assert list(known.names) == [name for name, _, _ in rows()]
    assert list(known.colors) == [red << 16 | green << 8 | blue for _, (red, green, blue), _ in rows()]


def test_those_that_count_in_training() -> None:
    numbers = {int(number): index for index, (_, _, number) in enumerate(rows()) if number != "-"}
    assert list(TRAINED) == [numbers[number] for number in range(len(numbers))]


def test_the_classes_of_pascal_voc() -> None:
    assert [name for name in VOC_CLASSES if name != "background"] == VOC.split()


def test_the_classes_of_the_mot_challenge() -> None:
    assert tuple(name.replace("_", " ").lower() for name in MOT_CLASSES) == MOT


@pytest.mark.parametrize(
    ("given", "numbers"),
    [
        ([None, None], [1, 2]), ([5, None], [5, 1]), ([5, 5], [5, 1]), ([1, None], [1, 2]), ([0, None], [1, 2]),
        ([999, 1000], [999, 1]), ([-3, 2], [1, 2]), ([None, 1], [2, 1]),
    ],
)  # fmt: skip
def test_tracks_of_pixels_keep_numbers_that_have_room(given: list[int | None], numbers: list[int]) -> None:
    """A pixel is a thousand times its class and the number of its track."""
    build = DatasetBuilder()
    label = build.add_label("car")
    build.add_frame("a.png", 4, 4)
    for _ in given:
        build.add_track(label, 0)
    dataset = build.dataset()
    there = np.array([number is not None for number in given])
    extra = Extra(np.array([number or 0 for number in given], np.int64), there)
    dataset = dataset.replace(tracks=dataset.tracks.replace(extras={"track_id": extra}))
    assert track_numbers(dataset).tolist() == numbers
