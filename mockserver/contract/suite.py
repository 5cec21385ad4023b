"""The packaged scenarios as tests, against the mock of the plugin or a real server.

    pytest --pyargs mockserver.contract.suite
    CVAT_USER=... CVAT_PASSWORD=... pytest --pyargs mockserver.contract.suite --cvat-live https://cvat.example

All have the marker `cvat_contract`. Recorded scenarios need the state that they start from, so on a real server only
the others run, in a project that is removed again.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from mockserver.contract import checking, pack
from mockserver.contract.checking import Outcome
from mockserver.contract.pack import Json, Pack
from mockserver.contract.project import Login
from mockserver.contract.senders import HttpSender

pytestmark = [pytest.mark.cvat_contract, pytest.mark.cvat(dialect="real")]
_PACK = pack.packaged()


def _assert_alike(outcomes: Iterable[Outcome]) -> None:
    lines = [f"{outcome.scenario} | {outcome.step} | {line}" for outcome in outcomes for line in outcome.lines()]
    assert not lines, "\n".join(lines)


@pytest.mark.parametrize("scenario", _PACK.scenarios, ids=[item["name"] for item in _PACK.scenarios])
def test_recorded(scenario: Json, cvat_url: str) -> None:
    """A scenario from the state that it was recorded in."""
    sender = HttpSender(cvat_url)
    if not checking.is_mock(sender):
        pytest.skip("the state that the scenario starts from cannot be set on a real server")
    _assert_alike(checking.check(sender, Pack(_PACK.seeds, [scenario]), None))


def test_live(cvat_url: str, cvat_login: tuple[str, str]) -> None:
    """The scenarios that make what they need, one after the other."""
    _assert_alike(checking.live(HttpSender(cvat_url), _PACK, Login(*cvat_login)))
