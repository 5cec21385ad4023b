"""Rows of tracks while those of jobs are put together, and the part of them that may still change.

A task may have thousands of jobs.  A track that ended before every job that is still to come is as it will be, so only
the others are looked at, job by job: what that costs grows with what is open and not with the task.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import numpy as np
from msgspec.structs import replace

from annotools.geometry.ragged import Array, Bools, Ints
from annotools.model.dataset import Dataset
from annotools.model.tables import Shapes, Tracks

NEVER = np.iinfo(np.int64).max


class State(msgspec.Struct):
    """Rows of tracks as they stand so far; `source` is the row of `shapes` that each is a copy of."""

    dataset: Dataset
    source: Ints
    frame: Ints
    outside: Bools
    track: Ints
    start: Ints  # (tracks,) the first frame
    alive: Bools  # (tracks,) whether it is still one of its own
    quirks: frozenset[str]

    def last(self) -> Ints:
        """The position of the last row of each track, -1 for one without rows."""
        order = np.lexsort((self.frame, self.track))
        positions = np.full(len(self.alive), -1, np.int64)
        positions[self.track[order]] = order
        return positions

    def close(self, tracks: Ints, frame: int, last: Ints) -> None:
        """End those of the tracks that are not outside."""
        positions = last[tracks]
        positions = positions[positions >= 0]
        positions = positions[~self.outside[positions]]
        self.source = np.append(self.source, self.source[positions])
        self.frame = np.append(self.frame, np.full(len(positions), frame))
        self.outside = np.append(self.outside, np.ones(len(positions), np.bool_))
        self.track = np.append(self.track, self.track[positions])

    def unite(self, new: Ints, old: Ints) -> None:
        """Make one of each pair of tracks: the earlier one stays; on a common frame the old one's row does."""
        swapped = self.start[new] < self.start[old]
        stays, goes = np.where(swapped, new, old), np.where(swapped, old, new)
        kept = np.ones(len(self.track), np.bool_)
        kept[self._on_frames_of(new, old)] = False
        target = np.arange(len(self.alive))
        target[goes] = stays
        self.start[stays] = np.minimum(self.start[new], self.start[old])
        self.alive[goes] = False
        self.source, self.frame = self.source[kept], self.frame[kept]
        self.outside, self.track = self.outside[kept], target[self.track[kept]]

    def _on_frames_of(self, new: Ints, old: Ints) -> Ints:
        """Places of rows of the new tracks that stand on a frame on which the old one has a row."""
        mate = np.full(len(self.alive), -1, np.int64)
        mate[new] = old
        first = int(self.frame.min(initial=0))
        width = int(self.frame.max(initial=0)) - first + 1
        mine, theirs = np.flatnonzero(mate[self.track] >= 0), np.isin(self.track, old)
        wanted = mate[self.track[mine]] * width + self.frame[mine] - first
        return np.asarray(mine[np.isin(wanted, self.track[theirs] * width + self.frame[theirs] - first)])

    def rows(self, positions: Array) -> Ints:
        """(n, 4) source, frame, outside and track of some rows."""
        columns = (self.source[positions], self.frame[positions], self.outside[positions], self.track[positions])
        return np.stack(columns, axis=1).astype(np.int64)

    def shapes(self, rows: Array) -> Shapes:
        """Some rows as they stand."""
        tracks, track = self.dataset.tracks, self.track[rows]
        return self.dataset.shapes.take(self.source[rows]).replace(
            frame=self.frame[rows], outside=self.outside[rows], track=track,
            group=tracks.group[track], source=tracks.source[track],
        )  # fmt: skip


