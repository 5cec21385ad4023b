"""The options of every command that reads one source."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from annotools import formats


def reading_options(command: Callable[..., None]) -> Callable[..., None]:
    """--from, --task, --job, --compat and --on-error, handed on as `annotools.read` takes them."""

    @wraps(command)
    def with_compat(*args: Any, compat: str | None, **choices: Any) -> None:
        command(*args, compat=compat == "cvat", **choices)

    for option in reversed(_OPTIONS):
        with_compat = option(with_compat)
    return with_compat


def slugs(ctx: click.Context, parameter: click.Parameter, start: str) -> list[str]:
    """Slugs that complete what was typed."""
    return [slug for slug in formats.slugs() if slug.startswith(start)]


on_error = click.option(
    "--on-error", type=click.Choice(["raise", "skip"]), default="raise", show_default=True,
    help="Refuse an input with faults, every one named, or leave out what has them and go on.",
)  # fmt: skip
_OPTIONS = (
    click.option(
        "--from",
        "slug",
        metavar="SLUG",
        shell_complete=slugs,
        help="The format of what is read, when it cannot be guessed.",
    ),
    click.option("--task", "context", metavar="CONTEXT", help="What says labels, frames and sizes of the task."),
    click.option("--job", type=int, metavar="ID", help="Read this one job."),
    click.option("--compat", type=click.Choice(["cvat"]), help="Take in what the CVAT server's importer would store."),
    on_error,
)
