"""`annotools diff`."""

from __future__ import annotations

import sys
from itertools import islice
from typing import Any

import click

from annotools.cli import tables
from annotools.cli.reading import reading_options
from annotools.convert.reading import read
from annotools.diff.comparing import diff
from annotools.diff.result import Difference
from annotools.errors import one_line

EXAMPLES = """\b
Examples:
  annotools diff examples/street examples/street
  annotools diff examples/street street-again --tolerance 0.5 --ignore source --ignore score
  annotools diff examples/street street-coco.zip --json
"""


@click.command(epilog=EXAMPLES)
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@reading_options
@click.option("--tolerance", default=0.01, show_default=True, metavar="PX", help="How far a coordinate may be off.")
@click.option("--ignore", multiple=True, metavar="FIELD", help="A field that may differ; labels or frames as well.")
@click.option("--limit", default=50, show_default=True, metavar="N", help="How many differences to list, 0 for all.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, always of all differences.")
@click.pass_context
def command(ctx: click.Context, /, first: str, second: str, slug: str | None, **choices: Any) -> None:
    """Compare two sets of annotations by frame, label and geometry.

    Exit code 0 when they say the same, 1 when they differ.
    """
    how = {name: choices.pop(name) for name in ("tolerance", "ignore", "limit", "as_json")}
    datasets = (read(side, slug, **choices).dataset for side in (first, second))
    differences = diff(*datasets, tolerance=how["tolerance"], ignore=how["ignore"])
    if how["as_json"]:
        tables.print_json({"first": first, "second": second, **differences.as_dict()})
    else:
        _print(differences, how["limit"])
    ctx.exit(1 if differences else 0)


def _print(differences: Difference, limit: int) -> None:
    rows = [(kind, *row.values()) for kind, row in differences.summary().items()]
    if rows:
        tables.show("by kind", ("", "same", "changed", "removed", "added"), rows)
    for change in islice(differences, limit or None):
        sys.stdout.write(f"{one_line(str(change))}\n")
    hidden = len(differences) - limit if limit else 0
    if hidden > 0:
        sys.stdout.write(f"and {hidden:,} more differences\n")
    if not differences:
        sys.stdout.write("no differences\n")
