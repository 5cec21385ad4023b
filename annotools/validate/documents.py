"""Documents of annotations: which pieces of them the reader stumbled over, and the faults of these pieces.

A document is one LabeledData (the API) or a list of them (a backup).  Everything here is done only where the reader
met a problem or a key that it does not know; of a clean document only the top level is looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec

from annotools.errors import Problem, Problems
from annotools.formats.cvat_json.decode import UNKNOWN
from annotools.formats.cvat_json.split import split_labeled, split_list
from annotools.formats.kernel.jsonfile import UNDECODABLE, is_not_utf8
from annotools.memory import collector_at_rest
from annotools.sequences import Chain, together
from annotools.validate.edits import RenameAt
from annotools.validate.findings import Fix
from annotools.validate.pieces import Stumbles, piece_faults, taken
from annotools.validate.schema import LISTS
from annotools.validate.structure import Fault, Walk
from annotools.validate.values import meant_key, shown

BOM = b"\xef\xbb\xbf"


class Document(msgspec.Struct, frozen=True):
    """One member with annotations.

    named: a backup, which is a list and names labels by name.  sent: it is certainly the body of a request, of which
    the server takes an object with nothing but keys it does not know for an empty one.
    """

    member: str
    data: bytes
    named: bool = False
    sent: bool = False


def structural_faults(document: Document, problems: Sequence[Problem]) -> Sequence[Fault]:
    """Every fault of the document's structure.

    problems: the reader's, of this member, rows with unknown keys among them.
    """
    walk = Walk(document.member, named=document.named)
    broken = not _Top(document, walk).look()
    top, stumbles = taken(walk), Stumbles.of(problems)
    left_over = partial(_left_over, document.member, broken)
    with collector_at_rest():
        pieces = _Pieces(document, [pointer for pointer, _ in stumbles.owners()])
        faults = [*piece_faults(stumbles, walk, pieces.of, left_over)]
    codes = ("SCH001", "SCH021", "SCH003") if document.sent else ("SCH001", "SCH021")
    whole = any(fault.code in codes for fault in top)
    others = (one for one in stumbles.others if one.message != UNKNOWN and not _is_explained(one, whole, top))
    return together([top, Chain(faults), tuple(map(left_over, others))])


class _Pieces:
    """The undecoded items of the lists of some LabeledData.  pointers: of these, "" for the document itself."""

    def __init__(self, document: Document, pointers: Collection[str]) -> None:
        self._ignored = Problems(document.member)
        self._data = document.data.removeprefix(BOM) if pointers else b""
        self._items = split_list(self._data, self._ignored)[0] if document.named and pointers else []
        self._last: tuple[str, Mapping[str, Sequence[Any]]] = ("?", {})

    def of(self, pointer: str) -> Mapping[str, Sequence[Any]]:
        """The lists of the LabeledData at a pointer."""
        if self._last[0] != pointer:
            self._last = pointer, self._split(pointer)
        return self._last[1]

    def _split(self, pointer: str) -> Mapping[str, Sequence[Any]]:
        number = int(pointer[1:] or -1)
        if pointer and number >= len(self._items):
            return {}
        return split_labeled(self._items[number] if pointer else self._data, pointer, self._ignored)[0]


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
        except UNDECODABLE:
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
        except UNDECODABLE as error:
            if is_not_utf8(error):
                self._walk.add("SCH001", pointer, "is not UTF-8")
            return
        free = frozenset(set(LISTS) - keys.keys())
        for name, value in keys.items():
            self._key(name, value, f"{pointer}/{name}", free)

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


def _left_over(member: str, broken: bool, problem: Problem) -> Fault:
    """A problem that no rule names better.  broken: the text as a whole is not JSON."""
    expected = f", expected {problem.expected}" if problem.expected else ""
    code = "SCH001" if broken else "SCH022"
    return Fault(code, member, problem.pointer, f"{problem.message}{expected}", line=problem.line)
