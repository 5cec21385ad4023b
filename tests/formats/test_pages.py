"""The page of all formats in the documentation is the one that their declarations make."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

import annotools as at
from annotools import formats
from annotools.formats import TABLE
from annotools.formats.pages import Page, cells, handbook
from annotools.model import Dataset, DatasetBuilder

PAGE = Path(__file__).resolve().parents[2] / "docs" / "formats.md"


def test_the_page_is_current() -> None:
    """Otherwise: `python -m annotools.formats.pages > docs/formats.md`."""
    assert PAGE.read_text("utf-8") == handbook()


@pytest.mark.parametrize("slug", TABLE)
def test_a_page_has_the_files_in_miniature_and_a_link(slug: str) -> None:
    about = Page.of(formats.get(slug)).about
    assert any(line.startswith("    ") for line in about.splitlines())
    assert "Source:" in about


def test_kinds_that_become_others_say_so() -> None:
    assert {kind: cell for kind, cell in cells(formats.get("voc")).items() if cell not in ("yes", "-")} == {
        "polygon": "as mask",
        "ellipse": "as mask",
        "tracks": "as shapes",
    }


POINTS = {
    "rectangle": [10, 10, 30, 40], "polygon": [10, 10, 30, 10, 30, 40], "polyline": [10, 10, 30, 10, 30, 40],
    "points": [10, 10, 30, 10], "ellipse": [30, 30, 50, 20], "mask": [0, 4, 10, 10, 11, 11],
}  # fmt: skip
TOGETHER = {
    ("yolo-ultralytics-pose", "rectangle"),  # of a label that has points
    ("vggface2", "points"),  # five, in a box
}
BOTH_WAYS = [slug for slug in TABLE if formats.get(slug).read and formats.get(slug).write]


def of_picture(kind: str = "") -> Dataset:
    """A picture with a shape of a kind, or with none."""
    build = DatasetBuilder()
    frame, label = build.add_frame("a.jpg", 100, 80), build.add_label("car")
    if kind:
        build.add_shape(kind, frame, label, POINTS[kind])
    return build.dataset()


@pytest.mark.parametrize(("slug", "kind"), [pair for pair in product(BOTH_WAYS, POINTS) if pair not in TOGETHER])
def test_what_the_matrix_says_comes_back(tmp_path: Path, slug: str, kind: str) -> None:
    at.write(of_picture(kind), tmp_path / "out", slug)
    context = of_picture().replace(labels=()) if formats.get(slug).needs else None
    dataset = at.read(tmp_path / "out", slug, context=context).dataset
    cell = cells(formats.get(slug))[kind]
    assert [shape.type for shape in dataset.shapes] == [cell.removeprefix("as ").replace("yes", kind)] * (cell != "-")
