"""Packs of scenarios: the packaged one, and folders with `seeds/` and `scenarios/<section>/`.

`recorded.json.xz` holds some 1,500 requests and what a CVAT 2.73 server answered, with the seeds they start from (both
derived from CVAT's public test data, MIT licence); where a seed lacks what an answer speaks of, only the status counts.

`live/*.json` are scenarios without a seed: they make what they need in a project, `{project}`, and so run on a real
server, too; `stage.json` runs before the others and its captures stay.
"""

from __future__ import annotations

import lzma
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import orjson

from annotools.errors import InputError

Json = dict[str, Any]
_STAGE = "live/stage"


@dataclass(slots=True)
class Pack:
    """Seeds by name, scenarios in order; `live`: those without a seed, the one that sets the stage first."""

    seeds: dict[str, Json] = field(default_factory=dict)
    scenarios: list[Json] = field(default_factory=list)
    live: list[Json] = field(default_factory=list)

    def seed(self, name: str, base: str) -> Json:
        """A seed with the server's address filled in. Raises: InputError for an unknown name."""
        if name not in self.seeds:
            raise InputError(f"seed {name!r} is not in the pack, expected one of {', '.join(sorted(self.seeds))}")
        filled: Json = orjson.loads(orjson.dumps(self.seeds[name]).replace(b"{base}", base.encode()))
        return filled

    def only(self, text: str) -> Pack:
        """The scenarios whose name holds a text; the stage stays where live ones do."""
        live = [item for item in self.live if text in item["name"] or item["name"] == _STAGE]
        selected = live if any(text in item["name"] for item in live) else []
        return Pack(self.seeds, [item for item in self.scenarios if text in item["name"]], selected)


@cache
def packaged() -> Pack:
    """The scenarios that ship with the package."""
    here = resources.files(__package__)
    content = orjson.loads(lzma.decompress(here.joinpath("recorded.json.xz").read_bytes()))
    live = [orjson.loads(path.read_bytes()) for path in here.joinpath("live").iterdir() if path.name.endswith(".json")]
    live.sort(key=lambda item: (item["name"] != _STAGE, item["name"]))
    return Pack(content["seeds"], content["scenarios"], live)


def of_folder(folder: Path) -> Pack:
    """A pack in a folder. Raises: InputError for what is none."""
    seeds = {path.stem: _read(path) for path in sorted((folder / "seeds").glob("*.json"))}
    scenarios = [_read(path) for path in sorted((folder / "scenarios").glob("*/*.json"))]
    if not scenarios:
        raise InputError(f"{folder}: no scenarios, expected scenarios/<section>/<name>.json and seeds/<name>.json")
    return Pack(seeds, scenarios)


def of_files(scenario: Path, seed: Path) -> Pack:
    """One scenario and the seed it starts from. Raises: InputError."""
    content = _read(scenario)
    return Pack({content["seed"]: _read(seed)}, [content])


def _read(path: Path) -> Json:
    try:
        content = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise InputError(f"{path}: cannot be read as JSON: {error}") from None
    if not isinstance(content, dict) or not ({"steps", "name"} <= content.keys() or "users" in content):
        raise InputError(f"{path}: neither a scenario nor a seed, expected an object with steps or users")
    return content


def steps_of(scenarios: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Every step with its scenario."""
    for scenario in scenarios:
        for step in scenario["steps"]:
            yield scenario, step
