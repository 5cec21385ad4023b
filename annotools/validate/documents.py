"""Documents of annotations: which pieces of them the reader stumbled over, and the faults of these pieces.

A document is one LabeledData (the API) or a list of them (a backup).  Everything here is done only where the reader
met a problem or a key that it does not know; of a clean document only the top level is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from annotools.errors import Problem, Problems
from annotools.formats.cvat_json.decode import UNKNOWN
from annotools.formats.cvat_json.split import split_labeled, split_list
from annotools.memory import collector_at_rest
from annotools.sequences import Run, chosen, parts_of
from annotools.validate.edits import RenameAt
from annotools.validate.findings import Fix
from annotools.validate.schema import KIND_OF_LIST, LISTS
from annotools.validate.structure import Fault, Walk
from annotools.validate.values import meant_key, shown

_PIECE = re.compile(r"^((?:/\d+)?)/(tags|shapes|tracks|intervals)/(\d+)(?:/|$)")
BOM = b"\xef\xbb\xbf"
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
Place = tuple[str, str, int]  # pointer of the LabeledData, list, place in the list


@dataclass(frozen=True)
class Document:
    """One member with annotations.

    named: a backup, which is a list and names labels by name.  sent: it is certainly the body of a request, of which
    the server takes an object with nothing but keys it does not know for an empty one.
    """

    member: str
    data: bytes
    named: bool = False
    sent: bool = False


def structural_faults(document: Document, problems: Sequence[Problem]) -> list[Fault]:
    """Every fault of the document's structure.

    problems: the reader's, of this member, rows with unknown keys among them.
    """
    walk = Walk(document.member, named=document.named)
    broken = not _Top(document, walk).look()
    top = tuple(walk.faults)
    real = chosen(problems, lambda problem: problem.message != UNKNOWN)
    dropped = _places(real)
    strange = _places(chosen(problems, lambda problem: problem.message == UNKNOWN)) - dropped
    explained: set[Place | None] = {_piece(fault.pointer) for fault in top}
    if dropped or strange:
        with collector_at_rest():
            explained |= _walk_pieces(document, walk, dropped, strange)
    if not real:
        return walk.faults
    codes = ("SCH001", "SCH021", "SCH003") if document.sent else ("SCH001", "SCH021")
    whole = any(fault.code in codes and not _piece(fault.pointer) for fault in top)
    rest = (p for p in _unexplained(real, explained) if _piece(p.pointer) or not _is_explained(p, whole, top))
    return walk.faults + [_left_over(document.member, problem, broken) for problem in rest]


def _piece(pointer: str) -> Place | None:
    match = _PIECE.match(pointer)
    return (match[1], match[2], int(match[3])) if match else None


def _places(problems: Sequence[Problem]) -> set[Place]:
    """The pieces that problems are of."""
    places: set[Place] = set()
    for part in parts_of(problems):
        places |= _run_places(part) if isinstance(part, Run) else {p for one in part if (p := _piece(one.pointer))}
    return places


def _run_places(run: Run[Problem]) -> set[Place]:
    """The pieces of equal problems: they are counted where their pointers have the number."""
    first = _piece(run[0].pointer)
    if first is None or first[2] != run.places[0]:
        return {piece for one in run if (piece := _piece(one.pointer))}
    return {(first[0], first[1], number) for number in run.places}


def _unexplained(problems: Sequence[Problem], explained: set[Place | None]) -> Iterator[Problem]:
    """Problems of pieces of which no fault says what is wrong, and those of no piece."""
    for part in parts_of(problems):
        if not isinstance(part, Run) or not (places := _run_places(part)) or not places <= explained:
            yield from (one for one in part if not (piece := _piece(one.pointer)) or piece not in explained)


def _walk_pieces(document: Document, walk: Walk, dropped: set[Place], strange: set[Place]) -> set[Place]:
    """Note the faults of pieces; those that have some."""
    wanted = sorted(dropped | strange)
    pieces = _pieces(document, {piece[0] for piece in wanted})
    faulty: set[Place] = set()
    before: Any = None
    each: Sequence[Fault] = ()
    above = ""
    for piece in wanted:
        items = pieces.get(piece[0], {}).get(piece[1], ())
        if piece[2] >= len(items):
            continue
        pointer, count = f"{piece[0]}/{piece[1]}/{piece[2]}", len(walk.faults)
        key = (piece[1], piece in dropped, bytes(items[piece[2]]))
        if key == before and not any(fault.fix for fault in each):
            walk.faults += _moved(each, len(above), pointer)
        else:
            _walk_piece(walk, key, items[piece[2]], pointer)
        before, each, above = key, walk.faults[count:], pointer
        if each:
            faulty.add(piece)
    return faulty


def _moved(faults: Iterable[Fault], above: int, pointer: str) -> Iterator[Fault]:
    """The faults of a piece, which have no fix, for an equal one.  above: the length of the first one's pointer."""
    for code, member, path, message, _, severity in faults:
        yield Fault(code, member, pointer + path[above:], message, None, severity)


