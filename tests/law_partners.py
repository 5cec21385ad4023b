"""Which row of one dataset is which of another, for the law of losses; independent of the code that it judges."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from annotools.model import Dataset, Label, Owner

Partners = dict[int, int]
Row = dict[str, Any]
_WEIGHT = {"points": 4, "type": 3, "label": 2, "frame": 2, "start": 2, "stop": 2}
TABLES = {"tags": Owner.TAG, "shapes": Owner.SHAPE, "tracks": Owner.TRACK, "intervals": Owner.INTERVAL}
REFERENCES = {"track", "parent", "group"}
IDS = {"id"}


class Side:
    """A dataset with its rows as plain values."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.labels = {label.id: path_of(dataset, label) for label in dataset.labels}
        self.rows = {name: self._table(name) for name in TABLES}
        self.members: dict[int, set[tuple[str, int]]] = {}
        for name, rows in self.rows.items():
            for number, row in enumerate(rows):
                if row["group"]:
                    self.members.setdefault(row["group"], set()).add((name, number))

    def _table(self, name: str) -> list[Row]:
        table: Any = getattr(self.dataset, name)
        columns = {column: values.tolist() for column, values in table.columns().items()}
        columns["label"] = [self.labels.get(number, f"#{number}") for number in columns["label"]]
        if name == "shapes":
            columns["points"] = [_plain(table.points(row).tolist()) for row in range(len(table))]
        for extra, column in table.extras.items():
            if not column.derived:
                columns[f"extras.{extra}"] = column.plain()
        return [{column: _plain(values[row]) for column, values in columns.items()} for row in range(len(table))]


def _plain(value: Any) -> Any:
    """A value that equals itself: NaN too, and 0 is -0."""
    if isinstance(value, list):
        return tuple(map(_plain, value))
    if isinstance(value, float):
        return "nan" if value != value else value + 0.0
    return value


def path_of(dataset: Dataset, label: Label) -> str:
    above = dataset.labels.by_id.get(label.parent) if label.parent is not None else None
    return label.name if above is None else f"{above.name}/{label.name}"


def partners_of(x: Side, y: Side) -> dict[str, Partners]:
    same = {name: _by_id(x.rows[name], y.rows[name]) for name in TABLES}
    for name, known in same.items():  # where ids are kept, a row with one is nobody else
        x.rows[name] = [row | {"decided": bool(known) and row["id"] >= 0} for row in x.rows[name]]
    partners = {name: same[name] | _matched(x.rows[name], y.rows[name], same[name]) for name in ("tags", "intervals")}
    given, shapes = _with_label(x, y), same["shapes"]
    shapes |= _matched(given, y.rows["shapes"], shapes, only=lambda row: bool(row["points"]))
    tracks = same["tracks"]
    tracks |= _voted(_pairs(x, y, shapes, "shapes", "track"), tracks)
    tracks |= _voted(_pairs(x, y, tracks, "tracks", "parent"), tracks)
    tracks |= _matched(x.rows["tracks"], y.rows["tracks"], known=tracks)
    shapes |= _voted(_pairs(x, y, shapes, "shapes", "parent"), shapes)
    shapes |= _by_track(x, y, tracks, shapes)
    shapes |= _matched(given, y.rows["shapes"], known=shapes)
    return partners | {"shapes": shapes, "tracks": tracks}


def _by_id(xs: list[Row], ys: list[Row]) -> Partners:
    """Rows of one id are the same, where ids are given and no two rows have one."""
    there = {row["id"]: n for n, row in enumerate(ys) if row["id"] >= 0}
    ids = [row["id"] for row in xs if row["id"] >= 0]
    known = [row["id"] for row in ys if row["id"] >= 0]
    if len(set(ids)) < len(ids) or len(set(known)) < len(known):
        return {}
    return {n: there[row["id"]] for n, row in enumerate(xs) if row["id"] in there}


def _with_label(x: Side, y: Side) -> list[Row]:
    """The shapes; a label that is still there is not another's, so a row of it does not take that of another."""
    labels = set(y.labels.values())
    return [row | {"same_label": row["label"] in labels} for row in x.rows["shapes"]]


def _pairs(x: Side, y: Side, partners: Partners, table: str, reference: str) -> Counter[tuple[int, int]]:
    pairs = ((x.rows[table][a][reference], y.rows[table][b][reference]) for a, b in partners.items())
    return Counter(pair for pair in pairs if min(pair) >= 0)


def _voted(votes: Counter[tuple[int, int]], known: Partners | None = None) -> Partners:
    """Owners of parts that are partners are partners, by most votes."""
    voted: Partners = {}
    taken = set((known or {}).values())
    for (a, b), _ in votes.most_common():
        if a not in voted and a not in (known or {}) and b not in taken:
            voted[a] = b
            taken.add(b)
    return voted


def _by_track(x: Side, y: Side, tracks: Partners, known: Partners) -> Partners:
    there = {(row["track"], row["frame"]): n for n, row in enumerate(y.rows["shapes"]) if n not in known.values()}
    return {
        n: there[key]
        for n, row in enumerate(x.rows["shapes"])
        if n not in known and (key := (tracks.get(row["track"], -2), row["frame"])) in there
    }


def _matched(
    xs: list[Row], ys: list[Row], known: Partners | None = None, only: Callable[[Row], bool] = lambda row: True
) -> Partners:
    """Partners by most equal cells, at least half of what there is to be equal."""
    known = known or {}
    scored = [
        (_alike(a, b), -i - j, i, j)
        for i, a in enumerate(xs) if i not in known and only(a) and not a["decided"]
        for j, b in enumerate(ys) if j not in known.values() and only(b)
        if a["label"] == b["label"] or not a.get("same_label")
    ]  # fmt: skip
    matched: Partners = {}
    for score, _, i, j in sorted(scored, reverse=True):
        if score >= 0.5 and i not in matched and j not in matched.values():
            matched[i] = j
    return matched


def _alike(a: Row, b: Row) -> float:
    names = (a.keys() & b.keys()) - REFERENCES - IDS
    weights = {name: _WEIGHT.get(name, 0.5) for name in names}
    likeness = {name: _near(a[name], b[name]) if name == "points" else float(a[name] == b[name]) for name in names}
    return sum(weights[name] * likeness[name] for name in names) / sum(weights.values())


def _near(a: tuple[Any, ...], b: tuple[Any, ...]) -> float:
    """How near points are: those of twins are told apart although a format rounds them."""
    if a == b or len(a) != len(b) or "nan" in (*a, *b):
        return float(a == b)
    return 0.9 / (1 + max(abs(x - y) for x, y in zip(a, b, strict=True)))
