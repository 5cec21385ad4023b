"""Which rectangle is the box of a skeleton: what stays apart."""

from __future__ import annotations

from tests.transform.test_steps_by_hand import after, builder, pose


def test_only_a_skeleton_by_itself_and_a_box_that_is_seen_go_together() -> None:
    """Of a group each: hidden ones, those of a track, and a rectangle of points of another kind stay apart."""
    build = builder(1)
    whole, _ = pose(build)
    box = (1, 10, 5, 16)
    for group in range(1, 6):
        build.add_shape("skeleton", 0, whole, group=group, outside=group == 2)
    build.add_shape("rectangle", 0, "car", box, group=1)
    build.add_shape("rectangle", 0, "car", box, group=2)
    build.add_shape("rectangle", 0, "car", box, group=3, outside=True)
    track = build.add_track("car", 0, group=4)
    build.add_shape("rectangle", 0, points=box, track=track, group=4)
    build.add_shape("rectangle", 0, "car", (*box, 7, 7), group=5)
    result = after(build.dataset(), "skeletons-in-boxes")[0]
    boxes = result.shapes.extras["bbox"].plain()
    assert [list(one) if one is not None else None for one in boxes[:5]] == [[1, 10, 4, 6], None, None, None, None]
    assert len(result.shapes) == len(build.dataset().shapes) - 1
