"""Annotations: what the mock accepts and refuses, and how what it accepts is normalised."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.core.app import App
from mockserver.seeds.sources import state_of
from mockserver.state.context import Config
from tests.mock.annotation_calls import ANY, EMPTY, JOB, PARTS, RECT, TAG, TASK, put, read, rectangle, track
from tests.mock.conftest import Client


def test_a_write_repeats_its_input_and_a_read_completes_it(demo: Client) -> None:
    wrote = put(demo, shapes=[rectangle(label_id=ANY, client_id=7)])["shapes"][0]
    assert list(wrote) == [
        "type", "occluded", "outside", "z_order", "rotation", "points", "id", "label_id", "group", "source", "frame",
        "score", "attributes", "elements",
    ]  # fmt: skip
    assert (wrote["points"], wrote["attributes"], wrote["rotation"]) == ([1, 2, 30, 40.5], [], 0)
    shape = read(demo)["shapes"][0]
    assert list(shape) == [
        "id", "label_id", "type", "frame", "group", "source", "score", "occluded", "outside", "z_order", "rotation",
        "points", "attributes", "elements",
    ]  # fmt: skip
    assert len(shape["attributes"]) == 7
    assert shape["id"] == wrote["id"]


@pytest.mark.parametrize(
    "shape",
    [
        rectangle(2147483647), rectangle(points=[30, 40, 1, 2]), rectangle(points=[-5, -5, 9999, 9999]),
        rectangle(label_id=TAG), rectangle(label_id=PARTS[0]), rectangle(points=[1, 1, 1, 1]), rectangle(group=None),
        rectangle(rotation=360), rectangle(z_order=-2147483648), rectangle(frame="3"), rectangle(occluded="yes"),
        {"type": "mask", "label_id": ANY, "frame": 0, "points": [9, 9, 1, 1, 2, 2]},
        {"type": "points", "label_id": ANY, "frame": 0, "points": [1, 2]},
        {"type": "cuboid", "label_id": ANY, "frame": 0, "points": list(range(16))},
        {"type": "ellipse", "label_id": ANY, "frame": 0, "points": [1, 2, 3, 4]},
        {"type": "polyline", "label_id": ANY, "frame": 0, "points": [1, 2, 3, 4]},
    ],
)  # fmt: skip
def test_the_server_takes_nearly_anything(demo: Client, shape: dict[str, Any]) -> None:
    assert len(put(demo, shapes=[shape])["shapes"]) == 1
    assert read(demo)["shapes"][0]["group"] == 0


@pytest.mark.parametrize("words", [("t", "f"), ("yes", "No"), ("on", "off"), ("ON", "OFF"), ("1", "0"), ("TRUE", "n")])
def test_flags_may_be_words(demo: Client, words: tuple[str, str]) -> None:
    put(demo, shapes=[rectangle(occluded=word) for word in words])
    assert [shape["occluded"] for shape in read(demo)["shapes"]] == [True, False]


POINT = "[ErrorDetail(string='Value must be a float or an integer', code='invalid')]"


@pytest.mark.parametrize(
    ("shape", "problem"),
    [
        (rectangle(points=[1, 2, 3]), {"points": ["invalid length for shape type 'rectangle'"]}),
        ({"type": "rectangle", "label_id": RECT, "frame": 0},
         {"points": ["invalid length for shape type 'rectangle'"]}),
        (rectangle(type="polygon", points=[1, 2, 3, 4, 5, 6, 7]),
         {"points": ["invalid length for shape type 'polygon'"]}),
        (rectangle(type="mask", points=[1, 2, 3, 4]), {"points": ["invalid length for shape type 'mask'"]}),
        (rectangle(points=[1, "2", True, None]), {"points": {"1": POINT, "2": POINT, "3": POINT}}),
        (rectangle(points=None), {"points": ["This field may not be null."]}),
        (rectangle(frame=-1), {"frame": ["Ensure this value is greater than or equal to 0."]}),
        (rectangle(frame=1.5), {"frame": ["A valid integer is required."]}),
        (rectangle(group=-1), {"group": ["Ensure this value is greater than or equal to 0."]}),
        (rectangle(rotation=361), {"rotation": ["Ensure this value is less than or equal to 360."]}),
        (rectangle(score=1.5), {"score": ["Ensure this value is less than or equal to 1."]}),
        (rectangle(type="box"), {"type": ['"box" is not a valid choice.']}),
        (rectangle(occluded="maybe"), {"occluded": ["Must be a valid boolean."]}),
        (rectangle(occluded=None), {"occluded": ["This field may not be null."]}),
        (rectangle(source="x"),
         {"source": ["must be one of 'auto', 'semi-auto', 'manual', 'file', 'consensus', got 'x'"]}),
        (rectangle(id=5), {"id": ["must be absent"]}),
        (rectangle(type="skeleton", points=[]), {"elements": ["at least one required for skeleton shape"]}),
        (rectangle(elements=[rectangle()]), {"elements": ["not allowed for non-skeleton shape"]}),
        (rectangle(attributes=[{"spec_id": 1, "value": "x" * 4097}]),
         {"attributes": [{"value": ["Ensure this field has no more than 4096 characters."]}]}),
    ],
)  # fmt: skip
def test_shapes_it_refuses(demo: Client, shape: dict[str, Any], problem: Any) -> None:
    assert put(demo, 400, shapes=[rectangle(), shape]) == {"shapes": [{}, problem]}
    assert read(demo) == EMPTY


@pytest.mark.parametrize(
    ("span", "problem"),
    [
        ((4, 63), ""), ((62, 63), ""), ((5, 5), ""), ((5, None), ""),
        ((4, 64), "Interval stop 64 must not be greater than 63"),
        ((3, 9), "Interval start 3 must be in the range [4, 62]"),
        ((63, 63), "Interval start 63 must be in the range [4, 62]"),
        ((5, 4), "Interval stop 4 must not be less than its start 5"),
    ],
)  # fmt: skip
def test_intervals_lie_within_the_media(demo: Client, span: tuple[int, int | None], problem: str) -> None:
    """The media is used from frame 4 to 62; a stop is the first frame that is no longer meant."""
    interval = {"label_id": ANY, "start": span[0], "stop": span[1]}
    answer = put(demo, 400 if problem else 200, intervals=[interval])
    assert answer == [problem] if problem else len(answer["intervals"]) == 1


def test_references_it_refuses(demo: Client) -> None:
    assert put(demo, 400, shapes=[rectangle(label_id=5)]) == ["label_id `5` is invalid"]
    assert put(demo, 400, shapes=[rectangle(attributes=[{"spec_id": 22, "value": "x"}])]) == ["spec_id `22` is invalid"]
    assert put(demo, 400, shapes=None) == {"shapes": ["This field may not be null."]}


@pytest.mark.parametrize(("value", "stored"), [(True, "True"), (None, "None"), (5, "5"), ("  a ", "a"), ("", "")])
def test_attribute_values_become_text(demo: Client, value: Any, stored: str) -> None:
    spec = demo.get(f"/api/labels/{RECT}").json()["attributes"][0]["id"]
    put(demo, shapes=[rectangle(attributes=[{"spec_id": spec, "value": value}])])
    assert read(demo)["shapes"][0]["attributes"] == [{"spec_id": spec, "value": stored}]


@pytest.mark.parametrize(
    "body",
    [
        {"shapes": [rectangle(frame=2**31)]}, {"shapes": [rectangle(points=5)]}, {"tracks": [track()]},
        {"shapes": [rectangle(attributes=[{"spec_id": 1}])]}, {"shapes": [rectangle(attributes=["x"])]},
    ],
)  # fmt: skip
def test_what_the_server_stumbles_over(demo: Client, demo_seed: dict[str, Any], body: dict[str, Any]) -> None:
    response = demo.send("PUT", JOB, body)
    assert response.status == 400
    assert isinstance(response.json(), list)
    bugs = Client(App(state_of(demo_seed), Config("real", bug_for_bug=True)), "demo_admin")
    assert bugs.send("PUT", JOB, body).status == 500
    assert read(bugs) == read(demo) == EMPTY


@pytest.mark.parametrize("path", [JOB, TASK])
@pytest.mark.parametrize("key", ["id", "label_id", "spec_id"])
def test_no_key_is_longer_than_a_table_can_hold(demo: Client, path: str, key: str) -> None:
    tag = {"id": 1, "label_id": ANY, "frame": 0, "attributes": [{"spec_id": 1, "value": "x"}]}
    (tag["attributes"][0] if key == "spec_id" else tag)[key] = 10**400  # type: ignore[index]
    for action in ("update", "delete"):
        assert demo.send("PATCH", f"{path}?action={action}", {"tags": [tag]}).status == 400
