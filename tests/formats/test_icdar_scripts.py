"""Scripts of words, as the challenge of multi-lingual text names them."""

from __future__ import annotations

from pathlib import Path

import pytest

import annotools as at
from tests.formats.files import folder

SCRIPTS = ("Arabic", "Bangla", "Chinese", "Hindi", "Japanese", "Korean", "Latin", "Symbols", "Mixed", "None")


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_is_no_part_of_the_word_and_comes_back(script: str, tmp_path: Path) -> None:
    line = f"1,2,9,2,9,6,1,6,{script},word"
    result = at.read(folder(tmp_path, {"gt_a.txt": f"{line}\n"}), "icdar-localization")
    (shape,) = result.dataset.shapes
    assert shape.attributes == {"text": "word"}
    assert result.dataset.shapes.extras["script"].plain() == [script]
    at.write(result.dataset, tmp_path / "out", "icdar-localization")
    (written,) = [path.read_text() for path in (tmp_path / "out").rglob("*.txt")]
    assert written.replace('"', "").strip() == line


@pytest.mark.parametrize("word", ["Klingon", "latin", ""])
def test_another_word_is_one_of_the_text(word: str, tmp_path: Path) -> None:
    result = at.read(folder(tmp_path, {"gt_a.txt": f"1,2,9,2,9,6,1,6,{word},word\n"}), "icdar-localization")
    assert result.dataset.shapes[0].attributes == {"text": f"{word},word"}
