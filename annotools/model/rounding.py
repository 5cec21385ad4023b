"""Rounding to decimals, in the two ways that annotation tools use.

| value    | around  | shortest |
| 2.675    | 2.68    | 2.67     |   the double is just below 2.675
| 1234.565 | 1234.56 | 1234.57  |

`around` multiplies, rounds and divides (numpy, and so Datumaro); `shortest` rounds the exact value of the double,
as `"{:.2f}".format` and `round` do, and so CVAT's XML.
"""

from __future__ import annotations

import numpy as np

from annotools.model.tables import Floats


def around(values: Floats, decimals: int = 2) -> Floats:
    """float64 of any shape -> the same rounded by numpy's rule."""
    return np.around(values, decimals)


def shortest(values: Floats, decimals: int = 2) -> Floats:
    """float64 of any shape -> the same rounded correctly, halves by the double's exact value.

    Only values within one part in 10^9 of a half need the slow exact way.
    """
    scale = 10.0**decimals
    with np.errstate(over="ignore", invalid="ignore"):
        scaled = np.asarray(values, np.float64) * scale
        result = np.asarray(np.rint(scaled) / scale)
        fraction = np.abs(scaled - np.floor(scaled) - 0.5)
        unsure = (fraction < 1e-9 * np.maximum(np.abs(scaled), 1)) | ~(np.abs(scaled) < 2**52)
    if unsure.any():
        places = np.nonzero(unsure)
        result[places] = [round(v, decimals) if np.isfinite(v) else v for v in values[places].tolist()]
    return result
