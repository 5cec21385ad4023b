"""Faults in CVAT's XML: each is said with its line, and costs no more than itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotools import formats
from annotools.convert.writing import fit_to_format
from annotools.formats.base import ReadOptions, WriteOptions
from annotools.formats.cvat_xml.reading import read
from tests.formats.cvat_xml_files import BAD_BOX, BOX, DATA, LABELS, document, image, one_file, parsed, problem_lines

KNOWN_LABEL, CVAT = "expected a label of the task (car), did you mean car", "expected CVAT's XML"
UNFIT = "is not well-formed XML: not well-formed (invalid token)"
FOREIGN = "is not well-formed XML: holds bytes that are not UTF-8"


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ('<box label="car" xtl="x" ytl="2" xbr="3" ybr="4"/>', "xtl is 'x', expected a number"),
        ('<box label="car" ytl="2" xbr="3" ybr="4"/>', "<box> has no xtl, expected xtl, ytl, xbr, ybr"),
        ('<box xtl="1" ytl="2" xbr="3" ybr="4"/>', "has no label, expected label"),
        (BAD_BOX.format(' z_order="low"'), "z_order is 'low', expected a whole number"),
        (BAD_BOX.format(' occluded="2"'), "occluded is '2', expected 0 or 1"),
        (BAD_BOX.format(' rotation="a"'), "rotation is 'a', expected a number"),
        (BAD_BOX.format(f' group_id="{"9" * 5000}"'), f"group_id is '{'9' * 40}', expected a whole number"),
        ('<polygon label="car" points="1,2;3,b;5,6"/>', "points is '1,2;3,b;5,6', expected numbers x,y;x,y"),
        ('<polygon label="car" points=""/>', "points is '', expected numbers x,y;x,y"),
        ('<polygon label="car"/>', "<polygon> has no points, expected points"),
        ('<polygon label="car" points="[1,2]"/>', "points is '[1,2]', expected numbers x,y;x,y"),
        ('<polygon label="car" points="true,null"/>', "points is 'true,null', expected numbers x,y;x,y"),
        (
            '<mask label="car" rle="1, 2.5" left="0" top="0" width="2" height="2"/>',
            "rle is '1, 2.5', expected whole numbers",
        ),
        (
            '<mask label="car" rle="1, 3" left="0" top="0" width="2"/>',
            "<mask> has no height, expected left, top, width, height",
        ),
        ('<ellipse label="car" cx="1" cy="1" rx="1" ry=""/>', "ry is '', expected a number"),
        (BAD_BOX.format("").replace("car", "cat"), f"label 'cat' is not defined, {KNOWN_LABEL}"),
        ("<circle/>", "unknown element <circle> in <image>"),
        ('<tag label="cat"/>', f"label 'cat' is not defined, {KNOWN_LABEL}"),
    ],
)  # fmt: skip
def test_a_bad_row_is_named_and_the_others_stay(shape: str, message: str) -> None:
    result = parsed(document(image(BOX, shape, BOX), meta=LABELS))
    assert problem_lines(result) == [f"5: {message}"]
    assert result.dataset.shapes.values.tolist() == [1, 2, 3.5, 4] * 2


def test_odd_numbers_are_data() -> None:
    odd = '<box label="car" xtl="nan" ytl="-1e999" xbr="+.5" ybr=" 7 " z_order="-3" rotation="720"/>'
    result = parsed(document(image(odd, '<polygon label="car" points="1,2;3"/>'), meta=LABELS))
    assert problem_lines(result) == []
    assert np.array_equal(result.dataset.shapes.points(0), [np.nan, -np.inf, 0.5, 7], equal_nan=True)
    assert result.dataset.shapes[0].z_order == -3
    assert result.dataset.shapes[0].rotation == 720
    assert result.dataset.shapes[1].points.tolist() == [1, 2, 3]


def test_a_label_that_is_unknown_is_named_once_and_an_attribute_is_lost() -> None:
    cats = ['<box label="cat" xtl="1" ytl="2" xbr="3" ybr="4"/>'] * 3
    said_twice = BOX.replace("/>", '><attribute name="colour">red</attribute></box>')
    result = parsed(document(image(*cats, said_twice, said_twice), meta=LABELS))
    assert problem_lines(result) == [
        "4: label 'cat' is not defined, 3 times from here on, expected a label of the task (car), did you mean car",
    ]
    assert [(loss.kind, loss.what, loss.count) for loss in result.losses] == [
        ("lost", "shape", 3), ("lost", "attribute", 2),
    ]  # fmt: skip
    assert len(result.dataset.shapes) == 2


def test_elements_of_a_bad_skeleton_go_with_it() -> None:
    bad = '<skeleton label="car" z_order="?"><points label="a" points="1,2" outside="0" occluded="0"/></skeleton>'
    result = parsed(document(image(bad, BOX), meta=LABELS))
    assert len(problem_lines(result)) == 1
    assert len(result.dataset.shapes) == 1


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "1: is not well-formed XML: no element found"),
        (b"\x89PNG\r\n\x1a\n", f"1: {UNFIT}"),
        (b'<?xml version="1.0" encoding="utf-9"?><annotations/>', "1: is not well-formed XML: unknown encoding: utf-9"),
        (b"<annotation><object/></annotation>", "1: starts with <annotation>"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]>\n<annotations>&b;</annotations>', "1: has a document type declaration"),
        (b"<annotations>\n<image id='0' name='a'>\xff</image></annotations>", f"2: {FOREIGN}"),
        (
            b'<?xml version="1.0" encoding="utf-7x"?><annotations/>',
            "1: is not well-formed XML: unknown encoding: utf-7x",
        ),
    ],
)  # fmt: skip
def test_what_is_no_cvat_xml_is_one_problem(data: bytes, message: str) -> None:
    result = read(one_file(data), None, ReadOptions())
    assert problem_lines(result) == [f"{message}, {CVAT}"]
    assert len(result.dataset.shapes) == 0


def test_utf_16_is_read() -> None:
    assert problem_lines(read(one_file(document(image(BOX), meta=LABELS).encode("utf-16")), None, ReadOptions())) == []


def test_nesting_without_end_is_no_trouble() -> None:
    result = parsed(f"<annotations>{image(BOX)}{'<a>' * 200_000}</annotations>")
    assert problem_lines(result) == [
        "3: unknown element <a> in <annotations>", "3: is not well-formed XML: mismatched tag, expected CVAT's XML",
    ]  # fmt: skip
    assert len(result.dataset.shapes) == 1


def test_rows_before_the_end_of_a_cut_file_stay() -> None:
    whole = document(image(*[BOX] * 3), meta=LABELS)
    result = parsed(whole[: whole.rindex("<box") + 20])
    assert len(problem_lines(result)) == 1
    assert len(result.dataset.shapes) == 2


@pytest.mark.parametrize("size", ["999999999", "1e9", "-5", "٣x"])
def test_a_size_out_of_the_blue_allocates_nothing(size: str) -> None:
    result = parsed(document(meta=f"<size>{size}</size>{LABELS}"))
    assert len(problem_lines(result)) == 1
    assert len(result.dataset.frames) <= 1


def test_a_number_of_an_image_out_of_the_blue_is_only_its_place() -> None:
    result = parsed(f"<annotations>{image(BOX, number=999_999_999)}{image(name='b.jpg')}</annotations>")
    assert result.dataset.frames.names == ("a.jpg", "b.jpg")


@pytest.mark.parametrize("name", ["images_task.xml", "video_task.xml"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damage_is_told_and_nothing_else_happens(name: str, data: st.DataObject) -> None:
    whole = (DATA / name).read_bytes()
    start = data.draw(st.integers(0, len(whole)))
    stop = data.draw(st.integers(start, min(start + 60, len(whole))))
    known = st.sampled_from([b"", b"\xff", b"&x;", b'"', b"<box>", b"9" * 5000, b"nan", b"-1"])
    middle = data.draw(known | st.binary(max_size=9))
    tail = whole[stop:] if data.draw(st.booleans()) else b""
    result = read(one_file(whole[:start] + middle + tail), None, ReadOptions())
    assert all(problem.line or problem.message for problem in result.problems)
    for slug in ("cvat-images", "cvat-video"):
        ready, _ = fit_to_format(result.dataset, formats.get(slug), WriteOptions())
        assert ready.canonical() == ready
