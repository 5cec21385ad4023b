"""server-captions: frames that know the texts of what stands on them, as the CVAT server says them of pictures.

    a tag with text "a", a box with text "b"      server-captions=text      frame extra `captions`: ["a", "b"]

Tags come first, then shapes, the lowest first; what has no text of its own has the default of its label.
Source: CVAT 2.73 dataset_manager/bindings.py and formats/icdar.py
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from annotools.model.codes import CUBOID, Owner
from annotools.model.dataset import Dataset
from annotools.model.definitions import AttributeSpec
from annotools.model.extras import Extra
from annotools.model.losses import Losses
from annotools.model.tables import Ints
from annotools.quirks import NONE, Quirks


def set_texts(dataset: Dataset, owner: Owner, name: str) -> dict[int, str]:
    """The values of the attribute of a name, by row of shapes or tags, where it is set."""
    numbers = [number for number, (_, spec) in dataset.labels.specs.items() if spec.name == name]
    mine = dataset.attributes.of_kind(owner)
    mine = mine.take(np.isin(mine.spec, numbers))
    return dict(zip(mine.owner.tolist(), mine.texts(), strict=True))


def server_texts(dataset: Dataset, owner: Owner, name: str) -> dict[int, str]:
    """What the server makes of them: the default of the label where none is set, and values by their type."""
    values = set_texts(dataset, owner, name)
    labels = (dataset.tags if owner == Owner.TAG else dataset.shapes).label.tolist()
    specs = {label.id: spec for label in dataset.labels if (spec := label.spec(name))}
    rows = ((row, specs[label]) for row, label in enumerate(labels) if label in specs)
    return {row: _typed(spec, values.get(row, spec.default_value)) for row, spec in rows}


def _typed(spec: AttributeSpec, text: str) -> str:
    if spec.input_type == "checkbox":
        return str(text.lower() == "true")
    try:
        return repr(float(text)) if spec.input_type == "number" else text
    except ValueError:
        return text


def server_captions(dataset: Dataset, argument: str, quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """The same dataset, with the texts of each frame.  argument: the name of the attribute."""
    shapes = dataset.shapes
    rows = np.flatnonzero((shapes.parent < 0) & ~shapes.outside & (shapes.type != CUBOID))
    rows = rows[np.argsort(shapes.z_order[rows], kind="stable")]
    captions: list[list[str]] = [[] for _ in dataset.frames.names]
    tags = np.arange(len(dataset.tags))
    _put(captions, dataset.tags.frame, tags, server_texts(dataset, Owner.TAG, argument))
    _put(captions, shapes.frame, rows, server_texts(dataset, Owner.SHAPE, argument))
    extra = Extra.of(captions, derived=True)
    return dataset.replace(extras={"frames": {**dataset.frames.extras, "captions": extra}}), Losses()


def _put(captions: list[list[str]], frame: Ints, rows: Ints, texts: Mapping[int, str]) -> None:
    for row in rows.tolist():
        if row in texts and 0 <= frame[row] < len(captions):
            captions[frame[row]].append(texts[row])
