"""The page of all rules in the documentation is the one that the docstrings make."""

from __future__ import annotations

from pathlib import Path

from annotools.validate.handbook import FAMILIES, handbook
from annotools.validate.registry import all_rules

PAGE = Path(__file__).resolve().parents[2] / "docs" / "rules.md"


def test_the_page_is_current() -> None:
    """Otherwise: `python -m annotools.validate.handbook > docs/rules.md`."""
    assert PAGE.read_text("utf-8") == handbook()


def test_every_rule_is_on_the_page() -> None:
    text = handbook()
    assert [code for code in all_rules() if f"### {code} " not in text] == []
    assert {rule.family for rule in all_rules().values()} == set(FAMILIES)
