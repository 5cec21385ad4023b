"""What can go wrong, as one tree, and what is wrong with an input, as values.

    AnnotoolsError                  exit 4   anything this package raises on purpose
    ├── SourcesError                exit 4   some of several sources failed; carries why, and takes over their code
    ├── LossError                   exit 1   a strict conversion would lose something; carries the `Losses`
    ├── UsageError                  exit 2   the call makes no sense: unknown format, target in the way
    │   └── AmbiguityError          exit 2   several answers fit; the text lists them
    ├── InputError                  exit 3   an input cannot be read; carries every `Problem` that was met
    │   └── LimitError              exit 3   an input is larger than the limits allow
    └── StorageError                exit 5   the operating system refused: disk full, no permission, no network

A `Problem` prints as `file:line: what is wrong, what was expected`, lower case, without a full stop.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, wraps
from itertools import chain, groupby
from typing import Any, ClassVar, Literal, ParamSpec, TypeVar

from annotools.close_words import close_words
from annotools.sequences import Chain, Run, parts_of, together, unplaced

OnError = Literal["raise", "skip"]
P = ParamSpec("P")
R = TypeVar("R")
SHOWN = 20
_FEW = 3


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with an input, and where.

    file: the member or path.  line: 1-based.  pointer: a JSON pointer (`/shapes/3/points`).  frame: task-relative.
    expected: what would have been right, as a clause (`4 numbers`, `one of a, b`).
    kind: a word for problems that programs tell apart (`unmatched-name`), empty for all others.
    """

    message: str
    file: str = ""
    line: int | None = None
    pointer: str = ""
    frame: int | None = None
    expected: str = ""
    kind: str = ""

    @property
    def place(self) -> str:
        """`file:line`, `file:/pointer`, or what of it is known."""
        parts = (self.file, "" if self.line is None else str(self.line), self.pointer)
        return ":".join(part for part in parts if part)

    @property
    def text(self) -> str:
        """What is wrong and what would have been right, without the place."""
        return one_line(f"{self.message}, expected {self.expected}" if self.expected else self.message)

    def __str__(self) -> str:
        frame = "" if self.frame is None else f"frame {self.frame}: "
        where = self.place
        return f"{one_line(f'{where}: {frame}' if where else frame)}{self.text}"


class AnnotoolsError(Exception):
    """Anything this package raises on purpose.  exit_code: what the command line ends with."""

    exit_code: ClassVar[int] = 4


class LossError(AnnotoolsError):
    """A conversion that was not to lose anything would.  losses: what it would lose.  problems: of what is left out."""

    exit_code = 1

    def __init__(self, losses: Any, problems: Iterable[Problem] = ()) -> None:
        self.losses, self.problems = losses, unmade(problems)  # the `Losses`, a type that is not known down here
        super().__init__(losses, self.problems)

    def __str__(self) -> str:
        return "\n".join([*(f"would be {loss}" for loss in self.losses), *summary_lines(self.problems)])


class SourcesError(AnnotoolsError):
    """Some of several sources were not converted.

    failures: why, by source.  done: the report of all of them.  exit_code: the highest of theirs.
    """

    def __init__(self, failures: Mapping[str, AnnotoolsError], done: Any) -> None:
        self.failures = dict(failures)
        self.done = done
        self.exit_code = max(error.exit_code for error in self.failures.values())  # type: ignore[misc]  # of this one
        super().__init__(self.failures, done)

    def __str__(self) -> str:
        lines = [line for source, error in self.failures.items() for line in _lines_of(source, error)]
        count, names = len(self.done.each), ", ".join(self.failures)
        return "\n".join([*lines, f"{len(self.failures)} of {count} sources were not converted: {names}"])


class UsageError(AnnotoolsError):
    """The call itself makes no sense."""

    exit_code = 2


class AmbiguityError(UsageError):
    """Several answers fit.  candidates: all of them, also named in the text."""

    def __init__(self, message: str, candidates: Iterable[str]) -> None:
        self.candidates = tuple(candidates)
        super().__init__(message, self.candidates)

    def __str__(self) -> str:
        return f"{self.args[0]}, expected one of {', '.join(self.candidates)}"


