"""Texts of one buffer: alike where they are the same, and numbers as Python reads them, whatever they are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotools.formats.kernel.slice_numbers import decimals, hundredths, of_lists, separators, shares, whole_numbers
from annotools.formats.kernel.slices import Slices
from annotools.geometry.ragged import offsets_of

HEAD = b'<image id="'
LETTERS = st.sampled_from(b'ab<\n"0')
TEXTS = st.lists(st.lists(LETTERS, max_size=90).map(bytes), max_size=30)
NUMBERS = ["0", "7", "12", "00012", "12345678", "123456789", "-1", "1.25", "-0.00", "99999.99", "100000.00", ".50"]
NUMBERS += ["1.5", "", "-", "1e5", " 3", "3 ", "1.2.3", "+1.00", "1:00", "1/00", "0x10.00", "-1234.56", "-12345.67"]
NUMBERS += ["nan", "1.005", "\u0663", "1_0", "1.-5", "--1.00", "- 1.00"]


def slices(texts: Sequence[bytes]) -> Slices:
    """The texts behind some bytes that stand before them in any file, a quote behind each."""
    ends = len(HEAD) + offsets_of([len(text) + 1 for text in texts])
    return Slices(HEAD + b"".join(text + b'"' for text in texts), ends[:-1], ends[1:] - 1)


def of_python(text: str, kind: type) -> float | None:
    """What Python reads."""
    try:
        return float(kind(text))
    except ValueError:
        return None


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_texts_are_alike_where_they_are_the_same(texts: list[bytes]) -> None:
    different, which = slices(texts).distinct()
    assert len(set(different)) == len(different)
    assert [different[index] for index in which.tolist()] == texts


def test_more_texts_than_are_expected_to_be_different() -> None:
    texts = [f"label {number}".encode() for number in range(9000)] * 2
    different, which = slices(texts).distinct()
    assert sorted(different) == sorted(set(texts))
    assert [different[index] for index in which.tolist()] == texts


@pytest.mark.parametrize("length", [1, 7, 8, 9, 15, 16, 17, 24, 63, 64, 65, 72, 200])
def test_texts_of_which_one_letter_differs(length: int) -> None:
    texts = [b"a" * index + b"b" + b"a" * (length - index - 1) for index in range(length)] + [b"a" * length] * 2
    different, which = slices(texts).distinct()
    assert len(different) == length + 1
    assert [different[index] for index in which.tolist()] == texts


@pytest.mark.parametrize("text", NUMBERS)
def test_odd_numbers_are_as_python_reads_them_or_none(text: str) -> None:
    whole = whole_numbers(slices([text.encode()]))
    assert whole is None or whole.tolist() == [of_python(text, int)]
    for read in (hundredths, decimals, shares):
        parts = read(slices([text.encode()]))
        assert parts is None or parts.tobytes() == np.array([of_python(text, float)]).tobytes()


@pytest.mark.parametrize("letter", [chr(code) for code in range(0x20, 0x7F)])
@pytest.mark.parametrize("index", range(5))
def test_a_letter_anywhere_in_a_number_is_as_python_reads_it_or_none(letter: str, index: int) -> None:
    for number in ("7.25", ".25", "725", "7.", "", "0.12345"):
        text = number[:index] + letter + number[index:]
        for read, kind in ((whole_numbers, int), (hundredths, float), (decimals, float), (shares, float)):
            parts = read(slices([text.encode()]))
            assert parts is None or parts.tolist() == [of_python(text, kind)], (text, read)


@pytest.mark.parametrize(
    ("read", "text"),
    [(whole_numbers, "12345678"), (hundredths, "-1234.56"), (hundredths, "0.07")]
    + [(decimals, text) for text in ("7", "12345678", "1.5", "107.75", "0.000001", "123456.7")]
    + [(shares, text) for text in ("0", "79", "0.5", "1.000000", "0.12345678", "9.8765432")],
)
def test_usual_numbers_are_read(read: object, text: str) -> None:
    assert callable(read)
    assert read(slices([text.encode()])).tolist() == [float(text)]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(-999_999, 9_999_999), min_size=1, max_size=50))
def test_hundredths_are_the_nearest_doubles(numbers: list[int]) -> None:
    texts = [f"{'-' if number < 0 else ''}{abs(number) // 100}.{abs(number) % 100:02}" for number in numbers]
    parsed = hundredths(slices([text.encode() for text in texts]))
    assert parsed is not None
    assert parsed.tobytes() == np.array([float(text) for text in texts]).tobytes()


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 99_999_999), st.integers(0, 8)), min_size=1, max_size=50))
def test_numbers_of_any_decimals_are_the_nearest_doubles(numbers: list[tuple[int, int]]) -> None:
    shorts = [f"{number / 10**places:.{places}f}" for number, places in numbers]
    texts = [text for text in shorts if len(text) <= 8] or ["0"]
    values, parts = (
        decimals(slices([text.encode() for text in texts])),
        [f"{n % 10**8 / 10**8:.{1 + k % 8}f}" for n, k in numbers],
    )
    assert values is not None
    assert values.tobytes() == np.array([float(text) for text in texts]).tobytes()
    values = shares(slices([text.encode() for text in parts]))
    assert values is not None
    assert values.tobytes() == np.array([float(text) for text in parts]).tobytes()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.integers(0, 99_999_999), min_size=1, max_size=9), min_size=1, max_size=20), st.booleans())
def test_lists(lists: list[list[int]], blanks: bool) -> None:
    texts = slices([(", " if blanks else ";").join(map(str, numbers)).encode() for numbers in lists])
    values, counts = of_lists(texts, separators(texts.data), whole_numbers)
    assert values is not None
    assert values.tolist() == [number for numbers in lists for number in numbers]
    assert counts.tolist() == [len(numbers) for numbers in lists]


def test_lists_of_more_numbers_than_are_read_at_once() -> None:
    lists = [list(range(length)) for length in (40_000, 1, 5_000, 30_000, 2)]
    texts = slices([",".join(map(str, numbers)).encode() for numbers in lists])
    values, counts = of_lists(texts, separators(texts.data), whole_numbers)
    assert values is not None
    assert values.tolist() == [number for numbers in lists for number in numbers]
    assert counts.tolist() == [len(numbers) for numbers in lists]


def test_lists_with_a_part_that_is_empty_are_not_read() -> None:
    texts = slices([b"1,2", b"3,,4"])
    assert of_lists(texts, separators(texts.data), whole_numbers)[0] is None
