"""The pages of transforms are those that their docstrings make, and every one says something."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from annotools.cli import group
from annotools.transform import STEPS, TRANSFORMS
from annotools.transform.pages import Page, handbook
from tests.cli.conftest import APART

PAGE = Path(__file__).resolve().parents[2] / "docs" / "transforms.md"


def _run(*words: str) -> Any:
    return CliRunner(**APART).invoke(group, ["transforms", *words])


def test_the_page_is_current() -> None:
    """Otherwise: `python -m annotools.transform.pages > docs/transforms.md`."""
    assert PAGE.read_text("utf-8") == handbook()


@pytest.mark.parametrize("name", sorted(STEPS))
def test_a_page_says_what_is_done(name: str) -> None:
    page = Page.of(name)
    assert page.summary.endswith(".")
    assert page.more, "the module says it in the large"


@pytest.mark.parametrize("name", sorted(TRANSFORMS))
def test_the_command_shows_a_page(name: str) -> None:
    shown = _run(name)
    assert shown.exit_code == 0
    assert Page.of(name).summary in shown.stdout


def test_the_command_lists_what_may_be_asked_for() -> None:
    assert [line.split()[0] for line in _run().stdout.splitlines()[1:] if line] == sorted(TRANSFORMS)
    assert [row["name"] for row in json.loads(_run("--json").stdout)] == sorted(TRANSFORMS)
    assert json.loads(_run("round", "--json").stdout)["asked"] is True


def test_a_name_that_is_none_says_what_was_meant() -> None:
    refused = _run("remap-label")
    assert (refused.exit_code, refused.stderr) == (
        2,
        "error: no transform is called 'remap-label', expected remap-labels\n",
    )
