"""The numbers of a mask: run lengths of its box, row by row, zeros first, then left, top, right, bottom (inclusive).

    [0, 2, 2, 2, 2, 1,  1, 1, 3, 3]      runs that sum up to 9 = 3 x 3, the box 1..3 x 1..3

The server stores any five numbers and more.  What does not add up ends an export of the whole job later.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from annotools.geometry.ragged import segment_sum
from annotools.model.tables import Floats
from annotools.validate.context import Context
from annotools.validate.edits import Edit, Put
from annotools.validate.findings import ERROR, WARNING, Found, lossless
from annotools.validate.needs import SIZES
from annotools.validate.registry import rule
from annotools.validate.rules.msk._derived import masks, whole_tails


@rule("MSK001", "rle-sum-mismatch", ERROR, proof="annos-img/mask-rle-2")
def rle_sum_mismatch(ctx: Context) -> Found:
    """The runs of a mask do not fill its box.

    Why: the server stores it. Runs that are too long end every export of the job (`Invalid RLE mask representation`),
        runs that are too short give pixels that nobody drew, and the editor cannot open the frame.
    Bad:
        {"shapes": [{"type": "mask", "label_id": 4, "frame": 0, "points": [0, 8, 10, 10, 12, 12]}]}

        {"shapes": [{"type": "mask", "label_id": 4, "frame": 0, "points": [1000, 2, 10, 10, 25, 21]}]}
    Good:
        {"shapes": [{"type": "mask", "label_id": 4, "frame": 0, "points": [0, 9, 10, 10, 12, 12]}]}
    Source: annos-img/mask-rle-2 (accepted, kept as sent); the export fails
    """
    known = ctx.once(masks)
    bad = np.flatnonzero(whole_tails(known) & (known.sums != known.area))
    sides = known.tails[bad, 2:] - known.tails[bad, :2] + 1
    message = "runs sum up to {sum:.15g}, expected {area:.15g} ({width:.15g} x {height:.15g})"
    return ctx.at(
        "shape", known.rows[bad], message, sum=known.sums[bad], area=known.area[bad], width=sides[:, 0],
        height=sides[:, 1],
    )  # fmt: skip


@rule("MSK002", "inverted-mask-box", ERROR, proof="annos-img/mask-rle-3")
def inverted_mask_box(ctx: Context) -> Found:
    """The last four numbers of a mask are no box: left > right, top > bottom, or not whole.

    Why: the server stores it; every export of the job then fails, and the editor draws nothing.
    Bad:
        {"shapes": [{"type": "mask", "label_id": 4, "frame": 0, "points": [0, 9, 12, 12, 10, 10]}]}

        {"shapes": [{"type": "mask", "label_id": 4, "frame": 0, "points": [0, 9, 10.5, 10, 12.5, 12]}]}

        {"shapes": [{"type": "mask", "label_id": 4, "frame": 0, "points": [0, 9, 12, 10, 10, 12]}]}

        {"shapes": [{"type": "mask", "label_id": 4, "frame": 0, "points": [0, 9, 10, 12, 12, 10]}]}
    Good:
        {"shapes": [{"type": "mask", "label_id": 4, "frame": 0, "points": [0, 9, 10, 10, 12, 12]}]}
    Source: annos-img/mask-rle-3 (accepted, kept as sent)
    """
    known = ctx.once(masks)
    bad = np.flatnonzero(~whole_tails(known))
    left, top, right, bottom = known.tails[bad].T
    message = "the box is {left:.15g}, {top:.15g}, {right:.15g}, {bottom:.15g}, expected left, top, right, bottom in px"
    return ctx.at("shape", known.rows[bad], message, left=left, top=top, right=right, bottom=bottom)


@rule(
    "MSK003", "mask-outside-image", ERROR, needs=SIZES,
    proof="annos-img/mask-rle-2",
)  # fmt: skip
def mask_outside_image(ctx: Context) -> Found:
    """The box of a mask leaves its picture.

    Why: the server stores it; when the job is exported the mask does not fit into the picture and the export fails.
    Bad:
        {"shapes": [{"type": "mask", "label_id": 4, "frame": 0, "points": [0, 9, 198, 10, 200, 12]}]}

        {"shapes": [{"type": "mask", "label_id": 4, "frame": 0, "points": [0, 9, -1, 10, 1, 12]}]}

        {"shapes": [{"type": "mask", "label_id": 4, "frame": 0, "points": [0, 9, 10, 98, 12, 100]}]}

        {"shapes": [{"type": "mask", "label_id": 4, "frame": 0, "points": [0, 9, 10, -1, 12, 1]}]}
    Good:
        {"shapes": [{"type": "mask", "label_id": 4, "frame": 0, "points": [0, 9, 197, 10, 199, 12]}]}

        {"tracks": [{"label_id": 4, "frame": 0, "shapes": [
            {"type": "mask", "frame": 1, "points": [0, 9, 198, 10, 200, 12], "outside": true}]}]}
    Source: annos-img/mask-rle-2, annos-img/mask-rle-3 (accepted, kept as sent)
    """
    known = ctx.once(masks)
    sizes = ctx.sizes[known.rows]
    outside = (known.tails[:, :2] < 0).any(axis=1) | (known.tails[:, 2:] >= sizes).any(axis=1)
    bad = np.flatnonzero(whole_tails(known) & outside & (sizes > 0).all(axis=1) & ~ctx.hidden[known.rows])
    left, top, right, bottom = known.tails[bad].T
    message = "the box {left:g}, {top:g}, {right:g}, {bottom:g} leaves a picture of {width} x {height}"
    return ctx.at(
        "shape", known.rows[bad], message, left=left, top=top, right=right, bottom=bottom, width=sizes[bad, 0],
        height=sizes[bad, 1],
    )  # fmt: skip


@rule("MSK006", "odd-run", ERROR, proof="annos-img/mask-rle-2")
def odd_run(ctx: Context) -> Iterator[Found]:
    """A run of a mask is negative, not whole, or 0 behind the first.

    Why: the server stores it. Negative runs break the export, fractions are cut off there, so that the runs no longer
        fill the box; a run of 0 does no harm but says nothing.
    Bad:
        {"shapes": [{"type": "mask", "label_id": 4, "frame": 0, "points": [-5, 14, 10, 10, 12, 12]}]}

        {"shapes": [{"type": "mask", "label_id": 4, "frame": 0, "points": [3.5, 5.5, 10, 10, 12, 12]}]}

        {"shapes": [{"type": "mask", "label_id": 4, "frame": 0, "points": [0, 4, 0, 4, 1, 10, 10, 12, 12]}]}
    Good:
        {"shapes": [{"type": "mask", "label_id": 4, "frame": 0, "points": [0, 8, 1, 10, 10, 12, 12]}]}
    Fix: lossless: runs of 0 are joined with their neighbours.
    Source: annos-img/mask-rle-2 (accepted, kept as sent)
    """
    known = ctx.once(masks)
    broken = segment_sum((known.runs < 0) | (known.runs != np.trunc(known.runs)), known.ends) > 0
    inner = np.ones(len(known.runs), np.bool_)
    inner[known.ends[:-1]] = False
    empty = segment_sum((known.runs == 0) & inner, known.ends)
    bad, idle = np.flatnonzero(broken), np.flatnonzero(~broken & (empty > 0))
    first = [_first_broken(known.runs[known.ends[i] : known.ends[i + 1]]) for i in bad.tolist()]
    yield ctx.at("shape", known.rows[bad], "a run of {run:.15g}, expected whole numbers of 0 and more", run=first)

    def edits(i: int) -> list[Edit]:
        mask = int(idle[i])
        runs = _joined(known.runs[known.ends[mask] : known.ends[mask + 1]].tolist())
        return [Put("shape", int(known.rows[mask]), "points", [*runs, *known.tails[mask].tolist()])]

    fix = lossless("join the runs", edits)
    yield ctx.at("shape", known.rows[idle], "{count} runs of 0", fix, count=empty[idle], severity=WARNING)


def _first_broken(runs: Floats) -> float:
    return float(runs[(runs < 0) | (runs != np.trunc(runs))][0])


def _joined(runs: list[float]) -> list[float]:
    """Runs without zeros behind the first: what a run of 0 keeps apart becomes one run."""
    kept = runs[:1]
    parity = 0
    for index, run in enumerate(runs[1:], 1):
        if run == 0:
            continue
        if index % 2 == parity and kept:
            kept[-1] += run
        else:
            kept.append(run)
            parity = index % 2
    return kept
