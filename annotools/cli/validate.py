"""`annotools validate`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from annotools.cli.messages import as_options, coloured, progress, say, say_notes
from annotools.cli.reading import slugs
from annotools.errors import UsageError
from annotools.storage import Source, open_source
from annotools.storage.places import inputs
from annotools.storage.remote import local_path
from annotools.validate.api import write_changed, write_fixed
from annotools.validate.baseline import baseline_of
from annotools.validate.configuration import find_settings, read_settings, words
from annotools.validate.engine import judge
from annotools.validate.findings import Severity
from annotools.validate.fixing.outcome import Outcome
from annotools.validate.reading import ACTIONS, SubjectOptions, read_subject
from annotools.validate.registry import PRESETS
from annotools.validate.report import Report
from annotools.validate.reports import FORMATS, SHOWN, RenderOptions, render
from annotools.validate.settings import ValidateSettings

EXAMPLES = """\b
Examples:
  annotools validate examples/street
  annotools validate body.json --task examples/street --job 2 --as put
  annotools validate street.xml --task examples/street --preset export --format sarif > street.sarif
  annotools validate body.json --task examples/street --fix --diff
  annotools validate body.json --task examples/street --fix -o better.json
"""
_LEVELS = [level.word for level in reversed(Severity)]


@click.command(epilog=EXAMPLES)
@click.argument("sources", nargs=-1, required=True, metavar="SRC...")
@click.option(
    "--from", "slug", metavar="SLUG", shell_complete=slugs, help="The format of SRC, when it cannot be guessed."
)
@click.option("--task", "context", metavar="CONTEXT", help="What says labels, frames, sizes and jobs of the task.")
@click.option("--job", type=int, metavar="ID", help="Judge as the annotations of this one job.")
@click.option("--as", "action", type=click.Choice(ACTIONS), help="What is about to be done with them.")
@click.option("--preset", type=click.Choice(PRESETS), help="How severe findings are; upload unless set.")
@click.option("--select", multiple=True, metavar="CODES", help="Only these rules: codes, names, prefixes.")
@click.option("--ignore", multiple=True, metavar="CODES", help="Not these rules.")
@click.option("--fail-on", type=click.Choice(_LEVELS[:3]), help="Exit with 1 from this severity on; error unless set.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever is found.")
@click.option("--config", metavar="FILE", help="The file with settings, instead of the nearest one.")
@click.option("--no-config", is_flag=True, help="Read no file with settings.")
@click.option("--baseline", metavar="FILE", help="Say nothing of the findings that this file knows.")
@click.option("--write-baseline", metavar="FILE", help="Write a file that knows all findings of now.")
@click.option("--fix", is_flag=True, help="Mend what can be mended without loss.")
@click.option("--unsafe-fixes", is_flag=True, help="Mend also what changes a meaning or drops something.")
@click.option("--diff", is_flag=True, help="Show what fixes would change, and write nothing.")
@click.option("--in-place", is_flag=True, help="Put what fixes made where SRC was.")
@click.option("-o", "--output", metavar="OUT", help="Where what fixes made goes; beside SRC unless set.")
@click.option("--force", is_flag=True, help="Replace a folder with an earlier output in it, and nothing else.")
@click.option(
    "--format", "form", type=click.Choice(sorted(FORMATS)), default="full", show_default=True, help="Of the report."
)
@click.option("--max-per-rule", type=click.IntRange(0), metavar="N", help="Show at most N findings a rule; 0 is all.")
@click.option("--statistics", is_flag=True, help="Count findings by rule.")
@click.pass_context
def command(ctx: click.Context, /, sources: tuple[str, ...], **choices: Any) -> None:
    """Find everything that is wrong with annotations before they are uploaded.

    SRC is a file, a zip, a folder, a URL, or - for standard input.  Exit code: 0 clean, 1 findings of --fail-on or
    worse, 2 usage, 3 unreadable input, 5 the operating system refused.
    """
    _check(sources, **choices)
    settings = _settings(sources[0], **choices)
    outcomes: list[Outcome] = []
    with progress() as say_step:
        for src in sources:
            say_step(f"judging {src}")
            outcomes.append(_judged(src, settings, **choices))
    reports = [outcome.found if choices["diff"] else outcome.report for outcome in outcomes]
    if choices["write_baseline"]:
        _write_baseline(reports, choices["write_baseline"])
    _print(outcomes, reports, **choices)
    failed = max(report.exit_code(settings.fail_on) for report in reports)
    ctx.exit(0 if choices["exit_zero"] else failed)


def _check(sources: Sequence[str], fix: bool, unsafe_fixes: bool, in_place: bool, diff: bool, **rest: Any) -> None:
    """Raises: UsageError for options that do not go together."""
    output = rest["output"]
    if (in_place or output or diff) and not (fix or unsafe_fixes):
        raise UsageError("--diff, --in-place and -o need --fix or --unsafe-fixes")
    if in_place and output:
        raise UsageError("--in-place and -o, expected one of them")
    if output and len(sources) > 1:
        raise UsageError("-o with several SRC, expected one, or --in-place")
    if rest["config"] and rest["no_config"]:
        raise UsageError("--config and --no-config, expected one of them")
    if len(sources) > 1 and rest["write_baseline"]:
        raise UsageError("--write-baseline with several SRC, expected one")


def _settings(src: str, config: str | None, no_config: bool, **options: Any) -> ValidateSettings:
    """The settings of a file, changed by the options."""
    settings = ValidateSettings() if no_config else read_settings(config) if config else find_settings()
    return replace(
        settings, preset=options["preset"] or settings.preset, selected=words(options["select"]) or settings.selected,
        ignored=(*settings.ignored, *words(options["ignore"])), baseline=options["baseline"] or settings.baseline,
        fail_on=Severity.of(options["fail_on"]) if options["fail_on"] else settings.fail_on,
    )  # fmt: skip


def _judged(src: str, settings: ValidateSettings, fix: bool, unsafe_fixes: bool, **choices: Any) -> Outcome:
    """A source judged, mended if that is wanted, and what was mended written."""
    options = SubjectOptions(choices["slug"], choices["context"], choices["job"], choices["action"] or "", src)
    with open_source(src) as source:
        if not (fix or unsafe_fixes):
            report = judge(read_subject(source, options), settings)
            return Outcome({}, {}, {}, report, report)
        from annotools.validate.fixing.loop import fixed  # mostly nothing is to be mended

        outcome = fixed(source, options, settings, unsafe=unsafe_fixes)
        if not choices["diff"]:
            _write_fixed(src, source, outcome, **choices)
    return outcome


def _write_fixed(src: str, source: Source, outcome: Outcome, **choices: Any) -> None:
    """Write what fixes made; where nothing changed, only to where somebody asked for it."""
    if outcome.refused:
        codes = ", ".join(f"{count:,} of {code}" for code, count in sorted(outcome.refused.items()))
        say_notes([f"fixes left out, as less of {src} could be read after them: {codes}"])
    unmade = sorted(outcome.unmade.items())
    say_notes(f"not mended in {src}: {count:,} of {code}{why and f': {why}'}" for code, (count, why) in unmade)
    if not outcome.members and not choices["output"]:
        say(f"nothing to mend: {src}")
        return
    where = _target(src, choices["output"], choices["in_place"])
    folder = local_path(src) if choices["in_place"] else None
    if folder is not None and os.path.isdir(folder):
        write_changed(outcome, folder)
    else:
        protected = () if choices["in_place"] else inputs(src, choices["context"])
        force = choices["force"] or choices["in_place"]
        say_notes(write_fixed(source, outcome, where, force=force, kept=protected))
    count = sum(outcome.applied.values())
    say(f"{count:,} {'fix' if count == 1 else 'fixes'}: {where}")


def _target(src: str, output: str | None, in_place: bool) -> str:
    """Where the mended input goes."""
    if output:
        return output
    if src == "-":
        raise UsageError("standard input has no place, expected -o")
    if in_place:
        return src
    path = Path(src.rstrip("/"))
    return f"{path}-fixed" if path.is_dir() else str(path.with_name(f"{path.stem}-fixed{path.suffix}"))


def _write_baseline(reports: Iterable[Report], where: str) -> None:
    for report in reports:
        baseline = baseline_of(((batch.rule, batch.found) for batch in report.batches), report.dataset)
        baseline.write(where)
        say_notes([f"{len(baseline):,} findings are known now: {where}"])


def _print(outcomes: Sequence[Outcome], reports: Sequence[Report], form: str, diff: bool, **choices: Any) -> None:
    if diff:
        sys.stdout.writelines(outcome.diff() for outcome in outcomes)
        return
    limit = choices["max_per_rule"]
    shown = SHOWN.get(form) if limit is None else limit or None
    options = RenderOptions(shown, coloured(sys.stdout), _width(), choices["statistics"], sys.stdout.isatty())
    sys.stdout.writelines(map(as_options, render(form, reports, options)))


def _width() -> int:
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns
    except OSError:
        return 100
