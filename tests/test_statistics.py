"""Numbers of a dataset."""

from __future__ import annotations

import pytest

import annotools as at
from tests.datasets import EVERYTHING, FULL


@pytest.mark.parametrize("name", EVERYTHING)
def test_sums_over_labels_are_the_rows_of_the_tables(name: str) -> None:
    dataset = EVERYTHING[name]
    numbers = at.stats(dataset)
    columns: dict[str, int] = {}
    for row in numbers.labels.values():
        for kind, count in row.items():
            columns[kind] = columns.get(kind, 0) + count
    assert columns.pop("tags") == len(dataset.tags)
    assert columns.pop("tracks") == int((dataset.tracks.parent < 0).sum())
    del columns["frames"]
    assert sum(columns.values()) == len(dataset.shapes)
    assert sum(numbers.sources.values()) == len(dataset.shapes) + len(dataset.tags) + len(dataset.tracks)
    values = [sum(counted.values()) for names in numbers.attributes.values() for counted in names.values()]
    assert sum(values) == len(dataset.attributes)


def test_frames_are_counted_with_those_that_do_not_exist() -> None:
    shapes = FULL.shapes
    frame = shapes.frame.copy()
    frame[0] = 99
    numbers = at.stats(FULL.replace(shapes=shapes.replace(frame=frame)))
    assert numbers.frames["rows on frames that do not exist"] == 1
    assert numbers.frames["deleted"] == 1
    assert numbers.per_frame.shape == (8, 3)


def test_what_each_frame_holds() -> None:
    """Frame 0: a tag, a skeleton of two points; 1: a keyframe and a tag; 2: nothing, deleted; others do not exist."""
    build = at.DatasetBuilder(labels=[at.Label(1, "car"), at.Label(2, "pose")])
    for name in "abc":
        build.add_frame(name, 9, 9, deleted=name == "c")
    row = build.add_shape("skeleton", 0, 2)
    for x in (1, 2):
        build.add_shape("points", 0, 2, [x, x], parent=row)
    build.add_shape("rectangle", 1, points=[1, 2, 3, 4], track=build.add_track(1, 1))
    for frame in (0, 1, 3, -1):
        build.add_tag(frame, 1)
    build.add_shape("rectangle", 3, 1, [1, 2, 3, 4])
    numbers = at.stats(build.dataset())
    assert numbers.per_frame.tolist() == [[1, 1, 0], [1, 0, 1], [0, 0, 0]]
    assert numbers.frames == {
        "frames": 3, "deleted": 1, "without annotations": 1, "most annotations on a frame": 2,
        "annotations on a frame (median)": 2, "rows on frames that do not exist": 3,
    }  # fmt: skip
    assert numbers.labels["pose"] == {"skeleton": 1, "elements": 2, "frames": 1}
    assert numbers.labels["car"] == {"tags": 4, "rectangle": 1, "tracks": 1, "keyframes": 1, "frames": 3}


def test_what_nothing_defines_is_named_by_its_number() -> None:
    numbers = at.stats(FULL.replace(labels=None))
    assert all(name.startswith("#") for name in numbers.labels)
    assert list(numbers.attributes) == ["?"]


def test_an_empty_dataset_has_no_numbers() -> None:
    numbers = at.stats(at.Dataset())
    assert (numbers.totals, numbers.labels, numbers.sources, numbers.frames) == ({}, {}, {}, {"frames": 0})
