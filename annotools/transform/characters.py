"""Texts that can be written: U+FFFD for each character that cannot.

valid-text          half of a surrogate pair, which is not text in any encoding
xml-characters      that, a NUL and other control characters, which XML cannot carry

Source: XML 1.0, 2.2 (https://www.w3.org/TR/xml/#charsets): no escape can carry these.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np

from annotools.model.columns import Bools
from annotools.model.dataset import Dataset
from annotools.model.definitions import AttributeSpec, Label, Labels
from annotools.model.extras import Extra, Extras
from annotools.model.losses import Ledger, Losses
from annotools.quirks import NONE, Quirks
from annotools.transform.rows import no_argument

# all that is forbidden: of all that is allowed, and a million characters, the pattern takes 4 ms to compile
_FORBIDDEN = "[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]"
_HALVES = "[\ud800-\udfff]"
_XML = "XML has no control characters: they became U+FFFD"
_HALF = "half of a surrogate pair is not text: it became U+FFFD"
Say = Callable[[str], str]


def xml_characters(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """The dataset with texts that XML can carry."""
    no_argument("xml-characters", argument)
    # Nearly always, and in a fifth of the time of each text by itself.
    if all(map(_are_sayable, map("".join, _all_texts(dataset)))):
        return dataset, Losses()
    return _Texts(dataset, sayable, _XML).mended()


def valid_text(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """The dataset with texts that can be written at all."""
    no_argument("valid-text", argument)
    try:
        for texts in _all_texts(dataset):
            "\n".join(texts).encode()
    except UnicodeEncodeError:
        return _Texts(dataset, lambda text: re.sub(_HALVES, "\ufffd", text), _HALF).mended()
    return dataset, Losses()


def _all_texts(dataset: Dataset) -> Iterator[Sequence[str]]:
    """Every text of a dataset, those of a column at once."""
    for part in (dataset.task, *dataset.jobs, *dataset.labels):
        yield [value for field in fields(part) if isinstance(value := getattr(part, field.name), str)]
    for label in dataset.labels:
        for spec in label.attributes:
            yield spec.name, spec.input_type, spec.default_value, *spec.values
    yield from (dataset.frames.names, dataset.frames.subsets, dataset.attributes.pool)
    for extras in dataset.extras.values():
        yield [*extras]
        for extra in extras.values():
            values = extra.values.tolist() if extra.values.dtype == object else []
            types = set(map(type, values))  # most columns are of one type, which tells without a look at each value
            if types & {str}:
                yield values if len(types) == 1 else [value for value in values if isinstance(value, str)]


def sayable(text: str) -> str:
    """The text with U+FFFD for every character that XML cannot carry."""
    return text if text.isprintable() else re.sub(_FORBIDDEN, "\ufffd", text)


def _are_sayable(text: str) -> bool:
    return text.isprintable() or re.search(_FORBIDDEN, text) is None


class _Texts:
    """The texts of a dataset as they can be said.  why: in the words of the ledger."""

    def __init__(self, dataset: Dataset, say: Say, why: str) -> None:
        self._dataset, self._say, self._why = dataset, say, why
        self._ledger = Ledger()

    def mended(self) -> tuple[Dataset, Losses]:
        """The dataset, and what changed."""
        parts = self._task() | self._jobs() | self._frames() | self._labels() | self._attributes()
        dataset = self._dataset.replace(**parts) if parts else self._dataset
        extras = self._extras(dataset)
        return (dataset.replace(extras=extras) if extras else dataset), self._ledger.losses()

    def _tell(self, table: str, rows: Any, column: str = "") -> None:
        self._ledger.changed("text", self._why, self._dataset, table, rows, column=column)

    def _changes(self, value: Any) -> dict[str, str]:
        """The texts of a frozen object that change."""
        old = {field.name: getattr(value, field.name) for field in fields(value)}
        new = {name: self._say(text) for name, text in old.items() if isinstance(text, str)}
        return {name: text for name, text in new.items() if text != old[name]}

    def _task(self) -> dict[str, Any]:
        changed: dict[str, Any] = self._changes(self._dataset.task)
        for name in changed:
            self._tell("task", [0], name)
        return {"task": replace(self._dataset.task, **changed)} if changed else {}

    def _jobs(self) -> dict[str, Any]:
        changed: list[dict[str, Any]] = [self._changes(job) for job in self._dataset.jobs]
        for name in dict.fromkeys(name for one in changed for name in one):
            self._tell("jobs", [row for row, one in enumerate(changed) if name in one], name)
        pairs = zip(self._dataset.jobs, changed, strict=True)
        return {"jobs": tuple(replace(job, **texts) for job, texts in pairs)} if any(changed) else {}

    def _frames(self) -> dict[str, Any]:
        frames: Any = self._dataset.frames
        changed: dict[str, Any] = {}
        for column, name in (("names", "name"), ("subsets", "subsets")):
            old = getattr(frames, column)
            new = tuple(map(self._say, old))
            if new != old:
                self._tell("frames", _unlike(old, new), name)
                changed[column] = new
        return {"frames": replace(frames, **changed)} if changed else {}

    def _labels(self) -> dict[str, Any]:
        old = self._dataset.labels.rows
        new = tuple(map(self._label, old))
        if new == old:
            return {}
        self._tell("labels", _unlike(old, new))
        return {"labels": Labels(new)}

    def _label(self, label: Label) -> Label:
        specs = tuple(map(self._spec, label.attributes))
        changed: dict[str, Any] = self._changes(label)
        if specs != label.attributes:
            changed["attributes"] = specs
        return replace(label, **changed) if changed else label

    def _spec(self, spec: AttributeSpec) -> AttributeSpec:
        changed: dict[str, Any] = self._changes(spec)
        values = tuple(map(self._say, spec.values))
        return replace(spec, values=values, **changed) if changed or values != spec.values else spec

    def _attributes(self) -> dict[str, Any]:
        table = self._dataset.attributes
        new = tuple(map(self._say, table.pool))
        if new == table.pool:
            return {}
        self._tell("attributes", _unlike(table.pool, new)[table.value])
        return {"attributes": table.replace(pool=new)}

    def _extras(self, dataset: Dataset) -> dict[str, dict[str, Extra]]:
        """What formats say beside, where any of it changes."""
        old = dataset.extras
        new = {table: self._renamed(table, extras) for table, extras in old.items()}
        return {table: extras for table, extras in new.items() if extras != dict(old[table])}

    def _renamed(self, table: str, extras: Extras) -> dict[str, Extra]:
        """The extras of a table by names that can be said, of which no two are one."""
        names = {name: self._say(name) for name in extras}
        taken = {name for name, new in names.items() if name == new}
        columns: dict[str, Extra] = {}
        for name, extra in extras.items():
            new = names[name]
            while new != name and new in taken:
                new += "_"
            taken.add(new)
            columns[new] = self._extra(table, name, extra, new != name)
        return columns

    def _extra(self, table: str, name: str, extra: Extra, renamed: bool) -> Extra:
        """A column with values that can be said.  renamed: whether all of it is told, as its name changes."""
        texts = extra.values.tolist() if extra.values.dtype == object else []
        values = [self._say(value) if isinstance(value, str) else value for value in texts]
        rows = [row for row, (old, new) in enumerate(zip(texts, values, strict=True)) if old is not new and old != new]
        if rows or renamed:
            self._tell(table, np.flatnonzero(extra.present) if renamed else rows, f"extras.{name}")
        if not rows:
            return extra
        column = np.empty(len(values), object)
        column[:] = values
        return replace(extra, values=column)


def _unlike(one: tuple[Any, ...], other: tuple[Any, ...]) -> Bools:
    return np.array([a != b for a, b in zip(one, other, strict=True)], np.bool_)
