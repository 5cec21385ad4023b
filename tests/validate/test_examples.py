"""Every rule through the examples of its manual page: Bad is found, Good is not, fix(Bad) is a Good."""

from __future__ import annotations

import pytest

from annotools.validate.registry import Rule, all_rules
from annotools.validate.report import Report
from tests.validate.examples import parts_of
from tests.validate.running import fix_example, judge_example

RULES = list(all_rules().values())
BAD = [(rule, text) for rule in RULES for text in rule.manual.bad]
GOOD = [(rule, text) for rule in RULES for text in rule.manual.good]


def _name(value: object) -> str:
    return value.code if isinstance(value, Rule) else ""


def _judge(rule: Rule, text: str) -> Report:
    report = judge_example(rule, parts_of(text))
    assert not report.skipped, f"{rule.code} lacks {report.skipped[0].missing.words} in its example"
    return report


@pytest.mark.parametrize("rule", RULES, ids=_name)
def test_manual_pages_are_complete(rule: Rule) -> None:
    """A page says why, shows both sides and names its source; its first line is a sentence."""
    manual = rule.manual
    assert manual.summary.endswith(".")
    assert manual.bad
    assert manual.good
    assert manual.sections.get("Why")
    assert manual.sections.get("Source")
    assert rule.proof


@pytest.mark.parametrize(("rule", "text"), BAD, ids=_name)
def test_bad_is_found(rule: Rule, text: str) -> None:
    """Each Bad has a finding, whose text and address can be made."""
    report = _judge(rule, text)
    findings = list(report.findings())
    assert findings
    assert all(str(finding) and finding.fingerprint for finding in findings)


@pytest.mark.parametrize(("rule", "text"), GOOD, ids=_name)
def test_good_is_not_found(rule: Rule, text: str) -> None:
    """No Good has a finding."""
    assert [str(finding) for finding in _judge(rule, text).findings()] == []


FIXED = [(rule, text) for rule, text in BAD if "Fix" in rule.manual.sections]


@pytest.mark.parametrize(("rule", "text"), FIXED, ids=_name)
def test_fix_of_bad_is_good(rule: Rule, text: str) -> None:
    """What has a fix is mended by it; a lossy fix is none for --fix; what has none stays."""
    findings = list(_judge(rule, text).findings())
    hopeless = [finding.fingerprint for finding in findings if finding.fix is None]
    gently, boldly = (fix_example(rule, parts_of(text), unsafe=unsafe) for unsafe in (False, True))
    assert bool(gently.members) == any(finding.fix.safe for finding in findings if finding.fix)
    assert bool(boldly.members) == (len(hopeless) < len(findings))
    assert boldly.settled
    left = list(boldly.report.findings())
    assert [str(finding) for finding in left if finding.fix] == []
    assert len(left) <= len(hopeless)


@pytest.mark.parametrize("rule", RULES, ids=_name)
def test_manual_pages_tell_of_fixes(rule: Rule) -> None:
    """A rule has a fix if and only if its page says so, and says whether it loses something."""
    remedies = [batch.found.remedy for text in rule.manual.bad for batch in _judge(rule, text).batches]
    fix = rule.manual.sections.get("Fix", "")
    assert bool(fix) == any(remedy is not None for remedy in remedies)
    assert not fix or fix.startswith(("lossless", "lossy"))
