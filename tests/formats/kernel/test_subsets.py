"""Lists of subsets, also of a dataset without pictures."""

from __future__ import annotations

from pathlib import Path

import pytest

import annotools as at
from annotools.formats.kernel.subsets import by_subset
from annotools.model import DatasetBuilder


def test_items_stand_with_their_subset() -> None:
    assert by_subset(("x", "", "x"), "abc") == {"x": ["a", "c"], "": ["b"]}
    assert by_subset((), ()) == {"": []}


@pytest.mark.parametrize("slug", ["imagenet", "lfw", "market-1501", "vggface2", "icdar-recognition"])
def test_a_dataset_without_pictures_has_an_empty_list(slug: str, tmp_path: Path) -> None:
    build = DatasetBuilder()
    build.add_label("cat")
    at.write(build.dataset(), tmp_path / "out", slug)
    assert len(at.read(tmp_path / "out", slug).dataset.frames) == 0
