"""From masks in the layout of Pascal VOC to rows."""

from __future__ import annotations

from annotools.errors import Problem, Problems
from annotools.formats.kernel.rows import Rows
from annotools.formats.masks.class_maps import classes_of, defined
from annotools.formats.masks.mask_rows import add_masks, masks_of_pictures
from annotools.formats.masks.voc_layout import CLASSES, entries_of
from annotools.model import Dataset
from annotools.storage import Source


def read_rows(rows: Rows, source: Source, context: Dataset | None, problems: Problems) -> None:
    """Everything of a source, as rows."""
    classes = classes_of(source, context, problems, rows.repairs)
    rows.label_defs(defined(classes), closed=False)
    entries = entries_of(source, problems)
    if not entries:
        problems.append(Problem("holds no masks", source.name, expected=f"{CLASSES}/*.png"))
    add_masks(rows, entries, [masks_of_pictures(source, entry, classes, problems) for entry in entries], problems)
