"""Recorded reports and merges of the server: what went in, as a dataset, and what came out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from annotools.convert.reading import read
from annotools.model import Dataset

HERE = Path(__file__)
OWN = HERE.parents[1] / "data" / "quality"
SHARED = HERE.parents[3] / "shared" / "golden" / "quality"
FOLDER = SHARED if SHARED.is_dir() else OWN
Document = dict[str, Any]


def vectors(kind: str, folder: Path = FOLDER) -> dict[str, Document]:
    """The vectors of a kind (quality, project or consensus) by name."""
    by_name = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))}
    return {name: vector for name, vector in by_name.items() if vector["kind"] == kind}


def task_files(given: Document, number: int = 1) -> Document:
    """A task of a quality or project vector as the files of a bundle."""
    files = _definitions(given, number)
    truth = {"stage": "acceptance", "state": "completed", **given["gt"]}
    frames, last = truth["frames"], len(given["frames"]) - 1
    disabled = truth["disabled_frames"]
    pool = truth.get("mode") == "gt_pool"
    for job in given["jobs"]:
        files |= _job_files(job, job["start_frame"], job["stop_frame"])
        shown = {
            frame: given["frames"][frame]["real_frame"]
            for frame in range(job["start_frame"], job["stop_frame"] + 1)
            if "real_frame" in given["frames"][frame]
        }
        if pool:
            layout = {"honeypot_frames": list(shown), "honeypot_real_frames": list(shown.values())}
            files[f"jobs/{job['id']}/validation_layout.json"] = {"honeypot_count": len(shown), **layout}
    start, stop = (min(frames, default=0), last) if pool else (0, last)
    files |= _job_files(truth | {"type": "ground_truth"}, start, stop)
    files[f"jobs/{truth['id']}/data_meta.json"] = {"included_frames": frames, "deleted_frames": disabled}
    files["validation_layout.json"] = {
        "mode": truth.get("mode", "gt"), "validation_frames": frames, "disabled_frames": disabled,
    }  # fmt: skip
    return files


def consensus_files(given: Document) -> Document:
    """A consensus vector as the files of a bundle."""
    files = _definitions(given, 1)
    last = len(given["frames"]) - 1
    parent = {"type": "annotation", "stage": "annotation", "state": "new", **given["parent"]}
    files |= _job_files(parent, 0, last)
    for replica in given["replicas"]:
        job = replica | {"type": "consensus_replica", "parent_job_id": parent["id"]}
        files |= _job_files(job, 0, last)
    return files


def _definitions(given: Document, number: int) -> Document:
    meta = {
        "size": len(given["frames"]), "frames": given["frames"], "deleted_frames": given.get("deleted_frames", []),
        "start_frame": 0, "stop_frame": len(given["frames"]) - 1,
    }  # fmt: skip
    return {"labels.json": given["labels"], "data_meta.json": meta, "task.json": {"id": number, "name": "vector"}}


def _job_files(job: Document, start: int, stop: int) -> Document:
    names = ("id", "type", "stage", "state", "parent_job_id")
    item = {name: job[name] for name in names if name in job} | {"start_frame": start, "stop_frame": stop}
    folder = f"jobs/{job['id']}"
    return {f"{folder}/job.json": item, f"{folder}/annotations.json": job["annotations"]}


def written(files: Document, folder: Path) -> Path:
    """The files on disk."""
    for name, value in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(json.dumps(value), "utf-8")
    return folder


def dataset_of(files: Document, folder: Path) -> Dataset:
    """The dataset of a bundle."""
    return read(written(files, folder), "cvat-api", by_job=True).dataset


def differences(actual: Any, expected: Any, path: str = "") -> list[str]:
    """Where two documents differ: floats by more than 1e-9, lists of conflicts and ids in any order."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        keys = sorted(expected.keys() | actual.keys())
        return [d for k in keys for d in differences(actual.get(k, "-"), expected.get(k, "-"), f"{path}/{k}")]
    if isinstance(expected, list) and isinstance(actual, list) and len(actual) == len(expected):
        if any(isinstance(item, dict) for item in expected) or path.endswith(("all", "excluded", "not_checkable")):
            actual, expected = (sorted(part, key=_as_text) for part in (actual, expected))
        pairs = zip(actual, expected, strict=True)
        return [d for n, (a, b) in enumerate(pairs) for d in differences(a, b, f"{path}/{n}")]
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in (actual, expected))
    if numbers and abs(actual - expected) <= 1e-9:
        return []
    return (
        [] if actual == expected and type(actual) is type(expected) else [f"{path}: {actual!r}, expected {expected!r}"]
    )


def _as_text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
