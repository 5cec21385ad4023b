"""Diffs of texts: they lead from one to the other, are as usual where little changes, and take no time."""

from __future__ import annotations

import difflib
import re
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from annotools.validate.fixing.text_diff import unified

LINES = st.lists(st.sampled_from([f"{letter}\n" for letter in "abcdefgh"]), max_size=14)
HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@\n")


def patched(before: list[str], diff: list[str]) -> list[str]:
    """What a diff makes of a text; what it says of the text must be so."""
    after, position = [], 0
    for line in diff[2:]:
        if match := HUNK.fullmatch(line):
            start = int(match[1]) - (match[2] != "0")
            after += before[position:start]
            position = start
        elif line[0] == "+":
            after.append(line[1:])
        else:
            assert before[position] == line[1:]
            after += [line[1:]] if line[0] == " " else []
            position += 1
    return after + before[position:]


@given(LINES, LINES, st.integers(0, 3))
@settings(max_examples=200, deadline=None)
def test_a_diff_leads_from_one_text_to_the_other(before: list[str], after: list[str], context: int) -> None:
    diff = list(unified("x", before, after, context))
    assert patched(before, diff) == after
    assert (diff == []) is (before == after)


@given(st.integers(0, 30), st.integers(0, 30))
@settings(max_examples=30, deadline=None)
def test_a_small_change_is_shown_as_usual(dropped: int, changed: int) -> None:
    before = [f"line {number}\n" for number in range(40)]
    after = [line.replace(f" {changed}\n", " new\n") for index, line in enumerate(before) if index != dropped]
    assert list(unified("x", before, after, 3)) == list(difflib.unified_diff(before, after, "a/x", "b/x"))


@given(st.data(), st.integers(40, 90), st.sampled_from(["a\n", "ab\n"]))
@settings(max_examples=40, deadline=None)
def test_a_diff_of_very_many_equal_lines_leads_there_too(data: st.DataObject, count: int, letters: str) -> None:
    before = list(letters.strip() * count)
    before = [f"{letter}\n" for letter in before]
    after = list(before)
    for _ in range(data.draw(st.integers(0, 12))):
        index = data.draw(st.integers(0, len(after)))
        after[index : index + data.draw(st.integers(0, 3))] = ["new\n"] * data.draw(st.integers(0, 20))
    diff = list(unified("x", before, after, 3))
    assert patched(before, diff) == after
    assert (diff == []) is (before == after)


def test_lines_between_very_many_equal_ones_are_shown_alone() -> None:
    before = ["<image>\n", *["<box>\n", "</box>\n"] * 300, "</image>\n"]
    after = ["<image>\n", *["<box>\n", "  <attribute/>\n", "</box>\n"] * 300, "</image>\n"]
    diff = [line for line in unified("x", before, after, 3) if line[0] in "+-"]
    assert diff[2:] == ["+  <attribute/>\n"] * 300


def test_long_texts_take_no_time() -> None:
    """Half of 40,000 lines change: what is compared with everything takes minutes."""
    before = [f"{number}\n" for number in range(40_000)]
    after = [f"{line.strip()}{'x' if index % 2 else ''}\n" for index, line in enumerate(before)]
    start = time.process_time()
    assert sum(line[0] == "+" for line in unified("x", before, after, 3)) == 20_001
    assert time.process_time() - start < 10
