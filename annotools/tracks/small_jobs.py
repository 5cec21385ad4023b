"""Tracks of very many jobs with few rows each put together: as `joining` does it, but all jobs at once.

    jobs 0-4, 1-5, 2-6 ..    of each job a track of two rows, and thousands of jobs

What a job makes of the tracks before it depends on the jobs before, but mostly on the last ones.  So all jobs are gone
through with what is known of how tracks agree, or else with what came of it the last time; what is not known of the
state that a job meets is reckoned for all jobs together, until there is nothing left that is not known.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import NamedTuple

import msgspec
import numpy as np
from msgspec.structs import replace

from annotools.geometry.ragged import Bools, Ints
from annotools.model.codes import POLYGON, RECTANGLE
from annotools.model.dataset import Dataset
from annotools.model.definitions import Job
from annotools.model.frames import Frames
from annotools.tracks.agreement import TRACKS_AGREE, Pairs, twins
from annotools.tracks.track_agreement import track_pairs
from annotools.tracks.windows import NEVER, State, home_positions, roots_of, starts_behind

MANY, FEW = 30, 40  # jobs from which on, and rows a job up to which, it is worth it
ROUNDS = 8
Row = tuple[int, int, bool, int]  # frame, its number among the rows of its track, outside, source: ~ of one that closes
Mates = list[tuple[int, int]]  # tracks of a job, and those before that become one with them


class Question(NamedTuple):
    """What decides which tracks of a job go on which of those before.

    one, other: tracks of the job, and those before.  starts, rows: of all these; (frame, outside, source) as far as it
    matters.  span: first and last frame.
    """

    one: tuple[int, ...]
    other: tuple[int, ...]
    starts: tuple[int, ...]
    rows: tuple[tuple[tuple[int, bool, int], ...], ...]
    span: tuple[int, int]


class _Line(msgspec.Struct):
    """A track as it stands.  rows: by frame.  able: whether it is of shapes that can agree."""

    start: int
    able: bool
    rows: list[Row] = msgspec.field(default_factory=list)

    def add(self, frame: int, outside: bool, source: int) -> None:
        """Put in a row, behind all others of its frame."""
        insort(self.rows, (frame, len(self.rows), outside, source))

    def has(self, frame: int) -> bool:
        """Whether it has a row on a frame."""
        at = bisect_left(self.rows, (frame,))
        return at < len(self.rows) and self.rows[at][0] == frame

    def around(self, first: int, last: int) -> tuple[tuple[int, bool, int], ...]:
        """The rows on some frames, and the nearest before and behind."""
        start, stop = bisect_left(self.rows, (first + 1,)), bisect_left(self.rows, (last,))
        start = bisect_left(self.rows, (self.rows[start - 1][0],)) if start else 0
        stop = bisect_left(self.rows, (self.rows[stop][0] + 1,)) if stop < len(self.rows) else stop
        return tuple((frame, out, max(source, ~source)) for frame, _, out, source in self.rows[start:stop])


def joined_small(state: State, jobs: list[int], ends: list[int]) -> State | None:
    """The tracks of jobs put together; None where that is better done job by job."""
    if len(jobs) < MANY or len(state.source) > FEW * len(jobs):
        return None
    return _Jobs(state, jobs, ends).joined()


class _Jobs:
    """All jobs of a state, their tracks and rows."""

    def __init__(self, state: State, jobs: list[int], ends: list[int]) -> None:
        self._state, self._ends = state, ends
        self._jobs = [state.dataset.jobs[job] for job in jobs]
        tracks = state.dataset.tracks
        self._home = home_positions(tracks, jobs)
        self._roots, self._parent = roots_of(tracks).tolist(), tracks.parent.tolist()
        self._later = starts_behind(state.dataset, jobs)
        self._tracks: list[list[int]] = [[] for _ in jobs]
        for track, home in enumerate(self._home.tolist()):
            if home >= 0:
                self._tracks[home].append(track)
        self._rows: list[list[tuple[int, bool, int]]] = [[] for _ in self._parent]
        columns = (column.tolist() for column in (state.track, state.frame, state.outside, state.source))
        for track, frame, outside, source in zip(*columns, strict=True):
            self._rows[track].append((frame, outside, source))
        kind = state.dataset.shapes.type
        self._able = ((kind == RECTANGLE) | (kind == POLYGON)).tolist()
        self._whole = {track for track in self._parent if track >= 0}  # they have elements, and agree with nothing
        self._lines: dict[int, _Line] = {}
        self._into: dict[int, int] = {}
        self._known: list[tuple[Question, Mates] | None] = [None] * len(jobs)
        self._unknown: list[tuple[int, Question]] = []

    def joined(self) -> State | None:
        """The state when all is done, None where that takes too long."""
        for _ in range(ROUNDS):
            self._go_through()
            if not self._unknown:
                return self._end()
            self._answer()
        return None

    def _go_through(self) -> None:
        self._lines, self._into, self._unknown = {}, {}, []
        chosen: list[int] = []
        for position, new in enumerate(self._tracks):
            self._lines |= {track: self._line(track) for track in new}
            if position and (chosen or new):
                self._join(position, chosen, new)
            later = self._later[position + 1]
            chosen = [track for track in sorted(chosen + new) if self._goes_on(self._roots[track], later)]

    def _line(self, track: int) -> _Line:
        line = _Line(int(self._state.start[track]), any(self._able[row[2]] for row in self._rows[track]))
        for row in self._rows[track]:
            line.add(*row)
        return line

    def _goes_on(self, track: int, later: int) -> bool:
        line = self._lines.get(track)
        return later < NEVER and line is not None and _is_open(line, later)

    def _join(self, position: int, chosen: list[int], new: list[int]) -> None:
        """What a job makes of its tracks and those before."""
        start, end = self._jobs[position].start_frame, self._ends[position]
        ours = [track for track in chosen if self._is_whole_open(track, start)]
        theirs = [track for track in new if self._is_whole_open(track, start) and self._lines[track].start < end]
        mates = self._mates(position, theirs, ours, (start, end - 1))
        taken = {old for _, old in mates}
        ending = [track for track in ours if track not in taken]
        left = {track for track in ending if not self._lines[track].rows[-1][2]}
        ending += [track for track in chosen + new if self._parent[track] in left and track in self._lines]
        for track in ending:
            self._close(self._lines[track], end)
        for one, other in mates:
            self._unite(one, other)

    def _is_whole_open(self, track: int, start: int) -> bool:
        line = self._lines.get(track)
        return line is not None and self._parent[track] < 0 and _is_open(line, start)

    @staticmethod
    def _close(line: _Line, end: int) -> None:
        if line.rows and not line.rows[-1][2]:
            source = line.rows[-1][3]
            line.add(end, True, min(source, ~source))

    def _unite(self, new: int, old: int) -> None:
        mine, line = self._lines.pop(new), self._lines.pop(old)
        stays, goes = (new, old) if mine.start < line.start else (old, new)
        kept = [row for row in sorted(mine.rows, key=_number) if not line.has(row[0])]
        for frame, _, outside, source in kept:
            line.add(frame, outside, source)
        line.able |= any(self._able[max(row[3], ~row[3])] for row in kept)
        line.start = min(mine.start, line.start)
        self._lines[stays] = line
        self._into[goes] = stays

    def _mates(self, position: int, theirs: list[int], ours: list[int], span: tuple[int, int]) -> Mates:
        """The tracks of a job that go on one before: as far as it is known, else as it was the last time."""
        one, other = ([t for t in side if self._lines[t].able and t not in self._whole] for side in (theirs, ours))
        if not one or not other or span[1] < span[0]:
            return []
        lines = [self._lines[track] for track in chain(one, other)]
        rows = tuple(line.around(*span) for line in lines)
        question = Question(tuple(one), tuple(other), tuple(line.start for line in lines), rows, span)
        known = self._known[position]
        if known is not None and known[0] == question:
            return known[1]
        self._unknown.append((position, question))
        return [] if known is None else self._guessed(known[1], question)

    def _guessed(self, mates: Mates, question: Question) -> Mates:
        """What came of it the last time, where there are such tracks now."""
        now = [(one, self._label(other)) for one, other in mates]
        often = Counter(other for _, other in now)
        return [(i, j) for i, j in now if i in question.one and j in question.other and often[j] == 1]

    def _label(self, track: int) -> int:
        while track in self._into:
            track = self._into[track]
        return track

    def _answer(self) -> None:
        """Find out what is not known, for all jobs at once."""
        questions = [question for _, question in self._unknown]
        tracks = [*chain.from_iterable(question.one + question.other for question in questions)]
        group = np.repeat(np.arange(len(questions)), [len(question.starts) for question in questions])
        one, other = twins(_agreements(self._state, questions, np.array(tracks), group), TRACKS_AGREE)
        mates: list[Mates] = [[] for _ in questions]
        for which, i, j in zip(group[one].tolist(), one.tolist(), other.tolist(), strict=True):
            mates[which].append((tracks[i], tracks[j]))
        for (position, question), some in zip(self._unknown, mates, strict=True):
            self._known[position] = question, some

    def _end(self) -> State:
        state = self._state
        apart = np.flatnonzero(self._home[state.track] < 0)
        alive, start = state.alive.copy(), state.start.copy()
        alive[list(self._into)] = False
        for track, line in self._lines.items():
            start[track] = line.start
        parts = [state.rows(apart)]
        for track, line in self._lines.items():
            parts.append(_columns(track, line.rows))
        source, frame, outside, track = np.concatenate(parts).T
        order = np.lexsort((np.where(source < 0, np.arange(len(source)), source), source < 0))
        return replace(
            state, source=np.maximum(source, ~source)[order], frame=frame[order], outside=outside[order] != 0,
            track=track[order], start=start, alive=alive,
        )  # fmt: skip


def _is_open(line: _Line, start: int) -> bool:
    """Whether a track shows from a frame on, as far as its last row says."""
    return bool(line.rows) and (line.rows[-1][0] >= start or not line.rows[-1][2])


def _number(row: Row) -> int:
    return row[1]


def _columns(track: int, rows: Iterable[Row]) -> Ints:
    return np.array([(source, frame, out, track) for frame, _, out, source in rows], np.int64).reshape(-1, 4)


def _agreements(state: State, questions: Sequence[Question], tracks: Ints, group: Ints) -> Pairs:
    """Pairs of tracks of one question that agree at all.  tracks: of all questions, by which pairs are numbered.

    group: the number of the question of each.
    """
    lines = [rows for question in questions for rows in question.rows]
    columns = zip(*chain.from_iterable(lines), strict=True)
    frame, outside, source = (np.array(column) for column in columns)
    starts = np.array([*chain.from_iterable(question.starts for question in questions)], np.int64)
    table = state.dataset.tracks.take(tracks)
    whole = Dataset(task=state.dataset.task, tracks=table, shapes=state.dataset.shapes)
    number = np.repeat(np.arange(len(lines)), list(map(len, lines)))
    placed = State(whole, source, frame, outside, number, starts, np.ones(len(tracks), np.bool_), state.quirks)
    part = Dataset(
        task=state.dataset.task, frames=Frames(), shapes=placed.shapes(np.arange(len(source))),
        jobs=tuple(Job(start_frame=question.span[0], stop_frame=question.span[1]) for question in questions),
        tracks=table.replace(frame=starts, job=group),
    )  # fmt: skip
    first = _first_of(questions)
    return track_pairs(part, np.flatnonzero(first), np.flatnonzero(~first), group, state.quirks)


def _first_of(questions: Sequence[Question]) -> Bools:
    """Which of the tracks of all questions are those of the job."""
    sides = [(len(question.one), len(question.other)) for question in questions]
    return np.repeat(np.tile([True, False], len(sides)), [*chain.from_iterable(sides)])
