"""Documents of jobs that share frames put together."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.annotations.merging import Merged, _shapes_agree

BOX = [10.0, 10.0, 30.0, 40.0]


def key(frame: int, outside: bool = False, points: list[float] = BOX, **more: Any) -> dict[str, Any]:
    """A keyframe, or a plain shape."""
    return {
        "id": frame + 1, "type": "rectangle", "frame": frame, "points": points, "rotation": 0.0, "outside": outside,
        "occluded": False, "z_order": 0, "attributes": [], **more,
    }  # fmt: skip


def track(number: int, *shapes: dict[str, Any], label: int = 1) -> dict[str, Any]:
    """A track that begins with its first keyframe."""
    return {
        "id": number, "frame": shapes[0]["frame"], "label_id": label, "group": 0, "attributes": [],
        "shapes": list(shapes),
    }  # fmt: skip


def document(**kinds: Any) -> dict[str, Any]:
    """A LabeledData."""
    return {"tags": [], "shapes": [], "tracks": [], "intervals": [], **kinds}


def merged(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Jobs 0-9 and 5-14 put together."""
    result = Merged()
    result.add(one, range(10), 0)
    result.add(other, range(5, 15), 5)
    return result.document


def test_each_shape_is_held_against_that_in_its_own_place() -> None:
    """Shared by covered pixels: 90 of 100, and 80 of 100."""
    sides: list[list[list[float]]] = [[[0, 0, 10, 10], [50, 50, 60, 60]], [[50, 50, 60, 58], [0, 0, 10, 9]]]
    one, other = ([key(0, points=points, label_id=1) for points in side] for side in sides)
    pairs = _shapes_agree(one, other)
    assert (pairs.one.tolist(), pairs.other.tolist(), pairs.agreement.tolist()) == ([0, 1], [1, 0], [0.9, 0.8])
    elsewhere = [shape | {"frame": 1} for shape in other]
    assert _shapes_agree(one, elsewhere).one.tolist() == []
    named = [shape | {"label_id": 2} for shape in other]
    assert _shapes_agree(one, named).one.tolist() == []


def test_tracks_that_agree_become_one() -> None:
    made = merged(document(tracks=[track(1, key(0), key(7))]), document(tracks=[track(2, key(5), key(12))]))
    (one,) = made["tracks"]
    assert (one["id"], [shape["frame"] for shape in one["shapes"]]) == (1, [0, 5, 7, 12])


def test_an_outside_frame_agrees_with_an_outside_one_only() -> None:
    left = track(1, key(0), key(5, outside=True))
    same = merged(document(tracks=[left]), document(tracks=[track(2, key(5, outside=True), key(7))]))
    assert [one["id"] for one in same["tracks"]] == [1, 2], "one of four frames"
    gone = merged(document(tracks=[track(1, key(0), key(5, outside=True))]), document(tracks=[track(2, key(5))]))
    assert [one["id"] for one in gone["tracks"]] == [1, 2]
    lone = merged(document(tracks=[track(1, key(0), key(5, True))]), document(tracks=[track(2, key(5, True))]))
    assert [one["id"] for one in lone["tracks"]] == [1]


@pytest.mark.parametrize(("right", "count"), [(30.0, 1), (36.0, 1), (37.0, 2)])
def test_shapes_are_the_same_from_three_quarters_on(right: float, count: int) -> None:
    one, other = key(6, label_id=1), key(6, label_id=1, points=[10.0, 10.0, right, 40.0])
    assert len(merged(document(shapes=[one]), document(shapes=[other]))["shapes"]) == count


def test_shapes_of_other_labels_types_and_frames_stay() -> None:
    others = [key(6, label_id=2), key(7, label_id=1), {**key(6, label_id=1), "type": "ellipse"}]
    made = merged(document(shapes=[key(6, label_id=1)]), document(shapes=others))
    assert len(made["shapes"]) == 4


def test_a_tag_that_both_jobs_have_is_there_once() -> None:
    tags = [{"id": 1, "frame": 6, "label_id": 1}, {"id": 2, "frame": 6, "label_id": 2}]
    made = merged(document(tags=tags), document(tags=[{"id": 3, "frame": 6, "label_id": 1}]))
    assert [tag["id"] for tag in made["tags"]] == [1, 2]
