"""The seeds that ship with the package: `default`, a small project to play with, and `empty`.

seeds.load("default")  ->  the seed as JSON values
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from functools import cache

from mockserver.seeds import default
from mockserver.seeds.builder import SeedBuilder
from mockserver.state.tables import Record

PASSWORD = "mock"
ADMIN = "admin"


def load(name: str) -> Record:
    """A packaged seed, a fresh copy. Raises: KeyError for a name that is none."""
    return deepcopy(_built(name))


@cache
def _built(name: str) -> Record:
    build = SeedBuilder()
    _add_users(build)
    BUILDERS[name](build)
    return build.seed()


def _add_users(build: SeedBuilder) -> None:
    build.user(ADMIN, PASSWORD, superuser=True, first_name="Ada", last_name="Admin")
    for name, first in (("ann", "Ann"), ("bob", "Bob"), ("cleo", "Cleo"), ("dan", "Dan")):
        build.user(name, PASSWORD, first_name=first, last_name="Annotator")


BUILDERS: dict[str, Callable[[SeedBuilder], None]] = {"default": default.build, "empty": lambda build: None}
NAMES = tuple(sorted(BUILDERS))
