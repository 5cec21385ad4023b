"""Steps of formats of faces, whose pictures lie in folders of what they show.

face-attributes     blur, expression, illumination, pose and invalid as they are counted; 0 where nothing is said
one-event           the first tag of a picture, whose folder is called after it
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import count

import numpy as np

from annotools.model import AttributeSpec, Dataset, Labels, Losses, Owner
from annotools.model.columns import distinct
from annotools.model.losses import Ledger
from annotools.quirks import NONE, Quirks
from annotools.transform.attributes import named_attributes
from annotools.transform.rows import no_argument

# How much of each there can be; 0 is none of it.
LEVELS = {"blur": 2, "expression": 1, "illumination": 1, "pose": 1, "invalid": 1}
NO_EVENT = "no_label"
EVENT = re.compile(r"(\d+)--([^/]+)/")
_FLAGS = {"true": "1", "false": "0"}
_APART = re.compile(r"[/\\\n\r]|^\s|\s$|^$")


def level_spec(name: str, number: int = 0) -> AttributeSpec:
    """What an attribute of a face is."""
    return AttributeSpec(number, name, True, "select", "0", tuple(str(level) for level in range(LEVELS[name] + 1)))


def face_attributes(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Only attributes of faces, and what they are; levels of occlusion only where the face is occluded."""
    no_argument("face-attributes", argument)
    ledger = Ledger()
    dataset = _levels(named_attributes(dataset, ledger), ledger)
    specs: dict[tuple[int, str], AttributeSpec] = {}
    number, mine = count(1), dataset.attributes
    known = dataset.labels.specs
    used = {(known[spec][0].id, known[spec][1].name) for spec in distinct(mine.spec).tolist()}
    for label in dataset.labels:
        specs |= {(label.id, name): level_spec(name, next(number)) for name in LEVELS if (label.id, name) in used}
    rows = [replace(lb, attributes=tuple(s for (of, _), s in specs.items() if of == lb.id)) for lb in dataset.labels]
    odd = [_plain(a.attributes) != _plain(b.attributes) for a, b in zip(rows, dataset.labels, strict=True)]
    why = "attributes of faces are what the format says, and there are no others"
    ledger.changed("attributes of label", why, dataset, "labels", np.array(odd, np.bool_), "attributes")
    moved = {
        spec: specs[label.id, one.name].id for spec, (label, one) in known.items() if (label.id, one.name) in specs
    }
    spec = np.array([moved[old] for old in mine.spec.tolist()], np.int64)
    return dataset.replace(labels=Labels(tuple(rows)), attributes=mine.replace(spec=spec)), ledger.losses()


def _plain(specs: tuple[AttributeSpec, ...]) -> list[AttributeSpec]:
    return [replace(spec, id=0) for spec in specs]


def _levels(dataset: Dataset, ledger: Ledger) -> Dataset:
    """Attributes of shapes with the name of one of faces, and a value above 0 that it can have."""
    attributes, specs = dataset.attributes, dataset.labels.specs
    names = [specs[spec][1].name for spec in attributes.spec.tolist()]
    texts = attributes.texts()
    values = [_FLAGS.get(text, text) for text in texts]
    good = np.array([_is_level(name, value) for name, value in zip(names, values, strict=True)], np.bool_)
    good &= attributes.kind == Owner.SHAPE
    why = "a face has levels of blur, expression, illumination, pose and invalid, 0 where nothing is said"
    ledger.lost("attribute", why, dataset, "attributes", ~good)
    turned = good & np.array([old != new for old, new in zip(texts, values, strict=True)], np.bool_)
    ledger.changed("attribute", "true is 1", dataset, "attributes", turned)
    pool = {value: number for number, value in enumerate(dict.fromkeys(values))}
    value = np.array([pool[text] for text in values], np.int32)
    dataset = dataset.replace(attributes=attributes.replace(value=value, pool=tuple(pool)).take(good))
    return _occlusion(dataset, ledger)


def _is_level(name: str, value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) == 1 and 0 < int(value) <= LEVELS.get(name, 0)


def _occlusion(dataset: Dataset, ledger: Ledger) -> Dataset:
    shapes, odd = dataset.shapes, np.zeros(len(dataset.shapes), np.bool_)
    level = shapes.extras.get("occlusion")
    if level is None:
        return dataset
    odd[:] = [value is not None and value != 2 for value in level.plain()]
    odd |= level.present & ~shapes.occluded
    why = "it is not occluded, or no more than that"
    ledger.lost("occlusion", why, dataset, "shapes", odd, column="extras.occlusion")
    return dataset.replace(shapes=shapes.replace(extras={**shapes.extras, "occlusion": level.without(odd)}))


def one_event(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """One tag a frame, the first that a folder can be called after."""
    no_argument("one-event", argument)
    ledger, tags = Ledger(), dataset.tags
    fine = np.isin(tags.label, [label.id for label in dataset.labels.top if not _APART.search(label.name)])
    ledger.lost("tag", "its label cannot be called after a folder", dataset, "tags", ~fine)
    first = np.zeros(len(tags), np.bool_)
    rows = np.flatnonzero(fine)
    first[rows[np.unique(tags.frame[rows], return_index=True)[1]]] = True
    ledger.lost("tag", "a picture is of one event", dataset, "tags", fine & ~first)
    return (dataset if first.all() else dataset.select(tags=first)), ledger.losses()
