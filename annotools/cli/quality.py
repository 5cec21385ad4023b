"""`annotools quality`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import click
import orjson

from annotools.cli import tables
from annotools.cli.messages import say_notes
from annotools.cli.reading import on_error, slugs
from annotools.convert.reading import read
from annotools.errors import InputError, UsageError
from annotools.model import Dataset
from annotools.quality import METRICS, ProjectReport, QualitySettings, project_report, report, with_truth
from annotools.quality.reports import FORMATS, Goal, Judged, render, summary
from annotools.storage import Media, open_source

EXAMPLES = """\b
Examples:
  annotools quality examples/street
  annotools quality examples/street --format html > street.html
  annotools quality street-coco.zip --truth examples/street --fail-under 0.5 --metric recall
  annotools quality examples/street --json > street-quality.json
"""
_SHOWN = 10


@click.command(epilog=EXAMPLES)
@click.argument("sources", nargs=-1, required=True, metavar="TASK...")
@click.option("--truth", metavar="GT", help="What TASK is judged by, in any format; its ground truth job unless set.")
@click.option(
    "--from", "slug", metavar="SLUG", shell_complete=slugs, help="The format of TASK, when it cannot be guessed."
)
@click.option("--task", "context", metavar="CONTEXT", help="What says labels, frames and sizes of the task.")
@click.option("--settings", metavar="FILE", help="Quality settings as JSON, as the API has them.")
@click.option("--fail-under", type=click.FloatRange(0, 1), metavar="X", help="Exit with 1 when the metric is less.")
@click.option(
    "--metric", type=click.Choice(METRICS), help="What --fail-under is about; that of the settings unless set."
)
@click.option(
    "--format", "form", type=click.Choice(["full", *FORMATS]), default="full", show_default=True, help="Of the report."
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@on_error
@click.pass_context
def command(ctx: click.Context, /, sources: tuple[str, ...], truth: str | None, **choices: Any) -> None:
    """Judge the jobs of a task by its ground truth, as CVAT 2.56 to 2.73 does.

    TASK is a bundle or backup with a ground truth job, or anything that can be read where --truth says what is right.
    Several tasks are a project.  Exit code 1 with --fail-under, 2 usage, 3 what cannot be judged.
    """
    settings = read_settings(choices["settings"])
    goal = Goal(choices["metric"] or settings.target_metric, _least(choices["fail_under"], settings))
    how = {name: choices[name] for name in ("slug", "context", "on_error")}
    judged, project = _judge(_read(sources, truth, how), settings)
    form = "json" if choices["as_json"] else choices["form"]
    if form == "full":
        _print(judged, project)
    else:
        sys.stdout.writelines(render(form, judged, project, goal))
    ctx.exit(_verdict(judged, goal) if choices["fail_under"] is not None else 0)


def read_settings(where: str | None) -> QualitySettings:
    """Settings from a file; the defaults without one.  Raises: UsageError, InputError."""
    return QualitySettings() if where is None else QualitySettings.of(read_object(where))


def read_object(where: str) -> dict[str, Any]:
    """The JSON object of a file.  Raises: InputError."""
    with open_source(where) as source:
        try:
            value = orjson.loads(source.read(source.members()[0]))
        except (orjson.JSONDecodeError, IndexError):
            raise InputError(f"{where}: is not JSON") from None
    if not isinstance(value, dict):
        raise InputError(f"{where}: is not an object, expected settings by name")
    return value


def _least(fail_under: float | None, settings: QualitySettings) -> float:
    return settings.target_metric_threshold if fail_under is None else fail_under


Task = tuple[str, Dataset, Media | None]


def _read(sources: Sequence[str], truth: str | None, how: dict[str, Any]) -> list[Task]:
    """The tasks by the names of their sources."""
    right = None if truth is None else read(truth, context=how["context"], on_error=how["on_error"]).dataset
    tasks: list[Task] = []
    for src in sources:
        result = read(src, how["slug"], context=how["context"], on_error=how["on_error"], by_job=True)
        dataset = result.dataset if right is None else with_truth(result.dataset, right)
        tasks.append((src, dataset, result.media))
    return tasks


def _judge(tasks: list[Task], settings: QualitySettings) -> tuple[list[Judged], ProjectReport | None]:
    """Reports of the tasks, and of the project where there are several."""
    if len(tasks) == 1:
        name, dataset, media = tasks[0]
        try:
            return [Judged(name, report(dataset, settings), media)], None
        except InputError as error:
            raise InputError("\n".join(f"{name}: {problem}" for problem in error.problems)) from None
    known = [dataset.task.id for _, dataset, _ in tasks]
    ids = known if len(set(known)) == len(known) and min(known) >= 0 else list(range(1, len(known) + 1))
    pairs = [(number, dataset) for number, (_, dataset, _) in zip(ids, tasks, strict=True)]
    project = project_report(pairs, settings)
    judged = [Judged(name, project.reports[number], media) for number, (name, _, media) in zip(ids, tasks, strict=True)]
    return judged, project


def _print(judged: Sequence[Judged], project: ProjectReport | None) -> None:
    """Tables for people."""
    if project is not None:
        metrics = project.project["comparison_summary"]["annotations"]
        rows = [(name, f"{metrics[name]:.3f}") for name in METRICS]
        tables.show(f"{len(judged)} tasks, extrapolated to all of their frames", ("", ""), rows)
    for task in judged:
        if task.report is None:
            tables.show(task.name, ("", ""), [("no accepted ground truth", "")])
            continue
        tables.show(f"{task.name}: {summary.headline(task.report)}", summary.JOB_HEAD, summary.job_rows(task.report))
        for title, head, rows in (
            ("labels", summary.LABEL_HEAD, summary.label_rows(task.report)),
            ("worst frames", summary.FRAME_HEAD, summary.frame_rows(task.report, _SHOWN)),
            ("what to look at", summary.CONFLICT_HEAD, summary.conflict_rows(task.report, _SHOWN)),
        ):
            if rows:
                tables.show(title, head, rows)


def _verdict(judged: Sequence[Judged], goal: Goal) -> int:
    """1 where a task is not good enough, and a note of it."""
    low = [
        (task.name, goal.value(task.report)) for task in judged if task.report and goal.value(task.report) < goal.least
    ]
    say_notes(f"{name}: {goal.metric} is {value:.3f}, expected {goal.least:g} or more" for name, value in low)
    if not any(task.report for task in judged):
        raise UsageError("no task has an accepted ground truth, so --fail-under has nothing to ask")
    return 1 if low else 0
