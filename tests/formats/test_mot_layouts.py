"""Lines of MOT without the folders of their own: gt.txt beside pictures, and what trackers write."""

from __future__ import annotations

from pathlib import Path

import pytest

import annotools as at
from annotools import formats
from annotools.errors import InputError
from annotools.storage import open_source
from tests.formats.files import folder

OLD = "1,1,10,20,30,40,1,-1,-1,-1\n3,1,11,20,30,40,1,-1,-1,-1\n"  # of MOT15, and of trackers
NEW = "1,1,10,20,30,40,1,1,0.5\n3,1,11,20,30,40,0,1,1\n"
DETECTED = "1,-1,10,20,30,40,0.9,-1,-1,-1\n3,-1,11,20,30,40,12.5,-1,-1,-1\n"


@pytest.mark.parametrize(
    "files",
    [
        {"gt.txt": OLD}, {"gt.txt": NEW}, {"GT.TXT": NEW}, {"det.txt": DETECTED}, {"TUD-Campus/gt.txt": OLD},
        {"gt.txt": OLD, "seqinfo.ini": "[Sequence]\nname=x\nseqLength=3\n"}, {"MOT17-02.txt": OLD},
        {"results/a.txt": OLD.replace(",", ", "), "results/README.txt": "x"},
        {"a.txt": OLD.replace("-1\n", "-1.0\r\n")}, {"A.TXT": OLD}, {"results/MOT17-02.Txt": OLD},
    ],
)  # fmt: skip
def test_two_lines_without_a_folder_of_their_own(tmp_path: Path, files: dict[str, str]) -> None:
    source = folder(tmp_path, files)
    with open_source(source) as opened:
        assert formats.sniff(opened) == "mot"
    result = at.read(source)
    seen = ~result.dataset.shapes.outside
    assert result.dataset.shapes.boxes()[seen].tolist() == [[10, 20, 40, 60], [11, 20, 41, 60]]
    assert len(result.dataset.frames) == 3
    assert len(result.losses) == 0


def test_a_lone_file(tmp_path: Path) -> None:
    source = folder(tmp_path, {"gt.txt": NEW}) / "gt.txt"
    assert len(at.read(source).dataset.tracks) == 1


def test_several_sequences_are_folders_of_frames(tmp_path: Path) -> None:
    source = folder(tmp_path, {"train/a/gt.txt": OLD, "train/b/gt.txt": OLD, "train/b/det.txt": DETECTED})
    result = at.read(source)
    assert [name.partition("/")[0] for name in result.dataset.frames.names] == ["a"] * 3 + ["b"] * 3
    assert set(result.dataset.frames.subsets) == {"train"}
    assert [str(loss) for loss in result.losses] == [
        "lost: 1 x file of detections: the ground truth beside them is read, not train/b/det.txt"
    ]


def test_what_a_tracker_made_of_it_is_told(tmp_path: Path) -> None:
    result = at.read(folder(tmp_path, {"TUD/gt.txt": OLD, "TUD/test.txt": OLD, "TUD/words.txt": "no line\n"}))
    assert [str(loss) for loss in result.losses] == [
        "lost: 1 x file of detections: the ground truth beside them is read, not TUD/test.txt"
    ]


@pytest.mark.parametrize(
    "files",
    [
        {"gt.txt": ""},
        {"res_img_1.txt": "588,1760,753,1760,753,1894,588,1894,0.99\n"},  # corners of a word, and a score
        {"a.txt": OLD, "b.txt": "1 0.5 0.5 0.2 0.2\n"},
        {"a.txt": "1,1,10,20,30,40,1,-1,-1\n"},
    ],
)
def test_what_is_less_certain_is_not_taken_for_it(tmp_path: Path, files: dict[str, str]) -> None:
    with open_source(folder(tmp_path, files)) as source, pytest.raises(InputError):
        formats.sniff(source)


def test_a_list_of_words_is_none_of_it(tmp_path: Path) -> None:
    with open_source(folder(tmp_path, {"gt.txt": 'word_1.png, "RED"\n'})) as source:
        assert formats.sniff(source) == "icdar-recognition"
