"""The mock of a pytest worker made ready for the next test; states of seeds are kept, so that most tests only reset."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mockserver import Mock
from mockserver.seeds import sources
from mockserver.state.context import Config
from mockserver.state.tables import State

_STATES: dict[str, State] = {}


def prepare(mock: Mock, wishes: Mapping[str, Any]) -> None:
    """Seed, clock and manners as the marker says; journal and faults empty."""
    mock.app.config = Config(
        dialect=wishes.get("dialect", "lenient"),
        bug_for_bug=bool(wishes.get("bug_for_bug")),
        strict=bool(wishes.get("strict")),
        allow=frozenset(wishes.get("allow", ())),
        server=wishes.get("server", ""),
    )
    mock.clock.start = wishes.get("clock", "instant")
    state = _state(wishes.get("seed", "default"))
    if mock.state is state:
        mock.reset()
    else:
        state.reset()
        mock.app.take(state)


def _state(seed: sources.Seed) -> State:
    if not isinstance(seed, str | Path):
        return sources.state_of(seed)
    key = str(seed)
    if key not in _STATES:
        _STATES[key] = sources.state_of(seed)
    return _STATES[key]
