"""Rows of tracks that stand still are made once: what is written is what each row says alone."""

from __future__ import annotations

import numpy as np
import pytest

from annotools import tracks
from annotools.formats.cvat_xml.shapes import Texts
from annotools.formats.cvat_xml.video import _FRAME, _Tracks
from annotools.model import Dataset
from tests.datasets import EVERYTHING


def still(dataset: Dataset) -> Dataset:
    """The same with many rows between keyframes."""
    return tracks.interpolate(dataset, apart=True)[0]


def lines(dataset: Dataset) -> tuple[list[str], list[str]]:
    """All lines of a dataset's tracks, and the same made row by row."""
    writer = _Tracks(dataset, Texts(dataset))
    rows = writer._rows
    frames = (dataset.task.start_frame + dataset.task.step * dataset.shapes.frame[rows]).tolist()
    alone = [writer._of_any_frame(rows[index : index + 1])[0] for index in range(len(rows))]
    expected = [text.replace(_FRAME, str(frame), 1) for text, frame in zip(alone, frames, strict=True)]
    return writer._lines(rows), expected


@pytest.mark.parametrize("name", EVERYTHING)
def test_rows_are_as_each_alone(name: str) -> None:
    dataset = EVERYTHING[name]
    written, expected = lines(still(dataset))
    assert written == expected


@pytest.mark.parametrize("value", [-0.0, np.nan, 7.0])
@pytest.mark.parametrize("name", EVERYTHING)
def test_a_number_that_differs_in_the_middle(name: str, value: float) -> None:
    dataset = still(EVERYTHING[name])
    values = np.zeros(len(dataset.shapes.values))
    values[len(values) // 2] = value
    written, expected = lines(dataset.replace(shapes=dataset.shapes.replace(values=values)))
    assert written == expected