class InputError(AnnotoolsError):
    """An input cannot be read.  problems: everything that is wrong with it, in the order met, at least one."""

    exit_code = 3

    def __init__(self, problems: Problem | str | Iterable[Problem]) -> None:
        if isinstance(problems, str):
            problems = Problem(problems)
        self.problems = (problems,) if isinstance(problems, Problem) else unmade(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(summary_lines(self.problems))


class LimitError(InputError):
    """An input is larger than the limits allow."""


class StorageError(AnnotoolsError):
    """The operating system, or a remote store, refused."""

    exit_code = 5


class Problems:
    """Collects problems as they are met; appending is all it does, so 100,000 of them cost nothing much.

    >>> problems = Problems("labels/a.txt")
    >>> problems.add("2 numbers", line=7, expected="5 numbers")
    >>> print(*problems.lines())
    labels/a.txt:7: 2 numbers, expected 5 numbers
    """

    __slots__ = ("_items", "_more", "append", "file")

    def __init__(self, file: str = "") -> None:
        """file: the place of problems added by `add` that name none."""
        self.file = file
        self._items: list[Problem | Run[Problem]] = []
        self._more = 0  # how many there are beyond the items, of which one may be a run
        self.append: Callable[[Problem], None] = self._items.append

    def add(
        self, message: str, *, line: int | None = None, pointer: str = "", frame: int | None = None, expected: str = ""
    ) -> None:
        """Note a problem of the current file."""
        self.append(Problem(message, self.file, line, pointer, frame, expected))

    def add_run(
        self, kinds: Sequence[tuple[Problem, ...]], pointer: str, places: range, numbers: Sequence[int] | None = None
    ) -> None:
        """Note what is wrong with items of a list.  kinds, numbers: as of a `Run`, with pointers below the item."""
        self.extend(Chain([Run(kinds, places, partial(below, pointer), numbers)]))

    def extend(self, problems: Iterable[Problem]) -> None:
        """Note some more."""
        for part in parts_of(unmade(problems)):
            self._items += [part] if isinstance(part, Run) else part
            self._more += len(part) - 1 if isinstance(part, Run) else 0

    def all(self) -> tuple[Problem, ...] | Chain[Problem]:
        """All of them; equal ones of many places are made when they are asked for."""
        groups = groupby(self._items, key=lambda item: isinstance(item, Run))
        return together(part for runs, items in groups for part in (items if runs else [tuple(items)]))  # type: ignore[misc]

    def mark(self) -> int:
        """How far it is, for `since`."""
        return len(self._items)

    def since(self, mark: int) -> Iterator[Problem]:
        """Those that came after a mark, equal ones of many places once and with no place."""
        return chain.from_iterable(unplaced(item) if isinstance(item, Run) else (item,) for item in self._items[mark:])

    def __len__(self) -> int:
        return len(self._items) + self._more

    def __iter__(self) -> Iterator[Problem]:
        return chain.from_iterable(item if isinstance(item, Run) else (item,) for item in self._items)

    def __getitem__(self, row: int) -> Problem:
        return self.all()[row]

    def __repr__(self) -> str:
        return f"Problems({len(self)})"

    def lines(self, shown: int = SHOWN) -> list[str]:
        """The first problems as text; a last line counts the rest."""
        return summary_lines(self.all(), shown)

    def raise_if(self, on_error: OnError = "raise") -> None:
        """Raises InputError with all of them if there are any and the caller wants to stop."""
        if on_error not in ("raise", "skip"):
            raise UsageError(f"on_error is {on_error!r}, expected raise or skip")
        if self._items and on_error == "raise":
            raise InputError(self.all())


def below(pointer: str, problem: Problem, index: int) -> Problem:
    """A problem of an item of a list, of which it has the pointer below the item."""
    where = f"{pointer}/{index}{problem.pointer}"
    return Problem(problem.message, problem.file, problem.line, where, problem.frame, problem.expected, problem.kind)


def on_line(problem: Problem, line: int) -> Problem:
    """A problem of a line, 0 for none; until it is made it has line 0."""
    p = problem
    return Problem(p.message, p.file, line or None, p.pointer, p.frame, p.expected, p.kind)


def unmade(problems: Iterable[Problem]) -> tuple[Problem, ...] | Chain[Problem]:
    """Problems as they can be handed on: those that nobody has asked for yet are not made."""
    if isinstance(problems, Problems):
        return problems.all()
    return problems if isinstance(problems, Chain) else tuple(problems)


def summary_lines(problems: Sequence[Problem], shown: int = SHOWN) -> list[str]:
    """The first `shown` problems as text, and a line that counts the rest exactly."""
    lines = [str(problem) for problem in problems[:shown]]
    hidden = len(problems) - len(lines)
    return [*lines, f"and {hidden:,} more problem{'s' if hidden > 1 else ''}"] if hidden else lines


def _lines_of(source: str, error: AnnotoolsError) -> list[str]:
    """The first lines of one of many errors, which say what it is of."""
    problems = error.problems if isinstance(error, InputError) else ()
    lines = summary_lines(problems, _FEW) if problems else str(error).splitlines()[:_FEW]
    return [line if line.startswith((source, "and ")) else f"{source}: {line}" for line in lines]


def without_extra(package: str, extra: str) -> str:
    """What is said where an optional package is not there.  extra: of this distribution, which brings it."""
    return f"{package} is not installed, expected pip install 'annotools-cvat[{extra}]'"


def suggest(word: str, known: Iterable[str]) -> str:
    """What somebody who wrote a word that is not known may have meant: the close ones, or all."""
    words = list(known)
    close = close_words(word.lower().replace("_", "-"), words, 3, 0.5)
    return " or ".join(close) if close else f"one of {', '.join(words)}" if words else "none"


def exact_keywords(function: Callable[P, R]) -> Callable[P, R]:
    """A function that says, of a keyword that it does not know, which one may have been meant.  Raises TypeError."""
    known = [
        name for name, parameter in inspect.signature(function).parameters.items()
        if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
    ]  # fmt: skip

    @wraps(function)
    def checked(*args: P.args, **choices: P.kwargs) -> R:
        if not choices.keys() <= set(known):
            raise unknown_keyword(f"{function.__name__}()", choices, known)
        return function(*args, **choices)

    return checked


def unknown_keyword(owner: str, given: Iterable[str], known: Sequence[str]) -> TypeError:
    """The error of the first name that its owner does not know, and what may have been meant."""
    name = next(name for name in given if name not in known)
    close = close_words(name.lower(), known, 3, 0.6)
    hint = f"did you mean {' or '.join(close)}" if close else f"expected one of {', '.join(known)}"
    return TypeError(f"{owner} has no {name!r}, {hint}")


def texts(value: str | Iterable[str]) -> tuple[str, ...]:
    """A list of texts; a text alone is a list of one, and not its letters."""
    return (value,) if isinstance(value, str) else tuple(value)


def one_line(text: str) -> str:
    """Text with everything escaped that would break the line or steer a terminal: names come from strangers."""
    return text if text.isprintable() else "".join(map(_escaped, text))


def _escaped(char: str) -> str:
    return char if char.isprintable() else char.encode("unicode_escape", "surrogatepass").decode("ascii")
