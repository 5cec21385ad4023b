"""The records: a file of lines for each part, `name digest summary`, sorted by name.

writing/coco/edges/cvat 0f3a5b7c9d1e members=3 losses=12 again=6,0,14,2,0
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterator
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

from annotools.errors import AnnotoolsError
from tests.paths import DATA
from tests.recorded.answers import digest, lines_of, plain, summary

EQUAL = 2
FOLDER = DATA / "recorded"
PARTS: tuple[str, ...] = (
    "writing",
    "steps",
    "reading",
    "rules",
    "judged",
    "kernels",
    "numbers",
    "conversions",
    "inputs",
    "mock",
    "commands",
)
Make = Callable[[], Any]
Cases = Iterator[tuple[str, Make]]


class Answer(NamedTuple):
    """A case that was answered."""

    name: str
    lines: list[str]
    summary: str

    @property
    def record(self) -> str:
        """Its line in the records."""
        return f"{self.name} {digest(self.lines)} {self.summary}".rstrip()


def groups(part: str) -> list[str]:
    """The groups of a part, each of which is an item of the tests."""
    return list(_module(part).groups())


def cases(part: str, group: str) -> Cases:
    """The cases of a group, by their full names."""
    for name, make in _module(part).cases(group):
        yield f"{part}/{group}/{name}", make


def answered(name: str, make: Make) -> Answer:
    """What a case answers; an error of the tree of errors is an answer too."""
    try:
        answer = plain(make())
    except AnnotoolsError as error:
        answer = {"error": plain(error)}
    return Answer(name, lines_of(answer), summary(answer))


def asked_answers(part: str, group: str) -> Iterator[Answer]:
    """What the cases of a group answer that are recorded."""
    known = recorded(part).get(group, {})
    return (answered(name, make) for name, make in cases(part, group) if name in known)


def _fresh(part: str, group: str, known: Container[str]) -> dict[str, str]:
    """New records of a group: of the cases that are known, and of others with equal answers of the first few.

    Raises: ValueError for a name that is there twice, or holds a space, and an answer that is another each time.
    """
    names: set[str] = set()
    records: dict[str, str] = {}
    equal: Counter[str] = Counter()
    for name, make in cases(part, group):
        if name in names or " " in name or "\n" in name:
            raise ValueError(f"case {name!r} is there twice, or its name is no word")
        names.add(name)
        if name not in known:
            continue
        answer = answered(name, make)
        if any(" at 0x" in line for line in answer.lines):
            raise ValueError(f"the answer of {name!r} says where in memory something is")
        equal[digest(answer.lines)] += 1
        if equal[digest(answer.lines)] <= EQUAL or not isinstance(known, All):
            records[name] = answer.record
    return records


def _module(part: str) -> Any:
    return import_module(f"tests.recorded.parts.{part}")


@cache
def recorded(part: str) -> dict[str, dict[str, str]]:
    """The records of a part, by group and by name of the case."""
    path = FOLDER / f"{part}.txt"
    known: dict[str, dict[str, str]] = {}
    for line in path.read_text("utf-8").splitlines() if path.exists() else ():
        name = line.partition(" ")[0]
        known.setdefault(name.split("/")[1], {})[name] = line
    return known


class All:
    """Every name."""

    def __contains__(self, name: object) -> bool:
        return True


def update(part: str, chosen: Callable[[str], bool], *, new: bool) -> tuple[int, int]:
    """Write the records of a part anew, of the groups that were chosen.  How many cases there are, how many changed.

    new: whether cases are taken in that are not recorded.
    """
    known = recorded(part)
    records: dict[str, str] = {}
    for group in groups(part):
        records |= (
            _fresh(part, group, All() if new else known.get(group, {})) if chosen(group) else known.get(group, {})
        )
    before = {name: line for group in known.values() for name, line in group.items()}
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{part}.txt").write_text("".join(f"{records[name]}\n" for name in sorted(records)), "utf-8")
    recorded.cache_clear()
    return len(records), len(set(before.items()) ^ set(records.items()))
