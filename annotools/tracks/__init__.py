"""Tracks: from keyframes to every frame and back, and over the borders of jobs.

interpolate(dataset)        a row on every frame on which a track shows
interpolated_portions(...)  the same, some tracks at a time
to_keyframes(dataset)       keyframes only, and outside ones where a track leaves
cut(dataset, 5, 11)         what lies on frames 5 to 11
split_into_jobs(dataset)    a task's annotations cut over its jobs
merge_jobs(dataset)         annotations of jobs put together, what is there twice united
element_owners(dataset)     the skeleton of every element

A module is imported when something of it is first asked for: most conversions are of no tracks, and of one job.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from annotools.tracks.closing import to_keyframes
    from annotools.tracks.cutting import cut
    from annotools.tracks.elements import element_owners
    from annotools.tracks.importing import as_server_stores, of_job
    from annotools.tracks.interpolating import interpolate
    from annotools.tracks.merging import merge_jobs
    from annotools.tracks.portions import interpolated_portions
    from annotools.tracks.splitting import split_into_jobs
    from annotools.tracks.task_jobs import working_jobs

__all__ = [
    "as_server_stores",
    "cut",
    "element_owners",
    "interpolate",
    "interpolated_portions",
    "merge_jobs",
    "of_job",
    "split_into_jobs",
    "to_keyframes",
    "working_jobs",
]

_HOME = {
    "as_server_stores": "importing", "cut": "cutting", "element_owners": "elements", "interpolate": "interpolating",
    "interpolated_portions": "portions", "merge_jobs": "merging", "of_job": "importing",
    "split_into_jobs": "splitting", "to_keyframes": "closing", "working_jobs": "task_jobs",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
