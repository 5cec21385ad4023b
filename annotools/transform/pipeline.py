"""Steps one after the other, by name: what a format declares and what a user asks for run the same way.

    dataset, losses = run(dataset, ("merge-jobs", "tracks-to-shapes", "round=2"), quirks)

Every loss says which step it is of, and its rows are rows of the dataset that this step was given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from annotools.errors import UsageError, suggest
from annotools.model.dataset import Dataset
from annotools.model.losses import Losses
from annotools.model.row_numbers import numbered, unnumbered
from annotools.quirks import NONE, Quirks
from annotools.transform.accounting import unsaid
from annotools.transform.steps import STEPS, TRANSFORMS, Transform


def run(
    dataset: Dataset, names: Iterable[str], quirks: Quirks = NONE, known: Mapping[str, Transform] = STEPS
) -> tuple[Dataset, Losses]:
    """The dataset after all steps, and what they changed or lost.  names: `name` or `name=argument`.

    Raises: UsageError for a step that is none of the known, or an argument that it does not take.
    """
    total = Losses()
    for step, argument in [named(text, known) for text in names]:
        before = numbered(dataset)
        after, losses = known[step](before, argument, quirks)
        losses += unsaid(before, after, losses, step)
        dataset = unnumbered(after)
        total += Losses(tuple(replace(loss, step=step) for loss in losses))
    return dataset, total


def checked(text: str) -> str:
    """The same text, which names a step that users may ask for.  Raises UsageError when there is no such."""
    named(text)
    return text


def named(text: str, known: Mapping[str, Transform] = TRANSFORMS) -> tuple[str, str]:
    """The name and the argument of a step.  Raises UsageError when there is no such."""
    name, _, argument = text.partition("=")
    if name not in known:
        raise UsageError(f"no transform is called {name!r}, expected {suggest(name, known)}")
    return name, argument
