"""Edits of lines: which meet each other and which do not, and what is left of one that is taken back."""

from __future__ import annotations

import pytest

from annotools.model import DatasetBuilder
from annotools.validate.edits import Edit, PutAll, PutBytes
from annotools.validate.fixing.changes import ClashError
from annotools.validate.fixing.json_text import JsonText
from annotools.validate.fixing.line_edits import LineEdits
from annotools.validate.fixing.splice import Splice
from annotools.validate.overlay import Overlay

TEXT = b"abc def ghi\n"


def edits_of(*edits: Edit) -> LineEdits:
    made = LineEdits(Overlay("in", {"a.txt": TEXT, "b.txt": TEXT}), DatasetBuilder().dataset())
    for edit in edits:
        made.apply(edit)
    return made


def put(start: int, stop: int, data: bytes, member: str = "a.txt") -> PutBytes:
    return PutBytes(member, start, stop, data)


@pytest.mark.parametrize(
    ("edits", "result"),
    [
        ([put(0, 3, b"X"), put(4, 7, b"YYYY")], b"X YYYY ghi\n"),
        ([put(4, 7, b"YYYY"), put(0, 3, b"X")], b"X YYYY ghi\n"),
        ([put(0, 3, b"X"), put(3, 4, b"_")], b"X_def ghi\n"),
        ([put(0, 3, b"X"), put(3, 3, b"+")], b"X+ def ghi\n"),
        ([put(0, 3, b"")], b" def ghi\n"),
        ([PutAll("a.txt", rb"([a-z])\w+", rb"\1"), put(11, 12, b"\r\n")], b"a d g\r\n"),
        ([put(11, 12, b"\r\n"), PutAll("a.txt", rb"[aeiou]", rb"_")], b"_bc d_f gh_\r\n"),
    ],
)
def test_edits_beside_each_other_are_all_made(edits: list[Edit], result: bytes) -> None:
    assert edits_of(*edits).results() == {"a.txt": result}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (put(0, 3, b"X"), put(2, 5, b"Y")),
        (put(2, 5, b"X"), put(0, 3, b"Y")),
        (put(0, 3, b"X"), put(0, 3, b"X")),
        (put(0, 7, b"X"), put(2, 5, b"Y")),
        (put(2, 5, b"X"), put(0, 7, b"Y")),
        (put(0, 3, b"X"), PutAll("a.txt", rb"[aeiou]", b"_")),
        (PutAll("a.txt", rb"\w+", b"_"), put(8, 9, b"Y")),
        (PutAll("a.txt", rb"a", b"_"), PutAll("a.txt", rb"\w", b"_")),
    ],
)
def test_edits_that_meet_clash(first: Edit, second: Edit) -> None:
    edits = edits_of(first)
    with pytest.raises(ClashError):
        edits.apply(second)


def test_members_do_not_meet() -> None:
    edits = edits_of(put(0, 3, b"X"), put(0, 3, b"Y", "b.txt"))
    assert edits.results() == {"a.txt": b"X def ghi\n", "b.txt": b"Y def ghi\n"}


def test_an_edit_that_is_taken_back_leaves_its_place_free() -> None:
    edits = edits_of(put(0, 3, b"X"))
    marks = edits.marks()
    edits.apply(put(8, 11, b"Z"))
    edits.apply(put(4, 7, b"Y"))
    assert edits.since(marks) == {"a.txt": [(4, 7, b"Y"), (8, 11, b"Z")]}
    edits.back(marks)
    assert edits.results() == {"a.txt": b"X def ghi\n"}
    edits.apply(put(4, 8, b"-"))
    assert edits.results() == {"a.txt": b"X -ghi\n"}


def test_changes_of_json_come_in_the_order_of_their_places() -> None:
    splice = Splice(JsonText(b'{"a": 1, "b": [20, 300], "c": 4}'))
    mark = splice.mark()
    splice.put("/c", 5)
    splice.drop("/b/1")
    splice.put("/a", 11)
    changes = splice.since(mark)
    assert changes == sorted(changes)
    assert [splice.text.data[start:stop] for start, stop, _ in changes] == [b"1", b", 300", b"4"]
    assert splice.result() == b'{"a": 11, "b": [20], "c": 5}'
