"""Reading what the YOLO family shares: pictures and classes by a layout, and lines by what a format makes of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from annotools.errors import Problems
from annotools.formats.base import Read, ReadOptions
from annotools.formats.kernel.frame_names import as_server
from annotools.formats.kernel.imported import imported
from annotools.formats.kernel.rows import Rows
from annotools.formats.kernel.subsets import in_one_subset
from annotools.formats.yolo.data_yaml import layout_of
from annotools.formats.yolo.layout import NO_SPARE_SUBSET, Layout
from annotools.formats.yolo.lines import LabelLines, define, label_lines
from annotools.formats.yolo.loose_labels import stray_labels
from annotools.model import Dataset
from annotools.sequences import chosen

if TYPE_CHECKING:
    from annotools.storage import Source

Listing = Callable[["Source", Problems], Layout | None]
Adding = Callable[[LabelLines], None]


class Kind(NamedTuple):
    """What a format makes of files.  add: rows of lines; listing: what there is; define: labels of classes."""

    add: Adding
    listing: Listing = layout_of
    define: Callable[[Rows, Layout], None] = define


def read(source: Source, context: Dataset | None, options: ReadOptions, *, kind: Kind) -> Read:
    """The dataset of a source, with every problem it has."""
    problems = Problems()
    rows = Rows(source, context, problems, options)
    layout = _listed(rows, source, problems, kind)
    if layout is not None and not layout.named:
        layout = _with_names(rows, layout, context)
    _read(rows, source, problems, kind, layout)
    return rows.read(gaps_are_outside=True)


def _with_names(rows: Rows, layout: Layout, context: Dataset | None) -> Layout:
    """Classes that nothing names: those of the task in their order, or else called after their numbers."""
    if context is not None and context.labels:
        return replace(layout, names=dict(enumerate(label.name for label in context.labels.top)))
    if layout.names:
        why = "nothing says what classes are called, so they are called after their numbers"
        rows.repairs.note("name of class", why, next(iter(layout.names.values())), len(layout.names))
    return layout


def read_as_server(source: Source, context: Dataset | None, options: ReadOptions, *, kind: Kind) -> Read:
    """The dataset of a source as the server stores it."""
    problems = Problems()
    rows = Rows(source, context, problems, options, matching=as_server)
    _read(rows, source, problems, kind, kind.listing(source, problems))
    return imported(rows.read(), options)


def _listed(rows: Rows, source: Source, problems: Problems, kind: Kind) -> Layout | None:
    """What there is; a subset that a dataset can do without is lost aloud where others are there."""
    faults = Problems()
    layout = kind.listing(source, faults)
    there = layout is not None and len(layout.entries) > 0
    spare = tuple(chosen(faults.all(), lambda problem: there and problem.kind == NO_SPARE_SUBSET))
    problems.extend(chosen(faults.all(), lambda problem: not there or problem.kind != NO_SPARE_SUBSET))
    rows.left_out("subset", len(spare), why="; ".join(problem.message for problem in spare[:3]), table="members")
    if layout is None:
        return None
    return replace(layout, entries=in_one_subset(layout.entries, lambda one: (one.picture, one.labels), rows.repairs))


def _read(rows: Rows, source: Source, problems: Problems, kind: Kind, layout: Layout | None) -> None:
    if layout is not None:
        strays = stray_labels(source, layout)
        rows.left_out("label file", len(strays), why="of no picture that the dataset names", table="members")
        kind.define(rows, layout)
        kind.add(label_lines(rows, source, layout, problems))
