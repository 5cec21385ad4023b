"""The mock answers as a CVAT 2.73 server did: all packaged scenarios, in the process."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from mockserver.contract import checking, pack
from mockserver.contract.pack import Json, Pack
from mockserver.contract.senders import AppSender
from mockserver.core.app import App
from mockserver.state.context import Config
from tests.paths import CONTRACT

pytestmark = pytest.mark.cvat_contract
PACKAGED = pack.packaged()
SECTIONS = sorted({item["name"].partition("/")[0] for item in PACKAGED.scenarios})


@pytest.mark.parametrize("section", SECTIONS)
def test_recorded_answers(section: str) -> None:
    chosen = [item for item in PACKAGED.scenarios if item["name"].startswith(f"{section}/")]
    sender = AppSender(App(config=Config(dialect="real")))
    outcomes = list(checking.check(sender, Pack(PACKAGED.seeds, chosen), None))
    assert len(outcomes) == sum(len(item["steps"]) for item in chosen) > 20
    assert not [f"{one.scenario} | {one.step} | {line}" for one in outcomes for line in one.lines()]


def test_scenarios_that_make_what_they_need() -> None:
    sender = AppSender(App(config=Config(dialect="real")))
    outcomes = list(checking.check(sender, Pack(live=PACKAGED.live), None))
    assert len(outcomes) == sum(len(item["steps"]) for item in PACKAGED.live) > 150
    assert not [f"{one.scenario} | {one.step} | {line}" for one in outcomes for line in one.lines()]


def shared() -> Iterator[Json]:
    """The scenarios of the pack next to the repository."""
    for path in sorted((CONTRACT / "scenarios").glob("*/*.json")):
        yield json.loads(path.read_text("utf-8"))


def test_the_packaged_scenarios_are_all_of_the_pack() -> None:
    if not CONTRACT.is_dir():
        pytest.skip("the contract pack is not next to the repository")
    known = {item["name"]: item for item in PACKAGED.scenarios}
    others = [item["name"] for item in shared() if known.pop(item["name"], None) != item]
    assert not known
    assert others == ["create/forbidden"], "where the seed lacks what an answer speaks of"
