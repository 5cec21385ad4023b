"""`annotools formats`."""

from __future__ import annotations

import click

from annotools import formats
from annotools.cli import tables
from annotools.formats.base import Format
from annotools.formats.pages import Page, cells

EXAMPLES = """\b
Examples:
  annotools formats
  annotools formats coco
  annotools formats --json
"""


@click.command(epilog=EXAMPLES)
@click.argument("slug", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def command(slug: str | None, as_json: bool) -> None:
    """Show what each format carries, or everything about one.

    In the table a kind is marked where the format carries it, or with what it becomes; 'annotools formats SLUG' shows
    the files in miniature, what is kept of each kind and what is lost, and how the server differs.
    """
    chosen = [formats.get(slug)] if slug else list(formats())
    if as_json:
        rows = [form.row() for form in chosen]
        tables.print_json(rows[0] if slug else rows)
    elif slug:
        _show(Page.of(chosen[0]))
    else:
        rows_of_cells = [_row(form) for form in chosen]
        tables.show_matrix("formats", ("slug", "", "", *cells(chosen[0])), rows_of_cells)


def _row(form: Format) -> tuple[object, ...]:
    marks = {"yes": True, "-": False}
    return form.slug, form.name, form.directions, *(marks.get(cell, cell) for cell in cells(form).values())


def _show(page: Page) -> None:
    """One page: what it is, what it carries of each kind, what it needs, its settings, how the server differs."""
    form = page.form
    head = [("name", form.name), ("read, write", form.directions), ("needs", ", ".join(sorted(form.needs)))]
    head.append(("rounding", str(form.keeps.rounding or "")))
    tables.show(form.slug, ("", ""), [row for row in head if row[1]])
    tables.show_text(page.about)
    tables.show("carries", ("", "with", "without"), page.carried)
    if page.conditions:
        tables.show("lost besides", ("", "because"), [(condition.what, condition.why) for condition in page.conditions])
    if page.steps:
        tables.show("before it is written", ("", ""), page.steps)
    if form.settings:
        tables.show("settings (--set NAME=VALUE)", ("", ""), list(form.settings.items()))
    if page.differences:
        tables.show("with --compat cvat", ("", "by default"), page.differences)
