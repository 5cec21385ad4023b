"""Columns as the objects of a JSON list, against the objects themselves."""

from __future__ import annotations

from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotools.formats.kernel.json_rows import (
    JsonRows,
    column_texts,
    id_column,
    joined,
    list_texts,
    number_texts,
    part_texts,
    shared_texts,
    value_texts,
)

FLOATS = st.floats(allow_nan=False, width=64)
VALUES = st.one_of(st.none(), st.booleans(), st.integers(-(1 << 70), 1 << 70), FLOATS, st.text(max_size=5))
SOME = st.lists(st.dictionaries(st.sampled_from("abcd"), st.integers(0, 9)), max_size=6)


def read(text: bytes) -> Any:
    return orjson.loads(b"[" + text + b"]")


@given(SOME)
def test_objects_of_any_keys_are_written_as_they_are(objects: list[dict[str, int]]) -> None:
    rows = JsonRows(len(objects))
    for key in "abcd":
        places = [index for index, item in enumerate(objects) if key in item]
        rows.put_at(key, places, value_texts([objects[index][key] for index in places]))
    assert read(rows.joined()) == objects == read(joined(rows.texts()))


def test_keys_stand_in_the_order_in_which_they_came() -> None:
    rows = JsonRows(2)
    rows.put("z", [b"1", b"2"])
    rows.put_at("y", [1], [b'"a,b"'])
    rows.put("x", [b"[3]", b"[4]"])
    assert rows.joined() == b'{"z":1,"x":[3]},{"z":2,"y":"a,b","x":[4]}'


def test_what_is_said_again_takes_the_place_of_what_was_said() -> None:
    rows = JsonRows(3)
    rows.put("a", [b"1", b"2", b"3"])
    rows.put("b", [b"0"] * 3)
    rows.put_at("a", [0, 2], [b"7", b"8"])
    rows.drop("a", [1])
    rows.drop("unknown", [0])
    assert rows.joined() == b'{"a":7,"b":0},{"b":0},{"a":8,"b":0}'
    rows.without("a")
    assert "a" not in rows
    assert rows.of("a") == [b"", b"", b""]
    assert rows.joined() == b'{"b":0},{"b":0},{"b":0}'


def test_rows_without_any_key_are_empty_objects() -> None:
    assert JsonRows(2).joined() == b"{},{}"
    assert JsonRows(0).joined() == b""


@given(st.lists(st.lists(FLOATS, max_size=4), max_size=6))
def test_ragged_numbers_are_spelled_as_lists_are(parts: list[list[float]]) -> None:
    ends = np.cumsum([0, *map(len, parts)])
    texts = part_texts(np.array([n for part in parts for n in part], np.float64), ends)
    assert [b"[%b]" % text for text in texts] == [orjson.dumps(part) for part in parts]


def test_ragged_numbers_may_begin_behind_the_first_value() -> None:
    assert part_texts(np.array([9.0, 1.0, 2.5, 3.0, 8.0]), np.array([1, 3, 3, 4])) == [b"1.0,2.5", b"", b"3.0"]


@given(st.lists(st.tuples(FLOATS, FLOATS), max_size=5))
def test_tables_of_numbers_are_spelled_as_lists_are(pairs: list[tuple[float, float]]) -> None:
    assert list_texts(np.array(pairs, np.float64).reshape(-1, 2)) == [orjson.dumps(list(pair)) for pair in pairs]


@pytest.mark.parametrize(
    ("column", "texts"),
    [
        (np.array([1.0, -0.0, 0.5, np.nan]), [b"1.0", b"-0.0", b"0.5", b"null"]),
        (np.array([3, -4]), [b"3", b"-4"]),
        (np.array([True, False]), [b"true", b"false"]),
        (np.array([0.1], np.float32), [b"0.10000000149011612"]),  # the number that it is, as a float of Python
        (np.array([b'{"a":1}', "b", None, 1.5, np.int64(2)], object), [b'{"a":1}', b'"b"', b"null", b"1.5", b"2"]),
        (np.array([(1.0, 2.0)], [("x", float), ("y", float)]), [b"[1.0,2.0]"]),
        (np.zeros(0), []),
    ],
)  # fmt: skip
def test_columns_of_every_type(column: Any, texts: list[bytes]) -> None:
    assert column_texts(column) == texts


def test_floats_are_spelled_as_python_s_floats_are() -> None:
    values = np.random.default_rng(5).standard_normal(1000) * 10.0 ** np.arange(-500, 500).clip(-300, 300)
    assert number_texts(values) == [orjson.dumps(value) for value in values.tolist()]


@given(st.lists(VALUES, max_size=6))
def test_values_of_any_kind(values: list[Any]) -> None:
    assert read(b",".join(value_texts(values))) == [orjson.loads(value_texts([one])[0]) for one in values]
    assert list(map(orjson.loads, column_texts(id_column(values)))) == list(map(orjson.loads, value_texts(values)))


def test_whole_numbers_of_more_than_64_bits_are_ids() -> None:
    assert column_texts(id_column([1 << 80, 2])) == [b"1208925819614629174706176", b"2"]
    assert id_column([1 << 62, 2]).dtype == np.int64


def test_shared_objects_are_written_alike() -> None:
    one = {"a": 1}
    assert shared_texts([one, {}, one]) == [b'{"a":1}', b"{}", b'{"a":1}']


def test_what_all_rows_say_alike_stands_in_its_place() -> None:
    rows = JsonRows(2)
    rows.put_alike("a", b"0")
    rows.put("b", [b"1", b"2"])
    rows.put_alike("c", b"[]")
    rows.put_at("d", [1], [b"3"])
    rows.put_alike("e", b"4")
    assert rows.joined() == b'{"a":0,"b":1,"c":[],"e":4},{"a":0,"b":2,"c":[],"d":3,"e":4}'
    rows.put_at("c", [0], [b"{}"])
    rows.drop("e", [1])
    assert rows.joined() == b'{"a":0,"b":1,"c":{},"e":4},{"a":0,"b":2,"c":[],"d":3}'


def test_rows_that_say_nothing_but_the_same() -> None:
    rows = JsonRows(2)
    rows.put_alike("a", b"0")
    assert rows.joined() == b'{"a":0},{"a":0}'


@pytest.mark.parametrize(
    "strings", [["a", "", ","], ["", "", ""], [","], ['a"', ",", 'b",'], ["\\", '","', "ü"], ["a\\", "b"], ['","']]
)
def test_strings_are_what_each_is_alone(strings: list[str]) -> None:
    assert value_texts(strings) == [orjson.dumps(string) for string in strings]


@given(st.lists(st.text(st.sampled_from(['"', ",", "\\", "a", "é"]), max_size=4), min_size=1))
def test_any_strings_are_what_each_is_alone(strings: list[str]) -> None:
    assert value_texts(strings) == [orjson.dumps(string) for string in strings]
