"""The law of losses, independent of the code that it judges: every difference is named, and nothing else is.

Two datasets are compared cell by cell.  Rows find their partners by what they say, never by their numbers; references
(track, parent, group) are compared through partners, labels by name, attributes by the name of their definition.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from annotools.model import Dataset, Label, Loss, Owner
from tests.law_partners import IDS, REFERENCES, TABLES, Partners, Row, Side, partners_of, path_of

Cell = tuple[str, int, str]  # table, row, column; no column: the row as a whole

MATES = "group: others"  # of a row that stays in its group while others leave it


def differences(before: Dataset, after: Dataset) -> set[Cell]:
    """The cells of `before` that differ in `after`; a row of `after` that is nobody's is a cell of row -1."""
    sides = Side(before), Side(after)
    partners = partners_of(*sides)
    cells = _definitions(before, after)
    for name in TABLES:
        cells |= _rows(name, sides, partners)
    return cells | _attributes(sides, partners)


def named(losses: Iterable[Loss]) -> set[Cell]:
    """The cells that losses name."""
    return {(loss.table, row, loss.column) for loss in losses for row in loss.rows.tolist()}


def unnamed(before: Dataset, after: Dataset, losses: Iterable[Loss]) -> set[Cell]:
    """Differences that no loss names.  A row that is lost takes along what refers to it."""
    counted = named(losses)
    gone = dependants(before, {cell for cell in counted if not cell[2]})
    differing = without_mates(before, differences(before, after), counted)
    return {
        (table, row, column)
        for table, row, column in differing
        if (table, row, column) not in counted and (table, row, "") not in gone and not is_foreign(column)
    }


def invented(before: Dataset, after: Dataset, losses: Iterable[Loss]) -> set[Cell]:
    """Cells that a loss names although they do not differ.  Ids are made anew and may happen to be equal."""
    differing = differences(before, after)
    differing |= {(table, row, "group") for table, row, column in differing if column == MATES}
    return {cell for cell in named(losses) if cell not in differing and not _is_id(cell[2])}


def _is_id(column: str) -> bool:
    return column in IDS or column.endswith("_id")


def is_foreign(column: str) -> bool:
    return column.startswith("extras.") and column.endswith("_id")


def _rows(name: str, sides: tuple[Side, Side], partners: dict[str, Partners]) -> set[Cell]:
    x, y = sides
    cells: set[Cell] = set()
    for number, row in enumerate(x.rows[name]):
        other = partners[name].get(number)
        if other is None:
            cells.add((name, number, ""))
            continue
        there = y.rows[name][other]
        plain = (row.keys() - REFERENCES - IDS - {"decided"}) | {column for column in IDS if row[column] >= 0}
        cells |= {(name, number, column) for column in plain if row[column] != there.get(column)}
        cells |= {(name, number, column) for column in _moved(name, row, there, partners)}
        cells |= {(name, number, column) for column in _regrouped(sides, (name, number), (name, other), partners)}
    nobody = set(range(len(y.rows[name]))) - set(partners[name].values())
    return cells | {(name, -1, f"made: {y.rows[name][number]}") for number in nobody}


def _moved(name: str, row: Row, there: Row, partners: dict[str, Partners]) -> set[str]:
    """References that lead to somebody else.  An owner that is gone is a loss of its own."""
    moved = set()
    for column, table in (("track", "tracks"), ("parent", name)):
        if column in row:
            expected = partners[table].get(row[column], -1) if row[column] >= 0 else -1
            if there[column] != expected:
                moved.add(column)
    return moved


def _regrouped(
    sides: tuple[Side, Side], one: tuple[str, int], other: tuple[str, int], partners: dict[str, Partners]
) -> set[str]:
    """Whether a row is in a group no more, or for the first time, or those of its group that are still there differ."""
    x, y = sides
    groups = x.rows[one[0]][one[1]]["group"], y.rows[other[0]][other[1]]["group"]
    if bool(groups[0]) != bool(groups[1]):
        return {"group"}
    if not groups[0]:
        return set()
    before = {(name, partners[name][row]) for name, row in x.members[groups[0]] if row in partners[name]}
    known = {(name, row) for name, pairs in partners.items() for row in pairs.values()}
    return {MATES} if before != y.members[groups[1]] & known else set()


def _attributes(sides: tuple[Side, Side], partners: dict[str, Partners]) -> set[Cell]:
    before, after = (_values(side) for side in sides)
    cells: set[Cell] = set()
    seen: Counter[Any] = Counter()
    for number, (table, row, name, value) in enumerate(before):
        key = (table, partners[table].get(row), name, value)
        seen[key] += 1
        if key[1] is None or seen[key] > after.count(key):
            cells.add(("attributes", number, ""))
    more = Counter(after) - seen
    return cells | {("attributes", -1, f"made: {key}") for key in more}


def _values(side: Side) -> list[tuple[str, int | None, str, str]]:
    attributes, specs = side.dataset.attributes, side.dataset.labels.specs
    names = {owner: name for name, owner in TABLES.items()}
    columns = zip(attributes.kind.tolist(), attributes.owner.tolist(), attributes.spec.tolist(), strict=True)
    return [
        (names[Owner(kind)], row, specs[spec][1].name if spec in specs else f"#{spec}", text)
        for (kind, row, spec), text in zip(columns, attributes.texts(), strict=True)
    ]


