"""JUnit's XML, for build servers: a suite for each input, a case for each rule.

    <testsuites><testsuite name="body.json" tests="130" failures="1" skipped="14">
      <testcase classname="GEO" name="GEO007 inverted-rectangle"><failure message="3 findings">..</failure></testcase>

Errors are failures; warnings and infos are output of a case that passes.
Source: https://github.com/testmoapp/junitxml
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from annotools.errors import one_line
from annotools.validate.findings import ERROR
from annotools.validate.registry import Rule
from annotools.validate.report import Report
from annotools.validate.reports.base import Group, RenderOptions, counted, groups, lacks
from annotools.validate.reports.concise import line_of
from annotools.validate.reports.texts import Texts


def junit(reports: Sequence[Report], options: RenderOptions) -> Iterator[str]:
    """The suites of all reports."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="annotools">\n'
    for report in reports:
        yield from _suite(report, options)
    yield "</testsuites>\n"


def _suite(report: Report, options: RenderOptions) -> Iterator[str]:
    by_code = {group.rule.code: group for group in groups(report)}
    skipped = {one.rule.code: lacks(one.missing) for one in report.skipped}
    rules = {rule.code: rule for rule in (*report.rules, *(group.rule for group in by_code.values()))}
    failures = sum(group.severity == ERROR for group in by_code.values())
    name = quoteattr(one_line(report.source or report.member or "annotations"))
    yield f'<testsuite name={name} tests="{len(rules)}" failures="{failures}" errors="0" skipped="{len(skipped)}">\n'
    texts = Texts(report)
    for code, rule in rules.items():
        yield f"<testcase classname={quoteattr(rule.family)} name={quoteattr(_name(rule))}"
        if code in skipped:
            yield f"><skipped message={quoteattr(skipped[code])}/></testcase>\n"
        elif code in by_code:
            yield ">"
            yield from _outcome(by_code[code], texts, options)
            yield "</testcase>\n"
        else:
            yield "/>\n"
    yield "</testsuite>\n"


def _name(rule: Rule) -> str:
    return f"{rule.code} {rule.name}"


def _outcome(group: Group, texts: Texts, options: RenderOptions) -> Iterator[str]:
    message = quoteattr(f"{counted(len(group), 'finding')}: {group.rule.summary}")
    failed = group.severity == ERROR
    yield f'<failure type="{group.severity.word}" message={message}>' if failed else "<system-out>"
    for finding in group.findings(options.shown):
        yield escape(line_of(group.report, finding, texts.line(finding.where)))
    if hidden := group.hidden(options.shown):
        yield f"… {hidden:,} more\n"
    yield "</failure>" if failed else "</system-out>"
