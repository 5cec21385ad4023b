"""The manual of all rules as one Markdown page: `python -m annotools.validate.handbook > docs/rules.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import groupby

from annotools.validate.registry import PRESETS, Rule, all_rules

HEAD = """# Rules of `annotools validate`

This page is made of the docstrings of the rules by `python -m annotools.validate.handbook > docs/rules.md`;
`annotools rule CODE` shows the same.  Severities are those of the presets; examples are annotations of the street
task that the tests use.
"""
FAMILIES = {
    "FMT": "what a file of a format holds",
    "FRM": "frames",
    "GEO": "geometry",
    "GRP": "groups",
    "IVL": "intervals",
    "JOB": "the job or task they are for",
    "LBL": "labels and attributes",
    "MSK": "masks",
    "SCH": "structure",
    "SKL": "skeletons",
    "STA": "statistics",
    "TRK": "tracks",
}


def handbook() -> str:
    """The page."""
    families = [(family, list(rules)) for family, rules in groupby(_built_in(), lambda rule: rule.family)]
    lines = [HEAD]
    for family, rules in families:
        lines += [f"- [{family}](#{family.lower()}): {FAMILIES[family]} ({len(rules)})"]
    for family, rules in families:
        lines += ["", f"## {family}", "", *_table(rules)]
        lines += [line for rule in rules for line in ("", *_page(rule))]
    return "\n".join(lines) + "\n"


def _built_in() -> list[Rule]:
    """Without those of other packages, which differ from place to place."""
    return [rule for rule in all_rules().values() if rule.check.__module__.startswith("annotools.")]


def _table(rules: list[Rule]) -> Iterator[str]:
    yield "| code | name | upload | strict | fix | what |"
    yield "|---|---|---|---|---|---|"
    for rule in rules:
        fix = rule.manual.fix.partition(":")[0]
        levels = f"{rule.severity('upload').word} | {rule.severity('strict').word}"
        link = f"[{rule.code}](#{rule.code.lower()}-{rule.name})"
        yield f"| {link} | {rule.name} | {levels} | {fix} | {_cell(rule.summary)} |"


def _page(rule: Rule) -> Iterator[str]:
    page = rule.manual
    yield from (f"### {rule.code} {rule.name}", "", page.summary)
    if page.about:
        yield from ("", page.about)
    levels = ", ".join(f"{preset} {rule.severity(preset).word}" for preset in PRESETS)
    yield from ("", f"- Severity: {levels}", f"- Server: {rule.versions} ({rule.proof})")
    if rule.needs:
        yield f"- Needs: {rule.needs.words}"
    for name, text in page.all_sections.items():
        yield f"- {name}: {text}"
    if rule.options:
        yield f"- Defaults: {', '.join(f'{name} = {value!r}' for name, value in rule.options.items())}"
    for title, examples in (("Bad", page.bad), ("Good", page.good)):
        for example in examples:
            yield from ("", f"{title}:", "", "```json", example, "```")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(handbook())