def _walk_piece(walk: Walk, key: tuple[str, bool, bytes], piece: Any, pointer: str) -> None:
    name, dropped, text = key
    if dropped:
        walk.text(KIND_OF_LIST[name], text, pointer)
    else:
        walk.known(KIND_OF_LIST[name], piece, pointer)


def _pieces(document: Document, wanted: Iterable[str]) -> dict[str, Mapping[str, Sequence[Any]]]:
    """The undecoded items of the lists of the wanted LabeledData, by its pointer."""
    ignored = Problems(document.member)
    data = document.data.removeprefix(BOM)
    if not document.named:
        return {"": split_labeled(data, "", ignored)[0]}
    items, _ = split_list(data, ignored)
    numbers = (int(pointer[1:]) for pointer in wanted if pointer)
    return {f"/{i}": split_labeled(items[i], f"/{i}", ignored)[0] for i in numbers if i < len(items)}


class _Top:
    """The top level of a document: is it JSON, an object, with the keys it should have."""

    def __init__(self, document: Document, walk: Walk) -> None:
        self._document, self._walk = document, walk

    def look(self) -> bool:
        """Note the faults of the top level; whether the text is JSON."""
        data = self._document.data.removeprefix(BOM)
        if len(data) < len(self._document.data) and not self._document.named:
            self._walk.add("SCH001", "", "begins with a byte order mark, which is not JSON")
        try:
            bodies = msgspec.json.decode(data, type=list[msgspec.Raw] if self._document.named else msgspec.Raw)
        except _UNREADABLE:
            return False  # the reader says where
        for index, item in enumerate(bodies) if self._document.named else [(None, bodies)]:
            self._labeled(item, "" if index is None else f"/{index}")
        return True

    def _labeled(self, data: Any, pointer: str) -> None:
        try:
            keys = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
        except msgspec.ValidationError:
            kind = {b"[": "a list", b"n": "null", b'"': "text"}.get(bytes(data).lstrip()[:1], "a single value")
            self._walk.add("SCH021", pointer, f"the body is {kind}, expected an object with tags, shapes and tracks")
            return
        except UnicodeDecodeError:
            self._walk.add("SCH001", pointer, "is not UTF-8")
            return
        except _UNREADABLE:
            return
        for name, value in keys.items():
            self._key(name, value, f"{pointer}/{name}", frozenset(set(LISTS) - keys.keys()))

    def _key(self, name: str, raw: Any, pointer: str, free: frozenset[str]) -> None:
        if name in LISTS:
            self._walk.expect_list(name, raw, pointer)
        elif name == "version":
            self._walk.version(raw, pointer)
        elif self._walk.is_utf8(raw, pointer):
            near = meant_key(name, free)
            fix = Fix(f"call it {near}", True, (RenameAt(self._document.member, pointer, near),)) if near else None
            hint = f", did you mean {near}" if near else ""
            self._walk.add("SCH003", pointer, f"the body has no key {shown(name)}, so it is ignored{hint}", fix)


def _is_explained(problem: Problem, whole: bool, top: Iterable[Fault]) -> bool:
    """Whether a fault of the top level says what is wrong.  whole: one is of the document as such."""
    return whole or any(fault.pointer == problem.pointer for fault in top if fault.code != "SCH003")


def _left_over(member: str, problem: Problem, broken: bool) -> Fault:
    """A problem that no rule names better.  broken: the text as a whole is not JSON."""
    line = f" (line {problem.line})" if problem.line else ""
    expected = f", expected {problem.expected}" if problem.expected else ""
    code = "SCH001" if broken else "SCH022"
    return Fault(code, member, problem.pointer, f"{problem.message}{expected}{line}")


def by_code(faults: Iterable[Fault]) -> dict[str, list[Fault]]:
    """Faults by the code of their rule."""
    sorted_faults: dict[str, list[Fault]] = {}
    for fault in faults:
        sorted_faults.setdefault(fault.code, []).append(fault)
    return sorted_faults
