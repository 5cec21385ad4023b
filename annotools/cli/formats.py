"""`annotools formats`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from annotools import formats
from annotools.cli import tables
from annotools.formats.base import Format
from annotools.model import ShapeType
from annotools.model.keeps import FRAME_FIELDS, JOB_FIELDS, LABEL_FIELDS, SHAPE_COLUMNS, TASK_FIELDS

FIELDS = {"labels": LABEL_FIELDS, "frames": FRAME_FIELDS, "task": TASK_FIELDS, "jobs": JOB_FIELDS}
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

    In the table a kind is marked where the format carries it; 'annotools formats SLUG' says with which of its columns.
    """
    found = [formats.get(slug)] if slug else [formats.get(name) for name in formats.slugs()]
    if as_json:
        rows = [form.row() for form in found]
        tables.print_json(rows[0] if slug else rows)
    elif slug:
        _page(found[0])
    else:
        head = ("slug", "", "", "tags", *ShapeType.words(), "tracks", "jobs")
        tables.show_matrix("formats", head, [_row(form) for form in found])


def _row(form: Format) -> tuple[Any, ...]:
    keeps = form.keeps
    ways = "/".join(word for word, way in (("read", form.read), ("write", form.write)) if way)
    shapes = (kind in keeps.shapes for kind in ShapeType)
    kinds = (keeps.tags is not None, *shapes, keeps.tracks is not None, bool(keeps.jobs))
    return form.slug, form.name, ways, *kinds


def _page(form: Format) -> None:
    """One page: what it is, what it carries of each kind, what it needs, its settings."""
    about = {
        "name": form.name, "about": form.about, "read": form.read is not None, "write": form.write is not None,
        "needs": ", ".join(sorted(form.needs)), "rounding": str(form.keeps.rounding or "none"),
    }  # fmt: skip
    tables.show(form.slug, ("", ""), [(name, value) for name, value in about.items() if value != ""])
    tables.show("carries", ("", "with", "without"), list(_carried(form).values()))
    if form.keeps.conditions:
        tables.show("only if", ("", "because"), [(one.what, one.why) for one in form.keeps.conditions])
    if form.settings:
        tables.show("settings (--set NAME=VALUE)", ("", ""), list(form.settings.items()))


def _carried(form: Format) -> Mapping[str, tuple[str, str, str]]:
    keeps = form.keeps
    kinds: dict[str, Any] = {kind.word: keeps.shapes.get(kind) for kind in ShapeType}
    kinds |= {"skeleton elements": keeps.elements, **{n: getattr(keeps, n) for n in ("tags", "tracks", "intervals")}}
    rows = {}
    for name, columns in kinds.items():
        usual = {"group", "source", "attributes"} if name in ("tags", "tracks", "intervals") else SHAPE_COLUMNS
        if columns is not None:
            rows[name] = (name, ", ".join(sorted(columns)) or "nothing more", ", ".join(sorted(usual - columns)))
    for name, fields in FIELDS.items():
        kept = getattr(keeps, name)
        rows[name] = (name, ", ".join(sorted(kept)) or "nothing", ", ".join(sorted(fields - kept)))
    return rows
