"""What can be a seed, and the state made of it.

state_of("default")               a packaged seed, by name
state_of("seed.json")             a seed as JSON (the contract pack's form)
state_of("coco.zip")              a task backup, or any dataset that annotools reads, a URL too
state_of(SeedBuilder(...)), state_of({...}), state_of(State(...))
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any, TypeAlias

import orjson

from mockserver.seeds import packaged
from mockserver.seeds.builder import SeedBuilder
from mockserver.seeds.checks import SeedError
from mockserver.seeds.tables import state_of_seed
from mockserver.state.tables import Record, State

Seed: TypeAlias = "str | Path | Record | SeedBuilder | State"


def state_of(seed: Seed) -> State:
    """A state of its own. Raises: SeedError, OSError, and for datasets the errors of annotools."""
    if isinstance(seed, State):
        return seed.baseline()
    if isinstance(seed, SeedBuilder):
        return state_of_seed(seed.seed())
    if isinstance(seed, dict):
        return state_of_seed(seed)
    if str(seed) in packaged.NAMES:
        return state_of_seed(packaged.load(str(seed)))
    return _of_dataset(seed) if "://" in str(seed) else _of_file(Path(seed), str(seed))


def _of_file(path: Path, name: str) -> State:
    if not name or not path.exists():
        names = ", ".join(packaged.NAMES)
        raise SeedError(f"{name or repr(name)}: no such file, and no seed of this name (there are: {names})")
    record = _json_seed(path)
    return _of_dataset(path) if record is None else _of_record(record, path)


def _of_dataset(path: Path | str) -> State:
    # annotools with all its formats is loaded only for this
    state: State = import_module("mockserver.seeds.datasets").state_of_dataset(path)
    return state


def _json_seed(path: Path) -> Record | None:
    """The content of a file that is a seed, None for anything else."""
    if path.suffix.lower() != ".json" or not path.is_file():
        return None
    try:
        content: Any = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise SeedError(f"{path}: not JSON: {error}") from None
    return content if isinstance(content, dict) and "users" in content else None


def _of_record(record: Record, path: Path) -> State:
    try:
        return state_of_seed(record)
    except SeedError as error:
        raise SeedError(f"{path}: not a seed: {error}") from None
