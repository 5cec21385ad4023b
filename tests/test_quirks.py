"""The table of quirks: every row is a behaviour that some format stands for, and says why annotools differs."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotools import formats
from annotools.quirks import CVAT, QUIRKS, Quirk

SOURCES = "".join(
    path.read_text("utf-8")
    for room in ("tracks", "transform")
    for path in (Path(__file__).parents[1] / "annotools" / room).glob("*.py")
)


def stood_for() -> set[str]:
    return {name for form in formats() for one in (form, *form.dialects.values()) for name in one.quirks}


@pytest.mark.parametrize("quirk", QUIRKS, ids=lambda quirk: quirk.name)
def test_a_quirk_is_used(quirk: Quirk) -> None:
    assert quirk.name in stood_for() or f'"{quirk.name}"' in SOURCES


@pytest.mark.parametrize("quirk", QUIRKS, ids=lambda quirk: quirk.name)
def test_a_quirk_says_what_and_why_and_where(quirk: Quirk) -> None:
    assert all((quirk.what, quirk.why, quirk.source))
    assert quirk.what != quirk.why


def test_names_are_unique_and_formats_name_no_others() -> None:
    names = [quirk.name for quirk in QUIRKS]
    assert len(set(names)) == len(names)
    assert set(names) == CVAT
    assert stood_for() <= CVAT
