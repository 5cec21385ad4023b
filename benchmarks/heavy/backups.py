"""Task backups that may be slow to read.  As in `bundles`."""

from __future__ import annotations

import json
import random
from typing import Any

from benchmarks.heavy.bundles import BOX, SPEC, Item, Make, Members, drawn, dumped, item, keyframe, track


def _job_item(start: int, stop: int, kind: str = "annotation") -> Item:
    return {"status": "annotation", "type": kind, "start_frame": start, "stop_frame": stop}


def _named(shape: Item) -> Item:
    return {k: v for k, v in shape.items() if k != "label_id"} | {"label": "car", "attributes": []}


def backup(documents: list[Item], jobs: list[Item], frames: int, **more: Any) -> Members:
    """A task backup."""
    head = b'{"version":"1.1"}\n{"type":"images"}\n'
    lines = [dumped({"name": f"{i:06}", "extension": ".jpg", "width": 640, "height": 480}) for i in range(frames)]
    data = {"chunk_size": 72, "image_quality": 70, "start_frame": 0, "stop_frame": frames - 1, "deleted_frames": []}
    label = {"name": "car", "attributes": [{k: v for k, v in SPEC.items() if k != "id"}], "type": "any"}
    task = {"name": "t", "bug_tracker": "", "status": "annotation", "labels": [label], "version": "1.0", "jobs": jobs}
    return {
        "task.json": dumped(task | {"data": data | more}), "annotations.json": dumped(documents),
        "data/manifest.jsonl": head + b"\n".join(lines),
    }  # fmt: skip


def ordinary_backup(count: int) -> Members:
    """A backup with ten jobs."""
    rng, frames = random.Random(1), max(count // 10, 100)
    documents: list[Item] = [{"version": 0, "tags": [], "shapes": [], "tracks": []} for _ in range(10)]
    for number in range(count):
        shape = _named(drawn(rng, number))
        documents[shape["frame"] * 10 // frames]["shapes"].append(shape)
    jobs = [_job_item(i * frames // 10, (i + 1) * frames // 10 - 1) for i in range(10)]
    return backup(documents, jobs, frames)


def _backup_jobs(count: int) -> Members:
    documents = [{"version": 0, "shapes": [_named(item([*BOX], frame=i))], "tracks": []} for i in range(count)]
    return backup(documents, [_job_item(i, i) for i in range(count)], count)


def _backup_same_jobs(count: int) -> Members:
    documents = [{"version": 0, "shapes": [_named(item([*BOX], frame=0))]} for i in range(count)]
    return backup(documents, [_job_item(0, count - 1) for i in range(count)], count)


def _backup_track_jobs(count: int) -> Members:
    rows = [keyframe(0), keyframe(count - 1)]
    documents = [{"version": 0, "tracks": [_named(track(rows))]} for i in range(count)]
    return backup(documents, [_job_item(i, i + 1) for i in range(count)], count + 1)


def _backup_shared_jobs(count: int) -> Members:
    rows = [[keyframe(i), keyframe(i + 4)] for i in range(count)]
    documents = [{"version": 0, "tracks": [_named(track(some))]} for some in rows]
    return backup(documents, [_job_item(i, i + 4) for i in range(count)], count + 5)


def _backup_gt_jobs(count: int) -> Members:
    documents = [{"version": 0, "shapes": [_named(item([*BOX], frame=i))], "tracks": []} for i in range(count)]
    return backup(documents, [_job_item(0, count - 1, "ground_truth") for i in range(count)], count)


def _backup_unknown_jobs_keys(count: int) -> Members:
    jobs = [_job_item(i, i) | {"frames": ["000000.jpg"]} for i in range(count)]
    return backup([{"version": 0, "shapes": []} for _ in range(count)], jobs, count)


def _backup_deleted(count: int) -> Members:
    return backup([{"version": 0}], [_job_item(0, count - 1)], count, deleted_frames=list(range(count)))


def _backup_labels(count: int) -> Members:
    members = backup([{"version": 0}], [_job_item(0, 9)], 10)
    task = json.loads(members["task.json"])
    labels = [{"name": f"l{i}", "attributes": [], "type": "any"} for i in range(count)]
    shapes = [_named(item([*BOX])) | {"label": f"l{i}"} for i in range(0, count, 3)]
    documents = dumped([{"version": 0, "shapes": shapes}])
    return members | {"task.json": dumped(task | {"labels": labels}), "annotations.json": documents}


def _backup_broken(count: int) -> Members:
    return backup([{"version": 0}], [_job_item(0, 9)], 10) | {"annotations.json": b"[" + b"{}," * count}


def _backup_bad_manifest(count: int) -> Members:
    members = backup([{"version": 0}], [_job_item(0, 9)], 10)
    return members | {"data/manifest.jsonl": b'{"version":"1.1"}\n{"type":"images"}\n' + b"{}\n" * count}


def _backup_lists(count: int) -> Members:
    return backup([{"version": 0}] * count, [_job_item(0, 9)], 10)


BACKUPS: dict[str, tuple[Make, int]] = {
    "jobs of a frame each": (_backup_jobs, 3_000),
    "jobs of all frames": (_backup_same_jobs, 3_000),
    "jobs with tracks": (_backup_track_jobs, 3_000),
    "jobs that share frames": (_backup_shared_jobs, 3_000),
    "ground-truth jobs": (_backup_gt_jobs, 3_000),
    "unknown keys of jobs": (_backup_unknown_jobs_keys, 5_000),
    "deleted frames": (_backup_deleted, 30_000),
    "labels": (_backup_labels, 10_000),
    "pieces {}": (_backup_broken, 300_000),
    "manifest of faults": (_backup_bad_manifest, 300_000),
    "more lists than jobs": (_backup_lists, 50_000),
}
