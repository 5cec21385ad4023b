"""only-attributes, one-line-values: attributes for files that say texts, a line each, and define nothing.

only-attributes=text       every label has the attribute `text`, of any text, and no other
one-line-values            'two\\nlines' -> 'two lines'
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import numpy as np

from annotools.model.dataset import Dataset
from annotools.model.definitions import AttributeSpec, Label, Labels
from annotools.model.losses import Ledger, Losses
from annotools.quirks import NONE, Quirks
from annotools.transform.attributes import named_attributes
from annotools.transform.rows import no_argument

# Line breaks, and halves of characters, which no file of text can hold.
_BREAK = re.compile("[\r\n]+|[\ud800-\udfff]")


def only_attributes(dataset: Dataset, argument: str, quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Values of the attributes that the argument lists; labels define them, all as texts."""
    names, ledger = argument.split(","), Ledger()
    dataset = named_attributes(dataset, ledger)
    attributes, specs = dataset.attributes, dataset.labels.specs
    wanted = [number for number, (_, spec) in specs.items() if spec.name in names]
    kept = np.isin(attributes.spec, wanted)
    ledger.lost("attribute", f"the format has no attributes but {argument}", dataset, "attributes", ~kept)
    fresh = count(max(specs, default=0) + 1)
    rows = [replace(label, attributes=tuple(_plain(label, name, fresh) for name in names)) for label in dataset.labels]
    odd = [row for row, (a, b) in enumerate(zip(rows, dataset.labels, strict=True)) if _specs_of(a) != _specs_of(b)]
    ledger.changed("attributes of label", "they are texts without a definition", dataset, "labels", odd, "attributes")
    return dataset.replace(labels=Labels(tuple(rows)), attributes=attributes.take(kept)), ledger.losses()


def _plain(label: Label, name: str, fresh: Iterator[int]) -> AttributeSpec:
    known = label.spec(name)
    return AttributeSpec(known.id if known is not None else next(fresh), name)


def _specs_of(label: Label) -> list[AttributeSpec]:
    return [replace(spec, id=0) for spec in label.attributes]


def one_line_values(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Values of attributes without line breaks."""
    no_argument("one-line-values", argument)
    attributes, ledger = dataset.attributes, Ledger()
    texts = [_BREAK.sub(" ", text) for text in attributes.pool]
    odd = np.array([new != old for new, old in zip(texts, attributes.pool, strict=True)], np.bool_)
    if not odd.any():
        return dataset, Losses()
    ledger.changed("attribute", "its text is put on one line", dataset, "attributes", odd[attributes.value])
    codes = {text: number for number, text in enumerate(dict.fromkeys(texts))}
    value = np.array([codes[text] for text in texts], np.int32)[attributes.value]
    return dataset.replace(attributes=attributes.replace(value=value, pool=tuple(codes))), ledger.losses()
