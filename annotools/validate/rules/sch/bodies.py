"""The body as a whole: its size and order."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from annotools.validate.context import Context
from annotools.validate.findings import ERROR, INFO, OFF, WARNING, Found
from annotools.validate.needs import SOURCE
from annotools.validate.registry import rule


@rule("SCH016", "huge-body", WARNING, needs=SOURCE, proof="source: settings/base.py, DATA_UPLOAD_MAX_MEMORY_SIZE")
def huge_body(ctx: Context, megabytes: float = 100) -> Found | None:
    """The annotations are larger than the server takes in one request.

    Why: the server and the proxy before it have limits for the body of a request (100 MB in the settings that CVAT
        comes with, as little as 1 MB in some proxies) and answer 413 or 400. What is about to be sent (`--as`) is an
        error; a file may still be sent in parts.
    Bad:
        {"annotations": {"tags": [{"label_id": 6, "frame": 0}]}, "options": {"megabytes": 0.00001}}

        {"annotations": {"tags": [{"label_id": 6, "frame": 0}]}, "options": {"megabytes": 0.00001}, "as": "put"}
    Good:
        {"annotations": {"tags": [{"label_id": 6, "frame": 0}]}, "options": {"megabytes": 1}}
    Options: megabytes: the most that the server takes.
    Source: CVAT's settings/base.py, DATA_UPLOAD_MAX_MEMORY_SIZE
    """
    name = ctx.subject.member
    if ctx.source is None or ctx.slug != "cvat-api" or not ctx.source.has(name):
        return None
    size = ctx.source.size(name) / 2**20
    message = "{name} has {size:.1f} MB, expected at most {most:g} MB in one request"
    sent = {"severity": ERROR} if ctx.action else {}
    return ctx.at("document", [0] if size > megabytes else [], message, name=name, size=size, most=megabytes, **sent)


@rule(
    "SCH017", "unordered-frames", INFO, upload=OFF,
    proof="spec: the API answers tags and shapes in the order of their frames",
)  # fmt: skip
def unordered_frames(ctx: Context) -> Iterator[Found]:
    """Tags or shapes are not in the order of their frames.

    Why: nothing breaks, but the server answers them in that order, so two versions of a file differ everywhere.
    Bad:
        {"tags": [{"label_id": 6, "frame": 3}, {"label_id": 6, "frame": 1}]}

        {"shapes": [{"type": "points", "label_id": 1, "frame": 3, "points": [10, 10]},
                    {"type": "points", "label_id": 1, "frame": 1, "points": [10, 10]}]}
    Good:
        {"tags": [{"label_id": 6, "frame": 1}, {"label_id": 6, "frame": 3}]}
    Source: CVAT's API: annotations are answered by frame
    """
    for kind, table, rows in (
        ("tag", ctx.tags, np.arange(len(ctx.tags))), ("shape", ctx.shapes, np.flatnonzero(ctx.plain)),
    ):  # fmt: skip
        frames = table.frame[rows]
        first = np.flatnonzero((frames[1:] < frames[:-1]) & (table.job[rows][1:] == table.job[rows][:-1]))[:1]
        message = "frame {frame} comes after frame {before}"
        yield ctx.at(kind, rows[first + 1], message, frame=frames[first + 1], before=frames[first])
