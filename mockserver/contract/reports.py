"""What a check or a drift found, for people and for CI: text, JSON, Markdown, JUnit."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

import orjson

from mockserver.contract.checking import Outcome, by_section, share

FORMATS = ("text", "json", "markdown", "junit")


def report(outcomes: Sequence[Outcome], form: str, title: str) -> str:
    """One of the formats."""
    return {"text": _text, "json": _json, "markdown": _markdown, "junit": _junit}[form](outcomes, title)


def _rows(outcomes: Sequence[Outcome]) -> list[tuple[str, int, int]]:
    return [
        (name, sum(outcome.passed for outcome in section), len(section))
        for name, section in by_section(outcomes).items()
    ]


def _text(outcomes: Sequence[Outcome], title: str) -> str:
    lines = [f"{outcome.scenario} | {outcome.step} | {line}" for outcome in outcomes for line in outcome.lines()]
    lines += [f"{name:<14}{passed:>6} of {total}" for name, passed, total in _rows(outcomes)]
    passed = sum(outcome.passed for outcome in outcomes)
    return "\n".join([*lines, f"{title}: {passed} of {len(outcomes)} steps alike ({share(outcomes):.1%})"])


def _json(outcomes: Sequence[Outcome], title: str) -> str:
    different = [
        {
            "scenario": outcome.scenario, "step": outcome.step, "request": outcome.request, "problem": outcome.problem,
            "differences": [
                {"kind": str(item.kind), "path": item.path, "expected": item.expected, "actual": item.actual}
                for item in outcome.differences
            ],
        }
        for outcome in outcomes if not outcome.passed
    ]  # fmt: skip
    sections = {name: {"passed": passed, "total": total} for name, passed, total in _rows(outcomes)}
    document = {"title": title, "share": share(outcomes), "sections": sections, "different": different}
    return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()


def _markdown(outcomes: Sequence[Outcome], title: str) -> str:
    lines = [f"# {title}", "", "| section | alike | steps |", "|---|---|---|"]
    lines += [f"| {name} | {passed} | {total} |" for name, passed, total in _rows(outcomes)]
    failed = [outcome for outcome in outcomes if not outcome.passed]
    if failed:
        lines += ["", "| scenario | step | difference |", "|---|---|---|"]
    lines += [
        f"| {outcome.scenario} | {_cell(outcome.step)} | {_cell(line)} |"
        for outcome in failed
        for line in outcome.lines()
    ]
    return "\n".join(lines)


def _cell(text: str) -> str:
    return escape(text).replace("|", "\\|").replace("\n", " ")


def _junit(outcomes: Sequence[Outcome], title: str) -> str:
    failed = sum(not outcome.passed for outcome in outcomes)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuite name={quoteattr(title)} tests="{len(outcomes)}" failures="{failed}">',
    ]
    for outcome in outcomes:
        head = f"  <testcase classname={quoteattr(outcome.scenario)} name={quoteattr(outcome.step)}"
        if outcome.passed:
            lines.append(f"{head}/>")
        else:
            text = escape("\n".join(outcome.lines()))
            lines.append(f"{head}><failure message={quoteattr(outcome.lines()[0])}>{text}</failure></testcase>")
    return "\n".join([*lines, "</testsuite>"])
