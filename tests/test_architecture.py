"""What the pages for developers name is where they say."""

from __future__ import annotations

import re
from importlib import import_module

import pytest

from annotools.transform.steps import STEPS
from tests.paths import ROOT

PAGES = ("docs/architecture.md", "CONTRIBUTING.md")
_QUOTED = re.compile(r"`([^`\n]+)`")
_PATH = re.compile(r"(annotools|mockserver|tests|docs)(/[\w.-]+)+")
_DOTTED = re.compile(r"(annotools|mockserver)(\.\w+)+")
_STEP = re.compile(r"[a-z]+(-[a-z]+)+")


def quoted(page: str) -> list[str]:
    return _QUOTED.findall((ROOT / page).read_text("utf-8"))


@pytest.mark.parametrize("page", PAGES)
def test_paths_exist(page: str) -> None:
    paths = [word for word in quoted(page) if _PATH.fullmatch(word)]
    assert paths
    assert [path for path in paths if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_dotted_names_can_be_imported(page: str) -> None:
    names = [word for word in quoted(page) if _DOTTED.fullmatch(word) and word not in ("annotools.formats",)]
    assert names
    assert [name for name in names if not is_there(name)] == []


def is_there(name: str) -> bool:
    try:
        import_module(name)
    except ImportError:
        module, _, attribute = name.rpartition(".")
        return hasattr(import_module(module), attribute)
    return True


def test_steps_are_called_so() -> None:
    steps = [word for word in quoted("docs/architecture.md") if _STEP.fullmatch(word) and "-to-" in word]
    assert steps
    assert set(steps) <= STEPS.keys()
