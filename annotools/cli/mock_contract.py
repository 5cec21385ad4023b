"""`annotools mock check`, `record` and `drift`: the mock, a real server, and what they answer."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import click
import orjson

from annotools.cli.ending import interrupt_on
from annotools.cli.messages import say
from annotools.errors import UsageError
from annotools.storage import Permit, write_document
from annotools.storage.writing import check_document
from mockserver.contract import checking, declared, pack, reports
from mockserver.contract.checking import Outcome
from mockserver.contract.drift import Side, drift
from mockserver.contract.pack import Pack
from mockserver.contract.project import Login, project
from mockserver.contract.recording import Recorder
from mockserver.contract.sdk_sender import sdk_sender
from mockserver.contract.senders import AppSender, HttpSender, Message, Sender
from mockserver.contract.steps import decoded
from mockserver.core import coverage
from mockserver.mock import Mock
from mockserver.protocol import versions
from mockserver.state.context import Config

_FORMAT = click.option(
    "--format", "form", type=click.Choice(reports.FORMATS), default="text", show_default=True, help="Of the report."
)


def version(ctx: click.Context, param: click.Parameter, value: str) -> str:
    """A version that can be played, or none."""
    try:
        return versions.playable(value) if value else ""
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


_PATH = click.Path(exists=True, path_type=Path)


def _login() -> Login:
    """Who asks, by the environment. Raises: UsageError."""
    token, user = os.environ.get("CVAT_TOKEN", ""), os.environ.get("CVAT_USER", "")
    if not token and not user:
        raise UsageError("who is to log in there? set CVAT_TOKEN, or CVAT_USER and CVAT_PASSWORD")
    return Login(user, os.environ.get("CVAT_PASSWORD", ""), token)


@contextmanager
def _cleaning_up() -> Iterator[None]:
    """While it lasts a signal to end is met as Ctrl-C is, so that what was made on a server is removed."""
    usual = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    interrupt_on(*usual)
    try:
        yield
    finally:
        for number, answer in usual.items():
            signal.signal(number, answer)


def _told(outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    """Outcomes on their way; a terminal sees how far it is."""
    for number, outcome in enumerate(outcomes, 1):
        if sys.stderr.isatty() and number % 20 == 0:
            click.echo(f"\r{number} steps, {outcome.scenario:<60.60}", nl=False, err=True)
        yield outcome


@click.command("check")
@click.option("--url", required=True, help="Address of a mock or of a real server.")
@click.option("--select", default="", metavar="TEXT", help="Only scenarios with this text in their names.")
@click.option("--pack", "folder", type=_PATH, help="A folder with seeds/ and scenarios/, instead of the packaged ones.")
@click.option("--scenario", type=_PATH, help="One scenario, such as `record` writes; needs --seed.")
@click.option("--seed", type=_PATH, help="The seed that --scenario starts from.")
@click.option("--fail-under", type=click.FloatRange(0, 1), default=1.0, show_default=True, help="Least share of steps.")
@_FORMAT
@click.pass_context
def check(ctx: click.Context, /, url: str, select: str, fail_under: float, form: str, **files: Path | None) -> None:
    """Send recorded requests and compare the answers with those of a CVAT 2.73 server.

    A mock is put into the states that the scenarios start from, and back into its own at the end.  On a real server
    only scenarios run that make what they need, in a project that is removed again (CVAT_TOKEN, or CVAT_USER and
    CVAT_PASSWORD, say who asks).  Exit code 1 when less than --fail-under is answered alike.
    """
    chosen = _pack(files["folder"], files["scenario"], files["seed"]).only(select)
    if not chosen.scenarios and not chosen.live:
        raise UsageError(f"no scenario has {select!r} in its name")
    sender = HttpSender(url)
    with _cleaning_up():
        login = None if checking.is_mock(sender) else _login()
        outcomes = list(_told(checking.check(sender, chosen, login)))
    click.echo(reports.report(outcomes, form, f"check of {sender.base}"))
    ctx.exit(checking.share(outcomes) < fail_under)


def _pack(folder: Path | None, scenario: Path | None, seed: Path | None) -> Pack:
    if (scenario is None) != (seed is None) or (folder and scenario):
        raise UsageError("--scenario and --seed go together, and not with --pack")
    if scenario and seed:
        return pack.of_files(scenario, seed)
    return pack.of_folder(folder) if folder else pack.packaged()


@click.command("record")
@click.option("--upstream", required=True, metavar="URL", help="Address of a real server.")
@click.option("--task", "tasks", type=click.IntRange(1), multiple=True, help="Id of a task; may be repeated.")
@click.option(
    "--project", "projects", type=click.IntRange(1), multiple=True, help="Id of a project, with all its tasks."
)
@click.option("-o", "--output", required=True, metavar="FILE", help="The seed, as JSON.")
@click.option("--scenario", metavar="FILE", help="Also the requests and their answers, as a scenario.")
def record(upstream: str, tasks: tuple[int, ...], projects: tuple[int, ...], output: str, scenario: str | None) -> None:
    """Read a task or project of a real server with cvat-sdk (extra sdk), and write it as a seed for the mock.

    CVAT_TOKEN, or CVAT_USER and CVAT_PASSWORD, say who asks.  Nothing is changed there.  People, addresses and secrets
    are replaced; tasks, labels and files keep their names.
    """
    if not tasks and not projects:
        raise UsageError("what is to be recorded? expected --task or --project")
    for path in filter(None, (output, scenario)):
        check_document(path, Permit())
    login = _login()
    with sdk_sender(upstream, login) as sender:
        recorder = Recorder(sender, {}, say)
        recorder.walk(tasks, projects)
    _write(output, recorder.seed())
    if scenario:
        _write(scenario, recorder.scenario(Path(output).stem))


def _write(path: str, document: dict[str, Any]) -> None:
    write_document(path, orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


@click.command("drift")
@click.option("--upstream", metavar="URL", help="Address of a real server.")
@click.option("--against", type=click.Choice(["sdk"]), help="Compare with what the installed cvat-sdk declares.")
@click.option(
    "--server",
    metavar="VERSION",
    default="",
    callback=version,
    help="Version the mock answers as; that of the other side.",
)
@click.option("--select", default="", metavar="TEXT", help="Only scenarios with this text in their names.")
@_FORMAT
@click.pass_context
def drift_(ctx: click.Context, upstream: str | None, against: str | None, server: str, select: str, form: str) -> None:
    """Say where a real server, or the installed cvat-sdk, and the mock differ.

    The packaged scenarios run on both, in a project that is made, named and removed on the server, also after Ctrl-C
    (CVAT_TOKEN, or CVAT_USER and CVAT_PASSWORD, say who asks).  Exit code 1 for any difference.
    """
    if not upstream and not against:
        raise UsageError("what is to be compared? expected --upstream URL or --against sdk")
    outcomes: list[Outcome] = []
    if against:
        outcomes += declared.drift(declared.version_for(server))
    if upstream:
        with _cleaning_up():
            outcomes += _told(_beside(HttpSender(upstream), _login(), server, select))
    click.echo(reports.report(outcomes, form, "drift"))
    ctx.exit(any(not outcome.passed for outcome in outcomes))


@click.command("coverage")
@click.option(
    "--server", metavar="VERSION", default="2.73", show_default=True, callback=version, help="The version of CVAT."
)
@click.option(
    "--format", "form", type=click.Choice(coverage.FORMATS), default="text", show_default=True, help="Of the list."
)
def coverage_(server: str, form: str) -> None:
    """List every operation of CVAT's API: whether the mock has it, and what of it is missing."""
    played = versions.parse(server) or versions.RECORDED
    if form == "json":
        click.echo(orjson.dumps(coverage.summary(played), option=orjson.OPT_INDENT_2))
    else:
        click.echo({"text": coverage.text, "markdown": coverage.markdown}[form](played))


def _beside(upstream: Sender, login: Login, server: str, select: str) -> Iterator[Outcome]:
    version = server or versions.nearest(_version_of(upstream))
    mock = Mock("empty", config=Config(dialect="real"), server=version)
    sender, admin = AppSender(mock.app), Login(mock.user, mock.password)
    with ExitStack() as stack:
        stack.callback(mock.stop)
        here = stack.enter_context(project(sender, admin, "drift"))
        there = stack.enter_context(project(upstream, login, "drift", say))
        live = pack.packaged().only(select).live
        yield from drift(Side(upstream, login, there), Side(sender, admin, here), live)


def _version_of(sender: Sender) -> str:
    answer = sender.send(Message("GET", "/api/server/about"))
    about = decoded(answer)
    if answer.status != 200 or not isinstance(about, dict) or "version" not in about:
        raise UsageError(f"{sender.base}: no CVAT server, /api/server/about answered {answer.status}")
    return str(about["version"])