class Windows:
    """The part of a state that each job in turn is about.  jobs: their rows in `dataset.jobs`, in their order."""

    def __init__(self, state: State, jobs: list[int]) -> None:
        self._state, self._count = state, len(jobs)
        tracks = state.dataset.tracks
        self._roots = roots_of(tracks)
        self._home = home_positions(tracks, jobs)
        self._tracks = _Runs(self._home, len(jobs))
        self._rows = _Runs(self._home[state.track], len(jobs))
        self._later = starts_behind(state.dataset, jobs)
        self._open: Ints = np.zeros(0, np.int64)
        self._done = [state.rows(np.flatnonzero(self._home[state.track] < 0))]

    def each(self) -> Iterator[tuple[int, State, Bools]]:
        """The position of each job but the first, the tracks that may still change, and which of them are its own.

        What was done to the part is taken over when the next one is asked for.
        """
        rows = self._done[0][:0]
        for position in range(self._count):
            new = self._tracks.of(position)
            if not len(self._open) and not len(new):
                continue
            self._open = np.sort(np.concatenate([self._open, new]))
            rows = np.concatenate([rows, self._state.rows(self._rows.of(position))])
            part = self._part(rows)
            if position:
                yield position, part, np.asarray(self._home[self._open] == position)
            rows = self._taken_over(part, self._later[position + 1])

    def end(self) -> State:
        """The whole state when all is done: rows as they were at first, then closing ones, which are copies."""
        source, frame, outside, track = np.concatenate(self._done).T
        copied = copies(source)
        order = np.lexsort((np.where(copied, np.arange(len(source)), source), copied))
        return replace(
            self._state, source=source[order], frame=frame[order], outside=outside[order] != 0, track=track[order]
        )

    def _part(self, rows: Ints) -> State:
        whole, chosen = self._state, self._open
        tracks = whole.dataset.tracks.take(chosen)
        parent = np.where(tracks.parent >= 0, np.searchsorted(chosen, tracks.parent), -1)
        dataset = Dataset(
            task=whole.dataset.task, tracks=tracks.replace(parent=parent), shapes=whole.dataset.shapes
        )  # fmt: skip
        track = np.searchsorted(chosen, rows[:, 3])
        return State(
            dataset, rows[:, 0], rows[:, 1], rows[:, 2] != 0, track, whole.start[chosen], whole.alive[chosen],
            whole.quirks,
        )  # fmt: skip

    def _taken_over(self, part: State, later: int) -> Ints:
        """The rows of tracks that may still change; the others are done."""
        whole, chosen = self._state, self._open
        whole.start[chosen], whole.alive[chosen] = part.start, part.alive
        last = part.last()
        goes_on = (last >= 0) & part.alive
        goes_on[goes_on] = (part.frame[last[goes_on]] >= later) | ~part.outside[last[goes_on]]
        stays = goes_on[np.searchsorted(chosen, self._roots[chosen])] & (later < NEVER)
        rows = part.rows(np.arange(len(part.source)))
        rows[:, 3] = chosen[part.track]
        self._open = chosen[stays]
        self._done.append(rows[~stays[part.track]])
        return rows[stays[part.track]]


class _Runs:
    """Places by a key 0 <= key < size; those of other keys are left out."""

    def __init__(self, keys: Ints, size: int) -> None:
        self._order = np.argsort(keys, kind="stable")
        self._starts = np.searchsorted(keys[self._order], np.arange(size + 1))

    def of(self, key: int) -> Ints:
        """The positions of one key, ascending."""
        return np.asarray(self._order[self._starts[key] : self._starts[key + 1]])


def home_positions(tracks: Tracks, jobs: list[int]) -> Ints:
    """The position in `jobs` of the job of each track, or of what it is an element of; -1 for none of them."""
    order = np.full(max(jobs) + 2, -1, np.int64)  # the last is that of job -1
    order[jobs] = np.arange(len(jobs))
    return np.asarray(order[tracks.job[roots_of(tracks)]])


def starts_behind(dataset: Dataset, jobs: list[int]) -> list[int]:
    """The least first frame of each job and those behind it, and at the end of none."""
    starts = [dataset.jobs[job].start_frame for job in jobs]
    return [*np.minimum.accumulate(starts[::-1])[::-1].tolist(), NEVER]


def roots_of(tracks: Tracks) -> Ints:
    """The track that each is, or is an element of an element of."""
    root = np.where(tracks.parent >= 0, tracks.parent, np.arange(len(tracks))).astype(np.int64)
    for _ in range(len(tracks).bit_length()):
        root = root[root]
    return root


def copies(source: Ints) -> Bools:
    """Which rows are copies of an earlier one."""
    repeated = np.ones(len(source), np.bool_)
    repeated[np.unique(source, return_index=True)[1]] = False
    return repeated
