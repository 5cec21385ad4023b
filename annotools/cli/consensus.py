"""`annotools consensus`."""

from __future__ import annotations

import sys
from typing import Any

import click

from annotools.cli import tables
from annotools.cli.messages import warnings_as_notes
from annotools.cli.quality import read_object
from annotools.cli.reading import on_error, slugs
from annotools.convert.reading import read
from annotools.convert.writing import write
from annotools.errors import InputError
from annotools.model import Dataset
from annotools.quality import ConsensusSettings, merge_replicas

EXAMPLES = """\b
Examples:
  annotools consensus examples/replicas -o merged
  annotools consensus examples/replicas -o merged.zip --to coco --force
"""


@click.command(epilog=EXAMPLES)
@click.argument("src", metavar="TASK")
@click.option("-o", "--output", required=True, metavar="OUT", help="A .zip, .json or .xml, a folder, or a URL.")
@click.option(
    "--to", default="cvat-api", show_default=True, metavar="SLUG", shell_complete=slugs, help="The format to write."
)
@click.option(
    "--from", "slug", metavar="SLUG", shell_complete=slugs, help="The format of TASK, when it cannot be guessed."
)
@click.option("--settings", metavar="FILE", help="Consensus settings as JSON: iou_threshold.")
@click.option("--strict", is_flag=True, help="Write nothing, and exit with 1, when OUT's format would lose something.")
@click.option("--force", is_flag=True, help="Replace a folder with an earlier output in it, and nothing else.")
@on_error
@click.option("--json", "as_json", is_flag=True, help="Print what was merged, changed and lost as JSON.")
def command(src: str, output: str, to: str, settings: str | None, as_json: bool, **choices: Any) -> None:
    """Merge the replicas of each job into the job they repeat, as CVAT 2.56 to 2.73 does.

    What several annotators agree on becomes one object with the share of them as its score.  TASK is a bundle or
    backup whose replicas name their parent jobs.
    """
    chosen = ConsensusSettings() if settings is None else ConsensusSettings.of(read_object(settings))
    dataset = read(src, choices["slug"], on_error=choices["on_error"], by_job=True).dataset
    try:
        merged, losses = merge_replicas(dataset, chosen)
    except InputError as error:
        raise InputError("\n".join(f"{src}: {problem}" for problem in error.problems)) from None
    inputs = src if settings is None else (src, settings)
    with warnings_as_notes():
        losses += write(merged, output, to, strict=choices["strict"], force=choices["force"], inputs=inputs)
    counts = _counts(merged)
    if as_json:
        tables.print_json({"target": output, "jobs": counts, "losses": losses.as_list()})
        return
    tables.show(f"{output}: {to}", ("job", "tags", "shapes", "agreed by all"), [tuple(row.values()) for row in counts])
    for kind, title in (
        ("changed", "changed on the way"),
        ("lost", "lost: the consensus or the format has no place for it"),
    ):
        if losses.of(kind):  # type: ignore[arg-type]  # the words of Kind
            rows = map(tables.loss_row, losses.of(kind))  # type: ignore[arg-type]  # as above
            tables.show(title, ("what", "count", "why", "frames"), rows, sys.stdout)


def _counts(merged: Dataset) -> list[dict[str, Any]]:
    """What each parent job has now."""
    parents = sorted({job.parent_job for job in merged.jobs if job.parent_job is not None})
    rows = {job.id: row for row, job in enumerate(merged.jobs)}
    counts = []
    for number in parents:
        shapes = merged.shapes.job == rows[number]
        top = shapes & (merged.shapes.parent < 0)
        agreed = top & (merged.shapes.score == 1)
        tags = int((merged.tags.job == rows[number]).sum())
        counts.append({"job": f"{number}", "tags": tags, "shapes": int(top.sum()), "agreed": int(agreed.sum())})
    return counts
