"""What of CVAT's API the mock has: every operation as yes, partly (with what is missing) or no.

annotools mock coverage [--format markdown]      GET /_mock/coverage
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import Any

from mockserver.core import routes
from mockserver.protocol import versions
from mockserver.protocol.versions import Version

FORMATS = ("text", "json", "markdown")
_NO_STORAGES = "nothing goes to cloud storages, and nothing comes from them"
_NO_LETTERS = "no letters are sent"
PARTLY = (
    ("schema_retrieve", "paths, methods and operations only; bodies are described in CVAT's own document"),
    ("server_list_share", "an empty folder"),
    ("events_create", "taken and forgotten"),
    ("auth_create_register", _NO_LETTERS),
    ("auth_create_password_reset*", _NO_LETTERS),
    ("invitations_create", _NO_LETTERS),
    ("invitations_resend", _NO_LETTERS),
    ("*_create_dataset_export", _NO_STORAGES),
    ("*_create_annotations", _NO_STORAGES),
    ("projects_create_dataset", _NO_STORAGES),
    ("*_create_backup_export", "nothing goes to cloud storages; videos have no bytes of their own"),
    ("*_create_backup", "nothing comes from cloud storages"),
    ("tasks_create_data", "pictures, point clouds and zips of them; no videos, audio, remote or server files"),
    ("tasks_retrieve_data", "videos as pictures; pictures are made up where a seed has none"),
    ("jobs_retrieve_data", "videos as pictures; pictures are made up where a seed has none"),
    ("guides_*", "texts without assets"),
    ("cloudstorages_*", "records only: nothing is read from a storage or written to it"),
    ("webhooks_retrieve_events", "those of projects and organizations"),
    ("webhooks_list_deliveries", "none: nothing is delivered"),
    ("webhooks_*", "records only: nothing is delivered"),
    ("quality_*", "needs the extra `quality`"),
    ("consensus_create_merge*", "needs the extra `quality`"),
)
"""Operations, by their names with `*`, and what of them is missing; the first that fits counts."""


@dataclass(slots=True, frozen=True)
class Row:
    """One operation: `answer` is yes, partly or no."""

    operation: str
    method: str
    path: str
    answer: str
    missing: str = ""


def rows(version: Version = versions.RECORDED) -> list[Row]:
    """Every operation of a version, in the order of the table of endpoints."""
    return [
        _row(operation, method, route.pattern.removesuffix("[/]"), name, version)
        for route in routes.of_version(version).all
        for method, (operation, name) in route.operations.items()
    ]


def _row(operation: str, method: str, path: str, handler: str, version: Version) -> Row:
    why = versions.why_not_modelled(version, operation)
    if why or routes.handler(handler) is None:
        return Row(operation, method, path, "no", why)
    missing = next((text for pattern, text in PARTLY if fnmatchcase(operation, pattern)), "")
    return Row(operation, method, path, "partly" if missing else "yes", missing)


def summary(version: Version = versions.RECORDED) -> dict[str, Any]:
    """All rows, and how many of each answer there are."""
    operations = rows(version)
    counts = {answer: sum(row.answer == answer for row in operations) for answer in ("yes", "partly", "no")}
    return {
        **counts, "share": 1 - counts["no"] / len(operations), "operations": [asdict(row) for row in operations],
        "modelled": sorted(row.operation for row in operations if row.answer != "no"),
        "missing": sorted(row.operation for row in operations if row.answer == "no"),
    }  # fmt: skip


def text(version: Version = versions.RECORDED) -> str:
    """A line for each operation."""
    lines = [
        f"{row.answer:<7}{row.method:<8}{row.path:<54} {row.operation:<42} {row.missing}".rstrip()
        for row in rows(version)
    ]
    return "\n".join([*lines, _counted(version)])


def markdown(version: Version = versions.RECORDED) -> str:
    """The page of the documentation."""
    lines = [
        "# What the mock has of CVAT's API", "",
        "Made by `annotools mock coverage --format markdown`. What is not there answers 501.", "",
        f"{_counted(version)}.", "", "| | method | path | operation | missing |", "|---|---|---|---|---|",
    ]  # fmt: skip
    lines += [
        f"| {row.answer} | {row.method} | `{row.path}` | {row.operation} | {row.missing} |" for row in rows(version)
    ]
    return "\n".join(lines)


def _counted(version: Version) -> str:
    tally = summary(version)
    total = tally["yes"] + tally["partly"] + tally["no"]
    counts = ", ".join(f"{tally[answer]} {answer}" for answer in ("yes", "partly", "no"))
    return f"{total} operations of {versions.said(version)}: {counts}"
