"""What reports look up of many findings at once is what they look up of each alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotools import validate as at_validate
from annotools.errors import AnnotoolsError
from annotools.model import Dataset, Frames, ShapeType
from annotools.model.tables import Shapes
from annotools.validate.edits import grouped
from annotools.validate.findings import Where
from annotools.validate.fixing.changes import CannotError, Change, ClashError, OneFix
from annotools.validate.fixing.dialects import dialect_of
from annotools.validate.fixing.json_text import JsonText, NoPlaceError
from annotools.validate.registry import all_rules
from annotools.validate.report import Report
from annotools.validate.reports import render
from annotools.validate.reports.outline import Outlines
from annotools.validate.reports.svg import Drawings
from annotools.validate.reports.texts import Texts
from tests.validate.examples import files_of, parts_of

ITEMS = st.sampled_from(['"a,]"', "1", "[ 1 , 2 ]", '{"b": [","]}', "null", '"é"'])
GAPS = st.sampled_from([",", ", ", " ,\n", ",\r\n\t "])


@given(st.lists(ITEMS, min_size=1, max_size=40), st.lists(GAPS, min_size=40, max_size=40), st.booleans())
def test_items_of_lists_stand_where_they_were_written(items: list[str], gaps: list[str], same: bool) -> None:
    text, starts = ' {"l": [ ', []
    for item, gap in zip(items, gaps[:1] * 40 if same else gaps, strict=False):
        text += gap if starts else ""
        starts.append(len(text.encode()))
        text += item
    found_in = JsonText(f"{text} ]}}\n".encode())
    spans = [found_in.item("/l", number) for number in range(len(items))]
    assert [span.start for span in spans] == starts
    assert [found_in.bytes(span).decode() for span in spans] == items
    assert not found_in.has(f"/l/{len(items)}")


def _outcome(alone: Callable[[Sequence[Any]], Mapping[str, list[Change]]], edits: Sequence[Any]) -> Any:
    """Changes, or that it is refused."""
    try:
        return {member: [*map(tuple, changes)] for member, changes in alone(edits).items()}
    except (CannotError, ClashError, NoPlaceError, KeyError):
        return "refused"


def _written(changes: dict[str, list[Change]], report: Report) -> dict[str, bytes]:
    """Members with changes made by the byte."""
    texts, members = Texts(report), {}
    for member, parts in changes.items():
        data, made = texts.data(member) or b"", b""
        position = 0
        for start, stop, new in parts:
            made, position = made + data[position:start] + new, stop
        members[member] = made + data[position:]
    return members


@pytest.mark.parametrize("code", sorted(all_rules()))
def test_a_fix_alone_changes_what_it_changes_among_others(code: str, tmp_path: Path) -> None:
    """Each fix of each bad example, by the quick way and by a change that is taken back; JSON stays JSON."""
    for number, bad in enumerate(all_rules()[code].manual.bad):
        folder = tmp_path / str(number)
        for name, data in files_of(parts_of(bad)).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        try:
            report = at_validate(str(folder), select="ALL")
        except AnnotoolsError:  # an example that is no input by itself
            continue
        edits = dialect_of(report.slug, report.dataset, Texts(report).source())
        assert isinstance(edits, OneFix)
        for steps in [grouped(finding.fix.edits) for finding in report.findings() if finding.fix]:
            quick = _outcome(edits.alone, steps)
            assert quick == _outcome(partial(OneFix.alone, edits), steps)
            if isinstance(quick, dict) and report.slug == "cvat-api":
                assert all(json.loads(text) for text in _written(quick, report).values())


def test_fixes_of_members_without_annotations_are_written(tmp_path: Path) -> None:
    """The list of labels beside MOT begins with a mark of byte order: three bytes, one character."""
    (tmp_path / "gt").mkdir()
    (tmp_path / "gt" / "gt.txt").write_text("1,1,10,20,30,40,1,1,1\n")
    (tmp_path / "gt" / "labels.txt").write_bytes(b"\xef\xbb\xbfcar\n")
    report = at_validate(str(tmp_path), slug="mot", select="FMT100")
    (result,) = json.loads("".join(render("sarif", [report])))["runs"][0]["results"]
    (change,) = result["fixes"][0]["artifactChanges"]
    assert change["artifactLocation"]["uri"].endswith("gt/labels.txt")
    region = {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 2}
    assert change["replacements"] == [{"deletedRegion": region, "insertedContent": {"text": ""}}]


KINDS = [ShapeType.RECTANGLE, ShapeType.POLYGON, ShapeType.POLYLINE, ShapeType.POINTS, ShapeType.ELLIPSE]
NUMBERS = st.sampled_from([0.0, -0.0, 0.004, 5, 10, 60.125, 199, -3, 1e6, 1e9, np.nan, np.inf])
ROWS = st.tuples(st.sampled_from(KINDS), st.lists(NUMBERS, max_size=8), st.sampled_from([0.0, 30.0]), st.integers(0, 2))


@settings(max_examples=60, deadline=None)
@given(st.lists(ROWS, min_size=1, max_size=30))
def test_shapes_are_drawn_together_as_alone(rows: list[tuple[ShapeType, list[float], float, int]]) -> None:
    shapes = Shapes.of(
        type=[row[0] for row in rows], frame=[row[3] for row in rows], label=[1] * len(rows),
        rotation=[row[2] for row in rows], values=[number for row in rows for number in row[1]],
        offsets=np.cumsum([0, *(len(row[1]) for row in rows)]),
    )  # fmt: skip
    dataset = Dataset(frames=Frames(names=("a", "b", "c"), width=[200, 0, 50], height=[100, 0, 900]), shapes=shapes)
    outlines, numbers = Outlines(dataset), range(len(rows))
    for strokes, number in zip(outlines.many(numbers), numbers, strict=True):
        assert [stroke.tolist() for stroke in strokes] == [stroke.tolist() for stroke in outlines.strokes(number)]
    wheres = [(Where(kind="shape", row=n), Where(kind="shape", row=(n * 7) % len(rows))) for n in numbers]
    drawings, alone = Drawings(dataset), [Drawings(dataset).of(*pair) for pair in wheres]
    assert drawings.many(wheres) == alone
    assert drawings.many(wheres[::-1]) == alone[::-1]  # of what is kept
