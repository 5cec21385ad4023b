"""The tree of errors, the text of problems and their collector."""

from __future__ import annotations

import copy
import dataclasses
import doctest
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

import annotools.errors
from annotools.errors import (
    AmbiguityError,
    AnnotoolsError,
    InputError,
    LimitError,
    LossError,
    Problem,
    Problems,
    StorageError,
    UsageError,
)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (AnnotoolsError, 4),
        (LossError, 1),
        (UsageError, 2),
        (AmbiguityError, 2),
        (InputError, 3),
        (LimitError, 3),
        (StorageError, 5),
    ],
)
def test_every_class_says_how_the_program_ends(error: type[AnnotoolsError], code: int) -> None:
    assert error.exit_code == code
    assert issubclass(error, AnnotoolsError)


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    drawn = annotools.errors.__doc__ or ""
    classes = [c for c in vars(annotools.errors).values() if isinstance(c, type) and issubclass(c, AnnotoolsError)]
    for error in classes:
        line = next(line for line in drawn.splitlines() if f"{error.__name__} " in line)
        assert f"exit {error.exit_code}" in line
        parent = error.__mro__[1].__name__
        assert drawn.index(error.__name__) > (drawn.index(parent) if error is not AnnotoolsError else -1)


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (Problem("is empty"), "is empty"),
        (Problem("is empty", "a.xml"), "a.xml: is empty"),
        (Problem("2 numbers", "a.txt", 7, expected="5 numbers"), "a.txt:7: 2 numbers, expected 5 numbers"),
        (Problem("is a string", "a.json", pointer="/shapes/0/points"), "a.json:/shapes/0/points: is a string"),
        (Problem("no such label", "a.xml", 3, frame=0), "a.xml:3: frame 0: no such label"),
        (Problem("odd", line=4), "4: odd"),
    ],
)
def test_text_of_a_problem(problem: Problem, text: str) -> None:
    assert str(problem) == text


@given(st.text(), st.text(st.characters(), max_size=30))
def test_a_problem_is_one_printable_line(message: str, file: str) -> None:
    text = str(Problem(message, file))
    assert text.isprintable()
    assert len(text.splitlines()) <= 1


def test_names_of_strangers_do_not_steer_the_terminal() -> None:
    assert str(Problem("is bad", "a\x1b[2J\nb.txt")) == "a\\x1b[2J\\nb.txt: is bad"
    assert str(Problem("\udc80 in a name")) == "\\udc80 in a name"


def test_a_problem_is_a_value() -> None:
    assert Problem("x", "f", 1) == Problem("x", "f", 1)
    assert len({Problem("x"), Problem("x"), Problem("y")}) == 2
    with pytest.raises(dataclasses.FrozenInstanceError):
        Problem("x").message = "y"  # type: ignore[misc]  # the point of the test


def test_the_collector_prints_few_and_counts_all() -> None:
    problems = Problems("big.txt")
    for line in range(100_000):
        problems.add("no number", line=line + 1)
    assert len(problems) == 100_000
    assert problems.lines(2) == ["big.txt:1: no number", "big.txt:2: no number", "and 99,998 more problems"]
    with pytest.raises(InputError) as caught:
        problems.raise_if()
    assert len(caught.value.problems) == 100_000
    assert len(str(caught.value).splitlines()) == 21


def test_raising_is_the_callers_choice() -> None:
    problems = Problems()
    problems.raise_if("raise")
    problems.append(Problem("x", "other.txt"))
    problems.extend([Problem("y"), Problem("z")])
    problems.raise_if("skip")
    with pytest.raises(InputError, match=r"other\.txt: x\ny\nz"):
        problems.raise_if("raise")
    with pytest.raises(UsageError, match="expected raise or skip"):
        problems.raise_if("ignore")  # type: ignore[arg-type]  # a caller without types


def test_one_more_is_singular() -> None:
    problems = Problems()
    problems.extend([Problem("x"), Problem("y")])
    assert problems.lines(1) == ["x", "and 1 more problem"]


@pytest.mark.parametrize(
    "error",
    [InputError("gone"), InputError([Problem("a", "f", 1), Problem("b")]), LimitError("big"),
     AmbiguityError("several formats fit", ["coco", "yolo"]), UsageError("no")],
)  # fmt: skip
def test_errors_survive_the_way_between_processes(error: AnnotoolsError) -> None:
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(twin) is type(error)
        assert str(twin) == str(error)
        assert vars(twin) == vars(error)


def test_an_ambiguity_lists_its_candidates() -> None:
    assert str(AmbiguityError("two fit", ["a", "b"])) == "two fit, expected one of a, b"


def test_examples_of_the_docstrings_hold() -> None:
    assert doctest.testmod(annotools.errors).failed == 0
    assert doctest.testmod(annotools.errors).attempted >= 3
