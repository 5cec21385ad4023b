"""A picture of masks that nobody could read is refused before anything is painted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from annotools.errors import UsageError
from annotools.formats.kernel.painting import late_numbers_png, late_png
from annotools.scale import Late


@pytest.mark.parametrize(("late", "more"), [(late_png, (np.zeros((2, 3)),)), (late_numbers_png, ())])
def test_a_picture_of_billions_of_pixels_is_refused(late: Callable[..., Late], more: tuple[Any, ...]) -> None:
    masks = (np.array([0.0, 1.0, 0.0, 0.0, 0.0, 0.0]), np.array([0, 6]))
    with pytest.raises(UsageError, match=r"a picture to be painted is of 640 x 671,088,640 pixels, expected at most"):
        list(late(masks, np.array([1]), (640, 671_088_640), *more))
