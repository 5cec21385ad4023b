"""Several steps one after the other, with the sum of their losses.

    dataset, losses = chain(dataset, tracks_to_shapes, partial(round_numbers, argument="2"))
"""

from __future__ import annotations

from collections.abc import Callable

from annotools.model.dataset import Dataset
from annotools.model.losses import Losses

Step = Callable[[Dataset], tuple[Dataset, Losses]]


def chain(dataset: Dataset, *steps: Step) -> tuple[Dataset, Losses]:
    """The dataset after all steps, and what they changed or lost."""
    total = Losses()
    for step in steps:
        dataset, losses = step(dataset)
        total += losses
    return dataset, total
