"""Lists of numbers from text: with simdjson and without it the same numbers, and nothing for the same texts."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotools.formats.kernel.number_texts import NumberTexts

NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**25), 10**25) | st.sampled_from([0, -0.0])
LISTS = st.lists(NUMBERS, max_size=5)
ODD = ("1", '"x"', "{}", "null", "[null]", "[[[1]]]", "[1,[2]]", "[[1],2]", "[[],2]", "[true]", '["[",1]', '[["1"]]')
BLANK = (
    "[ 1 , 2 ]",
    "[\n[1,\t2]\n,\r[ ]]",
    "[-0,-0.0,-0e0]",
    "[[-0,-0.0,-0e0]]",
    "[]",
    "[[]]",
    "[[],[]]",
    "[1e999]",
    "[[-1e999]]",
)


def plain(value: Any) -> Any:
    """Arrays as what they are to the last bit."""
    return [plain(part) for part in value] if isinstance(value, tuple) else None if value is None else value.tobytes()


@given(st.lists(LISTS.map(json.dumps) | st.lists(LISTS).map(json.dumps) | st.sampled_from(ODD + BLANK), max_size=4))
def test_both_ways_say_the_same(texts: list[str]) -> None:
    pytest.importorskip("simdjson", reason="the extra `fast` is not installed, there is one way only")
    pieces = [text.encode() for text in texts]
    quick, slow = NumberTexts(), NumberTexts(quick=False)
    assert plain(quick.lists(pieces)) == plain(slow.lists(pieces))
    assert plain(quick.lists_of_lists(pieces)) == plain(slow.lists_of_lists(pieces))


@pytest.mark.parametrize("quick", [True, False])
def test_lists(quick: bool) -> None:
    parsed = NumberTexts(quick=quick).lists([b"[1, 2.5]", b"[]", b"[-0.0,1e2,12345678901234567890123]"])
    assert parsed is not None
    assert parsed[0].tolist() == [1, 2.5, -0.0, 100, float(12345678901234567890123)]
    assert np.signbit(parsed[0]).tolist() == [False, False, True, False, False]
    assert parsed[1].tolist() == [0, 2, 2, 5]


@pytest.mark.parametrize("quick", [True, False])
def test_lists_of_lists(quick: bool) -> None:
    parsed = NumberTexts(quick=quick).lists_of_lists([b"[[1,2],[3]]", b"[]", b"[[]]", b"[ [4] ]"])
    assert parsed is not None
    (values, offsets), rows = parsed
    assert (values.tolist(), offsets.tolist(), rows.tolist()) == ([1, 2, 3, 4], [0, 2, 3, 3, 4], [0, 2, 2, 3, 4])


@pytest.mark.parametrize("quick", [True, False])
@pytest.mark.parametrize("blank", [" ", "\n", "\t", "\r", "\r\n"])
def test_every_blank_of_json_stands_between_numbers(blank: str, quick: bool) -> None:
    """Within empty lists too, where no number shows that nothing is counted."""
    texts = [f"[{blank}[1,{blank}2{blank}],{blank}[{blank}]]{blank}".encode(), f"[{blank}]".encode()]
    parsed = NumberTexts(quick=quick).lists_of_lists(texts)
    assert parsed is not None
    (values, offsets), rows = parsed
    assert (values.tolist(), offsets.tolist(), rows.tolist()) == ([1, 2], [0, 2, 2], [0, 2, 2])


@pytest.mark.parametrize("quick", [True, False])
@pytest.mark.parametrize("text", ODD)
def test_what_is_no_list_of_numbers_is_nothing(text: str, quick: bool) -> None:
    assert NumberTexts(quick=quick).lists([b"[1]", text.encode()]) is None
    assert NumberTexts(quick=quick).lists_of_lists([b"[[1]]", text.encode()]) is None


@pytest.mark.parametrize("bits", [True, False])
def test_where_lists_begin_is_told_over_hundreds_of_numbers(bits: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commas are counted 64 characters at a time, but for numpy before 2, which cannot count bits."""
    if not bits:
        monkeypatch.delattr(np, "bitwise_count", raising=False)
    sizes = [0, 1, 2, 3, 31, 32, 33, 64, 65, 500, 0, 7]
    rows = [[[float(n % 10)] * size, [1e-5] * (n % 3)] for n, size in enumerate(sizes)]
    lists = NumberTexts().lists_of_lists([json.dumps(row).replace(" ", "").encode() for row in rows])
    assert lists is not None
    (values, offsets), ends = lists
    parts = [part for row in rows for part in row]
    assert [values[start:stop].tolist() for start, stop in pairwise(offsets)] == parts
    assert ends.tolist() == list(range(0, 2 * len(sizes) + 1, 2))
