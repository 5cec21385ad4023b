"""`annotools rules` and `annotools rule CODE`."""

from __future__ import annotations

from typing import Any

import click

from annotools.cli import tables
from annotools.validate.registry import PRESETS, Rule, all_rules, find_rule
from annotools.validate.settings import check_words, exactness

EXAMPLES = """\b
Examples:
  annotools rules
  annotools rules GEO TRK --json
"""
EXAMPLES_OF_ONE = """\b
Examples:
  annotools rule GEO007
  annotools rule inverted-rectangle --json
"""


@click.command(epilog=EXAMPLES)
@click.argument("words", nargs=-1, metavar="[CODES]...")
@click.option(
    "--preset", type=click.Choice(PRESETS), default="upload", show_default=True, help="How severe findings are."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def rules(words: tuple[str, ...], preset: str, as_json: bool) -> None:
    """List the rules of validate, all of them or those that CODES (codes, names, prefixes) name."""
    check_words(words, all_rules().values())
    chosen = [known for known in all_rules().values() if not words or exactness(known, words)]
    if as_json:
        tables.print_json([row_of(known) for known in chosen])
        return
    rows = [_cells(known, preset) for known in chosen]
    tables.show(f"{len(rows)} rules", ("code", "name", preset, "fix", "needs", "what"), rows)


def _cells(known: Rule, preset: str) -> tuple[Any, ...]:
    fix = known.manual.fix.partition(":")[0]
    return known.code, known.name, known.severity(preset).word, fix, known.needs.words, known.summary


def row_of(known: Rule) -> dict[str, Any]:
    """A rule as plain data."""
    page = known.manual
    return {
        "code": known.code, "name": known.name, "summary": page.summary, "needs": known.needs.words,
        "severity": {preset: known.severity(preset).word for preset in PRESETS}, "versions": known.versions,
        "proof": known.proof, "options": dict(known.options), **{k.lower(): v for k, v in page.all_sections.items()},
        "bad": list(page.bad), "good": list(page.good),
    }  # fmt: skip


@click.command(epilog=EXAMPLES_OF_ONE)
@click.argument("word", metavar="CODE")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def rule(word: str, as_json: bool) -> None:
    """Show one rule, by its code or name: what is wrong, why it matters, bad, good, fix and source."""
    known = find_rule(word)
    if as_json:
        tables.print_json(row_of(known))
        return
    click.echo("\n".join(page_of(known)))


def page_of(known: Rule) -> list[str]:
    """The manual page as lines."""
    page = known.manual
    levels = ", ".join(f"{preset} {known.severity(preset).word}" for preset in PRESETS)
    lines = [f"{known.code} {known.name}", "", page.summary, *([page.about] if page.about else []), ""]
    lines += [f"Severity: {levels}", f"Server:   {known.versions} ({known.proof})"]
    lines += [f"Needs:    {known.needs.words}"] if known.needs else []
    for title, examples in (("Bad", page.bad), ("Good", page.good)):
        for example in examples:
            lines += ["", f"{title}:", *(f"    {line}" for line in example.splitlines())]
    lines += [line for name, text in page.all_sections.items() for line in ("", f"{name}:", f"    {text}")]
    if known.options:
        lines += ["", "Defaults:", *(f"    {name} = {value!r}" for name, value in known.options.items())]
    return lines
