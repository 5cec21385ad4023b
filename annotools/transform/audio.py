"""audio-intervals: what a table of intervals of one recording can say.

Labels that intervals use, by name, with the names of the attributes that these have; one frame, the recording; nothing
that is drawn.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from annotools.model.codes import Owner
from annotools.model.columns import Bools
from annotools.model.dataset import Dataset
from annotools.model.definitions import AttributeSpec, Label, Labels
from annotools.model.losses import Ledger, Losses
from annotools.model.row_numbers import with_known_frames
from annotools.quirks import NONE, Quirks
from annotools.transform.rows import no_argument


def audio_intervals(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Intervals of labels of the top level, with attributes that say something, and nothing else."""
    no_argument("audio-intervals", argument)
    ledger = Ledger()
    dataset = _without_drawings(dataset, ledger)
    dataset = _without_empty(_labelled(dataset, ledger), ledger)
    return _media(_defined(dataset, ledger), ledger), ledger.losses()


def _without_drawings(dataset: Dataset, ledger: Ledger) -> Dataset:
    """Without tags, shapes and tracks."""
    gone: dict[str, Bools] = {}
    for name in ("tags", "shapes", "tracks"):
        rows = getattr(dataset, name)
        ledger.lost(name, "there are only intervals in a recording", dataset, name, np.ones(len(rows), np.bool_))
        gone[name] = np.zeros(len(rows), np.bool_)
    return dataset.select(**gone)


def _labelled(dataset: Dataset, ledger: Ledger) -> Dataset:
    """Without intervals of labels that a name does not tell, and those that start nowhere."""
    table = dataset.intervals
    good = np.isin(table.label, [lb.id for lb in dataset.labels.top if dataset.labels.find(lb.name) is lb])
    ledger.lost("interval of a label that its name does not tell", "labels are names", dataset, "intervals", ~good)
    early = good & ((table.start < 0) | (table.stop < -1))
    ledger.lost("interval before the beginning", "times count from 0", dataset, "intervals", early)
    return dataset if (good & ~early).all() else dataset.select(intervals=good & ~early)


def _without_empty(dataset: Dataset, ledger: Ledger) -> Dataset:
    """Without attributes that say nothing, or whose name is another's of their label."""
    attributes, labels = dataset.attributes, dataset.labels
    texts = np.array([bool(text) for text in attributes.pool] or [True], np.bool_)
    empty = ~texts[attributes.value]
    ledger.lost("attribute without a value", "a cell without a value is none", dataset, "attributes", empty)
    owner = dataset.intervals.label[attributes.owner]
    first = labels.specs_by_name
    specs = {spec.id: (lb.id, first.get((lb.id, spec.name)) is spec) for lb in labels for spec in lb.attributes}
    known = np.array([specs.get(number) == (label, True) for number, label in _pairs(attributes.spec, owner)], np.bool_)
    ledger.lost("attribute that its label lacks", "a column has one name", dataset, "attributes", ~known & ~empty)
    return dataset.replace(attributes=attributes.take(known & ~empty))


def _pairs(spec: Any, label: Any) -> Any:
    return zip(spec.tolist(), label.tolist(), strict=True)


def _defined(dataset: Dataset, ledger: Ledger) -> Dataset:
    """Labels in the order in which they are used, with the attributes that they have, in the order of names."""
    labels, attributes = dataset.labels, dataset.attributes.of_kind(Owner.INTERVAL)
    used = dict.fromkeys(dataset.intervals.label.tolist())
    unused = [row for row, label in enumerate(labels) if label.id not in used]
    ledger.lost("label", "nothing uses it, and there is no list of labels", dataset, "labels", unused)
    used_specs = set(attributes.spec.tolist())
    rows = [_plain(labels.by_id[number], used_specs) for number in used]
    changed = {row.id for row in rows if _bare(row) != _bare(labels.by_id[row.id])}
    odd = [row for row, label in enumerate(labels) if label.id in changed]
    ledger.changed("attributes of label", "values have names, and no definition", dataset, "labels", odd, "attributes")
    return dataset.replace(labels=Labels(tuple(rows)))


def _plain(label: Label, used_specs: set[int]) -> Label:
    specs = sorted((spec for spec in label.attributes if spec.id in used_specs), key=lambda spec: spec.name)
    return replace(label, attributes=tuple(AttributeSpec(spec.id, spec.name) for spec in specs))


def _bare(label: Label) -> list[AttributeSpec]:
    return [replace(spec, id=0) for spec in label.attributes]


def _media(dataset: Dataset, ledger: Ledger) -> Dataset:
    """A task of audio with one frame, the recording, where anything is said of it."""
    frames, task = dataset.frames, dataset.task
    kept = np.arange(len(frames)) < (1 if len(dataset.intervals) and len(frames) and frames.names[0] else 0)
    ledger.lost("frame", "a recording is one", dataset, "frames", ~kept)
    for name, value in (("media_type", "audio"), ("dimension", "1d")):
        odd = [0] if getattr(task, name) != value else []
        what = f"{name.replace('_', ' ')} of task"
        ledger.changed(what, "the format is of recordings", dataset, "task", odd, column=name)
    dataset = with_known_frames(dataset, np.flatnonzero(kept)) if not kept.all() else dataset
    return dataset.replace(task=replace(task, media_type="audio", dimension="1d"))
