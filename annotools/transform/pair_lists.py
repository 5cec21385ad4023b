"""pair-lists: tags of persons whose pairs of pictures are lines of a list, as LFW has them.

    positive_pairs "cat_0004; nobody"      of cat on cat_0001      ->      "cat/cat_0004"
    negative_pairs "['dog/dog_0001']"                              ->      "dog/dog_0001"

A pair is of two pictures that are there, a positive one of two of the same person; others go.  A picture whose name is
a number cannot be one of a pair, since a number means another name: `cat 7` is cat_0007.  Of equal tags one stays.
Source: http://vis-www.cs.umass.edu/lfw/README.txt; CVAT 2.73 dataset_manager/formats/lfw.py
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

import msgspec
import numpy as np

from annotools.model.codes import Owner
from annotools.model.dataset import Dataset
from annotools.model.definitions import Labels
from annotools.model.losses import Ledger, Losses
from annotools.model.tables import Bools
from annotools.quirks import NONE, Quirks
from annotools.transform.row_conditions import is_class
from annotools.transform.rows import no_argument

POSITIVE, NEGATIVE = "positive_pairs", "negative_pairs"
NOBODY, BETWEEN = "-", "; "
_NUMBER = re.compile(r"\d{1,18}", re.ASCII)


def numbered_name(person: str, number: str) -> str:
    """The picture that a column of a pair means: a number of the person's pictures, or a name."""
    return f"{person}_{int(number):04d}" if _NUMBER.fullmatch(number) and len(number) < 10 else number


def number_in_name(person: str, name: str) -> str | None:
    """What a column of a pair says of a picture; None where nothing says it."""
    number = name.removeprefix(f"{person}_")
    if number != name and _NUMBER.fullmatch(number) and numbered_name(person, number) == name:
        return str(int(number))
    return name if numbered_name(person, name) == name and _is_plain(name) else None


def _is_plain(name: str) -> bool:
    """Whether a name stands between tabs in a line, and between semicolons in an attribute."""
    return not {"\t", ";", "\n", "\r"} & set(name)


def path_of_nobody(name: str, known: Collection[str] | None) -> str:
    """The path of a picture without a person, which must not begin as one of a person does.  known: None for all."""
    first, slash, _ = name.partition("/")
    return f"{NOBODY}/{name}" if slash and (first == NOBODY or known is None or first in known) else name


def names_in(text: str) -> list[str]:
    """The pictures that the value of an attribute lists: between semicolons or commas, or as a list of Python."""
    if text.startswith("["):
        try:
            return [str(name) for name in ast.literal_eval(text)]
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            pass
    parts = text.split(";") if ";" in text else text.split(",")
    return [part.strip() for part in parts if part.strip()]


def pair_lists(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Tags with the pairs that a list can say.  Frames have unique names without endings."""
    no_argument("pair-lists", argument)
    ledger = Ledger()
    labelled = is_class(dataset, "tags")
    ledger.lost("tag", "its label is not of the top level", dataset, "tags", ~labelled)
    twins = labelled & ~_are_first(dataset)
    ledger.lost("tag", "a picture is of a person or not", dataset, "tags", twins)
    dataset = dataset.select(tags=labelled & ~twins)
    texts, known = dataset.attributes.texts(), _Pictures.of(dataset)
    mine = dataset.attributes.kind == Owner.TAG
    new = [known.pairs(dataset, number, text) if mine[number] else "" for number, text in enumerate(texts)]
    gone = np.array([not text for text in new], np.bool_)
    ledger.lost("attribute", "it names no pair of pictures that are there", dataset, "attributes", gone)
    odd = np.array([a != b for a, b in zip(new, texts, strict=True)], np.bool_) & ~gone
    ledger.changed("attribute", "a list names pictures with their persons", dataset, "attributes", odd)
    pool = {text: number for number, text in enumerate(dict.fromkeys(new))}
    value = np.array([pool[text] for text in new], np.int32)
    attributes = dataset.attributes.replace(value=value, pool=tuple(pool)).take(~gone)
    labels = _with_used(dataset.labels, set(attributes.spec.tolist()))
    wider = [row for row, label in enumerate(dataset.labels) if label != labels[row]]
    ledger.changed("attributes of label", "it is defined where pairs are", dataset, "labels", wider, "attributes")
    return dataset.replace(attributes=attributes, labels=labels), ledger.losses()


def _are_first(dataset: Dataset) -> Bools:
    """Whether a tag is the first of its frame and label that has attributes, or else the first."""
    tags = dataset.tags
    has_attributes = np.zeros(len(tags), np.bool_)
    has_attributes[dataset.attributes.of_kind(Owner.TAG).owner] = True
    order = np.argsort(~has_attributes, kind="stable")
    _, first = np.unique(np.stack([tags.frame, tags.label], axis=1)[order], axis=0, return_index=True)
    return np.isin(np.arange(len(tags)), order[first])


def _with_used(labels: Labels, used: set[int]) -> Labels:
    return Labels(
        tuple(replace(label, attributes=tuple(s for s in label.attributes if s.id in used)) for label in labels)
    )


class _Pictures(msgspec.Struct, frozen=True):
    """Which pictures there are, and the names of the labels of each, by subset and name."""

    labels: Mapping[tuple[str, str], list[str]]
    known: Collection[str]

    @classmethod
    def of(cls, dataset: Dataset) -> _Pictures:
        """Those of a dataset."""
        frames, names = dataset.frames, {label.id: label.name for label in dataset.labels}
        pairs = [*zip(frames.subsets, frames.names, strict=True)]
        labels: dict[tuple[str, str], list[str]] = {pair: [] for pair in pairs}
        for frame, label in zip(dataset.tags.frame.tolist(), dataset.tags.label.tolist(), strict=True):
            labels[pairs[frame]].append(names[label])
        return cls(labels, {label.name for label in dataset.labels.top})

    def pairs(self, dataset: Dataset, number: int, text: str) -> str:
        """What a list says of the pairs of an attribute; empty for none."""
        row = int(dataset.attributes.owner[number])
        frame, label = int(dataset.tags.frame[row]), dataset.labels.by_id[int(dataset.tags.label[row])]
        subset, name = dataset.frames.subsets[frame], dataset.frames.names[frame]
        if number_in_name(label.name, name) is None:
            return ""
        spec = dataset.labels.specs[int(dataset.attributes.spec[number])][1]
        same = label.name if spec.name == POSITIVE else None
        whole = [*self._named(subset, [text], same)]  # one name, which may have a comma in it
        return BETWEEN.join(whole or self._named(subset, names_in(text), same))

    def _named(self, subset: str, names: Iterable[str], same: str | None) -> Iterable[str]:
        """same: the person whom all must be of, None for anybody."""
        for name in names:
            label, _, base = name.partition("/")
            name = base if label == NOBODY else name
            if (subset, base) in self.labels and label in self.labels[subset, base]:
                name, persons = base, [label]
            else:
                persons = self.labels.get((subset, name), [])
            person = next((candidate for candidate in persons if same in (None, candidate)), None)
            if person is not None and number_in_name(person, name) is not None:
                yield f"{person}/{name}"
            elif (subset, name) in self.labels and same is None and not persons and _is_plain(name):
                yield path_of_nobody(name, self.known)
