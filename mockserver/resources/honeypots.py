"""A task with honeypots: a pool of validation frames at its end, some of which every job shows again.

20 frames, 5 in the pool, segment_size 4, 2 per job  ->  jobs of 4 + 2 frames, then the pool as a job of its own
"""

from __future__ import annotations

from mockserver.media import frame_numbers
from mockserver.protocol.http import errors
from mockserver.resources import frame_selection, ground_truth, segments
from mockserver.resources.least_used import LeastUsed
from mockserver.state.context import Context
from mockserver.state.tables import Record


def cut(ctx: Context, task: Record, validation: Record) -> None:
    """Reorder the frames and make the jobs. Raises: ApiError 400."""
    if validation["frame_selection_method"] == "random_per_job":
        raise errors("random_per_job cannot select the frames of a validation pool")
    validation = frame_selection.seeded(validation, ctx.env.rng)
    pool = ground_truth.select(ctx, task, segments.by_number(ctx, task, validation))
    plain = [frame for frame in range(task["size"]) if frame not in set(pool)]
    if not plain:
        raise errors("All frames are in the validation pool, none is left for jobs")
    length = task["segment_size"] or len(plain)
    count = _per_job(validation, length, len(pool))
    rng = frame_selection.generator(validation["random_seed"])
    order: list[int] = []
    spans, shown = [], list[tuple[int, int]]()
    choice = LeastUsed(dict.fromkeys(pool, 0), [int(frame) for frame in rng.permutation(pool)])
    for start in range(0, len(plain), length):
        frames = plain[start : start + length]
        real = sorted(choice.take(count))
        positions = sorted(int(position) for position in rng.choice(len(frames) + count, count, replace=False))
        first = len(order)
        order += _mixed(frames, dict(zip(positions, real, strict=True)))
        shown += [(first + position, frame) for position, frame in zip(positions, real, strict=True)]
        spans.append((first, len(order) - 1))
    _store(ctx, task, order + pool, spans)
    _lay_out(ctx, task, (len(order), pool, count), shown)


def _per_job(validation: Record, length: int, pool: int) -> int:
    count = validation.get("frames_per_job_count")
    if count is None:
        count = max(1, int(validation.get("frames_per_job_share", 0) * length))
    if count > pool:
        raise errors(f"The number of honeypots per job ({count}) must not be greater than the pool ({pool})")
    return int(count)


def _mixed(frames: list[int], guests: dict[int, int]) -> list[int]:
    rest = iter(frames)
    return [guests[position] if position in guests else next(rest) for position in range(len(frames) + len(guests))]


def _store(ctx: Context, task: Record, order: list[int], spans: list[tuple[int, int]]) -> None:
    meta = frame_numbers.meta_of(ctx, task["id"])
    files = [meta["frames"][frame] for frame in order]
    ctx.state.update("data_meta", task["id"], frames=files, size=len(order), start_frame=0, stop_frame=len(order) - 1,
                     frame_filter="")  # fmt: skip
    changed = ctx.state.update("tasks", task["id"], size=len(order), segment_size=0, overlap=0)
    for span in spans:
        segments.add_job(ctx, changed, span)


def _lay_out(ctx: Context, task: Record, pool: tuple[int, list[int], int], shown: list[tuple[int, int]]) -> None:
    """The ground-truth job of the pool and the layout. pool: its first frame, its old frames, honeypots per job."""
    first, old, count = pool
    moved = {frame: first + index for index, frame in enumerate(old)}
    frames = list(moved.values())
    job = ground_truth.add(ctx, ctx.table("tasks")[task["id"]], frames, whole=True, mode="gt_pool")
    ctx.state.update("jobs", job["id"], start_frame=frames[0], stop_frame=frames[-1])
    layout = {
        "mode": "gt_pool", "frames_per_job_count": count, "validation_frames": frames, "disabled_frames": [],
        "honeypot_count": len(shown), "honeypot_frames": [frame for frame, _ in shown],
        "honeypot_real_frames": [moved[real] for _, real in shown],
    }  # fmt: skip
    record = frame_numbers.validation_of(ctx, task["id"])
    ctx.state.put("validation", task["id"], {**record, "layout": layout})
