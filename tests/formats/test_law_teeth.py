"""The law has teeth: without any one row of the table of counts, it fails for at least one format.

Datasets are drawn once; for each count those are looked at in which some format loses just that.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from annotools import formats
from annotools.formats import TABLE
from annotools.formats.base import Format
from annotools.model import Dataset, Frames, Label, Losses, Shapes, ShapeType, fitting
from annotools.model.fitting.state import Fitting
from annotools.model.row_numbers import numbered
from tests.formats.law_runs import Pipelines, read_back
from tests.law import is_foreign, unnamed
from tests.model.everything import everything

COUNTS = {count.name: count for count in fitting.COUNTS}
# What every format keeps, or has turned into something else before (tracks, jobs): there is nothing to be missed.
KEPT_BY_ALL = {
    "elements", "intervals.attributes", "intervals.group", "intervals.job", "intervals.score", "intervals.source",
    "jobs.id", "jobs.included", "jobs.parent_job", "jobs.start_frame", "jobs.stop_frame", "jobs.type", "labels.name",
    "shapes.job", "shapes.rotation", "tags.job", "tracks", "tracks.job",
}  # fmt: skip
_ENOUGH, _MOST = 4, 300
# What most conditions refuse, other counts hold too (a rotation, `outside`): here is one that nothing else refuses.
MASK_BEYOND_ITS_FRAME = Dataset(
    labels=[Label(1, "car")], frames=Frames.of("a.png", 10, 10),
    shapes=Shapes.of(1, type=[int(ShapeType.MASK)], label=[1], values=[0.0, 4, 90, 90, 91, 91], offsets=[0, 6]),
)  # fmt: skip


@cache
def drawn() -> list[Dataset]:
    """Datasets in which any column may say something, the same ones every time."""
    datasets: list[Dataset] = []

    @settings(
        max_examples=_MOST, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(everything())
    def collect(dataset: Dataset) -> None:
        datasets.append(dataset)

    collect()
    return [MASK_BEYOND_ITS_FRAME, *(each for dataset in datasets for each in (dataset, _of_the_task(dataset)))]


def _of_the_task(dataset: Dataset) -> Dataset:
    """The dataset with all rows in the task: where jobs have rows beside it, bundles leave those out."""
    tables = {name: getattr(dataset, name) for name in ("tags", "shapes", "tracks", "intervals")}
    return dataset.replace(**{name: table.replace(job=np.full(len(table), -1)) for name, table in tables.items()})


@cache
def losing() -> dict[str, list[tuple[Format, Dataset]]]:
    """For each count formats, and datasets that are ready for them, of which it loses something."""
    pairs_of: dict[str, list[tuple[Format, Dataset]]] = {name: [] for name in COUNTS}
    for dataset in drawn():
        wanted = [name for name, pairs in pairs_of.items() if len(pairs) < _ENOUGH and name not in KEPT_BY_ALL]
        if not wanted:
            break
        pipelines = Pipelines(dataset)
        for form in map(formats.get, TABLE):
            if not any(_may_lose(form, dataset, name) for name in wanted):
                continue
            ready = pipelines.of(form)
            for name in _lost(form, ready):
                if sum(known is form for known, _ in pairs_of[name]) < _ENOUGH:
                    pairs_of[name].append((form, ready))
    return pairs_of


def _may_lose(form: Format, dataset: Dataset, name: str) -> bool:
    """Whether it is worth a look: nothing is lost of rows that are not there, or of those that are lost as a whole.

    With this the last few counts take a twentieth of the time.
    """
    table, _, column = name.partition(".")
    rows = getattr(dataset, table, None)
    if table == "task":
        return bool(getattr(rows, column) != getattr(Dataset().task, column))
    if column == "extras" and not rows.extras:  # type: ignore[union-attr]  # tables have them
        return False
    if table in ("tags", "tracks", "intervals"):
        return len(getattr(dataset, table)) > 0 and (not column or getattr(form.keeps, table) is not None)
    return True


def _lost(form: Format, dataset: Dataset) -> list[str]:
    """The counts that find something."""
    state, names, before = Fitting(numbered(dataset), form.keeps, final=False), [], 0
    for count in fitting.COUNTS:
        count.run(state)
        losses = state.ledger.losses().rows
        names += [count.name] if any(not is_foreign(loss.column) for loss in losses[before:]) else []
        before = len(losses)
    return names


def _is_broken(form: Format, dataset: Dataset) -> bool:
    """Whether something is lost without a word, or cannot be written at all."""
    try:
        ready, losses = fitting.fit(dataset, form.keeps)
        result = read_back(form, ready)
    except Exception:  # a writer has no branch for what never reaches it
        return True
    return bool(result.problems) or bool(unnamed(dataset, result.dataset, losses))


@pytest.mark.parametrize("name", sorted(COUNTS.keys() - KEPT_BY_ALL))
def test_without_a_count_the_law_fails(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = losing()[name]
    assert pairs, "no format loses this: the count belongs to what all keep"
    monkeypatch.setattr(fitting, "COUNTS", tuple(count for count in fitting.COUNTS if count.name != name))
    assert any(_is_broken(form, dataset) for form, dataset in pairs)


def test_what_all_keep_is_lost_by_none() -> None:
    assert {name for name, pairs in losing().items() if not pairs} == KEPT_BY_ALL


def test_with_all_counts_nothing_is_broken() -> None:
    assert not any(_is_broken(form, dataset) for pairs in losing().values() for form, dataset in pairs[:1])
    assert isinstance(fitting.fit(Dataset(), formats.get("coco").keeps)[1], Losses)
