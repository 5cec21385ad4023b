"""The judge of the law is judged: it sees each change of a cell, and sees none where there is none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from annotools.model import Dataset
from tests.datasets import EVERYTHING
from tests.law import differences


@pytest.mark.parametrize("name", EVERYTHING)
def test_a_dataset_does_not_differ_from_itself_in_another_order(name: str) -> None:
    dataset = EVERYTHING[name]
    turned = dataset.canonical()
    ids = {cell for cell in differences(dataset, turned) if cell[2] in ("id", "project_id", "parent_job")}
    assert differences(dataset, turned) - ids == set()


@pytest.mark.parametrize(
    "column", ["occluded", "outside", "z_order", "rotation", "source", "score", "keyframe", "group", "frame", "label"]
)
@pytest.mark.parametrize("name", EVERYTHING)
def test_a_changed_cell_of_a_shape_is_seen(name: str, column: str) -> None:
    dataset = EVERYTHING[name]
    row = int(np.flatnonzero(dataset.shapes.counts > 0)[0])
    values = getattr(dataset.shapes, column).copy()
    values[row] = not values[row] if values.dtype == np.bool_ else (values[row] + 3) % 5 + 0.5 * (column in ("score",))
    changed = dataset.replace(shapes=dataset.shapes.replace(**{column: values}))
    seen = differences(dataset, changed)
    assert ("shapes", row, column) in seen or (column == "label" and ("shapes", row, "") in seen)  # another's, or gone


@pytest.mark.parametrize("name", EVERYTHING)
def test_a_row_that_is_gone_and_one_that_was_made_are_seen(name: str) -> None:
    dataset = EVERYTHING[name]
    keep = np.ones(len(dataset.shapes), np.bool_)
    keep[dataset.plain_shapes[0]] = False
    fewer = dataset.select(shapes=keep)
    row = int(dataset.plain_shapes[0])
    assert ("shapes", row, "") in differences(dataset, fewer)
    assert {cell[:2] for cell in differences(fewer, dataset) if cell[2].startswith("made")} >= {("shapes", -1)}


def test_a_changed_definition_is_seen() -> None:
    dataset = EVERYTHING["jobs"]
    assert ("task", 0, "step") in differences(dataset, dataset.replace(task=replace(dataset.task, step=9)))
    job = replace(dataset.jobs[0], stage="acceptance")
    assert ("jobs", 0, "stage") in differences(dataset, dataset.replace(jobs=(job, *dataset.jobs[1:])))
    assert ("jobs", 2, "") in differences(dataset, dataset.replace(jobs=dataset.jobs[:2]))
    label = replace(dataset.labels[0], color="#000001")
    assert ("labels", 0, "color") in differences(dataset, dataset.replace(labels=(label, *dataset.labels[1:])))
    assert ("frames", 7, "") in differences(dataset, _without_last_frame(dataset))


def _without_last_frame(dataset: Dataset) -> Dataset:
    return dataset.replace(frames=dataset.frames.take(np.arange(len(dataset.frames) - 1)))
