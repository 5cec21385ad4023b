"""`annotools stats`."""

from __future__ import annotations

from typing import Any

import click

from annotools.cli import tables
from annotools.cli.reading import reading_options
from annotools.convert.reading import read
from annotools.statistics import KINDS, Stats, stats

EXAMPLES = """\b
Examples:
  annotools stats examples/street
  annotools stats examples/street --json
  annotools stats examples/street --frames
"""
_SHOWN = 12  # values of an attribute


@click.command(epilog=EXAMPLES)
@click.argument("src", metavar="SRC")
@reading_options
@click.option("--frames", is_flag=True, help="Also the numbers of every frame.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
def command(src: str, slug: str | None, frames: bool, as_json: bool, **choices: Any) -> None:
    """Count annotations by label, kind, frame, source and attribute."""
    dataset = read(src, slug, **choices).dataset
    statistics = stats(dataset)
    if as_json:
        tables.print_json({"source": src, **statistics.as_dict()})
        return
    _print(src, statistics)
    if frames:
        rows = zip(range(len(dataset.frames)), dataset.frames.names, *statistics.per_frame.T.tolist(), strict=True)
        tables.show("by frame", ("frame", "name", "tags", "shapes", "keyframes"), list(rows))


def _print(src: str, statistics: Stats) -> None:
    tables.show(src, ("", "rows"), list(statistics.totals.items()))
    kinds = [kind for kind in (*KINDS, "frames") if any(kind in row for row in statistics.labels.values())]
    rows = [(name, *(row.get(kind, 0) for kind in kinds)) for name, row in statistics.labels.items()]
    if rows:
        tables.show_matrix("by label", ("label", *kinds), rows)
    tables.show("frames", ("", ""), list(statistics.frames.items()))
    if statistics.sources:
        tables.show("by source", ("source", "rows"), list(statistics.sources.items()))
    values = [
        (label, name, _values(counted), sum(counted.values()))
        for label, names in statistics.attributes.items() for name, counted in names.items()
    ]  # fmt: skip
    if values:
        tables.show("attributes", ("label", "attribute", "values", "rows"), values)


def _values(counted: dict[str, int]) -> str:
    most = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    shown = ", ".join(f"{value[:40] or '(empty)'}: {count:,}" for value, count in most[:_SHOWN])
    return shown + (f" and {len(most) - _SHOWN:,} more values" if len(most) > _SHOWN else "")
