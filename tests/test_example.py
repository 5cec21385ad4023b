"""examples/street is what its script makes, and holds what it is there to show."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
from PIL import Image

import annotools as at

EXAMPLES = Path(__file__).parents[1] / "examples"


def test_the_script_makes_the_example_again(tmp_path: Path) -> None:
    subprocess.run([sys.executable, EXAMPLES / "make_street.py", tmp_path], check=True)
    kept = sorted(path.relative_to(EXAMPLES / "street") for path in (EXAMPLES / "street").rglob("*") if path.is_file())
    assert sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()) == kept
    for name in kept:
        if name.suffix == ".json":
            assert (tmp_path / name).read_bytes() == (EXAMPLES / "street" / name).read_bytes()
        else:  # another release of Pillow may pack the same picture otherwise
            before, after = (np.asarray(Image.open(root / name), int) for root in (EXAMPLES / "street", tmp_path))
            assert np.abs(before - after).max() < 16


def test_it_shows_everything_and_is_small() -> None:
    found = at.read(EXAMPLES / "street")
    totals = at.stats(found.dataset).totals
    assert set(at.ShapeType.words()) <= totals.keys()
    assert (totals["frames"], totals["tracks"], totals["tags"], totals["jobs"]) == (8, 2, 3, 2)
    assert len(found.media or ()) == 8
    assert found.dataset.frames.deleted.sum() == 1
    inputs = {spec.input_type for _, spec in found.dataset.labels.specs.values()}
    assert inputs == {"checkbox", "radio", "number", "text", "select"}
    used = set(found.dataset.attributes.spec.tolist())
    assert used == set(found.dataset.labels.specs), "every attribute has a value somewhere"
    assert (found.dataset.shapes.group > 0).any()
    assert sum(path.stat().st_size for path in (EXAMPLES / "street").rglob("*") if path.is_file()) < 300_000
