"""What was taken for what it was not, put together by kind, with the first of each as an example."""

from __future__ import annotations

from collections.abc import Iterator


class Repairs:
    """Kinds of repairs, in the order in which they first came: what, why with an example, and how many."""

    def __init__(self) -> None:
        self._kinds: dict[tuple[str, str], tuple[int, str]] = {}

    def note(self, what: str, why: str, example: str = "", count: int = 1) -> None:
        """Note one, or some of one kind."""
        before, first = self._kinds.get((what, why), (0, example))
        self._kinds[what, why] = (before + count, first)

    def __iter__(self) -> Iterator[tuple[str, str, int]]:
        for (what, why), (count, example) in self._kinds.items():
            yield what, f"{why}, as in {example}" if example else why, count
