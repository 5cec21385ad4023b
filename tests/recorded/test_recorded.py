"""What annotools answers is what was recorded (see the docstring of the package)."""

from __future__ import annotations

import pytest

from tests.recorded.records import PARTS, Answer, asked_answers, groups, recorded

SHOWN = 25
GROUPS = [(part, group) for part in PARTS for group in groups(part)]


@pytest.mark.parametrize(("part", "group"), GROUPS, ids=["-".join(pair) for pair in GROUPS])
def test_answers_are_as_recorded(part: str, group: str) -> None:
    known = recorded(part).get(group, {})
    answers = list(asked_answers(part, group))
    changed = [(known.get(one.name, "nothing"), one) for one in answers if known.get(one.name) != one.record]
    gone = sorted(known.keys() - {one.name for one in answers})
    if changed:
        pytest.fail(_report(changed), pytrace=False)
    assert not gone, f"recorded, but no cases any more: {', '.join(gone[:5])}"


def _report(changed: list[tuple[str, Answer]]) -> str:
    before, first = changed[0]
    names = "\n".join(f"    {answer.name}" for _, answer in changed[:SHOWN])
    shown = "\n".join(f"    {line[:200]}" for line in first.lines[:SHOWN])
    return f"""{len(changed)} answers are not as recorded:
{names}
the first of them was    {before}
and is now               {first.record}
{shown}
The whole of it: python -m tests.recorded {first.name}   (and the same before the change, to compare)
If the new answers are right: python -m tests.recorded --update {"/".join(first.name.split("/")[:2])}, and say in the
commit why they changed."""


def test_every_record_is_of_a_group() -> None:
    for part in PARTS:
        assert set(recorded(part)) == set(groups(part))
