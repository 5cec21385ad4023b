"""A dataset on its way from a reader to a writer, and what that costs.

What the dataset was is let go as soon as it is another: of each generation of its columns one is alive, and that of the
step that is going on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from annotools.convert.needs import with_sizes
from annotools.errors import OnError
from annotools.formats.base import Format, WriteOptions
from annotools.memory import give_back
from annotools.model import Dataset, Losses, fit
from annotools.quirks import Quirks
from annotools.transform import run
from annotools.transform.steps import STEPS, Transform


class Work:
    """dataset: as it is by now.  losses: what was lost or changed so far."""

    def __init__(self, dataset: Dataset, losses: Losses | None = None) -> None:
        self.dataset = dataset
        self.losses = losses or Losses()

    def run(self, names: Iterable[str], quirks: Quirks, known: Mapping[str, Transform] = STEPS) -> None:
        """Steps, one after the other.  Raises as `run` of `annotools.transform`."""
        for name in names:
            numbers = self.dataset.shapes.numbers
            self.dataset, losses = run(self.dataset, (name,), quirks, known)
            self.losses += losses
            if self.dataset.shapes.numbers is not numbers:
                del numbers  # what it was, and what was made on the way
                give_back()

    def fit(self, form: Format, options: WriteOptions, on_error: OnError = "raise") -> None:
        """All that a format needs, ready for its writer.

        on_error: `skip` leaves out what the writer cannot write.
        Raises: UsageError for what the writer needs and the dataset does not say.
        """
        form = form.dialect(options)
        self.run(form.steps(options), options.quirks)
        self.dataset, left_out = with_sizes(form, self.dataset, on_error, options.quirks)
        self.losses += left_out
        self.dataset, losses = fit(self.dataset, form.keeps)
        self.losses += losses
