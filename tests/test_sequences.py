"""What is said of many places is handed on as it is, and is the same as if each item had been made."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from operator import attrgetter
from pathlib import Path

import pytest

import annotools as at
from annotools.errors import InputError, Problem, Problems
from annotools.formats.cvat_json.decode import MANY
from annotools.sequences import Chain, Field, Run, alike, chosen, classed, mapped, parts_of, together, unplaced

EACH = (Problem("has no type", "a.json", frame=3), Problem("x is null", "a.json", pointer="/x", expected="a number"))


def _made(word: str, number: int) -> str:
    return f"{word}{number}"


def test_a_run_says_each_of_every_place() -> None:
    run = Run([("a", "b")], range(4, 7), _made)
    assert tuple(run) == ("a4", "b4", "a5", "b5", "a6", "b6")
    assert (len(run), run[3], run[-1], run[1:4], run[::-5]) == (6, "b5", "b6", ("b4", "a5", "b5"), ("b6", "a4"))
    with pytest.raises(IndexError):
        run[6]


def test_a_chain_is_like_a_tuple() -> None:
    chain = Chain([("x",), Run([("a",)], range(2), _made), (), ("y",)])
    plain = ("x", "a0", "a1", "y")
    assert chain == plain
    assert hash(chain) == hash(plain)
    assert chain != plain[:-1]
    assert [chain[row] for row in range(-4, 4)] == [*plain, *plain]
    assert [chain[row] for row in (slice(2), slice(1, None, 2), slice(None, None, -1))] == [
        plain[:2], plain[1::2], plain[::-1],
    ]  # fmt: skip
    with pytest.raises(IndexError):
        chain[4]
    before, after = ("z",), ("w",)
    assert before + chain + after == (*before, *plain, *after)
    assert len(parts_of(chain)) == 3


def test_runs_are_changed_and_chosen_unmade() -> None:
    chain = Chain([("b",), Run([("a", "b")], range(10**9), _made)])
    assert (len(chain), len(chosen(chain, "a".__eq__)), len(chosen(chain, "c".__eq__))) == (2 * 10**9 + 1, 10**9, 0)
    assert mapped(chain, str.upper)[:3] == ("B", "A0", "B0")
    assert together([("x",), ("y",)]) == ("x", "y")
    assert len(together([("x",), chain])) == len(chain) + 1


def test_equal_problems_come_in_their_order() -> None:
    problems = Problems("a.json")
    problems.add("first")
    mark = problems.mark()
    problems.add_run([EACH], "/shapes", range(5, 7))
    problems.add("last")
    assert [str(problem) for problem in problems] == [
        "a.json: first",
        "a.json:/shapes/5: frame 3: has no type",
        "a.json:/shapes/5/x: x is null, expected a number",
        "a.json:/shapes/6: frame 3: has no type",
        "a.json:/shapes/6/x: x is null, expected a number",
        "a.json: last",
    ]
    assert problems.lines(2) == ["a.json: first", "a.json:/shapes/5: frame 3: has no type", "and 4 more problems"]
    assert problems[4].pointer == "/shapes/6/x"
    assert [problem.message for problem in problems.since(mark)] == ["has no type", "x is null", "last"]
    more = Problems()
    more.extend(problems)
    assert more.all() == problems.all() == tuple(problems)
    assert pickle.loads(pickle.dumps(problems.all())) == problems.all()


@pytest.mark.parametrize("piece", [{}, {"frame": 7, "type": "x"}, 5, {"label_id": 1, "points": [None]}])
def test_many_equal_rows_have_the_problems_of_each(tmp_path: Path, piece: object) -> None:
    few, many = (tmp_path / name for name in ("few.json", "many.json"))
    few.write_text(json.dumps({"shapes": [piece, {"a": 1}]}))
    many.write_text(json.dumps({"shapes": [*[piece] * MANY, {"a": 1}, *[piece] * MANY]}))
    errors = []
    for path in (few, many):
        with pytest.raises(InputError) as caught:
            at.read(path, "cvat-api")
        errors.append(caught.value)
    assert isinstance(errors[0].problems, tuple)
    assert isinstance(errors[1].problems, Chain)
    one, odd = ([p for p in errors[0].problems if p.pointer.startswith(f"/shapes/{place}")] for place in range(2))
    assert errors[1].problems == tuple(
        replace(problem, file=str(many), pointer=f"/shapes/{place}{problem.pointer.removeprefix(f'/shapes/{old}')}")
        for place in range(2 * MANY + 1)
        for old, problem in ([(1, p) for p in odd] if place == MANY else [(0, p) for p in one])
    )
    assert str(errors[1]).endswith("more problems")


@pytest.mark.parametrize("piece", [{}, {"frame": -1}, 5, {"label_id": 1, "shape": "points"}, {"type": "rectangle"}])
def test_many_equal_rows_have_the_findings_of_each(piece: object) -> None:
    text = json.dumps({"version": 0, "shapes": [piece] * (MANY + 2)})
    by_place: dict[str, list[tuple[str, str, str, object]]] = {}
    for finding in at.validate(text.encode(), slug="cvat-api", select="ALL").findings():
        above, _, below = finding.where.pointer.removeprefix("/shapes/").partition("/")
        edits = None if finding.fix is None else str(finding.fix.edits).replace(f"/shapes/{above}/", "/shapes/0/")
        by_place.setdefault(above, []).append((finding.rule, finding.message, below, edits))
    assert sorted(by_place, key=int) == [str(index) for index in range(MANY + 2)]
    assert all(findings == by_place["0"] for findings in by_place.values())


def test_a_mix_says_of_each_place_what_its_kind_says() -> None:
    mix = Run([(), ("a",), ("b", "c")], range(10, 15), _made, [1, 0, 2, 1, 2])
    plain = ("a10", "b12", "c12", "a13", "b14", "c14")
    assert (tuple(mix), len(mix), mix[:], mix[-2], mix[1:3]) == (plain, 6, plain, "b14", ("b12", "c12"))
    assert [mix.place(row) for row in range(6)] == [10, 12, 12, 13, 14, 14]
    assert sorted(alike(mix, 2)) == [(0, [10, 13]), (1, [12, 14]), (2, [12, 14])]
    assert sorted(row for row, _ in alike(mix, 3)) == [0, 1, 2, 3, 4, 5]
    chain = Chain([("z",), mix])
    assert next(iter(alike(chain, 2))) == (0, ())
    assert sorted(alike(chain, 2))[1:] == [(1, [10, 13]), (2, [12, 14]), (3, [12, 14])]
    assert list(unplaced(chain)) == ["z", "a", "b", "c"]


def test_a_mix_is_classed_unmade() -> None:
    mix = Run([("a",), ("b", "c")], range(10**6), _made, [number % 2 for number in range(10**6)])
    classes = classed(Chain([("b",), mix]), "b".__eq__)
    assert {same: len(items) for same, items in classes.items()} == {True: 1 + 5 * 10**5, False: 10**6}
    assert classes[True][:3] == ("b", "b1", "b3")


def test_one_field_of_each() -> None:
    problems = Problems("a.json")
    problems.add_run([EACH], "/shapes", range(5, 7))
    field = Field(problems.all(), attrgetter("pointer"))
    assert tuple(field) == ("/shapes/5", "/shapes/5/x", "/shapes/6", "/shapes/6/x")
    assert (len(field), field[3], field[1:3]) == (4, "/shapes/6/x", ("/shapes/5/x", "/shapes/6"))
