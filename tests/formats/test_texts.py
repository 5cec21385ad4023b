"""Half of a surrogate pair, which Python's texts may hold, in any text of a dataset: written as U+FFFD, and counted."""

from __future__ import annotations

from pathlib import Path

import pytest

import annotools as at
from annotools import formats
from annotools.formats import TABLE
from annotools.model import AttributeSpec, Dataset, DatasetBuilder, Job, Task
from annotools.model.extras import Extra

HALF = "\ud800"
PLACES = ("task", "job", "label", "attribute", "frame", "value", "extra")
WRITTEN = [slug for slug in TABLE if formats.get(slug).write is not None]


def _dataset(where: str) -> Dataset:
    """A box whose task, job, label, ... has half a pair in its name."""
    tail = {spot: HALF if spot == where else "" for spot in PLACES}
    build = DatasetBuilder(task=Task(name=f"t{tail['task']}"))
    name = f"n{tail['attribute']}"
    label = build.add_label(f"car{tail['label']}", attributes=[AttributeSpec(1, name)])
    build.add_frame(f"a{tail['frame']}.jpg", 20, 10)
    build.add_shape("rectangle", 0, label, (1, 2, 3, 4), attributes={name: f"v{tail['value']}"})
    job = Job(1, stop_frame=0, assignee=f"me{tail['job']}")
    return build.dataset().replace(jobs=(job,), extras={"shapes": {"note": Extra.of([f"x{tail['extra']}"])}})


@pytest.mark.parametrize("slug", WRITTEN)
@pytest.mark.parametrize("where", PLACES)
def test_it_is_written_as_a_character_and_counted(tmp_path: Path, slug: str, where: str) -> None:
    losses = at.write(_dataset(where), tmp_path / "out", slug)
    counted = [loss for loss in losses if loss.step == "valid-text"]
    assert [(loss.kind, loss.count) for loss in counted] == [("changed", 1)]


def test_nothing_is_said_where_all_is_text(tmp_path: Path) -> None:
    losses = at.write(_dataset("nowhere"), tmp_path / "out", "cvat-api")
    assert [loss for loss in losses if loss.step == "valid-text"] == []
