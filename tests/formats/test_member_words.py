"""What words a member has: across the pieces that are read, and asked once."""

from __future__ import annotations

import re
from io import BytesIO
from typing import BinaryIO

import pytest

from annotools.formats.kernel import member_words
from annotools.storage import Source

KEY = re.compile(rb'"items"\s*:\s*\[')


class _Counted(Source):
    """One member; opened: how often it was read."""

    def __init__(self, data: bytes) -> None:
        super().__init__("one")
        self.data, self.opened = data, 0

    def _list(self) -> list[str]:
        return ["a.json"]

    def size(self, name: str) -> int:
        return len(self.data)

    def open(self, name: str) -> BinaryIO:
        self.opened += 1
        return BytesIO(self.data)


@pytest.mark.parametrize("before", [0, 5, (1 << 20) - 9, (1 << 20) - 3, 1 << 20, (3 << 20) - 5])
def test_a_word_anywhere(before: int) -> None:
    source = _Counted(b" " * before + b'"items" :  [' + b" " * 50)
    assert member_words.has(source, "a.json", b'"items"', KEY)
    assert member_words.has(source, "a.json", b'"items"', KEY)
    assert source.opened == 1


@pytest.mark.parametrize("data", [b"", b'"items": {', b'"item": [', b'"items" : {"items": 1}'])
def test_a_word_that_is_not_there(data: bytes) -> None:
    source = _Counted(data)
    assert not member_words.has(source, "a.json", b'"items"', KEY)
    assert not member_words.has(source, "a.json", b'"items"', re.compile(KEY.pattern + b"x"))
    assert source.opened == 2


def test_a_word_in_short_pieces() -> None:
    class Slow(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(3)

    class Dripping(_Counted):
        def open(self, name: str) -> BinaryIO:
            return Slow(self.data)

    assert member_words.has(Dripping(b'{"items":[]}'), "a.json", b'"items"', KEY)


def test_early_looks_no_further_than_where_the_word_is_first() -> None:
    for between, there in ((50, True), (2 << 20, False)):
        source = _Counted(b'"items": {}' + b" " * between + b'"items": [')
        assert member_words.has(source, "a.json", b'"items"', KEY, early=True) is there
        assert member_words.has(source, "a.json", b'"items"', KEY)
