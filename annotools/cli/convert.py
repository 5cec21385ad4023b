"""`annotools convert`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import click
import msgspec

from annotools.cli import tables
from annotools.cli.messages import progress, say_notes
from annotools.cli.reading import on_error, slugs
from annotools.cli.transforms import names
from annotools.convert.conversion import convert
from annotools.convert.report import Conversion, Conversions
from annotools.errors import InputError, LossError, SourcesError, UsageError, summary_lines
from annotools.scale.engines import executor_at
from annotools.storage import Permit
from annotools.storage.places import inputs
from annotools.storage.writing import check_document

EXAMPLES = """\b
Examples:
  annotools convert examples/street --to coco -o street-coco.zip
  annotools convert examples/street --to cvat-images -o street.xml
  annotools convert examples/street --job 2 --to coco-keypoints -o street.json --no-images
  annotools convert street-coco.zip --task examples/street --to cvat-api -o street-again
  annotools convert examples/street --map car=vehicle --to voc -o vehicles --no-images
  annotools convert examples/street --transform tracks-to-shapes --to coco -o shapes.zip --report losses.json
  annotools convert street.xml street-coco.zip --to datumaro -o 'out/{stem}.zip' --workers 2
"""


@click.command(epilog=EXAMPLES)
@click.argument("sources", nargs=-1, required=True, metavar="SRC...")
@click.option(
    "--to", "to", required=True, metavar="SLUG", shell_complete=slugs,
    help="The format to write; 'annotools formats' lists all.",
)  # fmt: skip
@click.option("-o", "--output", required=True, metavar="OUT", help="A .zip, .json or .xml, a folder, a URL, or -.")
@click.option(
    "--from", "source_format", metavar="SLUG", shell_complete=slugs,
    help="The format of SRC, when it cannot be guessed.",
)  # fmt: skip
@click.option("--task", "context", metavar="CONTEXT", help="What says labels, frames and sizes of the task.")
@click.option("--job", type=int, metavar="ID", help="Read this one job.")
@click.option(
    "--images", metavar="DIR", help="Pictures to write along, which say their sizes, matched by name; or a video."
)
@click.option("--no-images", is_flag=True, help="Leave out the pictures that came with SRC.")
@click.option(
    "--map", "renames", multiple=True, metavar="OLD=NEW",
    help="Call a label of SRC otherwise, before it is held against the task.",
)  # fmt: skip
@click.option(
    "--transform", "transforms", multiple=True, metavar="NAME[=ARG]", shell_complete=names,
    help="Change something on the way; 'annotools transforms' lists all.",
)  # fmt: skip
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="A setting of the format.")
@click.option("--compat", type=click.Choice(["cvat"]), help="Do as the CVAT server does, bugs included.")
@on_error
@click.option("--strict", is_flag=True, help="Write nothing and exit with 1 when annotations or definitions are lost.")
@click.option("--strict-all", is_flag=True, help="The same for every loss and change, ids, dates and rounding too.")
@click.option("--force", is_flag=True, help="Replace a folder with an earlier output in it, and nothing else.")
@click.option("--report", metavar="FILE", help="Write what was changed and lost as JSON.")
@click.option("--workers", type=click.IntRange(1), default=1, metavar="N", help="Let N processes share out the work.")
@click.option("--engine", metavar="dask://HOST:PORT", help="Let this cluster do it instead.")
@click.option("--resume", is_flag=True, help="Leave outputs as they are that a run with --resume has made of the same.")
@click.option("--jobs", type=click.IntRange(1), hidden=True)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON instead of a table.")
def command(sources: tuple[str, ...], to: str, output: str, report: str | None, as_json: bool, **choices: Any) -> None:
    """Convert annotations from one format to another, and say what was changed and lost.

    SRC is a file, a zip, a folder, a URL, or - for standard input; several are put one behind the other, or each has
    an output of its own with -o 'out/{stem}.zip' ({stem}, {name}, {parent} and {number} of SRC).
    """
    if as_json and output == "-":
        raise UsageError("--json and -o - both want standard output, expected another -o")
    report_file = _ReportFile(report, Permit(inputs=inputs(*sources, choices["context"], choices["images"])))
    report_file.check(output)
    done, failure = _converted(sources, output, to, report_file, _choices(**choices))
    if done.problems:
        say_notes(["left out, because it cannot be read:", *summary_lines(done.problems)])
    say_notes([*done.remarks, *_unchanged(done)])
    if as_json:
        tables.print_json(done.as_dict())
    elif failure is None or done.read:
        _print(done, sys.stderr if output == "-" else sys.stdout)
    if failure is not None:
        raise failure


def _choices(
    images: str | None,
    no_images: bool,
    compat: str | None,
    settings: Iterable[str],
    renames: Iterable[str],
    strict: bool,
    strict_all: bool,
    jobs: int | None,
    **rest: Any,
) -> dict[str, Any]:
    if images and no_images:
        raise UsageError("--images and --no-images, expected one of them")
    if jobs is not None:
        say_notes(["--jobs is called --workers, and goes in 0.3"])
        rest["workers"] = jobs
    return rest | {
        "images": False if no_images else images, "compat": compat == "cvat",
        "settings": dict(_pair(text, "--set", "NAME=VALUE") for text in settings),
        "map": dict(_pair(text, "--map", "OLD=NEW") for text in renames), "strict": "all" if strict_all else strict,
    }  # fmt: skip


def _pair(text: str, option: str, expected: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or (option == "--map" and not (name and value)):
        raise UsageError(f"{option} {text}: expected {expected}")
    return name, value


class _ReportFile(msgspec.Struct, frozen=True):
    """Where the report goes, None for nowhere."""

    where: str | None
    permit: Permit

    def check(self, output: str) -> None:
        """Told before anything is read: a report that cannot be written would be the end of a long run."""
        if self.where is None:
            return
        if os.path.realpath(self.where) == os.path.realpath(output):
            raise UsageError(f"--report and -o are both {output}, expected two places")
        check_document(self.where, self.permit)

    def write(self, done: Conversion) -> None:
        if self.where is not None:
            tables.write_json(self.where, done.as_dict(), self.permit)


def _converted(
    sources: tuple[str, ...], output: str, to: str, report: _ReportFile, choices: dict[str, Any]
) -> tuple[Conversion, SourcesError | None]:
    """The conversion, and its report on disk, also when nothing else could be written; and which sources failed."""
    try:
        with _engine(choices) as executor, progress() as shown:
            on_step = shown if shown.is_seen else None
            done = convert(sources, output, to, on_step=on_step, executor=executor, **choices)
    except (InputError, LossError) as error:
        lost = {"losses": error.losses} if isinstance(error, LossError) else {}
        report.write(Conversion(output, to, problems=error.problems, **lost))
        raise
    except SourcesError as error:
        report.write(error.done)
        return error.done, error
    report.write(done)
    return done, None


def _unchanged(done: Conversion) -> list[str]:
    each = done.each if isinstance(done, Conversions) else ()
    count = sum(source.unchanged for source in each)
    return [f"{count:,} of {len(each):,} outputs stay as they were: nothing of them has changed"] if count else []


@contextmanager
def _engine(choices: dict[str, Any]) -> Iterator[Any]:
    """Who works instead of processes of this machine; takes the engine out of the choices."""
    engine = choices.pop("engine")
    if engine is None:
        yield None
        return
    if choices["workers"] > 1:
        raise UsageError("--workers and --engine, expected one of them")
    with executor_at(engine) as executor:
        yield executor


def _print(done: Conversion, stream: Any) -> None:
    kinds = dict.fromkeys([*done.read, *done.written])
    rows: list[tuple[Any, ...]] = [(kind, done.read.get(kind, 0), done.written.get(kind, 0)) for kind in kinds]
    if done.pictures:
        rows.append(("pictures", "", done.pictures))
    tables.show(f"{done.output}: {done.slug}", ("", "read", "written"), rows, stream)
    for kind, title in (("changed", "changed on the way"), ("lost", "lost: the format has no place for it")):
        losses = done.losses.of(kind, "annotations", "definitions")  # type: ignore[arg-type] # the words of Kind
        if losses:
            tables.show(title, ("what", "count", "why", "frames"), map(tables.loss_row, losses), stream)
    record = done.losses.of(None, "record")
    if record:
        print(f"of the record (ids, people, dates, jobs): {tables.in_short(record)}", file=stream)
    if not done.losses:
        print("nothing was changed or lost", file=stream)
