"""What the mock has of CVAT's API, as it says itself: every operation of the schema, true, and in the documentation."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path

from click.testing import CliRunner

from annotools.cli.mock import command
from mockserver.contract import declared
from mockserver.contract.senders import HttpSender, Message
from mockserver.core import coverage
from mockserver.mock import Mock
from tests.mock.conftest import Client

PAGE = Path(__file__).parents[2] / "docs" / "coverage.md"


def test_every_operation_of_the_servers_schema_is_there() -> None:
    by_name = {row.operation: (row.method, row.path) for row in coverage.rows()}
    assert len(declared.operations()) > 150
    for operation, (method, path) in declared.operations().items():
        assert by_name[operation][0] == method
        assert by_name[operation][1].count("{") == path.count("{")
        assert by_name[operation][1].split("{")[0] == path.split("{")[0].rstrip("/") or "{" in path


def test_what_is_said_not_to_be_there_answers_501(client: Client) -> None:
    every = coverage.rows()
    for row in every:
        path = row.path.replace("{id}", "1").replace("{key}", "x")
        path = "/".join("x" if part.startswith("{") else part for part in path.split("/"))
        client.app.reset()
        status = client.send(row.method, path).status
        assert (status == 501) == (row.answer == "no"), row
    assert {row.answer for row in every} == {"yes", "partly", "no"}


def test_every_remark_on_what_is_missing_is_about_something() -> None:
    names = [row.operation for row in coverage.rows() if row.answer == "partly"]
    unused = [pattern for pattern, _ in coverage.PARTLY if not any(fnmatchcase(name, pattern) for name in names)]
    assert unused == []
    assert all(row.missing for row in coverage.rows() if row.answer == "partly")


def test_newer_servers_have_more_that_is_missing() -> None:
    old, new = coverage.summary(), coverage.summary((2, 80))
    assert (new["yes"] + new["partly"] + new["no"]) > (old["yes"] + old["partly"] + old["no"])
    assert "quality_list_reports" in new["missing"]
    assert "quality_list_reports" in old["modelled"]
    with Mock(server="2.80") as mock:
        assert HttpSender(mock.url).send(Message("GET", "/_mock/coverage")).json() == new


def test_the_page_is_current() -> None:
    """Otherwise: `annotools mock coverage --format markdown > docs/coverage.md`."""
    assert PAGE.read_text("utf-8") == CliRunner().invoke(command, ["coverage", "--format", "markdown"]).stdout
    table = CliRunner().invoke(command, ["coverage"]).stdout
    assert len(table.splitlines()) == len(coverage.rows()) + 1
