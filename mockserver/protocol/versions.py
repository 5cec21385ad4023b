"""What servers from 2.73 on say differently, one table; schemas and fields are named as cvat-sdk names them.

    versions.shown((2, 80), "JobRead", job)        without `consensus_replicas`
    versions.taken((2, 80), "UserRequest", form)   with `primary_role`, which a server of 2.73 does not know
    versions.word((2, 80), "JobType", "consensus_replica")       "replica"

What the mock keeps has the fields of all versions and the words of 2.73, as they were recorded.
Source: the models of cvat-sdk 2.73 to 2.80, compared one with the next; `annotools mock drift --against sdk` does it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

Version = tuple[int, int]
RECORDED: Version = (2, 73)
NEWEST: Version = (2, 80)
_NEVER: Version = (1 << 31, 0)
_TEXT = re.compile(r"(\d{1,9})\.(\d{1,9})(?:\.\d{1,9})?\Z", re.ASCII)


@dataclass(slots=True, frozen=True)
class Presence:
    """A field of a schema or a word of an enum: `since` the first version that has it, `until` the first without it.

    instead: the word of later versions for the same thing.
    """

    schema: str
    name: str
    since: Version = RECORDED
    until: Version = _NEVER
    instead: str = ""

    def holds(self, version: Version) -> bool:
        """Whether a version has it."""
        return self.since <= max(version, RECORDED) < self.until


_SURVEY = ("cvat_usage_reason", "primary_role", "planned_activities", "data_types", "discovery_source")
TABLE = (
    Presence("JobRead", "consensus_replicas", until=(2, 80)),
    Presence("JobType", "consensus_replica", until=(2, 80), instead="replica"),
    Presence("JobType", "replica", since=(2, 80)),
    Presence("TaskRead", "consensus_enabled", until=(2, 80)),
    Presence("TaskRead", "initial_replicas", since=(2, 80)),
    Presence("TaskWriteRequest", "initial_replicas", since=(2, 80)),
    Presence("User", "created_via", since=(2, 75)),
    Presence("User", "email_verified", since=(2, 76)),
    *(Presence("User", name, since=(2, 79)) for name in _SURVEY),
    *(Presence("PatchedUserRequest", name, since=(2, 79)) for name in _SURVEY),
    Presence("WebhookType", "server", since=(2, 76)),
)
"""Fields and words that not all versions have; all others have always been there."""

NOT_MODELLED = (("quality_", (2, 74), "reports and settings of quality are made of requirements from 2.74 on"),)
"""Operations, by the beginning of their ids, that are other ones from a version on: they answer 501 there."""

SCHEMAS_NOT_MODELLED = (
    (("Quality", "AnnotationConflict", "PatchedQuality"), (2, 74)),
    (("EventsEnum",), (2, 76)),  # those of webhooks of the server
    (("FunctionCall", "NullEnum"), (2, 73)),  # functions of lambda, and no words at all
)
"""Schemas, by the beginning of their names, of what is not modelled from a version on."""

_BY_SCHEMA: dict[str, list[Presence]] = {}
for _row in TABLE:
    _BY_SCHEMA.setdefault(_row.schema, []).append(_row)


@lru_cache(maxsize=64)
def parse(text: str) -> Version | None:
    """`2.80` or `2.80.0` as a version, None for anything else."""
    match = _TEXT.match(text)
    return (int(match[1]), int(match[2])) if match else None


def playable(text: str) -> str:
    """A version that the mock can play, as the server writes it (`2.80.0`). Raises: ValueError for another one."""
    version = parse(text)
    if version is None or not RECORDED <= version <= NEWEST:
        bounds = f"{said(RECORDED)} to {said(NEWEST)}"
        raise ValueError(f"cannot answer as server {text!r}, expected a version from {bounds}")
    return text if text.count(".") == 2 else f"{text}.0"


def nearest(text: str) -> str:
    """The version that can be played and is nearest to a server's, as the server writes it."""
    version = min(max(parse(text) or RECORDED, RECORDED), NEWEST)
    return f"{said(version)}.0"


def said(version: Version) -> str:
    """`2.80`."""
    return f"{version[0]}.{version[1]}"


def shown(version: Version, schema: str, record: Mapping[str, Any]) -> dict[str, Any]:
    """What of an answer a version has."""
    hidden = {row.name for row in _BY_SCHEMA[schema] if not row.holds(version)}
    return {name: value for name, value in record.items() if name not in hidden}


taken = shown
"""What of a body a version knows: it takes no notice of the rest."""


def word(version: Version, enum: str, stored: str) -> str:
    """A stored word in the language of a version."""
    for row in _BY_SCHEMA[enum]:
        if row.name == stored and row.instead and not row.holds(version):
            return row.instead
    return stored


def stored_word(enum: str, given: str) -> str:
    """A word of any version as it is stored."""
    return next((row.name for row in _BY_SCHEMA[enum] if row.instead and row.instead == given), given)


def words(version: Version, enum: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """The ones of these words that a version has."""
    hidden = {row.name for row in _BY_SCHEMA[enum] if not row.holds(version)}
    return tuple(name for name in names if name not in hidden)


def why_not_modelled(version: Version, operation: str) -> str:
    """Why an operation cannot be had from the mock in a version, "" where it can."""
    for prefix, since, why in NOT_MODELLED:
        if version >= since and operation.startswith(prefix):
            return why
    return ""
