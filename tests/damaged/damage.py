"""Seeded faults: bytes that are lost, doubled or changed, values that make no sense, members that are gone.

`damaged({"a.json": b"[1]"}, Random(7))` is the same whenever and wherever it is asked.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from random import Random

from tests.damaged.inputs import Input

_DEEP = 2000
JSON_VALUES = (
    b"1e400", b"-1e400", b"1e999999999", b"9" * 40, b"9" * 5000, b"9223372036854775808", b"-9223372036854775809",
    b"2147483648", b"4294967296", b"NaN", b"Infinity", b"-Infinity", b"null", b'""', b'"\\ud800"', b'"x"', b"[]", b"{}",
    b"true", b"-1", b"0", b"0.5", b'"1e5"', b'"\xff"', b'"\\u0000"', b"1e308", b"-0.0", b"[1,2]", b'{"a":1}',
    b"[" * _DEEP + b"]" * _DEEP, b'{"a":' * _DEEP + b"1" + b"}" * _DEEP, b"100000", b"[null]", b"[[]]", b"[{}]", b'"1"',
)  # fmt: skip
JSON_KEYS = (
    b'"b\xffd":1,', b'"":0,', b'"odd":' + b"[" * _DEEP + b"]" * _DEEP + b",", b'"\\ud800":1,', b'"id":1,',
    b'"a/~b":{},', b'"version":1e400,', b'"score":0.5,', b'"points":null,', b'"group":null,', b'"elements":[{}],',
    b'"shapes":[1],', b'"frame":"a",', b'"attributes":[{"name":1}],', b'"label_id":9e9,', b'"label":5,',
)  # fmt: skip
XML_VALUES = (
    b"", b"nan", b"inf", b"1e400", b"-1", b"9" * 40, b"9" * 5000, b"2147483648", b"&#0;", b"&lt;&amp;", b"\xff",
    b"true", b"1,2;3,4;5,6", b"0", b"1", b"0.5", b"&odd;", b"1,2;3", b"\xc3\xa9", b"1_0", b"\xd9\xa1", b"1, 2, 3",
    b" 1 ", b"100000",
)  # fmt: skip
XML_PIECES = (
    b"<box/>", b"</box>", b"<track>", b'<track id="1" label="car"/>', b"<!-- -->", b"<![CDATA[<box>]]>", b"<x" * _DEEP,
    b"<x>" * _DEEP, b"<x>" * _DEEP + b"</x>" * _DEEP, b"&odd;", b"<?odd?>", b'<attribute name="odd">1</attribute>',
    b'<image id="0" name="a" width="1" height="1"/>', b"\xff", b"text", b"]]>",
    b'<skeleton label="car"><points/></skeleton>',
)  # fmt: skip
BYTES = (*(bytes([one]) for one in b'\xff\x00\r\n"[]{},:<>&/'), b"\xed\xa0\x80")
_JSON_VALUE = re.compile(rb'(?<=[:\[,])\s*(-?[0-9][0-9.eE+-]*|"(?:[^"\\]|\\.)*"(?!\s*:)|true|false|null|\[\]|\{\})')
_XML_VALUE = re.compile(rb'(?<==")[^"]*(?=")|(?<=>)[^<>\s][^<>]*(?=</)')
_XML_TAG = re.compile(rb"<(?:box|poly\w+|points|ellipse|cuboid|mask|skeleton|tag|track|attribute|image)\b[^>]*>")


def damaged(members: Input, random: Random) -> Input:
    """A copy with one to three faults."""
    hurt = dict(members)
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        if not hurt:
            break
        name = random.choice(sorted(hurt))
        if random.random() < 0.06:
            _without(hurt, name, random)
        else:
            hurt[name] = _hurt_text(hurt[name], random)
    return hurt


def damaged_zip(members: Input, random: Random) -> bytes:
    """A zip of the members with wrong bytes in it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", random.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return hurt_bytes(packed.getvalue(), random)


def _without(members: Input, name: str, random: Random) -> None:
    """A member that is gone, empty, or what another one is."""
    if random.random() < 0.4:
        del members[name]
    else:
        members[name] = random.choice([b"", b"{}", b"[]", b"null", b"[{}]", b"<annotations/>", *members.values()])


