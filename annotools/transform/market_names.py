"""market-names: frames and tags that say the same of persons, as Market-1501 has them.

    tag of person_id 0002, ... and 0002_c1s1_000451_03.jpg      stays
                               and 0007_c1s1_000451_03.jpg      is called after its tag
                               and img.jpg                      stays: its file is 0002_c1s1_000451_03img.jpg
                               and 9.jpg                        becomes _9.jpg, lest its digits be the box's
    no tag and 0002_c1s1_000451_03.jpg                          gets the tag

A tag without a person says nothing and goes; what a tag does not say is as the server has it.  The label gets those of
the format's attributes that it lacks.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from itertools import count
from posixpath import splitext

import numpy as np
from msgspec.structs import replace

from annotools.model.codes import Owner
from annotools.model.dataset import Dataset
from annotools.model.definitions import AttributeSpec, Label, Labels
from annotools.model.losses import Ledger, Losses
from annotools.model.tables import Attributes, Tags
from annotools.quirks import NONE, Quirks
from annotools.storage.picture_names import is_picture
from annotools.transform.files import renamed
from annotools.transform.person_names import ATTRIBUTES, LABEL, Person, file_name, is_own_name, parsed, persons_by_tag
from annotools.transform.rows import no_argument


def market_names(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Frames and tags that say the same of persons."""
    no_argument("market-names", argument)
    ledger, known = Ledger(), persons_by_tag(dataset)
    gone = np.ones(len(dataset.tags), np.bool_)
    gone[list(known)] = False
    ledger.lost("tag", "it says no person, or a second one", dataset, "tags", gone)
    why = "a name says it in its own way"
    ledger.changed("attribute", why, dataset, "attributes", _renamed_values(dataset, known))
    frames = dataset.tags.frame.tolist()
    names, named = _names(dataset, {frames[row]: person for row, person in known.items()})
    if not known and not named:
        ledger.lost("label", "no picture is of a person", dataset, "labels", np.arange(len(dataset.labels)))
    tagged = _tagged(dataset, known, named)
    done, losses = renamed(tagged, "names", names, "a picture is named after its person")
    ledger.extend(losses)
    return done, ledger.losses()


def _renamed_values(dataset: Dataset, known: Mapping[int, Person]) -> list[int]:
    """The attributes of tags that stay which a name will say otherwise."""
    attributes, specs = dataset.attributes, dataset.labels.specs
    texts = {row: dict(zip(ATTRIBUTES, person.values, strict=True)) for row, person in known.items()}
    columns = (attributes.kind.tolist(), attributes.owner.tolist(), attributes.spec.tolist(), attributes.texts())
    return [
        number
        for number, (kind, owner, spec, text) in enumerate(zip(*columns, strict=True))
        if kind == Owner.TAG and owner in texts and (spec not in specs or texts[owner].get(specs[spec][1].name) != text)
    ]


def _tagged(dataset: Dataset, known: Mapping[int, Person], named: Mapping[int, Person]) -> Dataset:
    """The dataset with these tags alone, and their attributes.  known: by row of tags; named: by frame."""
    label = _label(dataset)
    ids = {spec.name: spec.id for spec in label.attributes}
    specs = [ids[name] for name in ATTRIBUTES]
    more = Tags.of(len(named), frame=list(named), label=[label.id] * len(named))
    tags = Tags.concat([dataset.tags.take(np.array(list(known), np.int64)), more])
    values = [value for person in (*known.values(), *named.values()) for value in person.values]
    codes = {text: number for number, text in enumerate(dict.fromkeys(values))}
    attributes = Attributes.of(
        len(values), kind=[int(Owner.TAG)] * len(values), owner=np.repeat(np.arange(len(tags)), len(specs)),
        spec=np.tile(specs, len(tags)), value=[codes[value] for value in values], pool=tuple(codes),
    )  # fmt: skip
    return dataset.replace(tags=tags, attributes=attributes, labels=Labels((label,) if len(tags) else ()))


def _label(dataset: Dataset) -> Label:
    """The label of persons, with all attributes that a name says."""
    label = dataset.labels.find(LABEL) or Label(max(dataset.labels.by_id, default=0) + 1, LABEL)
    fresh = count(max((spec.id for spec in label.attributes), default=0) + 1)
    lacking = [name for name in ATTRIBUTES if label.spec(name) is None]
    more = tuple(AttributeSpec(next(fresh), name) for name in lacking)
    return dataclasses.replace(label, attributes=label.attributes + more)


def _names(dataset: Dataset, persons: Mapping[int, Person]) -> tuple[list[str], dict[int, Person]]:
    """The names of frames, and who those are of that are only named after somebody.  persons: by frame."""
    taken: set[str] = set()
    named: dict[int, Person] = {}
    names = []
    for frame, (subset, name) in enumerate(zip(dataset.frames.subsets, dataset.frames.names, strict=True)):
        person, parts = persons.get(frame), parsed(name)
        if person is None and parts is not None and not parts[1]:
            person = named[frame] = parts[0]
        folder = "query" if person is not None and person.query else f"box {subset}"
        for new in _choices(name, parts, person):
            paths = {f"{folder}/{file_name(new, person)}", f"frame {subset}/{new}"}
            if taken.isdisjoint(paths):
                break
        taken |= paths
        names.append(new)
    return names, named


def _choices(name: str, parts: tuple[Person, str] | None, person: Person | None) -> Iterator[str]:
    """What a frame may be called, the best first.  parts: who it is named after, and the rest of the name."""
    above, slash, base = name.rpartition("/")
    if parts is not None and not parts[1] and person is not None:
        end = splitext(base)[1] if is_picture(base) else ""
        same = replace(parts[0], query=person.query) == person
        yield name if same else f"{above}{slash}{person.name}{end}"
    elif parts is None and (person is None or is_own_name(base)):
        yield name
    yield f"{above}{slash}_{base}"
    yield from (f"{above}{slash}_{n}_{base}" for n in count(1))
