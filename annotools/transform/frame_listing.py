"""What formats say of frames: which are listed, and what is known of those that are not.

hide-honeypots          frames that show what a later one shows count as deleted, as the server hides them
drop-hidden-rows        tags and plain shapes on frames that are deleted or not the job's go
blank-hidden-frames     such frames have no name, size or subset: a list of frames leaves them out
one-frame-size          frames of a video have the size of the first, others none: the format has one size
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from annotools.model.columns import Bools
from annotools.model.dataset import Dataset
from annotools.model.frames import Frames
from annotools.model.losses import Ledger, Losses
from annotools.quirks import NONE, Quirks
from annotools.transform.frames import without_honeypots
from annotools.transform.job_scope import only_job
from annotools.transform.removal import without
from annotools.transform.rows import no_argument

_FIELDS = {"name": ("names",), "size": ("width", "height"), "subsets": ("subsets",), "deleted": ("deleted",)}


def hide_honeypots(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """With honeypots as deleted frames, where quirks say so."""
    no_argument("hide-honeypots", argument)
    hidden = without_honeypots(dataset, quirks)
    ledger = Ledger()
    new = hidden.frames.deleted & ~dataset.frames.deleted
    ledger.changed("honeypot", "exports leave it out", dataset, "frames", new, column="deleted")
    return hidden, ledger.losses()


def drop_hidden_rows(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Without the tags and plain shapes that stand on deleted frames or outside the job."""
    no_argument("drop-hidden-rows", argument)
    ledger = Ledger()
    why = "its frame is deleted or not among those written"
    shown = dataset.shown_frames
    dataset = without(dataset, "tags", ~np.isin(dataset.tags.frame, shown), ledger, "tag", why)
    shapes = dataset.shapes
    hidden = (shapes.track < 0) & (shapes.parent < 0) & ~np.isin(shapes.frame, shown)
    return without(dataset, "shapes", hidden, ledger, "shape", why), ledger.losses()


def blank_hidden_frames(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Frames that are not shown as a list of the others leaves them: before a job as if nothing were known, else
    as if deleted.
    """
    no_argument("blank-hidden-frames", argument)
    frames, job = dataset.frames, only_job(dataset)
    blank = np.ones(len(frames), np.bool_)
    blank[dataset.shown_frames] = False
    within = blank.copy()
    within[: 0 if job is None else job.start_frame] = False
    names, subsets = (_blanked(texts, blank) for texts in (frames.names, frames.subsets))
    width, height = (np.where(blank, 0, column) for column in (frames.width, frames.height))
    new = replace(frames, names=names, width=width, height=height, deleted=within, subsets=subsets)
    ledger = Ledger()
    whole = job is None or job.included is None
    _tell(dataset, new, ledger, "deleted frames are not listed" if whole else "the job does not show the frame")
    return dataset.replace(frames=new), ledger.losses()


def _blanked(texts: tuple[str, ...], blank: Bools) -> tuple[str, ...]:
    return tuple("" if gone else text for text, gone in zip(texts, blank.tolist(), strict=True))


def one_frame_size(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """All frames of a video of the size of the first; of other tasks no size."""
    no_argument("one-frame-size", argument)
    frames = dataset.frames
    known = dataset.task.is_video and len(frames) > 0
    width, height = (np.full(len(frames), column[0] if known else 0) for column in (frames.width, frames.height))
    new = replace(frames, width=width, height=height)
    ledger = Ledger()
    _tell(dataset, new, ledger, "the format has one size, and that of a video")
    return dataset.replace(frames=new), ledger.losses()


def _tell(dataset: Dataset, new: Frames, ledger: Ledger, why: str) -> None:
    """Note the fields of frames in which the new ones differ."""
    for name, columns in _FIELDS.items():
        odd = np.zeros(len(new), np.bool_)
        for column in columns:
            pairs = zip(getattr(dataset.frames, column), getattr(new, column), strict=True)
            odd |= np.fromiter((a != b for a, b in pairs), np.bool_, len(new))
        ledger.lost(f"{name} of frame", why, dataset, "frames", odd, column=name)
