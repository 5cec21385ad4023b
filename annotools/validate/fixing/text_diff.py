"""Unified diffs of long texts: lines that are there once on both sides are matched first, so time grows with length.

"".join(unified("annotations.json", before, after, 3))
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import Match, SequenceMatcher

_MOST = 1_000_000  # pairs of lines between two anchors that are compared with each other
_STEPS = 200_000_000  # in all, two seconds at the most, to find the longest stretches between anchors first
_LOOK = 16  # lines that are looked at to go on after a difference
Lines = Sequence[str]


def unified(name: str, before: Lines, after: Lines, context: int) -> Iterator[str]:
    """The diff of two texts as lines, each with its line break."""
    for number, group in enumerate(_Anchored(before, after).get_grouped_opcodes(context)):
        if not number:
            yield from (f"--- a/{name}\n", f"+++ b/{name}\n")
        (_, i1, _, j1, _), (_, _, i2, _, j2) = group[0], group[-1]
        yield f"@@ -{_range(i1, i2)} +{_range(j1, j2)} @@\n"
        for tag, first, last, begin, end in group:
            if tag == "equal":
                yield from (f" {line}" for line in before[first:last])
            else:
                yield from (f"-{line}" for line in before[first:last])
                yield from (f"+{line}" for line in after[begin:end])


def _range(start: int, stop: int) -> str:
    size = stop - start
    return f"{start + 1}" if size == 1 else f"{start + (size > 0)},{size}"


class _Anchored(SequenceMatcher[str]):
    """Matches what lies between anchors, not everything with everything."""

    def __init__(self, before: Lines, after: Lines) -> None:
        super().__init__(None, "", "")
        self.a, self.b = before, after
        self._found: list[Match] = list(_joined(_blocks(before, after)))

    def get_matching_blocks(self) -> list[Match]:
        """Equal stretches in order, and an empty one at the end."""
        return [*self._found, Match(len(self.a), len(self.b), 0)]


def _blocks(before: Lines, after: Lines) -> Iterator[Match]:
    i = j = 0
    left = _STEPS
    for a, b in [*_anchors(before, after), (len(before), len(after))]:
        if 0 < (a - i) * (b - j) <= _MOST:
            removed, added = before[i:a], after[j:b]
            left -= _steps(removed, added)
            between = _longest_first(removed, added) if left >= 0 else _from_top(removed, added)
            yield from (Match(i + match.a, j + match.b, match.size) for match in between)
        if a < len(before):
            yield Match(a, b, 1)
        i, j = a + 1, b + 1


def _steps(before: Lines, after: Lines) -> int:
    """How many it may take to find the longest stretches first: pairs that are alike, as often as stretches end."""
    counts = Counter(after)
    return sum(count * counts[line] for line, count in Counter(before).items()) * min(len(before), len(after))


def _longest_first(before: Lines, after: Lines) -> Iterable[Match]:
    return SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()[:-1]


def _from_top(before: Lines, after: Lines) -> Iterator[Match]:
    """Equal lines from top to bottom."""
    i = j = 0
    while i < len(before) and j < len(after):
        if before[i] == after[j]:
            yield Match(i, j, 1)
            i, j = i + 1, j + 1
        else:
            i, j = _next_alike(before, after, i, j)


def _next_alike(before: Lines, after: Lines, i: int, j: int) -> tuple[int, int]:
    """The nearest two lines that are alike; where none is near, the next line of each."""
    for both in range(1, _LOOK):
        for more in range(both + 1):
            a, b = i + more, j + both - more
            if a < len(before) and b < len(after) and before[a] == after[b]:
                return a, b
    return i + 1, j + 1


def _anchors(before: Lines, after: Lines) -> list[tuple[int, int]]:
    """Places of lines that are there once on both sides: the longest row of them that is in order on both."""
    once = {line for line, count in Counter(before).items() if count == 1}
    once &= {line for line, count in Counter(after).items() if count == 1}
    places = {line: index for index, line in enumerate(after) if line in once}
    pairs = [(index, places[line]) for index, line in enumerate(before) if line in once]
    ends: list[int] = []  # the least last place of a row of each length, and the pair it belongs to
    owners: list[int] = []
    previous: list[int] = []
    for number, (_, there) in enumerate(pairs):
        length = bisect_left(ends, there)
        previous.append(owners[length - 1] if length else -1)
        ends[length : length + 1] = [there]
        owners[length : length + 1] = [number]
    return _row(pairs, previous, owners[-1] if owners else -1)


def _row(pairs: list[tuple[int, int]], previous: list[int], last: int) -> list[tuple[int, int]]:
    row = []
    while last >= 0:
        row.append(pairs[last])
        last = previous[last]
    return row[::-1]


def _joined(blocks: Iterator[Match]) -> Iterator[Match]:
    """Blocks, those that touch on both sides as one."""
    whole: Match | None = None
    for block in blocks:
        if whole and (whole.a + whole.size, whole.b + whole.size) == (block.a, block.b):
            whole = Match(whole.a, whole.b, whole.size + block.size)
            continue
        if whole:
            yield whole
        whole = block
    if whole:
        yield whole
