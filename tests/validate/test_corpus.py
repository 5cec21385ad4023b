"""Faults of every rule, put into clean annotations, are found; in clean annotations nothing is."""

from __future__ import annotations

import pytest

from annotools.validate.engine import judge
from annotools.validate.findings import INFO
from annotools.validate.overlay import Overlay
from annotools.validate.reading import SubjectOptions, read_subject
from annotools.validate.registry import Rule, all_rules
from annotools.validate.report import Report
from annotools.validate.settings import ValidateSettings
from tests.validate.corpus import TOGETHER, clean, lists_of, seeded
from tests.validate.examples import files_of
from tests.validate.running import judge_example

SEEDS = range(5)
# Rules that ask about all annotations or all values together: among clean ones their fault is none any more.
ABOUT_ALL = frozenset({"FRM006", "FRM007", "FRM013", "JOB008", "LBL002", "LBL018", "LBL020", "STA004"})


def _fits(rule: Rule, text: str) -> bool:
    about_all = rule.code in ABOUT_ALL or '"truth"' in text  # that all of them are on frames of a ground truth
    exactly = lists_of(text) is not None and rule.code not in TOGETHER  # as test_among_clean.py asks
    return not about_all and not exactly and seeded(text, 0) is not None


FAULTS = [(rule, text) for rule in all_rules().values() for text in rule.manual.bad if _fits(rule, text)]


def _judged(seed: int, preset: str) -> Report:
    source = Overlay("clean", files_of({"annotations": clean(seed)}))
    # polylines and skeletons are no fault, but COCO does not carry them
    return judge(read_subject(source, SubjectOptions("cvat-api")), ValidateSettings(preset, ignored=("FMT007",)))


@pytest.mark.parametrize("preset", ["upload", "export", "coco", "gt", "strict"])
def test_clean_annotations_are_clean(preset: str) -> None:
    """Not more than one in a hundred rows is found fault with by mistake."""
    reports = [_judged(seed, preset) for seed in SEEDS]
    alarms = [str(f) for report in reports for f in report.findings() if f.severity > INFO]
    assert len(alarms) <= 0.01 * sum(report.checked["shapes"] for report in reports), alarms


@pytest.mark.parametrize(("rule", "text"), FAULTS, ids=lambda value: value.code if isinstance(value, Rule) else "")
def test_a_fault_among_clean_annotations_is_found(rule: Rule, text: str) -> None:
    """The rule finds it there too, and not much else."""
    parts = seeded(text, 1)
    assert parts is not None
    assert len(judge_example(rule, parts)) > 0
