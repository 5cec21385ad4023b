"""A text where a list is meant is a list of one, and not its letters."""

from __future__ import annotations

import pytest

from mockserver.mock import Mock
from mockserver.state.context import Config


def test_one_code_is_allowed() -> None:
    assert Config(allow="put-destroys").allow == {"put-destroys"}  # type: ignore[arg-type]
    assert Config(allow=["slash", "put-destroys"]).allow == {"slash", "put-destroys"}  # type: ignore[arg-type]


def test_one_key_is_left_out_of_a_comparison() -> None:
    with Mock() as mock:
        job = 1
        annotations = mock.annotations(job)
        mock.assert_annotations(job, annotations, ignore="source")
        other = annotations | {"shapes": [shape | {"source": "file"} for shape in annotations["shapes"]]}
        assert other["shapes"]
        mock.assert_annotations(job, other, ignore="source")
        with pytest.raises(AssertionError):
            mock.assert_annotations(job, other, ignore="sour")
