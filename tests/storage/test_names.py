"""Names of members: many at once are taken, and refused, as one after the other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotools.errors import InputError
from annotools.storage.names import UniqueNames

_PARTS = st.sampled_from(["a", "b", "a.txt", "-c", ".d", "", "..", "ü", "x" * 300, "e\\f", "g\n"])
_NAMES = st.lists(_PARTS, min_size=1, max_size=3).map("/".join)


def refused(names: UniqueNames, new: list[str], *, at_once: bool) -> str:
    """The name that is refused, with the reason; empty for none."""
    try:
        if at_once:
            names.add_all(new)
        else:
            for name in new:
                names.add(name)
    except InputError as error:
        return str(error)
    return ""


@given(st.lists(st.lists(_NAMES, max_size=4), max_size=4))
def test_all_at_once_are_as_one_by_one(batches: list[list[str]]) -> None:
    one, other = UniqueNames(), UniqueNames()
    for batch in batches:
        reason = refused(one, batch, at_once=True)
        assert reason == refused(other, batch, at_once=False)
        if reason:
            return
        assert one.files == other.files


@pytest.mark.parametrize(
    ("new", "fault"),
    [(["a/1", "a/2", "a/1"], "a/1"), (["a/1", "a/3"], ""), (["a/0", "a/4"], "a/0"), (["a/b", "a/5"], "a/b")],
)
def test_files_of_a_known_folder(new: list[str], fault: str) -> None:
    names = UniqueNames()
    names.add_all(["a/0", "a/b/0"])
    refusal = refused(names, new, at_once=True)
    assert refusal.startswith(f"{fault}: name comes twice") if fault else not refusal
    assert fault or names.files == {"a/0", "a/b/0", *new}
