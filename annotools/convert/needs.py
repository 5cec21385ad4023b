"""What a format must know that its files or the dataset do not say: one usage error, before anything is written.

yolo-ultralytics-detection: the sizes of 2 frames are not known: a.jpg, b.jpg, expected pictures or a task ...
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from annotools.errors import OnError, Problem, UsageError, unmade
from annotools.formats.base import Format
from annotools.formats.kernel.frame_names import UNKNOWN_SIZE, unknown_sizes
from annotools.model import Dataset, Losses
from annotools.model.columns import distinct
from annotools.model.fitting import used_shapes
from annotools.quirks import Quirks
from annotools.sequences import chosen
from annotools.storage import Source
from annotools.storage.picture_names import PICTURES, any_ends

_WHAT = {
    "labels": ("which labels there are", "a task as context"),
    "frames": ("which frames there are", "the pictures beside the annotations, or a task as context"),
    "sizes": ("how large pictures are", "the pictures beside the annotations, or a task as context"),
    "pictures": ("what is on pictures", "the pictures beside the annotations"),
}


def check_read(form: Format, source: Source, context: Dataset | None) -> None:
    """Raises UsageError where neither the pictures of a source nor the context say what a reader needs.

    Of what is not certainly of the format, the reader has more to say than that.
    """
    if not form.needs or form.sniff is None or not form.sniff(source):
        return
    pictured = any_ends(source.members(), PICTURES)
    frames = context.frames if context is not None else ()
    known = {
        "labels": context is not None and len(context.labels) > 0,
        "frames": pictured or len(frames) > 0,
        "sizes": pictured or (context is not None and bool((context.frames.width > 0).any())),
        "pictures": pictured,
    }
    for need in sorted(form.needs):
        if not known[need]:
            what, expected = _WHAT[need]
            raise UsageError(f"{source.name}: {form.slug} does not say {what}, expected {expected}{_linked(source)}")


def _linked(source: Source) -> str:
    """Where the pictures may be that a source has not."""
    link = next(filter(source.leads_to_pictures, source.links), "")
    why = "is a symbolic link that leads outside or nowhere, and is not followed: name what it leads to (images=...)"
    return f"; {link} {why}" if link else ""


def needs_sizes(form: Format, source: Source) -> bool:
    """Whether a format has to know how large pictures are, and no picture lies in the source."""
    return "sizes" in form.needs and not any_ends(source.members(), PICTURES)


def check_sizes_read(problems: Iterable[Problem]) -> None:
    """Raises UsageError where a reader met frames whose size it needs and nobody says."""
    unknown = chosen(unmade(problems), lambda problem: problem.kind == UNKNOWN_SIZE)
    if unknown:
        raise UsageError(str(unknown[0]))


def with_sizes(form: Format, dataset: Dataset, on_error: OnError, quirks: Quirks) -> tuple[Dataset, Losses]:
    """A dataset of which a writer can make shares, where it makes some, and what was lost for it.

    on_error: `skip` leaves frames of no size out, where others with something on them are left.
    Raises: UsageError that names all frames of no size.
    """
    if "frames.size" not in form.keeps.uses or (dataset.frames.width * dataset.frames.height > 0).all():
        return dataset, Losses()
    frames = distinct(used_shapes(dataset, form.keeps).frame)
    unknown = frames[(dataset.frames.sizes(frames) <= 0).any(axis=1)]
    if not len(unknown):
        return dataset, Losses()
    if on_error == "skip" and len(unknown) < len(frames):
        from annotools.transform.frames import without_frames  # few datasets have such frames

        gone = np.isin(np.arange(len(dataset.frames)), unknown)
        return without_frames(dataset, gone, "its size is not known, and the format has shares of it", quirks)
    message = unknown_sizes([_name(dataset, frame) for frame in unknown.tolist()])
    expected = "the pictures to be written along (images=...), or a task as context"
    raise UsageError(f"{form.slug}: {message}, expected {expected}")


def _name(dataset: Dataset, frame: int) -> str:
    names = dataset.frames.names
    return names[frame] if 0 <= frame < len(names) else str(frame)
