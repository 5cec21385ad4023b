"""The law of each named step: a row of its input without an equal row in its output is named, and no other."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from annotools import formats
from annotools.errors import UsageError
from annotools.formats import TABLE
from annotools.formats.base import WriteOptions
from annotools.model import Dataset, Losses
from annotools.model.row_numbers import given_frames
from annotools.quirks import CVAT, NONE
from annotools.transform import STEPS, TRANSFORMS, run
from tests.amounts import some
from tests.law import Cell, dependants, differences, named, without_mates
from tests.model.everything import everything

ARGUMENTS = {"remap-labels": "car:vehicle,night:", "round": "1"}
MASKS = {"masks": "polygons"}  # a setting that asks for one more step
SHARES = 8  # of all steps, so that several may be at work
TABLES = ("tags", "shapes", "tracks", "intervals", "attributes")


def in_frames_of(before: Dataset, after: Dataset) -> Dataset:
    """The result with frames numbered as they were, so that rows can be compared with those of before."""
    known = given_frames(after)
    moved: dict[str, Any] = {}
    for name in ("tags", "shapes", "tracks"):
        table = getattr(after, name)
        inside = (table.frame >= 0) & (table.frame < len(known))
        number = np.append(known, 0)[np.where(inside, table.frame, -1)]
        moved[name] = table.replace(frame=np.where(inside, number, table.frame))
    return after.replace(**moved)


def rows(cells: set[Cell]) -> set[tuple[str, int]]:
    """The rows of annotations of some cells; ids and references are no part of what a row says."""
    named_rows = {
        cell for cell in cells if cell[0] in TABLES and cell[1] >= 0 and cell[2] not in ("id", "track", "parent")
    }
    return {cell[:2] for cell in named_rows}


def with_ids(dataset: Dataset) -> Dataset:
    """Rows that can be told apart whatever a step does to them."""
    tables = {name: getattr(dataset, name) for name in TABLES[:-1]}
    return dataset.replace(**{name: table.replace(id=np.arange(len(table))) for name, table in tables.items()})


@cache
def asked() -> list[tuple[str, bool]]:
    """Steps with their arguments and whether as the server does them: as formats and users ask for them."""
    steps = {(f"{step}={ARGUMENTS[step]}" if step in ARGUMENTS else step, False) for step in TRANSFORMS}
    for form in map(formats.get, TABLE):
        for options in (
            WriteOptions(),
            WriteOptions(settings=MASKS if "masks" in form.settings else {}),
            WriteOptions(quirks=CVAT),
        ):
            steps |= {(text, bool(options.quirks)) for text in form.dialect(options).steps(options)}
    return sorted(steps)


def judged(step: str, dataset: Dataset, server: bool) -> tuple[set[tuple[str, int]], set[tuple[str, int]]]:
    """The rows that differ, and those that were named."""
    after, losses = run(dataset, (step,), CVAT if server else NONE)
    counted = named(losses)
    differing = differences(dataset, in_frames_of(dataset, after))
    return rows(without_mates(dataset, differing, counted)), rows(dependants(dataset, counted))


@pytest.mark.parametrize("share", range(SHARES))
@settings(max_examples=some(20), deadline=None, suppress_health_check=list(HealthCheck))
@given(dataset=everything())
def test_no_row_goes_or_changes_without_a_word(share: int, dataset: Dataset) -> None:
    """Many steps with one dataset: to draw it takes longer than a step."""
    numbered, silent = with_ids(dataset), {}
    for step, server in asked()[share::SHARES]:
        differing, named_rows = judged(step, numbered, server)
        if differing - named_rows:
            silent[step, server] = differing - named_rows
    assert silent == {}


def test_every_step_is_asked_for() -> None:
    assert {step.partition("=")[0] for step, _ in asked()} == STEPS.keys()


def test_steps_are_asked_by_the_names_that_formats_use() -> None:
    for text in ("round=2", "tracks-to-shapes"):
        assert isinstance(run(Dataset(), (text,))[1], Losses)
    with pytest.raises(UsageError, match="no transform is called"):
        run(Dataset(), ("no-such-step",))
