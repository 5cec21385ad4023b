"""CVAT's XML as we write it when not asked to copy the server: right, and told where it cannot be."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from annotools import formats, quirks
from annotools.convert import writing
from annotools.formats.base import WriteOptions
from annotools.model import AttributeSpec, DatasetBuilder, Job, Owner, ShapeType, Task
from annotools.model.canonical import differing
from annotools.storage import Media, MediaFile
from tests.datasets import FULL
from tests.formats.cvat_xml_outputs import back, carried, frames, tree, written


def test_texts_that_hurt_come_back() -> None:
    hurting = "a\r\nb\tc \"d\" 'e' <f> & é 日本 ]]> \u2028 \U0001f600"
    build = DatasetBuilder(Task(name=hurting, bug_tracker=hurting))
    spec = AttributeSpec(0, hurting, False, "select", hurting, ("a", "b c"))
    build.add_label(hurting, color="#fff", attributes=[spec])
    build.add_frame(hurting, 64, 48, subset=hurting)
    build.add_shape("rectangle", 0, hurting, (1, 2, 3, 4), attributes={hurting: hurting})
    build.add_tag(0, hurting, attributes={hurting: " "})
    ready, _ = carried(build.dataset(), "cvat-images")
    assert back(written(ready, "cvat-images")) == ready


def test_characters_that_xml_cannot_carry_are_replaced_and_told() -> None:
    build = frames(1)
    build.add_shape("rectangle", 0, "car", (1, 2, 3, 4), attributes={"make": "a\x00b\ud800c\ufffe"})
    ready, losses = carried(build.dataset(), "cvat-images")
    assert [(loss.step, loss.count) for loss in losses] == [("valid-text", 1), ("xml-characters", 1)]
    assert back(written(ready, "cvat-images")).shapes[0].attributes == {"make": "a\ufffdb\ufffdc\ufffd"}


def test_what_a_skeleton_says_of_itself_is_written_unless_the_server_is_copied() -> None:
    build = frames(2)
    man = build.add_label("man", type="skeleton")
    build.add_label("head", parent=man, type="points")
    skeleton = build.add_shape("skeleton", 0, "man", occluded=True)
    build.add_shape("points", 0, "head", (1, 2), parent=skeleton, group=5)
    for options, expected in ((WriteOptions(), ("1", "5")), (WriteOptions(quirks=quirks.CVAT), (None, None))):
        root = tree(build.dataset(), "cvat-images", options)
        (element,) = root.iter("skeleton")
        assert (element.get("occluded"), element[0].get("group_id")) == expected


def test_rows_that_cannot_be_said_are_told() -> None:
    build = frames(1)
    for points in ((1, 2, 3), (1, 2, 3, 4, 5), (1, 2, np.nan, 4), (1, 2, 3, np.inf)):
        build.add_shape("rectangle", 0, "car", points)
    build.add_shape("mask", 0, "car", (1, 2.5, 0, 0, 1, 1))
    build.add_shape("mask", 0, "car", (4, 0, 0))
    build.add_shape("polygon", 0, 99, (1, 2, 3, 4, 5, 6))
    build.add_shape("polygon", 5, "car", (1, 2, 3, 4, 5, 6))
    row = build.add_shape("polygon", 0, "car", (1, 2, 3, 4, 5, 6))
    build.add_shape("points", 0, 1, (1, 2), parent=row)
    ready, losses = carried(build.dataset(), "cvat-images")
    assert {loss.what: loss.count for loss in losses} == {
        "shape with a coordinate that is not a number": 2, "part of a shape that is not a skeleton": 1,
        "shape with a wrong number of values": 3, "shape of an unknown label": 1,
        "mask with values that are not whole numbers": 1, "shape": 1,
    }  # fmt: skip
    assert len(ready.shapes) == 1
    assert back(written(ready, "cvat-images")) == ready


def test_a_picture_and_its_shapes_in_the_order_of_drawing() -> None:
    build = frames(2)
    for z_order in (3, -1, 3, 0):
        build.add_shape("points", 1, "car", (z_order, len(build.dataset().shapes)), z_order=z_order)
    build.add_tag(1, "car")
    first, second = tree(build.dataset(), "cvat-images").iter("image")
    assert [element.tag for element in first] == []
    assert [element.get("points") for element in second] == ["-1.00,1.00", "0.00,3.00", "3.00,0.00", "3.00,2.00", None]


def test_the_server_fills_in_defaults() -> None:
    build = DatasetBuilder()
    specs = [AttributeSpec(0, "make", default_value="vw"), AttributeSpec(0, "lit", True, default_value="no")]
    build.add_label("car", attributes=specs)
    build.add_frame("a.jpg")
    build.add_frame("b.jpg")
    build.add_shape("rectangle", 0, "car", (1, 2, 3, 4), attributes={"lit": "yes"})
    build.add_tag(0, "car")
    track = build.add_track("car", 0)
    build.add_shape("rectangle", 0, points=(1, 2, 3, 4), track=track)
    for slug, options, expected in (
        ("cvat-images", WriteOptions(), [["yes"], [], [], []]),
        ("cvat-images", WriteOptions(quirks=quirks.CVAT), [["yes", "vw"], ["no", "vw"], ["vw", "no"], ["no", "vw"]]),
        ("cvat-video", WriteOptions(quirks=quirks.CVAT), [["no", "vw"], ["no", "vw"], ["yes", "vw"]]),
    ):
        root = tree(build.dataset(), slug, options)
        texts = [[one.text for one in shape] for shape in root.iter() if shape.tag in ("box", "tag")]
        assert texts == expected


def test_attributes_without_a_home_are_told() -> None:
    build = frames(1)
    other = build.add_label("bus", attributes=[AttributeSpec(0, "lines")])
    values = {"make": "vw", other.attributes[0].id: "7", 99: "x"}
    row = build.add_shape("rectangle", 0, "car", (1, 2, 3, 4), attributes=values)
    ready, losses = carried(build.dataset(), "cvat-images")
    assert [(loss.what, loss.count) for loss in losses] == [("unknown attribute of shape", 2)]
    assert ready.attribute_values(Owner.SHAPE, row) == [(1, "vw")]


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_what_is_carried_is_read_back(data: st.DataObject) -> None:
    """Any mixture of rows, numbers included, for both formats."""
    start, step = data.draw(st.integers(0, 9)), data.draw(st.integers(1, 4))
    build = frames(5, start_frame=start, step=step, mode=data.draw(st.sampled_from(["annotation", "interpolation"])))
    number = st.floats(-1e6, 1e6)
    kinds = {"rectangle": 4, "ellipse": 4, "cuboid": 16, "polygon": 6, "polyline": 4, "points": 2}
    for _ in range(data.draw(st.integers(0, 5))):
        kind = data.draw(st.sampled_from(sorted(kinds)))
        points = data.draw(st.lists(number, min_size=kinds[kind], max_size=kinds[kind]))
        columns: Any = {"occluded": data.draw(st.booleans()), "z_order": data.draw(st.integers(-2, 2))}
        values = data.draw(st.dictionaries(st.sampled_from(["make", "lit"]), st.text(max_size=4), max_size=2))
        if data.draw(st.booleans()):
            build.add_shape(kind, data.draw(st.integers(0, 5)), "car", points, attributes=values, **columns)
            continue
        track = build.add_track("car", 0, group=data.draw(st.integers(0, 2)))
        for frame in sorted(data.draw(st.sets(st.integers(0, 5), min_size=1, max_size=3))):
            build.add_shape(kind, frame, points=points, track=track, outside=data.draw(st.booleans()), **columns)
    for slug in ("cvat-images", "cvat-video"):
        ready, _ = carried(build.dataset(), slug)
        assert differing(back(written(ready, slug)), ready) == []
        assert carried(ready, slug)[0] == ready


def test_labels_of_one_name_become_one_and_points_may_stand_alone() -> None:
    build = DatasetBuilder()
    build.add_frame("a.jpg")
    first = build.add_label("car", attributes=[AttributeSpec(0, "make")])
    second = build.add_label("car", attributes=[AttributeSpec(0, "make"), AttributeSpec(0, "lit")])
    man = build.add_label("man", type="skeleton")
    head, lone = build.add_label("head", parent=man), build.add_label("car", parent=man)
    build.add_shape("rectangle", 0, first, (1, 2, 3, 4), attributes={"make": "vw"})
    build.add_shape("rectangle", 0, second, (5, 6, 7, 8), attributes={"make": "kia", "lit": "yes"})
    build.add_shape("points", 0, head, (1, 2))
    build.add_shape("points", 0, lone, (3, 4))
    row = build.add_shape("skeleton", 0, man)
    build.add_shape("points", 0, first, (5, 6), parent=row)
    ready, losses = carried(build.dataset(), "cvat-images")
    assert [(loss.kind, loss.what, loss.count) for loss in losses] == [
        ("changed", "label", 1),
        ("changed", "label", 1),
        ("lost", "shape of a label that its name does not tell", 2),
        ("lost", "skeleton", 1),
    ]
    assert [(shape.label.id, shape.attributes) for shape in ready.shapes] == [
        (1, {"make": "vw"}), (1, {"make": "kia", "lit": "yes"}), (head.id, {}),
    ]  # fmt: skip
    assert back(written(ready, "cvat-images")) == ready


def test_every_shape_type_has_a_tag() -> None:
    tags = {element.tag for element in tree(FULL, "cvat-images").iter()}
    assert {"box" if kind == ShapeType.RECTANGLE else kind.word for kind in ShapeType} <= tags


def test_replicas_share_the_segment_of_their_parent() -> None:
    build = frames(1)
    for number, kind in enumerate(("annotation", "consensus_replica", "replica", "ground_truth"), 1):
        build.add_job(Job(number, kind, start_frame=0, stop_frame=0))
    root = tree(build.dataset(), "cvat-images", WriteOptions(quirks=quirks.CVAT))
    assert [url.text for url in root.iter("url")] == ["/api/jobs/1", "/api/jobs/4"]


def test_pictures_of_a_video_are_named_as_its_frames_to_the_server() -> None:
    media = Media([(0, MediaFile("x.png", lambda: io.BytesIO(b"picture")))])
    for quirk, expected in ((quirks.NONE, "images/frame_000000.png"), (quirks.CVAT, "images/0.jpg")):
        options = WriteOptions(quirks=quirk, images=True)
        form = formats.get("cvat-video").dialect(options)
        assert form.write is not None
        ready, _ = writing.fit_to_format(frames(1, mode="interpolation").dataset(), form, options)
        assert [name for name, _ in form.write(ready, media, options)] == ["annotations.xml", expected]
