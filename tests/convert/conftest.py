"""What all tests of conversions share."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _nothing_left_open() -> Iterator[None]:
    """A file that a test left open is a warning, and so an error, of this test and not of a later one."""
    yield
    gc.collect()
