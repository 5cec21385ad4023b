"""CVAT API bundle (slug `cvat-api`): what the API returns about a task, as a folder, a zip or a bare annotations.json.

    labels.json        [{"id": 1, "name": "car", "attributes": [{"id": 3, "name": "colour", ..}], ..}]
    data_meta.json     {"size": 2, "frames": [{"width": 640, "height": 480, "name": "a.jpg"}, ..], "deleted_frames": []}
    task.json          {"id": 7, "name": "..", "mode": "annotation", ..}
    annotations.json   {"version": 0, "tags": [], "shapes": [..], "tracks": [], "intervals": []}
    jobs/<id>/         job.json, data_meta.json, and annotations.json where rows belong to jobs
    job.json           where all rows belong to one job: annotations.json is that job's

Nothing that the hub holds is lost but what is named in `KEEPS`.  Source: https://docs.cvat.ai/docs/api_sdk/
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import orjson

from annotools.formats.base import Format, Members, WriteOptions
from annotools.formats.cvat_json import bundle
from annotools.formats.cvat_json.keeps import FINITE
from annotools.formats.cvat_json.labels import label_items
from annotools.formats.cvat_json.meta import Item, frame_items, job_meta_item, meta_item
from annotools.formats.cvat_json.tasks import honeypot_item, job_item, task_item
from annotools.formats.kernel.members import file_names
from annotools.model import Dataset, Job
from annotools.model.keeps import EVERYTHING, FRAME_FIELDS, TASK_FIELDS
from annotools.storage import Media, Source

KEEPS = replace(
    EVERYTHING,
    frames=FRAME_FIELDS - {"subsets"},
    task=TASK_FIELDS - {"owner_email", "assignee_email"},
    conditions=(FINITE,),
    extras={},
)
_HEAD = 1 << 16
_TEXT = re.compile(rb'"((?:[^"\\]++|\\.)*+)"?+(\s*+:)?')  # and what follows where it is a key
_LISTS = (b"tags", b"shapes", b"tracks", b"intervals")


def sniff(source: Source) -> bool:
    """Whether a source is certainly a bundle: labels with frames or a task beside them, or rows with `label_id`."""
    source = bundle.rooted(source)
    names = set(source.members())
    name = bundle.annotations_name(source)
    if name is not None:
        return _labeled(source, name)
    defined = bundle.LABELS in names and bool(names & {bundle.META, bundle.TASK, bundle.JOB})
    return defined or (bundle.LABELS in names and bool(bundle.job_folders(source)))


def _labeled(source: Source, name: str) -> bool:
    """Whether the beginning of a file reads like LabeledData with ids."""
    with source.open(name) as stream:
        head = stream.read(_HEAD).lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head.startswith(b"{"):
        return False
    keys = [match[1] for match in _TEXT.finditer(head) if match[2]]
    if not keys or keys[0] not in (b"version", *_LISTS):
        return False
    rows = [key for key in keys if key not in (b"version", *_LISTS)]
    return b"label_id" in keys if rows else any(key in keys for key in _LISTS)


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """The members of a bundle; pictures go below `images/` when they are asked for."""
    from annotools.formats.cvat_json.encode import Encoder  # who reads needs none, or only asks whether to read

    encoder = Encoder(dataset)
    homes = set(bundle.rows_by_job(dataset))
    numbers = bundle.job_numbers(dataset.jobs)
    yield bundle.LABELS, _json(label_items(dataset.labels, task_id=dataset.task.id if dataset.task.id >= 0 else None))
    items = frame_items(dataset)
    yield bundle.META, _json(meta_item(dataset, items))
    yield bundle.TASK, _json(task_item(dataset))
    alone = homes == {0} and len(dataset.jobs) == 1
    if alone:
        yield bundle.JOB, _json(job_item(dataset, dataset.jobs[0], numbers[0]))
    if alone or -1 in homes or not homes:
        yield bundle.ANNOTATIONS, _ended(encoder.document(0 if alone else -1))
    for row, job in enumerate(dataset.jobs):
        yield from _job_members(dataset, job, numbers[row], items)
        if not alone and homes - {-1}:
            yield f"jobs/{numbers[row]}/{bundle.ANNOTATIONS}", _ended(encoder.document(row))
    if options.images and media is not None:
        names = file_names(dataset, media)
        for frame, file in media.items():
            yield f"images/{names[frame]}", file.pieces()


def _job_members(dataset: Dataset, job: Job, number: int, items: Sequence[Item]) -> Members:
    folder = f"jobs/{number}"
    yield f"{folder}/{bundle.JOB}", _json(job_item(dataset, job, number))
    yield f"{folder}/{bundle.META}", _json(job_meta_item(dataset, job, items))
    if job.honeypots:
        yield f"{folder}/{bundle.HONEYPOTS}", _json(honeypot_item(job))


def _json(value: Any) -> Iterable[bytes]:
    return [orjson.dumps(value, option=orjson.OPT_INDENT_2), b"\n"]


def _ended(pieces: Iterable[bytes]) -> Iterable[bytes]:
    yield from pieces
    yield b"\n"


FORMAT = Format(
    slug="cvat-api", name="CVAT API bundle", keeps=KEEPS, read=bundle.read_bundle, write=write, sniff=sniff,
    pipeline=("keyframes-only", "drop-track-scores", "one-home", "drop-disabled-frames", "video-source"),
    main=bundle.ANNOTATIONS,
    members=(*sorted(bundle.MEMBERS), *(f"jobs/*/{name}" for name in bundle.JOB_MEMBERS), "images/**"),
    letters=(*sorted(bundle.MEMBERS.union(bundle.JOB_MEMBERS)), "jobs"),
    about="labels.json, data_meta.json, task.json and annotations.json as the API returns them, jobs below jobs/<id>/",
)  # fmt: skip
