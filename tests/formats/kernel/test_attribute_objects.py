"""Attributes of rows as objects: as they are set, and as the server's exporters say them."""

from __future__ import annotations

from pathlib import Path

import pytest

import annotools as at
from annotools.formats.kernel.attribute_objects import (
    server_attributes,
    server_look,
    set_attributes,
    set_value,
    with_beside,
)
from annotools.model import AttributeSpec, DatasetBuilder, Owner
from annotools.transform import run

DATUMARO_BASED = ("datumaro", "voc")
SPECS = (
    AttributeSpec(1, "lamps", False, "number", "2"),
    AttributeSpec(2, "broken", True, "checkbox", "false"),
    AttributeSpec(3, "make", False, "text", "other"),
)


def street(lamps: str = "3") -> DatasetBuilder:
    build = DatasetBuilder(labels=[at.Label(1, "car", None, "any", "", SPECS), at.Label(2, "bus")])
    for name in ("a.jpg", "b.jpg"):
        build.add_frame(name, 50, 40)
    build.add_shape("rectangle", 0, "car", (1, 2, 3, 4), rotation=30, attributes={"make": "ford", "lamps": lamps})
    build.add_shape("polygon", 0, "car", (1, 2, 3, 4, 5, 9), occluded=True, attributes={"broken": "TRUE"})
    build.add_shape("rectangle", 1, "bus", (1, 2, 3, 5))
    return build


def test_what_is_set_reads_back_as_the_same_text() -> None:
    dataset = street().dataset()
    rows = set_attributes(dataset, Owner.SHAPE)
    assert [rows.distinct[code] for code in rows.codes] == [{"lamps": 3, "make": "ford"}, {"broken": "TRUE"}, {}]
    number, flag = SPECS[0], SPECS[1]
    texts = ("3", "3.5", "03", "1e400", "nan", "true", "", "-7")
    assert [set_value(number, text) for text in texts] == [3, 3.5, "03", "1e400", "nan", "true", "", -7]
    assert [set_value(flag, text) for text in ("true", "false", "True", "1")] == [True, False, "True", "1"]


def test_the_server_says_all_attributes_and_what_a_shape_is() -> None:
    build = street()
    track = build.add_track("bus", 0)
    build.add_shape("ellipse", 0, points=(9, 9, 12, 5), track=track)
    dataset = run(build.dataset(), ("tracks-to-numbered-shapes",))[0]
    rows = with_beside(server_attributes(dataset, Owner.SHAPE), server_look(dataset))
    assert [list(rows.distinct[code].items()) for code in rows.codes] == [
        [("lamps", 3.0), ("broken", False), ("make", "ford"), ("occluded", False), ("rotation", 30.0)],
        [("lamps", 2.0), ("broken", True), ("make", "other"), ("occluded", True)],
        [("occluded", False), ("rotation", 0.0)],
        [("occluded", False), ("rotation", 0.0), ("track_id", 0), ("keyframe", True)],
        [("occluded", False), ("rotation", 0.0), ("track_id", 0), ("keyframe", False)],
    ]
    assert all(type(rows.distinct[code]["occluded"]) is bool for code in rows.codes)


def test_rows_that_say_the_same_share_one_object() -> None:
    build = DatasetBuilder(labels=[at.Label(1, "car", None, "any", "", SPECS)])
    build.add_frame("a.jpg", 50, 40)
    for index in range(100):
        build.add_shape("rectangle", 0, "car", (index, 2, 300, 4), attributes={"lamps": str(index % 2)})
    dataset = build.dataset()
    assert len(with_beside(server_attributes(dataset, Owner.SHAPE), server_look(dataset)).distinct) == 2


@pytest.mark.parametrize("slug", DATUMARO_BASED)
def test_a_number_that_is_none_ends_the_servers_export(slug: str, tmp_path: Path) -> None:
    dataset = street("many").dataset()
    with pytest.raises(at.InputError) as caught:
        at.write(dataset, tmp_path / "out", slug, compat="cvat")
    assert str(caught.value) == "failed to convert attribute 'lamps'='many', expected a number"
    assert not (tmp_path / "out").exists()
    at.write(dataset, tmp_path / "out", slug)
