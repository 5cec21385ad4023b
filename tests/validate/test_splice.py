"""Changing JSON byte by byte: what is changed is as told, everything else stays as it was written."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotools.validate.fixing import json_text
from annotools.validate.fixing.changes import ClashError
from annotools.validate.fixing.json_text import JsonText, NoPlaceError
from annotools.validate.fixing.splice import Splice

ODD = b' {"a" : [1, {"x":2, "y" : [3,4]}, 5 ],\r\n "b\\u0041": {"k": null}, "e": {}, "l": [ [1], [2] ,[3]], "x/~": 7}\n'
KEYS = st.text('ab\\"é日', min_size=1, max_size=3)
VALUES: Any = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text('a"\\é,:[]{}', max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
SEPARATORS = st.sampled_from([(",", ":"), (", ", ": "), (" ,\n ", " :\t")])


def changed(text: bytes, *steps: tuple[Any, ...]) -> bytes:
    """The text after some changes."""
    splice = Splice(JsonText(text))
    for name, *rest in steps:
        getattr(splice, name)(*rest)
    return splice.result()


def pointers(value: Any, above: str = "") -> list[str]:
    """Pointers of everything below a value."""
    if isinstance(value, dict):
        steps = [(key.replace("~", "~0").replace("/", "~1"), item) for key, item in value.items()]
    else:
        steps = [(str(i), item) for i, item in enumerate(value)] if isinstance(value, list) else []
    return [p for step, item in steps for p in (f"{above}/{step}", *pointers(item, f"{above}/{step}"))]


def at(value: Any, pointer: str) -> Any:
    """What stands at a pointer of a decoded value."""
    for step in pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        value = value[int(key)] if isinstance(value, list) else value[key]
    return value


@pytest.mark.parametrize(
    ("pointer", "text"),
    [("/a/1/y", b"[3,4]"), ("/bA/k", b"null"), ("/e", b"{}"), ("/x~1~0", b"7"), ("/l/2/0", b"3")],
)
def test_values_are_found(pointer: str, text: bytes) -> None:
    """Keys may be escaped, white space may stand anywhere."""
    text_of = JsonText(ODD)
    assert text_of.bytes(text_of.span(pointer)) == text


@pytest.mark.parametrize("pointer", ["/zz", "/a/3", "/a/x", "/bA/k/0", "/a/-1"])
def test_what_is_not_there_is_not_found(pointer: str) -> None:
    with pytest.raises(NoPlaceError):
        JsonText(ODD).span(pointer)


def test_white_space_and_order_stay() -> None:
    """Several changes at once; all else is byte for byte what it was."""
    mended = changed(
        ODD, ("put", "/a/1/y", [3.0, 9.5]), ("drop", "/a/0"), ("drop", "/a/2"), ("rename", "/bA/k", "kk"),
        ("put", "/e/new", 1), ("order", "/l", [2, 0, 1]), ("put", "/x~1~0", "ü"),
    )  # fmt: skip
    assert mended.decode() == (
        ' {"a" : [{"x":2, "y" : [3,9.5]} ],\r\n "bA": {"kk": null}, "e": {"new": 1},'
        ' "l": [ [3], [1] ,[2]], "x/~": "ü"}\n'
    ).replace("bA", "b\\u0041")


def test_a_byte_order_mark_stays() -> None:
    assert changed(b"\xef\xbb\xbf[1, 2]", ("drop", "/0")) == b"\xef\xbb\xbf[2]"


def test_copies_stand_behind() -> None:
    """With the commas and lines of the list they stand in."""
    assert changed(b'[\n  {"a": 1},\n  {"a": 2}\n]', ("insert_behind", "/0", b"{}")) == (
        b'[\n  {"a": 1},\n  {},\n  {"a": 2}\n]'
    )
    assert changed(b"[ 1]", ("insert_behind", "/0", b"2")) == b"[ 1, 2]"


def test_two_fixes_do_not_touch_the_same() -> None:
    splice = Splice(JsonText(ODD))
    splice.put("/a/1", 7)
    before = splice.mark()
    splice.put("/a/0", 8)
    with pytest.raises(ClashError):
        splice.put("/a/1/x", 9)
    splice.back(before)
    assert json.loads(splice.result())["a"] == [1, 7, 5]


@given(VALUES, SEPARATORS, st.data())
@settings(max_examples=200, deadline=None)
def test_drops_and_puts_are_as_told(value: Any, separators: tuple[str, str], data: st.DataObject) -> None:
    """Any values of any JSON may go or change, and the rest is the same JSON."""
    text = json.dumps(value, separators=separators, ensure_ascii=False).encode()
    places = pointers(value)
    if not places:
        return
    chosen = data.draw(st.sampled_from(places))
    put = changed(text, ("put", chosen, ["new", 1]))
    assert at(json.loads(put), chosen) == ["new", 1]
    above, _, step = chosen.rpartition("/")
    rest = json.loads(changed(text, ("drop", chosen)))
    items = at(rest, above) if above else rest
    whole = at(value, above) if above else value
    assert len(items) == len(whole) - 1
    if isinstance(whole, list):
        assert items == whole[: int(step)] + whole[int(step) + 1 :]


@given(st.lists(st.integers(0, 99), min_size=1, max_size=8), st.data())
@settings(max_examples=100, deadline=None)
def test_many_drops_leave_the_others(numbers: list[int], data: st.DataObject) -> None:
    gone = data.draw(st.sets(st.integers(0, len(numbers) - 1)))
    text = json.dumps(numbers).encode()
    left = json.loads(changed(text, *(("drop", f"/{index}") for index in gone)))
    assert left == [number for index, number in enumerate(numbers) if index not in gone]


@given(st.lists(st.integers(0, 99), min_size=1, max_size=6), st.data())
@settings(max_examples=60, deadline=None)
def test_what_stands_behind_what_goes_stays(numbers: list[int], data: st.DataObject) -> None:
    """Also at the beginning of a list or an object, where no comma is."""
    gone = data.draw(st.sets(st.integers(0, len(numbers) - 1)))
    behind = data.draw(st.lists(st.sampled_from(range(len(numbers))), unique=True))
    inserts = [("insert_behind", f"/{index}", b"-1") for index in behind]
    left = json.loads(changed(json.dumps(numbers).encode(), *inserts, *(("drop", f"/{index}") for index in gone)))
    both = [(number, -1) if index in behind else (number,) for index, number in enumerate(numbers)]
    assert left == [one for index, some in enumerate(both) for one in some[index in gone :]]
    keys = dict(enumerate(numbers))
    drops = [("drop", f"/{index}") for index in gone]
    members = json.loads(changed(json.dumps(keys).encode(), *drops, ("put", "/new", 1)))
    assert members == {str(index): number for index, number in keys.items() if index not in gone} | {"new": 1}


@given(st.lists(VALUES, min_size=1, max_size=6), st.randoms())
@settings(max_examples=50, deadline=None)
def test_orders_are_as_told(values: list[Any], random: Any) -> None:
    order = list(range(len(values)))
    random.shuffle(order)
    text = json.dumps(values, ensure_ascii=False).encode()
    assert json.loads(changed(text, ("order", "", order))) == [values[index] for index in order]


@given(
    st.lists(VALUES | st.floats(allow_nan=False, allow_infinity=False) | st.text(), min_size=2, max_size=9),
    st.integers(1, 70), st.sampled_from([0, 256]),
)  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_of_a_key_that_is_there_again_the_last_is_meant(values: list[Any], window: int, long: int) -> None:
    words = [json.dumps(value, ensure_ascii=False) for value in values]
    text = ", ".join(f'"{"ab"[index % 2]}": {word}' for index, word in enumerate(words))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_text, "_WINDOW", window)
        patch.setattr(json_text, "_LONG", long)
        members = json_text.JsonText(f"{{{text}}}".encode()).members("")
    for name, wanted in json.loads(f"{{{text}}}").items():
        span = members[name].value
        assert json.loads(f"{{{text}}}".encode()[span.start : span.stop]) == wanted


def test_plain_values_are_not_searched_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only where a key is there twice is the text parsed for the end of a value: of long texts that takes long."""
    searched: list[int] = []
    usual = json_text._value_end

    def noted(data: bytes, start: int, last: int) -> int:
        searched.append(start)
        return usual(data, start, last)

    monkeypatch.setattr(json_text, "_value_end", noted)
    text = json_text.JsonText(b'{"a": [1, 2], "b": {"c": "d"}, "e": 12 }')
    assert {name: text.value(f"/{name}") for name in text.members("")} == {"a": [1, 2], "b": {"c": "d"}, "e": 12}
    assert searched == []
    twice = json_text.JsonText(b'{"a": 12, "b": 3, "a": 1}')
    assert (twice.value("/a"), twice.value("/b")) == (1, 3)
    assert searched == []
    assert twice.members("")["a"].value == twice.span("/a")
    assert searched == [6]


def test_a_tilde_in_a_key_is_undone_last() -> None:
    """RFC 6901: `~01` is `~1`, and no slash."""
    assert json_text.unescaped("a~01b~1c~0d") == "a~1b/c~d"
    assert JsonText(b'{"a~1b": 1, "c/d": 2}').has("/a~01b")
    assert JsonText(b'{"a~1b": 1, "c/d": 2}').has("/c~1d")
