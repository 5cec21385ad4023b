"""Every text of a dataset is one that can be written, wherever it stands, and is told there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import annotools as at
from annotools.model import AttributeSpec, Dataset, DatasetBuilder, Frames, Job, Label, Labels, Task
from annotools.model.extras import Extra
from annotools.transform import run

Change = Callable[[Dataset, str], Dataset]
Look = Callable[[Dataset], Any]
HALF, NUL, GOOD = "a\ud800b", "a\0b", "a\ufffdb"


def dataset() -> Dataset:
    build = DatasetBuilder(Task(name="street"), frames=Frames.of(["0.jpg", "1.jpg"], 64, 48))
    build.add_label("car", attributes=[AttributeSpec(0, "make", default_value="?", values=("?", "x"))])
    build.add_job(Job(1, stop_frame=1))
    for frame in (0, 1):
        build.add_shape("rectangle", frame, "car", (1, 2, 3, 4), attributes={"make": "x"}, job=0)
    return build.dataset()


def _label(before: Dataset, **changes: Any) -> Dataset:
    (label,) = before.labels.rows
    return before.replace(labels=Labels((replace(label, **changes),)))


def _spec(before: Dataset, **changes: Any) -> Dataset:
    return _label(before, attributes=(replace(before.labels.rows[0].attributes[0], **changes),))


def _first(after: Dataset) -> Label:
    return after.labels.rows[0]


def _extra(table: str) -> Change:
    return lambda before, text: before.replace(extras={table: {"note": Extra.of(["x", text][-rows_of(table) :])}})


def rows_of(table: str) -> int:
    return 2 if table in ("shapes", "frames", "attributes") else 1


PLACES: dict[str, tuple[str, str, Change, Look]] = {
    "name of the task": ("task", "name", lambda d, t: d.replace(task=Task(name=t)), lambda d: d.task.name),
    "owner": ("task", "owner", lambda d, t: d.replace(task=Task(owner=t)), lambda d: d.task.owner),
    "source": ("task", "source_name", lambda d, t: d.replace(task=Task(source_name=t)), lambda d: d.task.source_name),
    "assignee of a job": (
        "jobs", "assignee", lambda d, t: d.replace(jobs=(replace(d.jobs[0], assignee=t),)), lambda d: d.jobs[0].assignee
    ),
    "name of a frame": (
        "frames", "name", lambda d, t: d.replace(frames=Frames.of(["0.jpg", t], 64, 48)), lambda d: d.frames.names[1]
    ),
    "subset": (
        "frames", "subsets", lambda d, t: d.replace(frames=Frames.of(["0.jpg", "1.jpg"], 64, 48, subsets=["", t])),
        lambda d: d.frames.subsets[1],
    ),
    "name of a label": ("labels", "", lambda d, t: _label(d, name=t), lambda d: _first(d).name),
    "color": ("labels", "", lambda d, t: _label(d, color=t), lambda d: _first(d).color),
    "drawing": ("labels", "", lambda d, t: _label(d, svg=t), lambda d: _first(d).svg),
    "name of an attribute": ("labels", "", lambda d, t: _spec(d, name=t), lambda d: _first(d).attributes[0].name),
    "default": ("labels", "", lambda d, t: _spec(d, default_value=t), lambda d: _first(d).attributes[0].default_value),
    "choice": ("labels", "", lambda d, t: _spec(d, values=("?", t)), lambda d: _first(d).attributes[0].values[1]),
    "value of an attribute": (
        "attributes", "", lambda d, t: d.replace(attributes=d.attributes.replace(pool=(t,))),
        lambda d: d.attributes.pool[0],
    ),
} | {
    f"extra of {table}": (table, "extras.note", _extra(table), lambda d, t=table: d.extras[t]["note"].plain()[-1])
    for table in ("shapes", "frames", "labels", "dataset", "attributes")
}  # fmt: skip


@pytest.mark.parametrize("home", PLACES)
@pytest.mark.parametrize(
    ("step", "bad"),
    [("valid-text", HALF), ("xml-characters", HALF), ("xml-characters", NUL)],
    ids=["half", "xml", "0"],
)
def test_a_text_that_cannot_be_written_is_mended_and_told(home: str, step: str, bad: str) -> None:
    table, column, change, look = PLACES[home]
    after, losses = run(change(dataset(), bad), (step,))
    assert look(after) == GOOD
    assert after == change(dataset(), GOOD)  # and nothing else
    assert {(loss.kind, loss.table, loss.column) for loss in losses} == {("changed", table, column)}


@pytest.mark.parametrize("home", PLACES)
@pytest.mark.parametrize("step", ["valid-text", "xml-characters"])
def test_a_text_that_can_be_written_stays(home: str, step: str) -> None:
    for text in ("äöü 😀", "a\tb\nc", GOOD):
        before = PLACES[home][2](dataset(), text)
        after, losses = run(before, (step,))
        assert after is before or after == before
        assert len(losses) == 0


def test_json_carries_what_xml_does_not() -> None:
    before = PLACES["name of a label"][2](dataset(), NUL)
    after, losses = run(before, ("valid-text",))
    assert (after.labels[0].name, len(losses)) == (NUL, 0)


@pytest.mark.parametrize("table", ["shapes", "frames", "labels", "dataset"])
def test_names_of_extras_are_mended_too(table: str) -> None:
    columns = {name: Extra.of([name] * rows_of(table)) for name in ("c", "a\ud800", "a\udc00", "a\ufffd")}
    after, losses = run(dataset().replace(extras={table: columns}), ("valid-text",))
    assert {name: extra.plain()[0] for name, extra in after.extras[table].items()} == {
        "c": "c", "a\ufffd_": "a\ufffd", "a\ufffd__": "a\ufffd", "a\ufffd": "a\ufffd",
    }  # fmt: skip
    assert [(loss.column, loss.rows.tolist()) for loss in losses] == [
        (f"extras.{name}", [*range(rows_of(table))]) for name in ("a\ud800", "a\udc00")
    ]


def test_a_name_is_told_of_the_rows_that_have_it() -> None:
    note = Extra.of([1, 2]).without([0])
    after, losses = run(dataset().replace(extras={"shapes": {HALF: note}}), ("valid-text",))
    assert after.extras["shapes"][GOOD].plain() == [None, 2]
    assert [loss.rows.tolist() for loss in losses] == [[1]]


def test_coco_is_written_with_the_mended_name(tmp_path: Path) -> None:
    given = dataset().replace(extras={"shapes": {HALF: Extra.of([1, 2])}})
    losses = at.write(given, tmp_path / "out", "coco")
    assert ("shapes", f"extras.{HALF}") in {(loss.table, loss.column) for loss in losses}
    assert at.read(tmp_path / "out", "coco", extras=True).dataset.extras["shapes"][GOOD].plain() == [1, 2]
