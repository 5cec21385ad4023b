"""Which edits an input of a format takes, without what makes them."""

from __future__ import annotations

from annotools.validate.edits import (
    AddAttribute,
    AddAttributes,
    Copy,
    Drop,
    DropAttribute,
    Edit,
    Order,
    Put,
    PutAttribute,
)

MENDED = frozenset({"cvat-api", "cvat-backup", "cvat-images", "cvat-video"})  # inputs whose rows can be changed
A_ROW_A_LINE = ("yolo", "kitti", "mot", "icdar-localization")  # formats whose lines are one shape each, no more
_OF_ROWS = (Put, Copy, Order, PutAttribute, DropAttribute, AddAttribute, AddAttributes)  # that only MENDED inputs take


def can_be_made(slug: str, edit: Edit) -> bool:
    """Whether an input of a format takes edits of this kind at all.  slug: empty for rows without a source."""
    if slug in MENDED or not slug:
        return True
    if isinstance(edit, Drop):
        return edit.kind == "shape" and slug.startswith(A_ROW_A_LINE)
    return not isinstance(edit, _OF_ROWS)
