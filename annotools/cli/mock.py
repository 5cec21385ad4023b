"""`annotools mock serve`: a stand-in of CVAT on this machine."""

from __future__ import annotations

import contextlib
import json
import signal
import sys
from typing import Any

import click

from annotools.cli import mock_contract
from annotools.cli.ending import interrupt_on
from mockserver.faces.sockets import is_loopback, why_not
from mockserver.mock import Mock
from mockserver.state.context import Config


@click.group("mock")
def command() -> None:
    """A mock CVAT server: the jobs API for tests and scripts."""


for _one in (mock_contract.check, mock_contract.record, mock_contract.drift_, mock_contract.coverage_):
    command.add_command(_one)


@command.command("serve")
@click.option(
    "--seed", default="default", show_default=True, help="default, empty, a JSON seed, a task backup or a dataset."
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=0, type=click.IntRange(0, 65535), help="Port to listen on; 0 is a free one.")
@click.option("--dialect", type=click.Choice(["lenient", "real"]), default="lenient", show_default=True,
              help="real answers as CVAT 2.73; lenient also takes what its documentation shows.")  # fmt: skip
@click.option("--server", metavar="VERSION", default="", callback=mock_contract.version,
              help="Version of CVAT to answer as, 2.73 to 2.80; that of the seed (2.73) without it.")  # fmt: skip
@click.option("--bug-for-bug", is_flag=True, help="Answer 500 where CVAT does, instead of a clear 400.")
@click.option("--strict", is_flag=True, help="Say what clients should not have sent, and end with 1 if there was any.")
@click.option("--state", "state_file", type=click.Path(dir_okay=False), help="Keep the state in this SQLite file.")
@click.option("--clock", type=click.Choice(["instant", "manual", "real"]), default="instant", show_default=True,
              help="Pace of imports and exports.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON on stdout as soon as it listens.")
def serve(seed: str, host: str, port: int, state_file: str | None, clock: Any, as_json: bool, **manners: Any) -> None:
    """Serve until interrupted (Ctrl-C)."""
    config = Config(**manners)
    interrupt_on(signal.SIGINT, signal.SIGTERM)  # a script's background jobs begin with SIGINT ignored
    mock = Mock(seed, config=config, clock=clock, state_file=state_file)
    try:
        _listen(mock, host, port)
        with contextlib.suppress(KeyboardInterrupt):
            _announce(mock, seed, as_json)
            mock.server.wait()
        if config.strict:
            _report(mock)
    finally:
        mock.stop()


def _listen(mock: Mock, host: str, port: int) -> None:
    try:
        mock.start(host, port)
    except (OSError, OverflowError) as error:
        raise click.UsageError(f"cannot listen on {host} port {port}: {why_not(error)}") from None


def _announce(mock: Mock, seed: str, as_json: bool) -> None:
    facts = {"url": mock.url, "user": mock.user, "password": mock.password, "token": mock.token, "seed": seed}
    if mock.resumed:
        click.echo("the state is that of the state file; --seed counts for a new file only", err=True)
    if not is_loopback(mock.server.host):
        click.echo(f"listening on {mock.server.host}: every machine that reaches this one can use the mock", err=True)
    if as_json:
        click.echo(json.dumps(facts))
    else:
        click.echo("\n".join(f"{name:<9}{value}" for name, value in facts.items()))
    if sys.stdout.isatty():
        click.echo("Ctrl-C ends it", err=True)
    sys.stdout.flush()


def _report(mock: Mock) -> None:
    try:
        mock.assert_no_warnings()
    except AssertionError as error:
        click.echo(str(error), err=True)
        raise click.exceptions.Exit(1) from None
