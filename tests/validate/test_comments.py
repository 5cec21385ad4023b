"""Comments in XML keep rules quiet about the element that follows; links lead to the page that shows an object."""

from __future__ import annotations

import json

import pytest

import annotools as at
from annotools.errors import UsageError
from annotools.validate.overlay import Overlay
from annotools.validate.registry import find_rule
from annotools.validate.report import Report
from tests.validate.examples import files_of
from tests.validate.reporting import text

BOX = '<box label="car" occluded="0" xtl="60.00" ytl="40.00" xbr="10.00" ybr="10.00" z_order="0"/>'


def judged(*lines: str) -> Report:
    """The report of GEO007 on an XML of these lines, each of which may be a box."""
    inside = "\n".join(f"    {BOX if line == 'BOX' else line}" for line in lines)
    image = '<image id="0" name="a.jpg" width="200" height="100">'
    whole = f"<annotations>\n  {image}\n{inside}\n  </image>\n</annotations>\n".encode()
    return at.validate(Overlay("x.xml", {"x.xml": whole}), slug="cvat-images", select="GEO007")


@pytest.mark.parametrize(
    ("comment", "left"),
    [
        ("<!-- annotools: ignore[GEO007] -->", 1), ("<!--annotools:ignore[TRK, inverted-rectangle]-->", 1),
        ("<!-- annotools: ignore -->", 1), ("<!-- annotools: ignore[GEO] -->", 1),
        ("<!-- annotools: ignore[GEO008] -->", 2), ("<!-- ignore[GEO007] -->", 2),
    ],
)  # fmt: skip
def test_a_comment_is_about_the_next_element(comment: str, left: int) -> None:
    report = judged(comment, "BOX", "BOX")
    assert len(report) == left
    assert report.ignored.get("comment", 0) == 2 - left
    assert [finding.where.line for finding in report.findings()][-1] == 5


def test_a_comment_before_an_image_is_about_all_in_it() -> None:
    second, third = (f'<image id="{n}" name="{n}.jpg" width="200" height="100">' for n in (1, 2))
    quiet = ["<!-- annotools: ignore[GEO007] -->", second, "BOX", "BOX", "</image>"]
    assert len(judged("BOX", "</image>", *quiet, third, "BOX")) == 2
    assert len(judged("BOX", "<!-- annotools: ignore -->")) == 1


def test_what_a_comment_keeps_quiet_is_told() -> None:
    report = judged("<!-- annotools: ignore -->", "BOX")
    assert "1 finding ignored by a comment" in text("concise", report)
    results = json.loads(text("sarif", report))["runs"][0]["results"]
    assert [result["suppressions"][0]["kind"] for result in results] == ["inSource"]


def test_links_lead_to_the_object() -> None:
    """Of a keyframe to its track, of an element to its skeleton."""
    box = {"type": "rectangle", "frame": 2, "points": [60, 40, 10, 10]}
    part = {"type": "rectangle", "label_id": 51, "frame": 1, "points": [9, 9, 3, 3]}
    pose = {"id": 7, "type": "skeleton", "label_id": 5, "frame": 1, "points": [], "elements": [part]}
    track = {"id": 9, "label_id": 1, "frame": 2, "shapes": [box | {"id": 99}]}
    body = {"shapes": [box | {"id": 5, "label_id": 1}, box | {"label_id": 1}, pose], "tracks": [track]}
    source = Overlay("job", files_of({"annotations": body}))
    links = [finding.where.link for finding in at.validate(source, select="GEO007").findings()]
    page = "/tasks/1/jobs/3?frame"
    assert links == [
        f"{page}=2&type=shape&serverID=5", f"{page}=2", f"{page}=1&type=shape&serverID=7",
        f"{page}=2&type=track&serverID=9",
    ]  # fmt: skip
    where = json.loads(text("json", at.validate(source, select="GEO007")))["reports"][0]["findings"][0]["where"]
    assert where["link"] == links[0]
    assert files_of({"annotations": body})["annotations.json"][where["byte"] :].startswith(b'{"type": "rectangle"')


def test_words_that_are_nearly_rules_are_told() -> None:
    with pytest.raises(UsageError, match="did you mean inverted-rectangle"):
        find_rule("inverted-rectangel")
    with pytest.raises(UsageError, match=r"'GEO07', did you mean .*GEO007"):
        at.validate({}, select="GEO07")
