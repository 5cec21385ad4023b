"""A task of a seed: its frames, its jobs as a server would cut them, and annotations put where they belong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mockserver.seeds.rows import DATE, Rows
from mockserver.state.tables import Record

_WISHES = ("overlap", "deleted_frames", "pool", "honeypots_per_job", "ground_truth")
KINDS = ("tags", "shapes", "tracks", "intervals")


@dataclass(slots=True)
class Frames:
    """Frames of a task: (name, width, height) of pictures, or of the one file of a video with `size` frames."""

    files: list[tuple[str, int, int]]
    video: bool = False
    size: int = 0
    start: int = 0
    step: int = 1
    related: Mapping[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, frames: int | Frames) -> Frames:
        """A number of pictures of 640 x 480 px, or the frames themselves."""
        if isinstance(frames, int):
            return cls([(f"frame_{number:06d}.jpg", 640, 480) for number in range(frames)])
        return frames

    @classmethod
    def of_video(
        cls, name: str, size: int, shape: tuple[int, int] = (640, 480), start: int = 0, step: int = 1
    ) -> Frames:
        """A video of `size` frames that are `step` apart in the file, from frame `start`."""
        return cls([(name, *shape)], video=True, size=size, start=start, step=step)

    def __len__(self) -> int:
        return self.size if self.video else len(self.files)


class TaskBuilder:
    """A task being built. `jobs`: ids in frame order; `ground_truth`: id of the ground-truth job or None."""

    def __init__(self, seed: Rows, name: str, frames: Frames, segment_size: int, rest: dict[str, Any]) -> None:
        self.seed = seed
        project = rest.pop("project", None)
        wishes: dict[str, Any] = {key: rest.pop(key) for key in _WISHES if key in rest}
        self.segments: list[tuple[int, int, int]] = []
        self.ground_truth: int | None = None
        self.annotations: dict[int, dict[str, Any]] = {}
        self.meta: Record = {}
        self.validation: Record = {}
        self.row = self._row(name, project, rest)
        if len(frames):
            self._add_data(frames, segment_size, wishes)

    def _row(self, name: str, project: Record | None, rest: dict[str, Any]) -> Record:
        return {
            "id": self.seed.number("tasks", rest.pop("id", None)), "name": name,
            "project_id": project["id"] if project else None, "owner": self.seed.owner(), "assignee": None,
            "bug_tracker": "", "created_date": DATE, "updated_date": DATE, "overlap": None, "segment_size": 0,
            "status": "annotation", "guide_id": None, "dimension": "", "mode": "", "media_type": "", "subset": "",
            "organization_id": project["organization_id"] if project else None,
            "organization": project["organization_id"] if project else None, "target_storage": None,
            "source_storage": None, "assignee_updated_date": None, "validation_mode": None,
            "consensus_enabled": False, **rest,
        }  # fmt: skip

    @property
    def id(self) -> int:
        """The task's id."""
        return int(self.row["id"])

    @property
    def jobs(self) -> list[int]:
        """Ids of the annotation jobs."""
        return [job for job, _, _ in self.segments]

    # --- frames and jobs ------------------------------------------------------------------------------------------

    def _add_data(self, frames: Frames, segment_size: int, wishes: dict[str, Any]) -> None:
        size, pool = segment_size or len(frames), int(wishes.get("pool", 0))
        overlap = min(int(wishes.get("overlap", 5 if frames.video and size < len(frames) else 0)), size // 2)
        files, honeypots = _with_honeypots(frames.files, size, pool, int(wishes.get("honeypots_per_job", 0)))
        count = len(frames) if frames.video else len(files)
        self.meta = _meta(files, frames, count, sorted(wishes.get("deleted_frames", ())))
        self.row |= {
            "overlap": overlap, "segment_size": 0 if honeypots else size, "data_chunk_size": self.meta["chunk_size"],
            "data_original_chunk_type": "video" if frames.video else "imageset",
            "data_compressed_chunk_type": "imageset", "data_cloud_storage_id": None, "size": count,
            "image_quality": 70, "data": self.seed.number("data"), "dimension": "2d",
            "mode": "interpolation" if frames.video else "annotation", "media_type": "image",
        }  # fmt: skip
        block = size + int(wishes.get("honeypots_per_job", 0)) if pool else size
        last = count - pool
        for start in range(0, max(last - overlap, 1), block - overlap):
            stop = min(start + block, last) - 1
            self.segments.append((self._job("annotation", start, stop, stop - start + 1), start, stop))
        self._add_validation(count, pool, honeypots, wishes.get("ground_truth"))

    def _job(self, kind: str, start: int, stop: int, count: int) -> int:
        pk = self.seed.number("jobs")
        self.seed.rows["jobs"].append({
            "id": pk, "task_id": self.row["id"], "assignee": None, "guide_id": None, "status": "annotation",
            "stage": "annotation", "state": "new", "frame_count": count, "start_frame": start, "stop_frame": stop,
            "created_date": DATE, "updated_date": DATE, "type": kind, "assignee_updated_date": None,
            "parent_job_id": None,
        })  # fmt: skip
        self.annotations[pk] = {"version": 0, **{kind: [] for kind in KINDS}}
        return pk

    def _add_validation(self, count: int, pool: int, honeypots: dict[int, int], chosen: Sequence[int] | None) -> None:
        if pool:
            frames = list(range(count - pool, count))
            self.ground_truth = self._job("ground_truth", frames[0], frames[-1], pool)
            layout = {"mode": "gt_pool", **_validation(frames), "frames_per_job_count": self._per_job(honeypots)}
            layout |= _honeypots(honeypots)
            jobs = {str(job): _honeypots({k: v for k, v in honeypots.items() if first <= k <= last})
                    for job, first, last in self.segments}  # fmt: skip
            self.validation = {"layout": layout, "jobs": {**jobs, str(self.ground_truth): _honeypots({})}}
        elif chosen:
            self.ground_truth = self._job("ground_truth", 0, count - 1, len(chosen))
            layout = {"mode": "gt", "frames_per_job_count": None, **_validation(sorted(chosen))}
            self.validation = {"layout": layout, "jobs": {}}
        if self.ground_truth is not None:
            included = None if pool else sorted(chosen or ())
            gt_job = {"id": self.ground_truth, "included_frames": included, "deleted_frames": []}
            self.validation["gt_job"] = gt_job
            self.row["validation_mode"] = self.validation["layout"]["mode"]

    def _per_job(self, honeypots: dict[int, int]) -> int:
        return len(honeypots) // max(len(self.segments), 1)

    # --- annotations ----------------------------------------------------------------------------------------------

    def tag(self, label: str, frame: int, job: int | None = None, **rest: Any) -> None:
        """A tag on a frame; `attributes` by name."""
        self._put("tags", frame, frame, {"id": self.seed.number("tag"), **self._common(label, frame, rest)}, job)

    def shape(
        self, kind: str, label: str, frame: int, points: Sequence[float], job: int | None = None, **rest: Any
    ) -> None:
        """A shape on a frame; `attributes` by name, `elements` of a skeleton: sublabel -> [x, y]."""
        elements = rest.pop("elements", {})
        row = {"id": self.seed.number("shape"), "type": kind, **self._common(label, frame, rest), "score": 1.0}
        row |= _drawn(points, rest)
        row["elements"] = [
            {"id": self.seed.number("shape"), "type": "points", **self._common(name, frame, {}, label), "score": 1.0,
             **_drawn(point, {})}
            for name, point in elements.items()
        ]  # fmt: skip
        self._put("shapes", frame, frame, row, job)

    def track(
        self,
        label: str,
        keyframes: Mapping[int, Sequence[float] | None],
        kind: str = "rectangle",
        job: int | None = None,
        **rest: Any,
    ) -> None:
        """A track of keyframes, frame -> points; None is an outside keyframe. `elements`: sublabel -> keyframes."""
        elements = rest.pop("elements", {})
        frames = sorted(keyframes)
        row = {
            "id": self.seed.number("track"), **self._common(label, frames[0], rest),
            "shapes": self._keyframes(kind, keyframes),
            "elements": [
                {"id": self.seed.number("track"), **self._common(name, frames[0], {}, label),
                 "shapes": self._keyframes("points", part_keyframes)}
                for name, part_keyframes in elements.items()
            ],
        }  # fmt: skip
        self._put("tracks", frames[0], frames[-1], row, job)

    def _keyframes(self, kind: str, keyframes: Mapping[int, Sequence[float] | None]) -> list[Record]:
        rows, points = [], next(p for p in keyframes.values() if p is not None)
        for frame, coordinates in sorted(keyframes.items()):
            points = points if coordinates is None else coordinates
            drawn = _drawn(points, {"outside": coordinates is None})
            rows.append(
                {"id": self.seed.number("tracked_shape"), "type": kind, "frame": frame, **drawn, "attributes": []}
            )
        return rows

    def _common(self, name: str, frame: int, rest: dict[str, Any], parent: str | None = None) -> Record:
        label = self._label(name, parent)
        specs = {spec["name"]: spec["id"] for spec in label["attributes"]}
        values = rest.pop("attributes", {})
        return {
            "label_id": label["id"], "frame": frame, "group": rest.pop("group", 0),
            "source": rest.pop("source", "manual"),
            "attributes": [{"spec_id": specs[key], "value": str(value)} for key, value in values.items()],
        }  # fmt: skip

    def _label(self, name: str, parent: str | None) -> Record:
        labels = self.seed.labels_of(self.row)
        if parent is not None:
            labels = next(label["sublabels"] for label in labels if label["name"] == parent)
        for label in labels:
            if label["name"] == name:
                return label
        raise ValueError(f"task {self.row['name']!r} has no label {name!r}")

    def _put(self, kind: str, first: int, last: int, row: Record, job: int | None) -> None:
        if job is None:
            job = next((job for job, start, stop in self.segments if start <= first and last <= stop), None)
        if job is None:
            raise ValueError(f"no job of task {self.row['name']!r} has the frames {first} to {last}")
        self.annotations[job][kind].append(row)


def _drawn(points: Sequence[float], rest: dict[str, Any]) -> Record:
    defaults = {"occluded": False, "outside": False, "z_order": 0, "rotation": 0.0}
    return {**defaults, **rest, "points": [float(value) for value in points]}


def _validation(frames: list[int]) -> Record:
    return {"validation_frames": frames, "disabled_frames": []}


def _honeypots(pairs: dict[int, int]) -> Record:
    return {"honeypot_count": len(pairs), "honeypot_frames": list(pairs), "honeypot_real_frames": list(pairs.values())}


def _with_honeypots(
    files: list[tuple[str, int, int]], size: int, pool: int, per_job: int
) -> tuple[list[tuple[str, int, int]], dict[int, int]]:
    """Files with honeypots in front of each job's frames, the pool at the end; frame -> pool frame it shows."""
    if not pool:
        return files, {}
    regular, hidden = files[: len(files) - pool], files[len(files) - pool :]
    jobs = range(0, len(regular), size)
    first = len(regular) + per_job * len(jobs)
    mixed: list[tuple[str, int, int]] = []
    chosen: dict[int, int] = {}
    for start in jobs:
        for turn in range(per_job):
            index = (len(chosen) + turn) % pool
            chosen[len(mixed)] = first + index
            mixed.append(hidden[index])
        mixed += regular[start : start + size]
    return mixed + hidden, chosen


def _meta(files: list[tuple[str, int, int]], frames: Frames, count: int, deleted: list[int]) -> Record:
    return {
        "chapters": [] if frames.video else None, "chunks_updated_date": DATE, "chunk_size": 36, "size": count,
        "image_quality": 70, "start_frame": frames.start, "stop_frame": frames.start + (count - 1) * frames.step,
        "frame_filter": f"step={frames.step}" if frames.step > 1 else "",
        "frames": [
            {"width": width, "height": height, "name": name, "related_files": frames.related.get(row, 0),
             "has_related_context": row in frames.related}
            for row, (name, width, height) in enumerate(files)
        ],
        "deleted_frames": deleted, "included_frames": None, "storage": "local", "cloud_storage_id": None,
    }  # fmt: skip
