"""The examples are what their scripts make, and hold what they are there to show."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import annotools as at
from annotools.quality.conflicts import Conflict

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.mark.parametrize("name", ["street", "replicas"])
def test_the_script_makes_the_example_again(tmp_path: Path, name: str) -> None:
    subprocess.run([sys.executable, EXAMPLES / f"make_{name}.py", tmp_path], check=True)
    example = EXAMPLES / name
    kept = sorted(path.relative_to(example) for path in example.rglob("*") if path.is_file())
    assert sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()) == kept
    for file in kept:
        if file.suffix == ".json":
            assert (tmp_path / file).read_bytes() == (example / file).read_bytes()
        else:  # another release of Pillow may pack the same picture otherwise
            before, after = (np.asarray(Image.open(root / file), int) for root in (example, tmp_path))
            assert np.abs(before - after).max() < 16


def test_it_shows_everything_and_is_small() -> None:
    result = at.read(EXAMPLES / "street")
    totals = at.stats(result.dataset).totals
    assert set(at.ShapeType.words()) <= totals.keys()
    assert (totals["frames"], totals["tracks"], totals["tags"], totals["jobs"]) == (8, 2, 3, 3)
    assert len(result.media or ()) == 8
    assert result.dataset.frames.deleted.sum() == 1
    inputs = {spec.input_type for _, spec in result.dataset.labels.specs.values()}
    assert inputs == {"checkbox", "radio", "number", "text", "select"}
    used = set(result.dataset.attributes.spec.tolist())
    assert used == set(result.dataset.labels.specs), "every attribute has a value somewhere"
    assert (result.dataset.shapes.group > 0).any()
    assert sum(path.stat().st_size for path in (EXAMPLES / "street").rglob("*") if path.is_file()) < 300_000


def test_the_ground_truth_has_something_of_every_kind_to_say() -> None:
    result = at.quality.report(at.read(EXAMPLES / "street", by_job=True).dataset)
    conflicts = result.task["comparison_summary"]["conflicts_by_type"]
    assert conflicts.keys() == {kind.word for kind in Conflict} - {"covered_annotation"}


def test_replicas_agree_here_and_there() -> None:
    merged, losses = at.quality.merge_replicas(at.read(EXAMPLES / "replicas").dataset)
    scores = merged.in_job(0).shapes.score.tolist()
    assert sorted(scores) == [0.33, 0.67, 0.67, 0.67, 1.0, 1.0]
    assert losses
