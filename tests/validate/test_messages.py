"""What findings say of the examples of the manual: the numbers, names and places that can be read off an example.

messages.txt    a line for each: the rule, which of its Bad examples (from 0), and what one of the findings says
"""

from __future__ import annotations

from pathlib import Path

import pytest

from annotools.validate.registry import find_rule
from tests.validate.examples import parts_of
from tests.validate.running import judge_example

LINES = [line.split(" ", 2) for line in Path(__file__).with_name("messages.txt").read_text("utf-8").splitlines()]


@pytest.mark.parametrize(("code", "example", "message"), LINES)
def test_message(code: str, example: str, message: str) -> None:
    rule = find_rule(code)
    findings = list(judge_example(rule, parts_of(rule.manual.bad[int(example)])).findings())
    assert message in [finding.message for finding in findings]
    assert {(finding.rule, finding.name) for finding in findings} == {(code, rule.name)}
