"""`annotools transforms`."""

from __future__ import annotations

import click
from msgspec.structs import asdict

from annotools import transform
from annotools.cli import tables
from annotools.transform.pages import Page, pages

EXAMPLES = """\b
Examples:
  annotools transforms
  annotools transforms remap-labels
  annotools transforms --json
"""


def names(ctx: click.Context, parameter: click.Parameter, start: str) -> list[str]:
    """Names of transforms that complete what was typed."""
    return [name for name in transform.TRANSFORMS if name.startswith(start)]


@click.command(epilog=EXAMPLES)
@click.argument("name", required=False, shell_complete=names)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def command(name: str | None, as_json: bool) -> None:
    """List what --transform takes, or show everything about one.

    The steps that formats apply before they write have pages too.
    """
    chosen = [Page.of(name)] if name else pages()
    if as_json:
        rows = [asdict(page) for page in chosen]
        tables.print_json(rows[0] if name else rows)
    elif name:
        tables.show_text("\n".join(chosen[0].lines()))
    else:
        tables.show("transforms", ("", ""), [(page.name, page.summary) for page in chosen])
