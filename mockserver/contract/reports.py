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
    return [(name, sum(one.passed for one in found), len(found)) for name, found in by_section(outcomes).items()]


def _text(outcomes: Sequence[Outcome], title: str) -> str:
    lines = [f"{one.scenario} | {one.step} | {line}" for one in outcomes for line in one.lines()]
    lines += [f"{name:<14}{passed:>6} of {total}" for name, passed, total in _rows(outcomes)]
    passed = sum(one.passed for one in outcomes)
    return "\n".join([*lines, f"{title}: {passed} of {len(outcomes)} steps alike ({share(outcomes):.1%})"])


def _json(outcomes: Sequence[Outcome], title: str) -> str:
    different = [
        {
            "scenario": one.scenario, "step": one.step, "request": one.request, "problem": one.problem,
            "differences": [
                {"kind": str(item.kind), "path": item.path, "expected": item.expected, "actual": item.actual}
                for item in one.differences
            ],
        }
        for one in outcomes if not one.passed
    ]  # fmt: skip
    sections = {name: {"passed": passed, "total": total} for name, passed, total in _rows(outcomes)}
    document = {"title": title, "share": share(outcomes), "sections": sections, "different": different}
    return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()


def _markdown(outcomes: Sequence[Outcome], title: str) -> str:
    lines = [f"# {title}", "", "| section | alike | steps |", "|---|---|---|"]
    lines += [f"| {name} | {passed} | {total} |" for name, passed, total in _rows(outcomes)]
    failed = [one for one in outcomes if not one.passed]
    if failed:
        lines += ["", "| scenario | step | difference |", "|---|---|---|"]
    lines += [f"| {one.scenario} | {_cell(one.step)} | {_cell(line)} |" for one in failed for line in one.lines()]
    return "\n".join(lines)


def _cell(text: str) -> str:
    return escape(text).replace("|", "\\|").replace("\n", " ")


def _junit(outcomes: Sequence[Outcome], title: str) -> str:
    failed = sum(not one.passed for one in outcomes)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuite name={quoteattr(title)} tests="{len(outcomes)}" failures="{failed}">',
    ]
    for one in outcomes:
        head = f"  <testcase classname={quoteattr(one.scenario)} name={quoteattr(one.step)}"
        if one.passed:
            lines.append(f"{head}/>")
        else:
            text = escape("\n".join(one.lines()))
            lines.append(f"{head}><failure message={quoteattr(one.lines()[0])}>{text}</failure></testcase>")
    return "\n".join([*lines, "</testsuite>"])
