"""What CVAT's XML carries, and the steps before it is written, in its two kinds and as the server's exports have it.

`id` of rows is made anew, what is said of a task or a job is what `<meta>` says, labels are told by their names.  The
server's exports say neither occluded nor outside of a skeleton as a whole, nor the group of its points.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace

from annotools.formats.base import Options
from annotools.model import Keeps, Px
from annotools.model.codes import ELLIPSE, RECTANGLE, SKELETON, ShapeType
from annotools.model.keeps import LABEL_FIELDS
from annotools.transform.row_conditions import LABELLED, NAMED, WELL_FORMED, WHOLE_MASKS

_TASK = frozenset(
    {
        "id", "name", "mode", "media_type", "subset", "start_frame", "stop_frame", "step", "overlap", "bug_tracker",
        "owner", "owner_email", "assignee", "assignee_email", "created", "updated", "source_name",
    }
)  # fmt: skip
_JOBS = frozenset({"id", "start_frame", "stop_frame"})
_ROWS = frozenset({"job", "group", "source", "attributes"})
_ROUNDING = Px(2)


def _shapes(columns: Set[str]) -> dict[ShapeType, Set[str]]:
    """The columns of every shape type; rotation only where it can be said."""
    return {kind: columns | {"rotation"} if kind in (RECTANGLE, ELLIPSE) else columns for kind in ShapeType}


IMAGES = Keeps(
    shapes=_shapes(_ROWS | {"occluded", "z_order"}),
    elements=_ROWS | {"occluded", "outside"},
    tags=_ROWS,
    labels=LABEL_FIELDS - {"id"},
    frames=frozenset({"name", "size", "deleted", "subsets"}),
    task=_TASK,
    jobs=_JOBS,
    rounding=_ROUNDING,
    conditions=(*WELL_FORMED, *WHOLE_MASKS, *LABELLED, *NAMED),
)
VIDEO = replace(
    IMAGES,
    shapes=_shapes(_ROWS | {"occluded", "outside", "z_order", "keyframe"}),
    elements=_ROWS | {"occluded", "outside", "keyframe"},
    tags=None,
    tracks=_ROWS,
    frames=frozenset({"size"}),
    uses=frozenset({"frames.deleted"}),
)


def _of_server(keeps: Keeps) -> Keeps:
    """What the server's exports carry, before they are written; pictures are named as frames are."""
    bare = {SKELETON: keeps.shapes[SKELETON] - {"occluded", "outside"}}
    elements = (keeps.elements or frozenset()) - {"group"}
    return replace(
        keeps, shapes={**keeps.shapes, **bare}, elements=elements, conditions=(*WELL_FORMED, *LABELLED),
        uses=keeps.uses | {"jobs.type", "jobs.included", "frames.deleted", "frames.name"},
    )  # fmt: skip


SERVER_IMAGES, SERVER_VIDEO = _of_server(IMAGES), _of_server(VIDEO)


def _scoped(options: Options, *steps: str) -> tuple[str, ...]:
    """Steps of which some ask what is written: a job that was asked for is written as such, even if it is all."""
    alone = "=alone" if options.job is not None else ""
    return tuple(f"{step}{alone}" if step in ("job-scope", "task-meta") else step for step in steps)


_ROWS_FIRST = (
    "xml-characters", "unite-labels", "drop-malformed-shapes", "drop-fractional-masks", "drop-unlabelled-rows",
    "drop-unnamed-rows", "job-scope",
)  # fmt: skip
_JOBS_LAST = ("drop-unknown-attributes", "drop-other-jobs", "job-frames")
_SERVER_FIRST = (
    "hide-honeypots", "xml-characters", "drop-malformed-shapes", "drop-unlabelled-rows", "job-scope",
    "default-attributes",
)  # fmt: skip
_SERVER_LAST = ("drop-unknown-attributes", "round-ellipses=2")


def image_steps(options: Options) -> tuple[str, ...]:
    """Before annotations are written by image."""
    inner = ("tracks-to-shapes", "drop-hidden-rows")
    return _scoped(options, *_ROWS_FIRST, *inner, *_JOBS_LAST, "blank-hidden-frames", "task-meta")


def server_image_steps(options: Options) -> tuple[str, ...]:
    """The same as the server does it: attributes get their defaults."""
    return _scoped(options, *_SERVER_FIRST, "tracks-to-shapes", "drop-hidden-rows", *_SERVER_LAST)


def video_steps(options: Options) -> tuple[str, ...]:
    """Before annotations are written by track."""
    inner = ("drop-hidden-rows", "shown-keyframes", "shapes-to-tracks", "uniform-skeletons", "attribute-owners")
    return _scoped(options, *_ROWS_FIRST, *inner, *_JOBS_LAST, "one-frame-size", "task-meta")


def server_video_steps(options: Options) -> tuple[str, ...]:
    """The same as the server does it: tracks are interpolated before shapes become tracks."""
    inner = ("drop-hidden-rows", "interpolate-tracks", "shapes-to-tracks")
    return _scoped(options, *_SERVER_FIRST, *inner, *_SERVER_LAST)
