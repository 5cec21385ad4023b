"""A state made of a dataset: what annotools reads (a task backup, COCO, CVAT XML, ...) as a task of the seed `empty`.

Loaded only for such a seed, because all of annotools comes with it.
"""

from __future__ import annotations

from pathlib import Path

from annotools import formats
from annotools.convert.reading import read
from annotools.errors import InputError
from annotools.formats.base import Read
from mockserver.exchange import installing
from mockserver.protocol.http import ApiError, Request
from mockserver.protocol.schemas import UncheckedError
from mockserver.seeds import packaged
from mockserver.seeds.checks import SeedError
from mockserver.seeds.tables import state_of_seed
from mockserver.state.context import Config, Context, Env
from mockserver.state.tables import State


def state_of_dataset(path: Path | str) -> State:
    """The people of `empty` and one task, pictures included. Raises: the errors of `annotools.read`, SeedError."""
    result = _read(path)
    state = state_of_seed(packaged.load("empty"))
    admin = next(user for user in state.tables["users"].values() if user["is_superuser"])
    ctx = Context(Request("POST", "/"), state, Env(), Config(), user=admin)
    try:
        with state.transaction():
            _install(ctx, result, Path(path).stem)
    except (UncheckedError, ApiError) as error:
        raise SeedError(f"{path}: cannot be a task: {error}") from None
    state.rebase(state)
    return state


def _read(path: Path | str) -> Read:
    try:
        return read(str(path))
    except InputError as error:
        if any(problem.kind == "unknown-format" for problem in error.problems):
            slugs = ", ".join(formats.slugs())
            raise SeedError(f"{path}: neither a JSON seed nor a dataset of a known format ({slugs})") from None
        raise


def _install(ctx: Context, result: Read, name: str) -> None:
    if not len(result.dataset.frames):
        raise UncheckedError("it says nothing about frames")
    task = installing.install(ctx, result.dataset, result.media)
    if not result.dataset.task.name:
        ctx.state.update("tasks", task["id"], name=name)
