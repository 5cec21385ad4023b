"""Steps of formats that count the frames of a sequence and list none of them.

consecutive-frames      those of the job, deleted ones among them as frames with nothing on them
common-frame-size       frames of one size keep it, others have none: the format has one size
occluded-visibility     a share of what is visible goes where the shape says that it is occluded
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from annotools.model.columns import Bools, without
from annotools.model.dataset import Dataset
from annotools.model.extras import Extra
from annotools.model.losses import Ledger, Losses
from annotools.quirks import NONE, Quirks
from annotools.transform.job_scope import only_job
from annotools.transform.picture_frames import only_shown_rows, renumbered, without_jobs
from annotools.transform.rows import no_argument


def consecutive_frames(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Every frame from the first to the last, so that each has its own number; those of the one job, if it is one."""
    no_argument("consecutive-frames", argument)
    ledger = Ledger()
    dataset = only_shown_rows(dataset, ledger)
    job, last = only_job(dataset), len(dataset.frames) - 1
    if job is not None:
        stretch = np.arange(max(job.start_frame, 0), min(job.stop_frame, last) + 1)
        gone = without(np.arange(last + 1), stretch)
        ledger.lost("frame", "it is not of this job", dataset, "frames", gone)
        dataset = renumbered(without_jobs(dataset, ledger), stretch, ledger)
    deleted = dataset.frames.deleted
    ledger.lost("deletion of frame", "it is a frame with nothing on it", dataset, "frames", deleted, column="deleted")
    shown = replace(dataset.frames, deleted=np.zeros(len(deleted), np.bool_))
    return (dataset.replace(frames=shown) if deleted.any() else dataset), ledger.losses()


def common_frame_size(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Frames with the size that all of them have."""
    no_argument("common-frame-size", argument)
    frames, ledger = dataset.frames, Ledger()
    sizes = frames.sizes(np.arange(len(frames)))
    if not len(frames) or ((sizes == sizes[0]).all() and (sizes[0] > 0).all()):
        return dataset, Losses()
    known = (sizes != 0).any(axis=1)
    ledger.lost("size of frame", "the format has one size for all", dataset, "frames", known, column="size")
    nothing = np.zeros(len(frames), np.int64)
    return dataset.replace(frames=replace(frames, width=nothing, height=nothing)), ledger.losses()


def occluded_visibility(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Shares of what is visible only where that is more than nothing, and the shape is not occluded."""
    no_argument("occluded-visibility", argument)
    shapes, ledger = dataset.shapes, Ledger()
    share = shapes.extras.get("visibility")
    if share is None:
        return dataset, Losses()
    odd = share.present.copy()
    odd[odd] = shapes.occluded[odd] | ~_is_share(share)[odd]
    why = "the shape is occluded, or it is not a share"
    ledger.lost("visibility", why, dataset, "shapes", odd, column="extras.visibility")
    extras = {**shapes.extras, "visibility": share.without(odd)}
    return dataset.replace(shapes=shapes.replace(extras=extras)), ledger.losses()


def _is_share(extra: Extra) -> Bools:
    """Whether values are numbers above 0, and none that says the same as not being occluded."""
    if extra.values.dtype.kind not in "iuf":
        return np.zeros(len(extra), np.bool_)
    return np.asarray(np.isfinite(extra.values) & (extra.values > 0) & (extra.values != 1))
