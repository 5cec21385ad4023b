"""Which frames a ground-truth job gets: the same as the server's for the same seed.

    random_uniform   any frames of the task
    random_per_job   some of every job; what two jobs share counts for the earlier one
    manual           given

The server draws with NumPy's MT19937; all numbers here are source numbers of frames.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import numpy as np

from mockserver.protocol.http import errors
from mockserver.state.tables import Record


def generator(seed: int) -> np.random.Generator:
    """The server's generator."""
    return np.random.Generator(np.random.MT19937(seed))


def seeded(form: Record, chance: Random) -> Record:
    """The form with a seed: its own, else one that chance gives."""
    return {"random_seed": chance.getrandbits(32), **form}


def uniform(pool: Sequence[int], form: Record) -> list[int]:
    """Frames of a whole task. Raises: ApiError 400."""
    count = form.get("frame_count")
    if count is None:
        count = _share(form["frame_share"], len(pool))
    if count > len(pool):
        raise errors(
            f"The number of frames requested ({count}) must not be greater than the number of the task "
            f"frames ({len(pool)})"
        )
    rng = generator(form["random_seed"])
    return sorted(int(frame) for frame in rng.choice(list(pool), size=count, shuffle=False, replace=False))


def per_job(segments: Sequence[Sequence[int]], pool_size: int, limits: tuple[int, int], form: Record) -> list[int]:
    """Frames of every segment, in their order; limits: segment size and overlap.

    Raises: ApiError 400; ValueError where too few frames are left in a segment, at which the real server fails.
    """
    segment_size, overlap = limits
    count = form.get("frames_per_job_count")
    if count is None:
        count = min(_share(form["frames_per_job_share"], segment_size), pool_size)
    if count > pool_size:
        raise errors(
            f"The number of frames requested ({count}) must be not be greater than the segment size ({segment_size})"
        )
    rng, chosen = generator(form["random_seed"]), set[int]()
    for index, segment in enumerate(segments):
        already = chosen.intersection(segment)
        missing = min(len(segment), count) - len(already)
        if missing > 0:
            first = overlap if index else 0
            # the order of this very set, subtracted from in this very way, is part of what the server draws from
            unused = set(sorted(segment)[first:]) - already
            chosen.update(rng.choice(tuple(unused), size=missing, replace=False).tolist())
    return sorted(chosen)


def _share(share: float, size: int) -> int:
    if not share:
        raise errors("The number of validation frames is not specified")
    return max(1, int(share * size))


def manual(frames: Sequence[int], size: int) -> list[int]:
    """Task numbers that a client gave. Raises: ApiError 400."""
    if len(set(frames)) < len(frames):
        raise errors("Frames must not repeat")
    unknown = sorted(frame for frame in frames if frame >= size)
    if unknown:
        raise errors(f"The following frames do not exist in the task: {', '.join(map(str, unknown))}")
    return sorted(frames)
