"""How programs read COCO, as values: what each takes, refuses and makes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from annotools.formats.base import Options, Read
from annotools.formats.coco import images, importer
from annotools.formats.kernel.frame_names import Matching, as_server, by_name
from annotools.formats.kernel.imported import imported


@dataclass(frozen=True, slots=True)
class Reader:
    """How a program reads COCO.

    keypoints: whether annotations are skeletons.  matching: how pictures are found among a task's frames.
    repeated: what counts of two images of one id.  any_box: whether any box beside keypoints is the one round them.
    tracked: the column of `attributes` without which there is no track.  finish: what becomes of what was read.
    flat: whether z_order is passed over.  strict_points: whether each keypoint has to be one of the label's.
    refuses: what it does not take although it can be understood.
    """

    keypoints: bool = False
    matching: Matching = by_name
    repeated: images.Repeated = images.refused
    any_box: bool = False
    tracked: str = ""
    flat: bool = False
    strict_points: bool = False
    refuses: importer.Refusals = importer.LENIENT
    finish: Callable[[Read, Options], Read] | None = None


def _as_stored(read: Read, options: Options) -> Read:
    """What was read as the server stores it."""
    return imported(replace(read, dataset=importer.with_truth_values(read.dataset)), options)


INSTANCES, KEYPOINTS = Reader(), Reader(keypoints=True)
# As the server's importer: what it reads it stores as its own.
SERVER = Reader(
    matching=as_server, repeated=images.last_counts, any_box=True, tracked="tracked", flat=True, strict_points=True,
    refuses=importer.INSTANCES, finish=_as_stored,
)  # fmt: skip
SERVER_KEYPOINTS = replace(SERVER, keypoints=True, refuses=importer.KEYPOINTS)
