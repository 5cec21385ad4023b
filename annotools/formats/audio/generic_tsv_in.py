"""From a table of intervals to a dataset, and what the server makes of one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from annotools.errors import InputError, Problem, Problems
from annotools.formats.audio.tables import NEEDED, RESERVED, Table, members_of, table_of, time_of
from annotools.formats.base import Read, ReadOptions
from annotools.formats.kernel.imported import imported
from annotools.formats.kernel.places import At, WrongRows
from annotools.formats.kernel.rows import Rows
from annotools.model import Dataset, Owner, Source
from annotools.model.columns import Array, Ints
from annotools.model.extras import Extra
from annotools.storage import Source as Files

_OPEN = -1, False  # no time, and nothing finer
_SOURCES = {source.word: int(source) for source in Source}


def read(source: Files, context: Dataset | None, options: ReadOptions) -> Read:
    """The dataset of a source, with every problem it has."""
    problems = Problems()
    rows = Rows(source, context, problems, options)
    _fill(rows, source, context, problems, needs_file=False)
    return rows.read()


def read_as_server(source: Files, context: Dataset | None, options: ReadOptions) -> Read:
    """The dataset of a source as the server stores it: every line names the recording, and sources are `file`."""
    problems = Problems()
    rows = Rows(source, context, problems, options)
    _fill(rows, source, context, problems, needs_file=True)
    result = imported(rows.read(), options)
    table = result.dataset.intervals
    stored = table.replace(source=np.full(len(table), int(Source.FILE)), extras={})
    return replace(result, dataset=result.dataset.replace(intervals=stored))


def _fill(rows: Rows, source: Files, context: Dataset | None, problems: Problems, *, needs_file: bool) -> None:
    names = members_of(source)
    if not names:
        raise InputError(Problem("holds no table", source.name, expected="a .tsv file"))
    rows.task(media_type="audio", dimension="1d")
    for name in names:
        table = table_of(source, name, problems)
        at = At(name, np.array(table.line, np.int64))
        mine = _of_recording(rows, table, at, context, problems, needs_file=needs_file)
        _add(rows, table, mine, at, problems)


def _of_recording(
    rows: Rows, table: Table, at: At, context: Dataset | None, problems: Problems, *, needs_file: bool
) -> Array:
    """The rows of the one recording: that of the context, or the first that is named."""
    files = [cells.get("filename", "") for cells in table.cells]
    known = _recordings(context)
    named = list(dict.fromkeys(file for file in files if file))
    if not known and named:
        known = named[:1]
        rows.frames(known, at=at)
    others = {file for file in named if file not in known}
    for file in sorted(others):
        row = files.index(file)
        problems.append(at.problem(row, f"filename is {file[:60]!r}", expected=f"{known[0]!r}, the recording"))
    wrong = WrongRows(at)
    for row in [n for n, file in enumerate(files) if not file] if needs_file else ():
        wrong.add(row, "there is no filename", "that of the recording")
    problems.extend(wrong.all())
    good = [row for row, file in enumerate(files) if file not in others and (file or not needs_file)]
    rows.left_out("interval of another recording", len(files) - len(good))
    return np.array(good, np.int64)


def _recordings(context: Dataset | None) -> list[str]:
    if context is None:
        return []
    return [name for name in (*context.frames.names[:1], context.task.source_name) if name]


def _add(rows: Rows, table: Table, mine: Array, at: At, problems: Problems) -> None:
    """The intervals of some rows of a table."""
    start, stop, good = _times(rows, table, mine, at, problems)
    score = _scores(table, mine, at, problems)
    wrong = WrongRows(at)
    for row in mine[~np.array([bool(table.cells[row]["label"]) for row in mine.tolist()], np.bool_)].tolist():
        wrong.add(row, "there is no label", "the name of a label")
    problems.extend(wrong.all())
    good &= np.array([bool(table.cells[row]["label"]) for row in mine.tolist()], np.bool_)
    rows.left_out("interval", int((~good).sum()))
    mine, start, stop, score = mine[good], start[good], stop[good], score[good]
    cells = [table.cells[row] for row in mine.tolist()]
    label = rows.labels([each["label"] for each in cells], at=at[mine])
    source = [_SOURCES.get(each.get("source", "").lower(), int(Source.MANUAL)) for each in cells]
    group = [_whole(each.get("group", "")) or 0 for each in cells]
    ids = [_whole(each.get("id", "")) for each in cells]
    there = np.array([number is not None for number in ids], np.bool_)
    made = rows.intervals(
        label, start, stop, at[mine], score=score, source=np.array(source, np.int64), group=np.array(group, np.int64),
        interval_id=Extra(np.array([number or 0 for number in ids], np.int64), there),
    )  # fmt: skip
    for name in sorted(set(table.columns) - {*RESERVED}):
        filled = [n for n, each in enumerate(cells) if each[name]]
        rows.attributes(Owner.INTERVAL, made[filled], name, [cells[n][name] for n in filled])


def _times(rows: Rows, table: Table, mine: Array, at: At, problems: Problems) -> tuple[Ints, Ints, Array]:
    """Starts, stops (-1: open) and which rows have both."""
    columns: dict[str, Ints] = {name: np.full(len(mine), -1, np.int64) for name in NEEDED[:2]}
    good, finer, wrong = np.ones(len(mine), np.bool_), 0, WrongRows(at)
    for name, column in columns.items():
        texts = [table.cells[row][name] for row in mine.tolist()]
        times = {text: _OPEN if name == "stop" and not text.strip() else time_of(text) for text in set(texts)}
        known = [times[text] or _OPEN for text in texts]
        column[:] = [time for time, _ in known]
        finer += sum(fine for _, fine in known)
        bad = np.flatnonzero([times[text] is None for text in texts])
        good[bad] = False
        odd = [texts[index] for index in bad.tolist()]
        wrong.add_each(mine[bad].tolist(), odd, f"{name} is {{}}", "a time, as 0:00:02.450")
    problems.extend(wrong.all())
    rows.repaired("time finer than a millisecond", "what is behind is left out", finer)
    return columns["start"], columns["stop"], good


def _scores(table: Table, mine: Array, at: At, problems: Problems) -> Array:
    scores, wrong = np.ones(len(mine)), WrongRows(at)
    texts = [table.cells[row].get("score", "").strip() for row in mine.tolist()]
    for index in [index for index, text in enumerate(texts) if text]:
        text = texts[index]
        try:
            scores[index] = float(text)
        except ValueError:
            wrong.add(int(mine[index]), f"score is {text[:40]!r}", "a number")
    problems.extend(wrong.all())
    return scores


def _whole(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isdecimal() and len(text) < 16 else None