def _definitions(before: Dataset, after: Dataset) -> set[Cell]:
    cells: set[Cell] = set()
    for one in fields(before.task):
        a, b = getattr(before.task, one.name), getattr(after.task, one.name)
        if a != b and not (one.name == "stop_frame" and {a, b} == {None, _last(before)}):
            cells.add(("task", 0, one.name))
    cells |= _labels(before, after) | _frames(before, after)
    for row, job in enumerate(before.jobs):
        if row >= len(after.jobs):
            cells |= {("jobs", row, ""), *((("jobs", row, "included"),) if job.included is not None else ())}
        else:
            names = (one.name for one in fields(job))
            cells |= {("jobs", row, n) for n in names if getattr(job, n) != getattr(after.jobs[row], n)}
    cells |= {("jobs", -1, "made")} if len(after.jobs) > len(before.jobs) else set()
    return cells | _extras("dataset", before, after, {0: 0})


def _last(dataset: Dataset) -> int:
    return dataset.task.start_frame + dataset.task.step * max(len(dataset.frames) - 1, 0)


def _labels(before: Dataset, after: Dataset) -> set[Cell]:
    cells: set[Cell] = set()
    there = {path_of(after, label): row for row, label in enumerate(after.labels)}
    partners: Partners = {}
    for row, label in enumerate(before.labels):
        other = there.get(path_of(before, label))
        if other is None:
            cells.add(("labels", row, ""))
            continue
        partners[row] = other
        names = ("type", "color", "svg", "attributes", "id")
        cells |= {("labels", row, n) for n in names if _label_field(label, n) != _label_field(after.labels[other], n)}
    nobody = there.keys() - {path_of(before, label) for label in before.labels}
    return cells | {("labels", -1, f"made: {path}") for path in nobody} | _extras("labels", before, after, partners)


def _label_field(label: Label, name: str) -> Any:
    if name != "attributes":
        return getattr(label, name)
    return [(s.name, s.mutable, s.input_type, s.default_value, s.values) for s in label.attributes]


def _frames(before: Dataset, after: Dataset) -> set[Cell]:
    a, b = before.frames, after.frames
    shared = range(min(len(a), len(b)))
    cells: set[Cell] = {("frames", row, "") for row in range(len(b), len(a))}
    cells |= {("frames", -1, "made")} if len(b) > len(a) else set()
    columns = {"name": ("names",), "size": ("width", "height"), "deleted": ("deleted",), "subsets": ("subsets",)}
    columns["related"] = ("related",)
    for name, parts in columns.items():
        cells |= {
            ("frames", row, name)
            for row in shared
            if any(getattr(a, part)[row] != getattr(b, part)[row] for part in parts)
        }
    return cells | _extras("frames", before, after, {row: row for row in shared})


def _extras(table: str, before: Dataset, after: Dataset, partners: Partners) -> set[Cell]:
    cells: set[Cell] = set()
    there = {name: extra.plain() for name, extra in after.extras[table].items()}
    for name, extra in before.extras[table].items():
        if not extra.derived:
            values = extra.plain()
            other = there.get(name, [None] * (max(partners.values(), default=0) + 1))
            cells |= {
                (table, row, f"extras.{name}")
                for row, partner in partners.items()
                if values[row] is not None and values[row] != other[partner]
            }
    return cells


def dependants(dataset: Dataset, gone: set[Cell]) -> set[Cell]:
    """With whole rows go those that refer to them: keyframes, elements, attributes; with a label what has it."""
    gone = gone | _labelled(dataset, {row for table, row, column in gone if table == "labels" and not column})
    lost = {
        name: {row for table, row, _ in gone if table == name} for name in ("tags", "shapes", "tracks", "intervals")
    }
    shapes, tracks = dataset.shapes, dataset.tracks
    lost["tracks"] |= {row for row, above in enumerate(tracks.parent.tolist()) if above in lost["tracks"]}
    for row, (track, above) in enumerate(zip(shapes.track.tolist(), shapes.parent.tolist(), strict=True)):
        if track in lost["tracks"] or above in lost["shapes"]:
            lost["shapes"].add(row)
    names = {owner: name for name, owner in TABLES.items()}
    attributes = dataset.attributes
    owners = zip(attributes.kind.tolist(), attributes.owner.tolist(), strict=True)
    inner: set[Cell] = {("attributes", n, "") for n, (k, row) in enumerate(owners) if row in lost[names[Owner(k)]]}
    return gone | inner | {(name, row, "") for name, rows in lost.items() for row in rows}


def _labelled(dataset: Dataset, rows: set[int]) -> set[Cell]:
    """The rows of some labels and of their points."""
    labels = [dataset.labels[row].id for row in rows]
    ids = {label.id for label in dataset.labels if label.id in labels or label.parent in labels}
    tables = ((name, getattr(dataset, name).label.tolist()) for name in TABLES)
    return {(name, row, "") for name, column in tables for row, label in enumerate(column) if label in ids}


def without_mates(dataset: Dataset, cells: set[Cell], named_cells: set[Cell]) -> set[Cell]:
    """Without the groups of rows that stay in theirs while others, which are named, leave it."""
    left = {
        int(getattr(dataset, table).group[row])
        for table, row, column in dependants(dataset, named_cells)
        if table in TABLES and column in ("", "group") and row >= 0
    }  # fmt: skip
    return {
        cell for cell in cells
        if cell[2] != MATES or cell[1] < 0 or int(getattr(dataset, cell[0]).group[cell[1]]) not in left
    }  # fmt: skip
