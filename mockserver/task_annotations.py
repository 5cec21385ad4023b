"""Annotations of a task: the jobs' ones merged, and a document cut over the jobs."""

from __future__ import annotations

import orjson

from mockserver import annotation_store, lookup
from mockserver.context import Context
from mockserver.records import LabeledData
from mockserver.state import Record


def answer(ctx: Context, task: Record) -> bytes:
    """The JSON of GET."""
    return orjson.dumps({})


def change(ctx: Context, task: Record, action: str, data: LabeledData) -> bytes:
    """Apply an action to all jobs."""
    return orjson.dumps({})


def clear(ctx: Context, task: Record) -> None:
    """Remove the annotations of all jobs."""
    for job in lookup.jobs_of(ctx, task["id"]):
        annotation_store.clear(ctx, job)
