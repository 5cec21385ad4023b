"""The page of all formats in the documentation is the one that their declarations make."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotools import formats
from annotools.formats.pages import Page, cells, handbook

PAGE = Path(__file__).resolve().parents[2] / "docs" / "formats.md"


def test_the_page_is_current() -> None:
    """Otherwise: `python -m annotools.formats.pages > docs/formats.md`."""
    assert PAGE.read_text("utf-8") == handbook()


@pytest.mark.parametrize("slug", formats.TABLE)
def test_a_page_has_the_files_in_miniature_and_a_link(slug: str) -> None:
    about = Page.of(formats.get(slug)).about
    assert any(line.startswith("    ") for line in about.splitlines())
    assert "Source:" in about


def test_kinds_that_become_others_say_so() -> None:
    assert {kind: cell for kind, cell in cells(formats.get("voc")).items() if cell not in ("yes", "-")} == {
        "polygon": "as mask",
        "ellipse": "as mask",
        "tracks": "as shapes",
    }
