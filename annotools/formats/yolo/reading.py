"""Reading what the YOLO family shares: pictures and classes by a layout, and lines by what a format makes of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from annotools.errors import Problems
from annotools.formats.base import Options, Read
from annotools.formats.kernel.frame_names import as_server
from annotools.formats.kernel.imported import imported
from annotools.formats.kernel.rows import Rows
from annotools.formats.yolo.data_yaml import layout_of
from annotools.formats.yolo.layout import Layout
from annotools.formats.yolo.lines import LabelLines, label_lines
from annotools.model import Dataset

if TYPE_CHECKING:
    from annotools.storage import Source

Listing = Callable[["Source", Problems], Layout | None]
Adding = Callable[[LabelLines], None]


def read(
    source: Source, context: Dataset | None, options: Options, *, add: Adding, listing: Listing = layout_of
) -> Read:  # fmt: skip
    """The dataset of a source, with every problem it has.  add: makes rows of lines; listing: says what there is."""
    problems = Problems()
    rows = Rows(source, context, problems, options)
    _read(rows, source, problems, add, listing)
    return rows.read(gaps_are_outside=True)


def read_as_server(
    source: Source, context: Dataset | None, options: Options, *, add: Adding, listing: Listing = layout_of
) -> Read:  # fmt: skip
    """The dataset of a source as the server stores it."""
    problems = Problems()
    rows = Rows(source, context, problems, options, matching=as_server)
    _read(rows, source, problems, add, listing)
    return imported(rows.read(), options)


def _read(rows: Rows, source: Source, problems: Problems, add: Adding, listing: Listing) -> None:
    layout = listing(source, problems)
    if layout is not None:
        add(label_lines(rows, source, layout, problems))