def _hurt_text(data: bytes, random: Random) -> bytes:
    if not data:
        return random.choice(BYTES)
    if random.random() < 0.3:
        return hurt_bytes(data, random)
    choices = _XML if data.lstrip().startswith(b"<") else _JSON
    return random.choice(choices)(data, random)


def hurt_bytes(data: bytes, random: Random) -> bytes:
    """Some bytes lost, doubled, changed or new; or all after them lost."""
    start = random.randrange(len(data))
    stop = min(start + random.choice((1, 1, 2, 8, 60)), len(data))
    new = random.choice((b"", random.choice(BYTES), random.randbytes(stop - start), data[start:stop] * 2))
    return data[:start] if random.random() < 0.15 else data[:start] + new + data[stop:]


def _replaced(data: bytes, pattern: re.Pattern[bytes], new: bytes, random: Random) -> bytes:
    spots = list(pattern.finditer(data))
    if not spots:
        return data + new
    spot = random.choice(spots)
    return data[: spot.start()] + new + data[spot.end() :]


def _json_value(data: bytes, random: Random) -> bytes:
    return _replaced(data, _JSON_VALUE, random.choice(JSON_VALUES), random)


def _json_key(data: bytes, random: Random) -> bytes:
    return _replaced(data, re.compile(rb"(?<=\{)(?=\")"), random.choice(JSON_KEYS), random)


def _json_name(data: bytes, random: Random) -> bytes:
    """A key that is written another way."""
    new = random.choice((b"odd", b"b\xffd", b"Label", b"id", b"frame", b"shapes", b"\\ud800", b"a\\/b", b""))
    return _replaced(data, re.compile(rb'(?<=")\w+(?="\s*:)'), new, random)


def _json_item(data: bytes, random: Random) -> bytes:
    """An item of a list more."""
    return _replaced(data, re.compile(rb"(?<=\[)(?=\{)"), random.choice(JSON_VALUES) + b",", random)


def _spaces(data: bytes, random: Random) -> bytes:
    """Lines that end another way, or not at all."""
    new = random.choice((b"\r", b"\r\n", b"", b" ", b"\n\n", b"\x0b", b"\xc2\x85", b"\xe2\x80\xa8"))
    if b"\n" in data:
        return data.replace(b"\n", new)
    return data.replace(b",", b"," + new).replace(b"><", b">" + new + b"<")


def _encoding(data: bytes, random: Random) -> bytes:
    text = data.decode("utf-8", "replace")
    return random.choice((b"\xef\xbb\xbf" + data, text.encode("utf-16"), text.encode("latin-1", "replace")))


def _xml_value(data: bytes, random: Random) -> bytes:
    return _replaced(data, _XML_VALUE, random.choice(XML_VALUES), random)


def _xml_name(data: bytes, random: Random) -> bytes:
    """An attribute or element that is called something else."""
    new = random.choice((b"odd", b"label", b"frame", b"id", b"points", b"box", b"x:y"))
    return _replaced(data, re.compile(rb'(?<=[\s<])\w+(?==")|(?<=<)\w+'), new, random)


def _xml_piece(data: bytes, random: Random) -> bytes:
    return _replaced(data, re.compile(rb"(?<=>)(?=\s*<)"), random.choice(XML_PIECES), random)


def _xml_doubled(data: bytes, random: Random) -> bytes:
    """A tag twice, or gone."""
    spots = list(_XML_TAG.finditer(data))
    if not spots:
        return data
    spot = random.choice(spots)
    return data[: spot.start()] + spot[0] * random.choice((0, 2)) + data[spot.end() :]


_JSON: tuple[Callable[[bytes, Random], bytes], ...] = (
    _json_value, _json_value, _json_value, _json_key, _json_key, _json_name, _json_item, _spaces, _encoding,
)  # fmt: skip
_XML: tuple[Callable[[bytes, Random], bytes], ...] = (
    _xml_value, _xml_value, _xml_value, _xml_name, _xml_piece, _xml_doubled, _spaces, _encoding,
)  # fmt: skip
