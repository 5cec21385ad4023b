"""A picture of masks that nobody could read is refused before anything is painted."""

from __future__ import annotations

import numpy as np
import pytest

from annotools.errors import UsageError
from annotools.formats.kernel.painting import late_png


def test_a_picture_of_billions_of_pixels_is_refused() -> None:
    masks = (np.array([0.0, 1.0, 0.0, 0.0, 0.0, 0.0]), np.array([0, 6]))
    with pytest.raises(UsageError, match=r"a picture to be painted is of 640 x 671,088,640 pixels, expected at most"):
        late_png(masks, np.array([1]), (640, 671_088_640), np.zeros((2, 3)))
