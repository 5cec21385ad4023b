"""What an earlier run has finished, so that an interrupted one goes on where it was.

    out/a.zip                                       an output of `-o out/{stem}.zip`
    out/.annotools/1f3c...e2.json                   what it was made of, what it was, and its report

An output is left as it is only if everything is what it was: the bytes of the source, of the context and of pictures
that are matched, the options, the version of this package and of formats that others add, the bytes of the output.
A record is written by who wrote the output, when that is in place: where a run is killed in between, it is made again.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b
from typing import Any

import msgspec

from annotools._version import __version__
from annotools.convert.choices import Where
from annotools.convert.report import Conversion
from annotools.errors import AnnotoolsError
from annotools.model import Dataset
from annotools.model.archive import write_archive
from annotools.plugins import entry_points
from annotools.storage import open_source, write_document
from annotools.storage.fingerprints import fingerprint
from annotools.storage.outputs import fixed_part

FOLDER = ".annotools"
_UNSEEN = {"force"}  # what has no part in what is written


class Record(msgspec.Struct, frozen=True):
    """The record of one output.  where: the file.  options: what all outputs of the run have in common."""

    where: str
    options: str

    def key(self, source: Where) -> str:
        """What the output is made of.  Raises as reading the source does."""
        name = os.path.basename(os.fspath(source).rstrip("/"))  # it may be said in the output
        return _digest([self.options, name, fingerprint(source)])

    def report(self, key: str, output: str) -> Conversion | None:
        """The report of an output, if it is still what was made of that."""
        try:
            with open_source(self.where) as source:
                document = json.loads(source.read(source.name))
            if document["key"] == key and document["output"] == fingerprint(output):
                return replace(Conversion.from_dict(document["report"]), output=output)
        except (AnnotoolsError, OSError, ValueError, LookupError, TypeError, AttributeError):
            pass  # no record, or a damaged one, or no output: all the same
        return None

    def write(self, key: str, output: str, done: Conversion) -> None:
        """Record an output that is in place."""
        record = {"key": key, "output": fingerprint(output), "report": done.as_dict()}
        write_document(self.where, json.dumps(record).encode())

    @property
    def exists(self) -> bool:
        """Whether there is one, whatever it says."""
        try:
            with open_source(self.where):
                return True
        except (AnnotoolsError, OSError):
            return False


def records_of(pattern: Where, outputs: Sequence[str], to: str, choices: Mapping[str, Any]) -> list[Record]:
    """The records of all outputs of a run.  Raises as reading the context or the pictures does."""
    seen = {name: _seen(name, value) for name, value in choices.items() if name not in _UNSEEN}
    added = [(point.value, point.dist.version if point.dist else "") for point in entry_points("annotools.formats")]
    options, folder = _digest([__version__, added, to, seen]), fixed_part(pattern)
    return [Record(f"{folder}{FOLDER}/{_name(output[len(folder) :])}.json", options) for output in outputs]


def _name(output: str) -> str:
    return blake2b(output.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


def _seen(name: str, value: Any) -> Any:
    if isinstance(value, Dataset):
        archive = io.BytesIO()
        write_archive(value, archive)
        return blake2b(archive.getvalue()).hexdigest()
    if name in ("context", "images") and isinstance(value, str | os.PathLike):
        return fingerprint(value)
    return sorted(value.items()) if isinstance(value, Mapping) else value


def _digest(value: Any) -> str:
    return blake2b(json.dumps(value, default=str).encode(), digest_size=20).hexdigest()
