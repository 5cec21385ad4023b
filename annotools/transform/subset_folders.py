"""folder-subsets: subsets with names that one folder can have.

    night/rain, .., train      ->      night_rain, __, train
    folder-subsets=label_2     ->      of a subset that is called as the format's own folders `label_2_1`
    folder-subsets=/           ->      folders may lie in folders: night/rain stays

Whatever is changed, two subsets stay two.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

import numpy as np

from annotools.model.dataset import Dataset
from annotools.model.losses import Ledger, Losses
from annotools.quirks import NONE, Quirks
from annotools.storage.names import name_fault

_SLASH = re.compile(r"[/\\]")
_WHY = "a subset is a folder or a file, beside those of the format"


def folder_subsets(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Subsets that can be folders.

    argument: names that folders of the format have, in any letters, with commas between, and a slash where folders may
    lie in folders.
    """
    reserved = frozenset(argument.lower().split(",")) if argument else frozenset()
    nested = "/" in reserved
    subset_names = dict.fromkeys(subset for subset in dataset.frames.subsets if subset)
    fine = {
        subset for subset in subset_names if _as_folder(subset, nested) == subset and subset.lower() not in reserved
    }
    new = {subset: subset for subset in fine}
    for subset in subset_names:
        if subset not in fine:
            new[subset] = _free(_as_folder(subset, nested), reserved, set(new.values()))
    subsets = tuple(new.get(subset, "") for subset in dataset.frames.subsets)
    odd = np.array([a != b for a, b in zip(dataset.frames.subsets, subsets, strict=True)], np.bool_)
    if not odd.any():
        return dataset, Losses()
    ledger = Ledger()
    ledger.changed("subset of frame", _WHY, dataset, "frames", odd, column="subsets")
    return dataset.replace(frames=replace(dataset.frames, subsets=subsets)), ledger.losses()


def _as_folder(subset: str, nested: bool) -> str:
    if nested and not name_fault(subset):
        return subset
    plain = _SLASH.sub("_", subset)
    return re.sub(r"[^\w -]", "_", plain) if name_fault(plain) else plain


def _free(name: str, reserved: Collection[str], taken: Collection[str]) -> str:
    """The name, with a number behind it if it is taken.  reserved: in small letters."""
    new, number = name, 0
    while new in taken or new.lower() in reserved:
        number += 1
        new = f"{name}_{number}"
    return new
