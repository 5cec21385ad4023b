"""What holds for all tests."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

from tests.amounts import IN_CI
from tests.processes import Held

# How long an example takes says something about the machine, not about the code; figures belong in benchmarks.
# A check in CI says the same twice; at home every run looks at other examples.
settings.register_profile("steady", deadline=None, derandomize=IN_CI, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")


@pytest.fixture
def held(tmp_path_factory: pytest.TempPathFactory) -> Held:
    """Lets programs stop in the middle of their output."""
    return Held(tmp_path_factory.mktemp("held"))
