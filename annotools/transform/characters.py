"""xml-characters: every text with U+FFFD for what XML cannot carry.

    a NUL, a control character, half of a surrogate pair   ->   one U+FFFD each

Source: XML 1.0, 2.2 (https://www.w3.org/TR/xml/#charsets): no escape can carry these.
"""

from __future__ import annotations

import re
from dataclasses import fields, replace
from typing import Any

import numpy as np

from annotools.model.columns import Bools
from annotools.model.dataset import Dataset
from annotools.model.definitions import Label, Labels
from annotools.model.losses import Ledger, Losses
from annotools.quirks import NONE, Quirks
from annotools.transform.rows import no_argument

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WHY = "XML has no control characters: they became U+FFFD"


def xml_characters(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """The dataset with texts that XML can carry."""
    no_argument("xml-characters", argument)
    ledger = Ledger()
    parts = _task(dataset, ledger) | _frames(dataset, ledger) | _labels(dataset, ledger) | _attributes(dataset, ledger)
    return (dataset.replace(**parts) if parts else dataset), ledger.losses()


def sayable(text: str) -> str:
    """The text with U+FFFD for every character that XML cannot carry."""
    return text if text.isprintable() else _FORBIDDEN.sub("\ufffd", text)


def _texts(value: Any) -> dict[str, str]:
    """The texts of a frozen object that change."""
    given = {one.name: getattr(value, one.name) for one in fields(value)}
    return {name: sayable(text) for name, text in given.items() if isinstance(text, str) and sayable(text) != text}


def _task(dataset: Dataset, ledger: Ledger) -> dict[str, Any]:
    changed: dict[str, Any] = _texts(dataset.task)
    for name in changed:
        ledger.changed("text", _WHY, dataset, "task", [0], column=name)
    return {"task": replace(dataset.task, **changed)} if changed else {}


def _frames(dataset: Dataset, ledger: Ledger) -> dict[str, Any]:
    frames: Any = dataset.frames
    changed: dict[str, Any] = {}
    for column, name in (("names", "name"), ("subsets", "subsets")):
        given = getattr(frames, column)
        new = tuple(map(sayable, given))
        if new != given:
            ledger.changed("text", _WHY, dataset, "frames", _unlike(given, new), column=name)
            changed[column] = new
    return {"frames": replace(frames, **changed)} if changed else {}


def _labels(dataset: Dataset, ledger: Ledger) -> dict[str, Any]:
    given = dataset.labels.rows
    new = tuple(map(_label, given))
    if new == given:
        return {}
    ledger.changed("text", _WHY, dataset, "labels", _unlike(given, new))
    return {"labels": Labels(new)}


def _label(label: Label) -> Label:
    specs = tuple(
        replace(spec, values=tuple(map(sayable, spec.values)), **_texts(spec))  # type: ignore[arg-type]  # texts all
        for spec in label.attributes
    )
    changed: dict[str, Any] = _texts(label)
    if specs != label.attributes:
        changed["attributes"] = specs
    return replace(label, **changed) if changed else label


def _attributes(dataset: Dataset, ledger: Ledger) -> dict[str, Any]:
    table = dataset.attributes
    new = tuple(map(sayable, table.pool))
    if new == table.pool:
        return {}
    ledger.changed("text", _WHY, dataset, "attributes", _unlike(table.pool, new)[table.value])
    return {"attributes": table.replace(pool=new)}


def _unlike(one: tuple[Any, ...], other: tuple[Any, ...]) -> Bools:
    return np.array([a != b for a, b in zip(one, other, strict=True)], np.bool_)
