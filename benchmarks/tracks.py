"""Expand tracks to frames: `python -m benchmarks tracks [TRACKS [KEYFRAMES [STEP]]]`.

Prints the CPU seconds that `tracks.interpolate` takes for as many tracks of as many keyframes, `STEP` frames apart,
once for boxes and once for polygons whose numbers of vertices differ from keyframe to keyframe.
"""

from __future__ import annotations

import sys
import time

import numpy as np

from annotools.model import POLYGON, RECTANGLE, Dataset, Frames, Shapes, Tracks
from annotools.model.codes import ShapeType
from annotools.tracks import interpolate


def dataset(kind: ShapeType, tracks: int, keyframes: int, step: int) -> Dataset:
    """Tracks that all begin on frame 0 and last to the end of the task."""
    random = np.random.default_rng(1)
    frame = np.tile(np.arange(keyframes) * step, tracks)
    size = np.full(len(frame), 4) if kind == RECTANGLE else 2 * random.integers(6, 12, len(frame))
    offsets = np.concatenate(([0], np.cumsum(size)))
    shapes = Shapes.of(
        type=np.full(len(frame), kind), frame=frame, track=np.repeat(np.arange(tracks), keyframes),
        values=random.uniform(0, 1000, offsets[-1]), offsets=offsets,
    )  # fmt: skip
    frames = Frames.of([f"{number}.png" for number in range(keyframes * step)], 1920, 1080)
    return Dataset(frames=frames, tracks=Tracks.of(tracks), shapes=shapes)


def main(tracks: int = 2000, keyframes: int = 30, step: int = 15) -> None:
    """Print both figures."""
    for kind, many in ((RECTANGLE, tracks), (POLYGON, tracks // 20)):
        given = dataset(kind, many, keyframes, step)
        start = time.process_time()
        interpolated, _ = interpolate(given)
        seconds = time.process_time() - start
        what = f"{many:,} {kind.word} tracks of {keyframes} keyframes"
        print(f"{what}: {len(interpolated.shapes):,} shapes in {seconds:.2f} s CPU")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
