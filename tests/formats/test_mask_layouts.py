"""Where datasets of masks say their subsets, and what the server's importer takes for a colour."""

from __future__ import annotations

from pathlib import Path

import pytest

import annotools as at
from annotools.errors import InputError
from annotools.formats.masks.server import demand_single_words
from tests.formats.kernel.sources import zipped
from tests.formats.mask_files import picture, read, write


@pytest.mark.parametrize("split", ["train", "valid", "val", "test"])
def test_folders_of_splits_are_subsets(split: str, tmp_path: Path) -> None:
    files = {
        f"{split}/_classes.csv": "Pixel Value, Class\n0, background\n1, car\n",
        f"{split}/a_mask.png": picture([[1, 1], [0, 0]]),
    }
    frames = read(tmp_path, files, "segmentation-mask").dataset.frames
    assert (frames.names, frames.subsets) == (("a",), (split,))


def test_another_folder_is_a_part_of_the_name(tmp_path: Path) -> None:
    files = {
        "street/_classes.csv": "Pixel Value, Class\n0, background\n1, car\n",
        "street/a_mask.png": picture([[1, 1], [0, 0]]),
    }
    frames = read(tmp_path, files, "segmentation-mask").dataset.frames
    assert (frames.names, frames.subsets) == (("street/a",), ("",))


@pytest.mark.parametrize("folder", ["", "a/"])
@pytest.mark.parametrize("name", ["car", "car  ", ""])
def test_names_of_one_word_are_taken(name: str, folder: str) -> None:
    demand_single_words(zipped({f"{folder}label_colors.txt": f"0 0 0 background\n255 0 0 {name}\n"}))


@pytest.mark.parametrize("folder", ["", "a/"])
@pytest.mark.parametrize("name", ["fire engine", "a b c"])
def test_the_importer_stops_at_a_name_of_two_words(name: str, folder: str) -> None:
    """It takes every word in front of the last for a level of the colour."""
    text = f"0 0 0 background\n255 0 0 {name}\n"
    with pytest.raises(InputError, match=f"label_colors.txt:2: label '{name}' has a space"):
        demand_single_words(zipped({f"{folder}label_colors.txt": text}))
    demand_single_words(zipped({f"{folder}colors.txt": text}))


@pytest.mark.parametrize("line", ['""', '"" ""'])
def test_quotes_with_nothing_in_them_are_no_path(line: str, tmp_path: Path) -> None:
    files = {
        "label_colors.txt": "0 0 0 background\n128 0 0 car\n",
        "default.txt": f"{line}\n/default/a.png /defaultannot/a.png\n",
        "defaultannot/a.png": picture([[[128, 0, 0]]], mode="RGB"),
    }  # fmt: skip
    result = read(tmp_path, files, "camvid")
    assert result.dataset.frames.names == ("a.png",)
    assert [(problem.line, problem.message) for problem in result.problems] == [(1, f"is {line!r}")]


def test_pictures_without_masks_are_told(tmp_path: Path) -> None:
    """DeepGlobe's masks are called otherwise than CamVid's: that nothing is read is no empty dataset."""
    files = {
        "class_dict.csv": "name,r,g,b\nurban_land,0,255,255\n", "train/1_sat.jpg": b"", "train/1_mask.png": b"",
    }  # fmt: skip
    with pytest.raises(at.InputError, match="holds no masks, expected pictures of them"):
        at.read(write(tmp_path, files), "camvid")
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty/class_dict.csv").write_text("name,r,g,b\nurban_land,0,255,255\n")
    assert len(at.read(tmp_path / "empty", "camvid").dataset.labels) == 1
