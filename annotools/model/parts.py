"""What a dataset is made of, for what stands below it: choosing rows, comparing, following rows through a step."""

from __future__ import annotations

from typing import Any, Protocol, Self

from annotools.model.codes import Owner
from annotools.model.definitions import Job, Labels, Task
from annotools.model.extras import Extras
from annotools.model.frames import Frames
from annotools.model.table import Table
from annotools.model.tables import Attributes, Intervals, Shapes, Tags, Tracks


class Parts(Protocol):
    """The tables and definitions of a dataset."""

    task: Task
    labels: Labels
    frames: Frames
    jobs: tuple[Job, ...]
    attributes: Attributes

    @property
    def tags(self) -> Tags:
        """Labels of whole frames."""

    @property
    def shapes(self) -> Shapes:
        """Plain shapes, keyframes of tracks, elements of skeletons."""

    @property
    def tracks(self) -> Tracks:
        """Objects over frames."""

    @property
    def intervals(self) -> Intervals:
        """Stretches of audio."""

    @property
    def extras(self) -> dict[str, Extras]:
        """What formats say beside, by table and name."""

    def table(self, owner: Owner) -> Table:
        """The table whose rows own attributes of a kind."""

    def canonical(self) -> Self:
        """The same annotations with ids renumbered and rows in one fixed order."""

    def replace(self, **parts: Any) -> Self:
        """The same with some parts changed."""
