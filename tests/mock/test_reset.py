"""A reset gives the server that was begun with: nothing of the test before is left in what is outside of its data."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mockserver.state.context import Clock, Env

LONG_AGO = datetime(2001, 2, 3, tzinfo=UTC)


def _is_present(moment: datetime) -> bool:
    return abs(datetime.now(UTC) - moment) < timedelta(minutes=5)


@pytest.mark.parametrize("mode", ["instant", "manual", "real"])
@pytest.mark.parametrize("meanwhile", ["instant", "manual", "real"])
def test_the_clock_shows_the_present_in_the_mode_that_it_began_with(mode: str, meanwhile: str) -> None:
    clock = Clock(mode, frozen=LONG_AGO)  # type: ignore[arg-type]
    clock.mode = meanwhile  # type: ignore[assignment]
    clock.advance(86_400 * 400)
    clock.reset()
    assert clock.mode == mode
    assert _is_present(clock.now())


def test_time_stands_still_until_it_is_moved() -> None:
    clock = Clock("manual", frozen=LONG_AGO)
    assert clock.now() == clock.now() == LONG_AGO
    clock.advance(90)
    clock.advance(30)
    assert clock.now() == LONG_AGO + timedelta(minutes=2)


def test_no_uploads_and_no_visitors_are_left() -> None:
    env = Env(Clock("manual", frozen=LONG_AGO))
    env.anonymous.append(env.clock.now())
    env.spool.write("1_a", 0, b"piece")
    env.reset()
    assert not env.anonymous
    assert env.spool.read("1_a") == b""
    assert _is_present(env.clock.now())
