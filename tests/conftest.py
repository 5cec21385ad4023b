"""What holds for all tests."""

from __future__ import annotations

import gc
from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings

from tests.amounts import IN_CI
from tests.processes import Held

# How long an example takes says something about the machine, not about the code; figures belong in benchmarks.
# A check in CI says the same twice; at home every run looks at other examples.
settings.register_profile("steady", deadline=None, derandomize=IN_CI, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect without the collector, which is not to look at it ever after either.

    Twenty thousand tests are half a million objects that stay: to look them all through takes half a second each time.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


@pytest.fixture
def held(tmp_path_factory: pytest.TempPathFactory) -> Held:
    """Lets programs stop in the middle of their output."""
    return Held(tmp_path_factory.mktemp("held"))
