"""What one source may grow to, to the byte: at the limit it is read, one more and it is refused."""

from __future__ import annotations

import pytest

from annotools.errors import InputError, LimitError
from annotools.storage import Limits
from annotools.storage.limits import GIB, Budget
from annotools.storage.names import name_fault, safe_name, safe_part

MB = 1_000_000


def refused(check: object, *args: object) -> bool:
    try:
        check(*args)  # type: ignore[operator]
    except LimitError:
        return True
    return False


@pytest.mark.parametrize(("members", "over"), [(2_000_000, False), (2_000_001, True)])
def test_members(members: int, over: bool) -> None:
    assert refused(Limits().check_count, "a.zip", members) is over


@pytest.mark.parametrize(
    ("size", "packed", "over"),
    [
        (16 * GIB, GIB, False), (16 * GIB + 1, GIB, True),  # of one member
        (100 * MB, 1, False), (100 * MB + 1, 1, True),  # where the ratio begins to count
        (500 * MB, 10 * MB, False), (500 * MB + 1, 10 * MB, True),  # fifty times
        (100 * MB + 1, 0, True),
    ],
)  # fmt: skip
def test_one_member(size: int, packed: int, over: bool) -> None:
    assert refused(Limits().check_member, "a", size, packed) is over


@pytest.mark.parametrize(
    ("size", "packed", "over"),
    [
        (64 * GIB, 2 * GIB, False), (64 * GIB + 1, 2 * GIB, True), (100 * MB, 1, False), (100 * MB + 1, 1, True),
        (500 * MB, 10 * MB, False), (500 * MB + 1, 10 * MB, True), (100 * MB + 1, 0, True),
    ],
)  # fmt: skip
def test_all_together(size: int, packed: int, over: bool) -> None:
    assert refused(Limits().check_total, "a.zip", size, packed) is over


@pytest.mark.parametrize("name", ["members", "total", "member", "ratio", "ratio_from"])
@pytest.mark.parametrize("value", [0, -1])
def test_a_limit_is_a_positive_number(name: str, value: int) -> None:
    with pytest.raises(ValueError, match="positive"):
        Limits(**{name: value})  # type: ignore[arg-type]
    assert getattr(Limits(**{name: 1}), name) == 1  # type: ignore[arg-type]


def test_a_member_that_is_read_again_is_spent_once() -> None:
    budget = Budget(Limits(total=10), "a.zip", 10)
    for name, size in (("a", 4), ("a", 6), ("a", 2), ("b", 4), ("b", 4), ("a", 6)):
        budget.spend(name, size, 1)
    with pytest.raises(LimitError):
        budget.spend("b", 5, 1)


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("a" * 255, ""), ("a" * 256, "is too long"), ("ü" * 127 + "a", ""), ("ü" * 128, "is too long"),
        ("/".join(["a" * 199] * 20), ""), ("/".join(["a" * 199] * 20) + "b", ""),
        ("/".join(["a" * 199] * 20) + "/b", "is too long"),
        ("", "is empty"), ("/a", "is absolute"), ("a\\b", "has a backslash"), ("c:a", "has a drive"), ("1:a", ""),
        ("ä:a", ""), ("a/../b", "has '..'"), ("..", "has '..'"), ("a/./b", "has an empty component or '.'"),
        ("a//b", "has an empty component or '.'"), ("a/", "has an empty component or '.'"), ("...", ""),
        ("a\x1fb", "has a control character"), ("a b", ""), ("a\x7fb", "has a control character"), ("a\x80b", ""),
        ("a\ud800", "is not text"),
    ],
)  # fmt: skip
def test_names(name: str, fault: str) -> None:
    assert name_fault(name) == fault
    if fault:
        with pytest.raises(InputError):
            safe_name(name)
    else:
        assert safe_name(name) == safe_part(name) == name


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("/a/b.png", "a/b.png"), ("../a/./b//c.png", "a/b/c.png"), ("c:/a.png", "a.png"), ("c:", ""), ("/", ""),
        ("..", ""), ("a\\b.png", ""), ("x\\y/b.png", "b.png"), ("a" * 300 + "/b.png", "b.png"), ("a" * 300, ""),
    ],
)  # fmt: skip
def test_as_much_of_a_path_as_leads_down(name: str, part: str) -> None:
    assert safe_part(name) == part
