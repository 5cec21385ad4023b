"""The mock answers as a CVAT 2.73 server did: recorded scenarios, a part of them here, all if the pack is near."""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from mockserver.core.app import App
from mockserver.exchange import conversion
from mockserver.seeds.sources import state_of
from mockserver.state.context import Config
from tests.mock import recorded
from tests.mock.conftest import CONTRACT

PART = json.loads(gzip.decompress((Path(__file__).parents[1] / "data" / "mock" / "recorded.json.gz").read_bytes()))
SECTIONS = ("annos-img", "annos-vid", "create", "data", "io", "layout", "list", "patch", "permissions", "retrieve",
            "server")  # fmt: skip
# A seed does not say when the chunks of a single job were made, and `demo` lacks the 3D task that a scenario asks for.
UNKNOWABLE = ("$.chunks_updated_date", "create/forbidden | create gt on 3d task")


@cache
def seed(name: str) -> dict[str, Any]:
    """A seed of the pack."""
    text = (CONTRACT / "seeds" / f"{name}.json").read_text("utf-8") if name else json.dumps(PART["seed"])
    found: dict[str, Any] = json.loads(text.replace("{base}", recorded.BASE))
    return found


def replay(scenario: dict[str, Any], seed_name: str) -> list[str]:
    """What differs in a scenario, less what nobody can know."""
    app = App(state_of(seed(seed_name)), Config(dialect="real"))
    return [line for line in recorded.run(app, scenario) if not any(text in line for text in UNKNOWABLE)]


def possible(scenario: dict[str, Any]) -> bool:
    """Whether annotools has the formats that a scenario ends well with."""
    for step in scenario["steps"]:
        name = dict(step["request"].get("query", [])).get("format")
        wanted = step["expect"]["status"] == 202 and step["request"]["method"] == "POST" and name is not None
        reading = not step["request"]["path"].endswith("/export")
        if wanted and name not in ("VGGFace2 1.0", "Generic TSV 1.0") and not conversion.slugs_of(name, reading):
            return False
    return True


@pytest.mark.parametrize("scenario", [item for item in PART["scenarios"] if possible(item)], ids=lambda s: s["name"])
def test_recorded_part(scenario: dict[str, Any]) -> None:
    assert not replay(scenario, "")


@pytest.mark.parametrize("section", SECTIONS)
def test_whole_pack(section: str) -> None:
    if not CONTRACT.is_dir():
        pytest.skip("the contract pack is not next to the repository")
    paths = sorted((CONTRACT / "scenarios" / section).glob("*.json"))
    scenarios = [json.loads(path.read_text("utf-8")) for path in paths]
    found = [line for scenario in scenarios if possible(scenario) for line in replay(scenario, scenario["seed"])]
    assert not found, "\n".join(found[:20])
