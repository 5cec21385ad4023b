"""What the manual shows is true: its programs run, its tables name what there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mockserver.core import admin, lints
from mockserver.core.faults import EFFECTS

MANUAL = (Path(__file__).parents[2] / "docs" / "mock.md").read_text("utf-8")
PROGRAMS = [code for code in re.findall(r"```python\n(.*?)```", MANUAL, re.DOTALL) if "def test_" not in code]


@pytest.mark.parametrize("row", range(len(PROGRAMS)))
def test_its_programs_run(row: int) -> None:
    names: dict[str, object] = {}
    exec("from mockserver.mock import Mock\n" + PROGRAMS[row], names)
    assert "mock" in names


def test_it_names_every_effect_and_every_remark() -> None:
    assert all(f"`{effect}`" in MANUAL for effect in EFFECTS)
    codes = re.findall(r"^\| ([a-z-]+) \|", lints.__doc__ or "", re.MULTILINE)
    assert len(codes) == 7, "a heading and six codes"
    assert all(f"`{code}`" in MANUAL for code in codes[1:])


def test_it_names_every_admin_call() -> None:
    for _, name in admin.ACTIONS:
        assert re.search(rf"`[^`]*{name}[^`]*`", MANUAL), name
