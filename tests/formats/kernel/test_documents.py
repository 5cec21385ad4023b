"""XML, JSON and YAML: values, or problems with their places; never an exception."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotools.errors import Problems
from annotools.formats.kernel import jsonfile, xmlfile, yamlfile
from annotools.transform.characters import sayable
from tests.formats.kernel.sources import zipped

XML = b"""<?xml version="1.0" encoding="utf-8"?>
<annotation>
  <!-- <object> -->
  <objects/><object><name>a</name></object>

  <object
    id="1"><name>b</name></object>
</annotation>"""


def problem_texts(problems: Problems) -> list[str]:
    return [str(problem) for problem in problems]


def test_xml_has_lines() -> None:
    document = xmlfile.parse(XML, "a.xml", Problems())
    assert document is not None
    assert [xmlfile.child_text(element, "name") for element in document.root.iter("object")] == ["a", "b"]
    assert document.lines("object").tolist() == [4, 6]
    assert document.line("object", 1) == 6
    assert document.line("object", 2) is None
    assert document.line("part", 0) is None


def test_xml_in_utf16() -> None:
    text = XML.decode().replace("utf-8", "utf-16").replace("<name>a", "<name>é")
    document = xmlfile.parse(text.encode("utf-16"), "a.xml", Problems())
    assert document is not None
    assert document.root.findtext("object/name") == "é"


@pytest.mark.parametrize("encoding", ["GBK", "gb2312", "Big5", "EUC-KR", "shift_jis"])
def test_xml_in_encodings_of_several_bytes_a_letter(encoding: str) -> None:
    name = {"EUC-KR": "\uac1c", "shift_jis": "\u732b"}.get(encoding, "\u8c93" if encoding == "Big5" else "\u732b")
    data = f'<?xml version="1.0" encoding="{encoding}"?>\n<a><b>{name}</b></a>'.encode(encoding)
    document = xmlfile.parse(data, "a.xml", Problems())
    assert document is not None
    assert (document.root.findtext("b"), document.line("b", 0)) == (name, 2)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "a.xml:1: is not well-formed XML: no element found, expected VOC"),
        (b"\n<a><b></a>", "a.xml:2: is not well-formed XML: mismatched tag, expected VOC"),
        (b"\n<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "a.xml:2: has a document type declaration, expected VOC"),
        (
            b'<?xml version="1.0" encoding="utf-9"?><a/>',
            "a.xml: is not well-formed XML: unknown encoding: utf-9, expected VOC",
        ),
        (
            "<a>\n<b>caf\xe9</b></a>".encode("latin-1"),
            "a.xml:2: is not well-formed XML: holds bytes that are not UTF-8, expected VOC",
        ),
        (
            b'<?xml version="1.0" encoding="GBK"?><a>\xff\xff</a>',
            "a.xml: is not well-formed XML: multi-byte encodings are not supported, expected VOC",
        ),
        (b"\x89PNG\r\n", "a.xml:1: is not well-formed XML: not well-formed (invalid token), expected VOC"),
    ],
)
def test_xml_that_is_none(data: bytes, message: str) -> None:
    problems = Problems()
    assert xmlfile.parse(data, "a.xml", problems, "VOC") is None
    assert problem_texts(problems) == [message]


def test_a_comment_may_speak_of_document_types() -> None:
    assert xmlfile.parse(b"<!-- <!DOCTYPE a> --><a/>", "a.xml", Problems()) is not None


def test_deep_xml_is_read_or_refused() -> None:
    problems = Problems()
    xmlfile.parse(b"<a>" * 100_000, "a.xml", problems)
    assert len(problems) == 1


@given(st.binary(max_size=120))
def test_any_bytes_are_a_document_or_a_problem(data: bytes) -> None:
    problems = Problems()
    assert (xmlfile.parse(data, "a.xml", problems) is None) == (len(problems) == 1)


@given(st.text())
def test_xml_text_comes_back(value: str) -> None:
    clean = sayable(value)
    assert (ElementTree.fromstring(f"<a>{xmlfile.text(clean)}</a>".encode()).text or "") == clean


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b'{"a": 1}', {"a": 1}),
        (b"\xef\xbb\xbf[1]", [1]),
        (b'{"a": [NaN, -Infinity], "b": "NaN"}', {"a": [None, None], "b": "NaN"}),
    ],
)
def test_json(data: bytes, value: object) -> None:
    problems = Problems()
    assert jsonfile.read(zipped({"a.json": data}), "a.json", problems) == value
    assert problem_texts(problems) == []


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b" \n", "a.json: is empty, expected JSON"),
        ("{}".encode("utf-16"), "a.json: is UTF-16 or UTF-32, expected JSON in UTF-8"),
        (b'{"a":\n 01}', "a.json:2: is not JSON: JSON is malformed: invalid number (byte 8), expected JSON"),
        (b"[" * 100_000, "a.json: is nested too deeply, expected JSON"),
        (b'"\xff"', "a.json: is not UTF-8, expected JSON"),
        (
            b"[" + b'\\"' * 100_000,
            "a.json:1: is not JSON: JSON is malformed: invalid character (byte 1), expected JSON",
        ),
    ],
)
def test_json_that_is_none(data: bytes, message: str) -> None:
    problems = Problems()
    assert jsonfile.read(zipped({"a.json": data}), "a.json", problems) is None
    assert problem_texts(problems) == [message]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
def test_json_of_wide_characters(encoding: str) -> None:
    problems = Problems()
    assert jsonfile.read(zipped({"a.json": '{"a": 1}'.encode(encoding)}), "a.json", problems) is None
    assert problem_texts(problems) == ["a.json: is UTF-16 or UTF-32, expected JSON in UTF-8"]


def test_json_in_pieces() -> None:
    problems = Problems()
    parts = jsonfile.fields(b'{"a": [{"x": 1}, 2], "b": 3}', "a.json", problems)
    pieces = jsonfile.items(parts["a"], "a.json", "/a", problems)
    assert [bytes(piece) for piece in pieces] == [b'{"x": 1}', b"2"]
    assert jsonfile.items(parts["b"], "a.json", "/b", problems) == []
    assert [problem.pointer for problem in problems] == ["/b"]


def test_pieces_come_in_chunks_of_bounded_size() -> None:
    pieces = [msgspec.Raw(b"1" * size) for size in (1 << 19, 1 << 19, 1 << 21, 1, 1)] + [msgspec.Raw(b"2")] * 5000
    chunks = list(jsonfile.chunks(pieces))
    assert [first for first, _ in chunks] == [0, 2, 3, 4099]
    assert sum(len(part) for _, part in chunks) == len(pieces)


def test_json_for_people() -> None:
    assert b"".join(jsonfile.pieces_of({"a": [1]})) == b'{\n  "a": [\n    1\n  ]\n}\n'


def test_a_large_yaml_is_as_a_small_one() -> None:
    problems = Problems()
    text = "names:\n" + "".join(f"  {number}: no {number}\n" for number in range(20_000)) + "train: 1.0\n"
    content = yamlfile.parse(text.encode(), "d.yaml", problems, texts=True)
    assert content["names"] == {str(number): f"no {number}" for number in range(20_000)}
    assert (content["train"], list(problems)) == ("1.0", [])
    assert yamlfile.parse(text.encode() + b"x: [1\n", "d.yaml", problems) is None
    assert [str(problem).partition(":")[0] for problem in problems] == ["d.yaml"]


def test_yaml() -> None:
    problems = Problems()
    source = zipped({"data.yaml": "names:\n  0: a\n  3: 'b c'\ntrain: [x, y]\n"})
    assert yamlfile.read(source, "data.yaml", problems) == {"names": {0: "a", 3: "b c"}, "train": ["x", "y"]}
    assert problem_texts(problems) == []


BOMB = b"".join(b"a%d: &a%d [%s]\n" % (n, n, b", ".join([b"*a%d" % (n - 1) if n else b"1"] * 10)) for n in range(6))
CHAIN = b"a0: &a0 [1]\n" + b"".join(b"a%d: &a%d [*a%d]\n" % (n, n, n - 1) for n in range(1, 99))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("train: &x images/train\nval: *x\n", {"train": "images/train", "val": "images/train"}),
        ("a: &x [no, 1]\nb: {c: *x, d: *x}\n", {"a": ["no", "1"], "b": {"c": ["no", "1"], "d": ["no", "1"]}}),
        ("x: &x {a: 1, b: 2}\n<<: *x\nb: 3\n", {"x": {"a": "1", "b": "2"}, "a": "1", "b": "3"}),
        ("x: &x {a: 1}\ny: &y {a: 2, b: 2}\nz:\n  <<: [*x, *y]\n",
         {"x": {"a": "1"}, "y": {"a": "2", "b": "2"}, "z": {"a": "1", "b": "2"}}),
        ("<<: 3\nb: &x 1\nc: *x\n", {"<<": "3", "b": "1", "c": "1"}),
        ("<<: 3\n", {"<<": "3"}),
    ],
)  # fmt: skip
def test_aliases_in_yaml_stand_for_what_they_name(text: str, value: Any) -> None:
    problems = Problems()
    assert yamlfile.parse(text.encode(), "d.yaml", problems, texts=True) == value
    assert problem_texts(problems) == []


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (BOMB, "d.yaml:2: has aliases for 1,234,573 values, expected plain YAML"),
        (b"a: &x [*x]\n", "d.yaml:1: has aliases that are nested too deeply, expected plain YAML"),
        (CHAIN, "d.yaml:2: has aliases that are nested too deeply, expected plain YAML"),
        (b"a: *x\n", "d.yaml:1: is no YAML: found undefined alias 'x', expected YAML"),
        (b"a: [1\nb: 2\n", "d.yaml:2: is no YAML: expected ',' or ']', but got ':', expected YAML"),
        (b"a: !!python/object:os.system {}\n", "d.yaml:1: is no YAML: could not determine a constructor"),
        (b"a: 2020-99-99\n", "d.yaml: is no YAML: month must be in 1..12, expected YAML"),
        (b"\x89PNG\r\n\x1a\n", "d.yaml: is no YAML:"),
        (b"[" * 100_000, "d.yaml:1: is nested too deeply, expected plain YAML"),
        (b"- " * 99 + b"a", "d.yaml:1: is nested too deeply, expected plain YAML"),
    ],
)
def test_yaml_that_is_none(data: bytes, message: str) -> None:
    problems = Problems()
    assert yamlfile.parse(data, "d.yaml", problems) is None
    assert len(problems) == 1
    assert problem_texts(problems)[0].startswith(message)
