"""Whatever stands in a file, every rule answers: no traceback, no warning of numpy, and reports can be made of it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotools.model import Dataset, DatasetBuilder
from annotools.validate.context import Subject
from annotools.validate.engine import judge
from annotools.validate.fixing.loop import fixed
from annotools.validate.overlay import Overlay
from annotools.validate.reading import SubjectOptions, read_subject
from annotools.validate.report import Report
from annotools.validate.settings import ValidateSettings
from tests.validate.corpus import clean
from tests.validate.examples import files_of

KINDS = ("rectangle", "polygon", "polyline", "points", "ellipse", "cuboid", "mask", "skeleton")
ODD_NUMBERS = st.sampled_from([0, 1, -1, 7, 8, 11, 99, 51, 2**31, -(2**40), 2**53, 1.5, 1e300, 1e-300, -0.0])
NUMBERS = st.integers(-3, 220) | ODD_NUMBERS
WHOLE = st.integers(-2, 14) | st.sampled_from([2**31 - 1, 2**31, -(2**40), 2**53])
LABELS = st.sampled_from([1, 2, 3, 4, 5, 51, 52, 53, 6, 7, 8, 81, 404, -5])
JUNK: Any = st.none() | st.booleans() | st.text("a1é", max_size=3) | NUMBERS | st.lists(NUMBERS, max_size=3)


def objects(**keys: Any) -> Any:
    """Objects with these keys, some of which are missing or hold junk now and then."""
    return st.fixed_dictionaries({}, optional={name: st.one_of(one, one, one, JUNK) for name, one in keys.items()})


SPECS, TEXTS = st.sampled_from([11, 12, 13, 14, 99]), st.text("abretu01.-é ", max_size=5)
ATTRIBUTES = st.lists(objects(spec_id=SPECS, value=TEXTS), max_size=2)
DRAWN: dict[str, Any] = {
    "type": st.sampled_from(KINDS), "frame": WHOLE, "points": st.lists(NUMBERS, max_size=18), "rotation": NUMBERS,
    "outside": st.booleans(), "occluded": st.booleans(), "z_order": WHOLE, "attributes": ATTRIBUTES,
}  # fmt: skip
HEAD: dict[str, Any] = {
    "id": st.none() | WHOLE, "label_id": LABELS, "group": st.none() | WHOLE, "attributes": ATTRIBUTES,
    "source": st.sampled_from(["manual", "auto", "by hand"]),
}  # fmt: skip
ELEMENTS = st.lists(objects(**DRAWN, **{k: v for k, v in HEAD.items() if k != "attributes"}), max_size=3)
SHAPES = st.lists(objects(**(DRAWN | HEAD), elements=ELEMENTS, score=NUMBERS), max_size=5)
KEYFRAMES = st.lists(objects(**DRAWN), max_size=4)
PARTS = st.lists(objects(**HEAD, frame=WHOLE, shapes=KEYFRAMES), max_size=2)
TRACKS = st.lists(objects(**HEAD, frame=WHOLE, shapes=KEYFRAMES, elements=PARTS), max_size=3)
BODIES = st.fixed_dictionaries({
    "tags": st.lists(objects(**HEAD, frame=WHOLE), max_size=3), "shapes": SHAPES, "tracks": TRACKS,
    "intervals": st.lists(objects(**HEAD, start=WHOLE, stop=st.none() | WHOLE), max_size=2),
})  # fmt: skip
ACTIONS = st.sampled_from(["", "put", "create", "update", "delete"])


def looked_at(report: Report) -> list[str]:
    """Everything that is made of findings when somebody looks."""
    return [f"{finding} {finding.fix} {finding.related} {finding.fingerprint}" for finding in report.findings(3)]


@given(BODIES, ACTIONS)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_body_is_judged(body: Any, action: str) -> None:
    """Junk in a bundle, with and without what it refers to."""
    text = json.dumps(body)
    for files in (files_of({"annotations": text}), {"annotations.json": text.encode()}):
        subject = read_subject(Overlay("any", files), SubjectOptions("cvat-api", action=action))
        looked_at(judge(subject, ValidateSettings("strict")))


@given(BODIES)
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_body_can_be_mended(body: Any) -> None:
    """Fixing ends, and what it makes is JSON that has no more errors than before."""
    source = Overlay("any", files_of({"annotations": json.dumps(body)}))
    outcome = fixed(source, SubjectOptions("cvat-api"), ValidateSettings("strict"), unsafe=True)
    for data in outcome.members.values():
        json.loads(data, object_pairs_hook=_once)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; a key that is there twice is a fault."""
    assert len(dict(pairs)) == len(pairs), pairs
    return dict(pairs)


def test_attributes_that_begin_a_list_stand_in_one() -> None:
    """Several that are missing are added at once, whether there is an empty list or none."""
    box: dict[str, Any] = {"type": "rectangle", "label_id": 1, "frame": 0, "points": [1, 1, 9, 9]}
    boxes = [box, box | {"attributes": []}]
    source = Overlay("any", files_of({"annotations": json.dumps({"shapes": boxes})}))
    outcome = fixed(source, SubjectOptions("cvat-api"), ValidateSettings(selected=("LBL015",)))
    shapes = json.loads(outcome.members["annotations.json"], object_pairs_hook=_once)["shapes"]
    assert [len(shape["attributes"]) for shape in shapes] == [4, 4]
    assert len(outcome.report) == 0


@given(st.binary(max_size=60) | st.text('{}[]",:0eE-.tags shape\\', max_size=60).map(str.encode))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_judged(data: bytes) -> None:
    """What is no body of annotations has an error."""
    report = judge(
        read_subject(Overlay("any", {"annotations.json": data}), SubjectOptions("cvat-api")), ValidateSettings()
    )
    assert looked_at(report) or json.loads(data) is not None


@pytest.mark.parametrize("cut", range(1, 2400, 97))
def test_a_body_that_is_cut_off_has_an_error(cut: int) -> None:
    """And what can be read of it is judged all the same."""
    text = json.dumps(clean(0))
    data = text[: len(text) * cut // 2400].encode()
    report = judge(
        read_subject(Overlay("cut", {"annotations.json": data}), SubjectOptions("cvat-api")), ValidateSettings()
    )
    assert report.errors
    assert "SCH001" in report.by_rule()


def test_nothing_is_judged() -> None:
    """An empty dataset has no findings but those on what is missing."""
    assert looked_at(judge(Subject(Dataset()), ValidateSettings())) == []


def test_a_dataset_of_numbers_that_are_none_is_judged() -> None:
    """Files of other formats may say NaN."""
    build = DatasetBuilder()
    label = build.add_label("car")
    build.add_frame("a.jpg", 100, 100)
    for kind in KINDS:
        for points in ([np.nan] * 8, [np.inf, -np.inf, 3, 4], [1e308] * 16, []):
            build.add_shape(kind, 0, label, points, rotation=np.nan, score=np.inf)
    track = build.add_track(label, 2**40)
    build.add_shape("rectangle", -5, label, [np.nan] * 4, track=track)
    build.add_track(label, 0)
    report = judge(Subject(build.dataset()), ValidateSettings("strict"))
    assert {"GEO001", "GEO003", "TRK001"} <= set(report.by_rule())
    assert looked_at(report)
