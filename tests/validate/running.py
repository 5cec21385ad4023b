"""Judging an example."""

from __future__ import annotations

from typing import Any

from annotools.validate.engine import judge
from annotools.validate.fixing.loop import Outcome, fixed
from annotools.validate.overlay import Overlay
from annotools.validate.reading import Choices, read_subject
from annotools.validate.report import Report
from annotools.validate.settings import Settings
from tests.validate.examples import files_of


def judge_example(parts: dict[str, Any], settings: Settings) -> Report:
    """The report on an example's input."""
    slug = parts.get("from", "cvat-api")
    subject = read_subject(Overlay("example", files_of(parts)), Choices(slug, action=parts.get("as", "")))
    return judge(subject, settings)


def fix_example(parts: dict[str, Any], settings: Settings, *, unsafe: bool) -> Outcome:
    """What fixes make of an example's input."""
    source = Overlay("example", files_of(parts))
    return fixed(source, Choices(parts.get("from", "cvat-api"), action=parts.get("as", "")), settings, unsafe=unsafe)
