"""What can be wrong with run lengths from a file: (row, what is wrong and what was expected), the first per row.

CVAT checks none of this: a sum too large or a box outside the frame ends its export, a sum too small makes
pycocotools decode memory that nobody wrote.  Everything in `geometry.rle` holds its input to these checks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from annotools.geometry.ragged import Array, Floats, Ints, expand_ranges, lengths, offsets_of, segment_sum

Fault = tuple[int, str]
_Check = tuple[Array, Callable[[int], str]]

_COORDINATE = float(1 << 31)  # larger ones are no pixels
_PIXELS = float(1 << 40)  # keeps sums over a column of masks within int64


def check_cvat_rles(values: Array, offsets: Ints, sizes: Array | None = None) -> list[Fault]:
    """What is wrong with the runs or the box of each cvat_rle; a sum that is too small is not (zeros follow).

    values, offsets: ragged.  sizes: (n, 2) width, height to hold the boxes to; None: any place will do.
    """
    whole = np.flatnonzero(lengths(offsets) >= 5)
    short = lengths(offsets) < 5
    checks: list[_Check] = [
        (short, lambda row: f"{offsets[row + 1] - offsets[row]} numbers, expected runs and left, top, right, bottom")
    ]
    tails = np.zeros((len(short), 4))
    tails[whole] = np.trunc(values[offsets[1:, None][whole] + np.arange(-4, 0)])
    counts = np.where(short, 0, lengths(offsets) - 4)
    runs = np.trunc(values[expand_ranges(offsets[:-1], counts)])
    checks += _run_checks(runs, offsets_of(counts)) + _box_checks(tails)
    checks.append(_sum_check(runs, offsets_of(counts), tails))
    if sizes is not None:
        checks.append(_frame_check(tails, np.broadcast_to(np.asarray(sizes), (len(short), 2))))
    return _first(checks)


def check_coco_rles(counts: Array, offsets: Ints, sizes: Array) -> list[Fault]:
    """What is wrong with each uncompressed coco_rle.

    counts, offsets: ragged.  sizes: (n, 2) width, height, px.
    """
    counts = np.asarray(counts)
    sizes = np.broadcast_to(np.asarray(sizes, np.float64), (len(offsets) - 1, 2))
    with np.errstate(invalid="ignore", over="ignore"):
        sums, pixels = segment_sum(counts.astype(np.float64), offsets), sizes[:, 0] * sizes[:, 1]
        sized = (sizes >= 1).all(axis=1) & (pixels <= _PIXELS)
    checks = _run_checks(counts, offsets)
    checks.append((~sized, lambda row: f"size {_numbers(sizes[row], ' x ')}, expected a frame of at least 1 x 1"))
    checks.append(
        (
            sums != pixels,
            lambda row: f"counts sum to {sums[row]:.0f}, expected {pixels[row]:.0f} ({_numbers(sizes[row], ' x ')})",
        )
    )
    return _first(checks)


def demand(faults: Iterable[Fault]) -> None:
    """Raise a ValueError for the first fault, if there is one."""
    for row, text in sorted(faults):
        raise ValueError(f"row {row}: {text}")


def _run_checks(runs: Array, offsets: Ints) -> list[_Check]:
    # a comparison with NaN is false, so the test asks for what is right
    fine = (runs >= 0) & (runs <= _PIXELS)
    wrong = segment_sum(~fine, offsets) > 0

    def text(row: int) -> str:
        start, stop = offsets[row], offsets[row + 1]
        return f"run {_number(runs[start:stop][~fine[start:stop]][0])}, expected a length of 0 or more"

    return [(wrong, text)]


def _box_checks(tails: Floats) -> list[_Check]:
    with np.errstate(invalid="ignore", over="ignore"):
        far = ~np.all(np.abs(tails) < _COORDINATE, axis=1)
        empty = np.any(tails[:, 2:] < tails[:, :2], axis=1)
        sides = tails[:, 2:] - tails[:, :2] + 1
        large = sides[:, 0] * sides[:, 1] > _PIXELS

    def box(row: int) -> str:
        return f"box {_numbers(tails[row])}"

    return [
        (far, lambda row: f"{box(row)}, expected pixel numbers"),
        (empty, lambda row: f"{box(row)}, expected left <= right and top <= bottom"),
        (large, lambda row: f"{box(row)} is too large"),
    ]


def _sum_check(runs: Array, offsets: Ints, tails: Floats) -> _Check:
    with np.errstate(invalid="ignore", over="ignore"):
        sums = segment_sum(runs, offsets)
        sides = tails[:, 2:] - tails[:, :2] + 1
        over = sums > sides[:, 0] * sides[:, 1]

    def text(row: int) -> str:
        width, height = sides[row]
        return f"runs sum to {_number(sums[row])}, expected at most {width * height:.0f} ({width:.0f} x {height:.0f})"

    return over, text


def _frame_check(tails: Floats, sizes: Array) -> _Check:
    outside = np.any(tails[:, :2] < 0, axis=1) | ~np.all(tails[:, 2:] < sizes, axis=1)
    return outside, lambda row: f"box {_numbers(tails[row])} leaves the frame of {_numbers(sizes[row], ' x ')}"


def _first(checks: list[_Check]) -> list[Fault]:
    faults: dict[int, str] = {}
    for wrong, text in checks:
        for row in np.flatnonzero(wrong).tolist():
            if row not in faults:
                faults[row] = text(row)
    return sorted(faults.items())


def _number(value: float) -> str:
    return f"{value:.15g}"


def _numbers(values: Array, between: str = ", ") -> str:
    return between.join(map(_number, values.tolist()))
