"""What fixes make of lines, to the byte; where they move files; and that nothing is written that reads worse."""

from __future__ import annotations

import io
from collections.abc import Container
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from PIL import Image

import annotools as at
from annotools.cli.group import group
from annotools.cli.rules import page_of
from annotools.storage import open_source
from annotools.validate.fixing import loop
from annotools.validate.overlay import Overlay
from annotools.validate.reading import read_subject
from annotools.validate.registry import Rule, all_rules, find_rule
from annotools.validate.reports import render
from annotools.validate.reports.base import RenderOptions
from tests.validate.running import fix_example

YOLO = {"data.yaml": "names: [car]\ntrain: images/train", "images/train/a.jpg": "picture"}
LABELS = "labels/train/a.txt"
DARKNET = {
    "obj.data": "classes = 1\ntrain = train.txt\nnames = obj.names",
    "obj.names": "car\n",
    "train.txt": "a.jpg\n",
}
BOX = "car 0 0 -10 1 2 3 4"
SPACE = " -1 -1 -1 -1000 -1000 -1000 -10"


def mended(code: str, slug: str, member: str, text: str, **files: str) -> bytes:
    parts = {"from": slug, "files": {**files, member: text}}
    return fix_example(find_rule(code), parts, unsafe=True).members.get(member, b"as it was")


@pytest.mark.parametrize(
    ("code", "before", "after"),
    [
        ("FMT100", "\ufeff0 0.5 0.5 0.2 0.1\r\n", b"0 0.5 0.5 0.2 0.1\r\n"),
        ("FMT101", "0 .5 .5 .2 .1\r\n0 .5 .5 .2 .1\r0 .5 .5 .2 .1\n", b"0 .5 .5 .2 .1\n0 .5 .5 .2 .1\n0 .5 .5 .2 .1\n"),
        ("FMT102", " 0  .5\t\t.5 .2 .1 \r\n\t0 .5 .5 .2 .1", b"0 .5\t.5 .2 .1\r\n0 .5 .5 .2 .1"),
        ("FMT103", "0 .5 .5 .2 .1\n0 .5 .5 .2 .1 0.75", b"0 .5 .5 .2 .1\n0 .5 .5 .2 .1"),
        # 0.95 to 1.15 of the width becomes 0.95 to 1; the other line stays as it is written
        ("FMT092", "0 1.05 0.5 0.2 0.1\r\n0  .5 .5 1 1", b"0 0.975000 0.500000 0.050000 0.100000\r\n0  .5 .5 1 1"),
        ("FMT092", "0 -0.05 0.5 0.3 0.1 0.9", b"0 0.050000 0.500000 0.100000 0.100000 0.9"),
        ("FMT092", "0 0.5 0.5 1.5 1.00000001", b"0 0.50000000 0.50000000 1.00000000 1.00000000"),
        # what is no number has no place within the picture
        ("FMT092", "0 0.5 0.5 1.5 0.1\n0 1.5 0.5 x 0.1", b"0 0.500000 0.500000 1.000000 0.100000\n0 1.5 0.5 x 0.1"),
        ("FMT092", "0 1.05 .5 .2 .1 x\n0 0.5 0.5 1.5 0.1", b"0 1.05 .5 .2 .1 x\n0 0.500000 0.500000 1.000000 0.100000"),
        ("FMT092", "0 1.05 0.5 0.2\n0 0.5 0.5 1.5 0.1", b"0 1.05 0.5 0.2\n0 0.500000 0.500000 1.000000 0.100000"),
        ("FMT092", "0 320 240 64 48\n0 0.5 0.5 1.1 0.1", b"0 320 240 64 48\n0 0.500000 0.500000 1.000000 0.100000"),
    ],
)  # fmt: skip
def test_lines_of_yolo(code: str, before: str, after: bytes) -> None:
    assert mended(code, "yolo-ultralytics-detection", LABELS, before, **YOLO) == after


@pytest.mark.parametrize(
    ("slug", "before", "after"),
    [
        ("segmentation", "0 0.5 0.5 0.7 0.5 1.0000005 -0.9", b"0 0.5 0.5 0.7 0.5 1 0"),
        ("segmentation", "0 0.5 0.5 0.7 1.5 1.0000005 0.9 0.1", b"0 0.5 0.5 0.7 1 1 0.9 0.1"),
        ("segmentation", "0 1.5 0.5 1.7 0.5 1.2 0.9", b"as it was"),  # nowhere on the picture
        ("segmentation", "0 0.5 0.5 1.5 0.1", b"0 0.500000 0.500000 1.000000 0.100000"),
        ("obb", "0 0.1 0.1 0.3 0.1 0.3 0.2 -0.1 0.2 7", b"0 0.1 0.1 0.3 0.1 0.3 0.2 0 0.2 7"),
    ],
)
def test_outlines_of_yolo_move_to_the_border(slug: str, before: str, after: bytes) -> None:
    assert mended("FMT092", f"yolo-ultralytics-{slug}", LABELS, before, **YOLO) == after


@pytest.mark.parametrize(
    ("shape", "before", "after"),
    [
        ("[2, 3]", "0 0.5 0.5 0.2 0.1 0.5 -0.12 2 6.15 0.5 1", b"0 0.5 0.5 0.2 0.1 0.5 0 2 1 0.5 1"),
        (
            "[2, 3]",
            "0 1.05 0.5 0.2 0.1 0.5 0.5 2 1.05 0.5 2",
            b"0 0.975000 0.500000 0.050000 0.100000 0.5 0.5 2 1 0.5 2",
        ),
        ("[1, 3]", "0 0.5 0.5 0.2 0.1 0.5 0.5 2", b"as it was"),  # 2 is no share
        ("[2, 2]", "0 0.5 0.5 0.2 0.1 0.5 0.5 1.01 0.2", b"0 0.5 0.5 0.2 0.1 0.5 0.5 1 0.2"),
        ("[1, 2]", "0 1.5 0.5 0.2 0.1 1.5 0.5", b"as it was"),  # nowhere on the picture
    ],
)
def test_points_of_poses_move_to_the_border(shape: str, before: str, after: bytes) -> None:
    files = {**YOLO, "data.yaml": f"{YOLO['data.yaml']}\nkpt_shape: {shape}"}
    assert mended("FMT092", "yolo-ultralytics-pose", LABELS, before, **files) == after


def test_seven_cells_are_a_marked_box_to_darknet_alone() -> None:
    line = "0 0.5 0.5 0.2 0.1 0.2 0.2"
    assert mended("FMT103", "yolo", "a.txt", line, **DARKNET, **{"a.jpg": "picture"}) == b"0 0.5 0.5 0.2 0.1"
    assert mended("FMT103", "yolo-ultralytics-detection", LABELS, line, **YOLO) == b"as it was"


def test_lines_of_kitti_and_mot() -> None:
    text = f"{BOX}\r\nbus stop 0 0 -10 1 2 3 4{SPACE}\r\n"
    expected = f"{BOX}{SPACE}\r\nbus stop 0 0 -10 1 2 3 4{SPACE}\r\n".encode()
    assert mended("FMT104", "kitti", "label_2/a.txt", text) == expected
    assert mended("FMT102", "kitti", "label_2/a.txt", f"traffic  light{BOX[3:]}{SPACE} ") == (
        f"traffic light{BOX[3:]}{SPACE}".encode()
    )
    lines = "1,1,10,20,30,40,1,1,1\n2,1,10,20,30,40,1,1, ,\r\n,,\n"
    assert mended("FMT105", "mot", "gt/gt.txt", lines) == b"1,1,10,20,30,40,1,1,1\n2,1,10,20,30,40,1,1\r\n,,\n"


@pytest.mark.parametrize(
    ("slug", "member", "files"),
    [
        ("yolo", "obj.names", {**DARKNET, "a.jpg": "picture", "a.txt": ""}),
        ("yolo", "train.txt", {**DARKNET, "a.jpg": "picture", "a.txt": ""}),
        ("mot", "gt/labels.txt", {"gt/gt.txt": "1,1,10,20,30,40,1,1,1\n", "gt/labels.txt": "car\n"}),
        ("wider-face", "wider_face_split/wider_face_train_bbx_gt.txt",
         {"wider_face_split/wider_face_train_bbx_gt.txt": "a.jpg\n1\n1 2 30 40 0 0 0 0 0 0\n"}),
        ("icdar-localization", "gt_a.txt", {"gt_a.txt": "10,20,30,20,30,40,10,40,word\n"}),
        ("voc", "ImageSets/Main/train.txt",
         {"ImageSets/Main/train.txt": "a\n", "Annotations/a.xml": "<annotation/>"}),
        ("imagenet", "train.txt", {"train.txt": "a.jpg 0\n", "synsets.txt": "car\n"}),
        ("camvid", "label_colors.txt", {"label_colors.txt": "0 0 0 void\n"}),
        ("vggface2", "bb_landmark/loose_bb_train.csv", {"bb_landmark/loose_bb_train.csv": "NAME_ID,X,Y,W,H\n"}),
        ("generic-tsv", "a.tsv", {"a.tsv": "label\tstart\tend\ncar\t1\t2\n"}),
    ],
)  # fmt: skip
def test_marks_and_returns_of_every_text_are_mended_at_once(slug: str, member: str, files: dict[str, str]) -> None:
    text = files[member]
    marked = "\ufeff" + text.replace("\n", "\r\n")
    source = Overlay("in", {name: content.encode() for name, content in {**files, member: marked}.items()})
    outcome = at.fix(source, slug=slug, preset="strict", select=["FMT100", "FMT101"])
    table = member.endswith((".csv", ".tsv"))  # whose lines may end so
    assert outcome.members == {member: (text.replace("\n", "\r\n") if table else text).encode()}
    assert outcome.applied == ({"FMT100": 1} if table else {"FMT100": 1, "FMT101": 1})


def pictured(slug: str, folder: Path) -> Path:
    """A dataset of one picture of 2 x 2."""
    (folder / "images/train").mkdir(parents=True)
    (folder / "data.yaml").write_text("names: [car]\ntrain: images/train\n")
    (folder / "images/train/a.bmp").write_bytes(_bmp())
    return folder


def test_a_second_equal_box_is_taken_away_with_its_line(tmp_path: Path) -> None:
    folder = pictured("yolo", tmp_path / "in")
    (folder / "labels/train").mkdir(parents=True)
    (folder / LABELS).write_text("0 0.5 0.5 0.5 0.5\r\n\r\n0 0.5 0.5 0.5 0.5\r\n0 0.25 0.5 0.5 0.5")
    outcome = at.fix(folder, preset="strict", select="GEO018", unsafe=True)
    assert outcome.members == {LABELS: b"0 0.5 0.5 0.5 0.5\r\n\r\n0 0.25 0.5 0.5 0.5"}


@pytest.mark.parametrize(
    ("slug", "member", "line"),
    [
        ("kitti", "label_2/a.txt", f"{BOX}{SPACE}\n"),
        ("mot", "gt/gt.txt", "1,-1,10,20,30,40,1,1,1\n"),
        ("icdar-localization", "gt_a.txt", '10 20 30 40 "word"\n'),
    ],
)
def test_a_second_equal_line_is_taken_away(slug: str, member: str, line: str) -> None:
    other = line.replace("20", "21").replace(" 2 ", " 1.5 ")
    source = Overlay("in", {member: f"{line}{other}{line}".encode()})
    outcome = at.fix(source, slug=slug, preset="strict", select="GEO018", unsafe=True)
    assert outcome.members == {member: f"{line}{other}".encode()}


def beside(folder: Path) -> Path:
    """A dataset whose labels lie beside its picture."""
    (folder / "images/train").mkdir(parents=True)
    (folder / "data.yaml").write_text("names: [car]\ntrain: images/train\n")
    (folder / "images/train/a.bmp").write_bytes(_bmp())
    (folder / "images/train/a.txt").write_text("0 0.5 0.5 0.2 0.1\r\n")
    return folder


def _bmp() -> bytes:
    """A picture of 2 x 2."""
    data = io.BytesIO()
    Image.new("L", (2, 2)).save(data, "BMP")
    return data.getvalue()


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("how", ["in place", "a folder", "a zip"])
def test_labels_move_to_where_they_are_looked_for(tmp_path: Path, how: str) -> None:
    folder = beside(tmp_path / "in")
    before = files_of(folder)
    words = {
        "in place": ["--in-place"],
        "a folder": ["-o", str(tmp_path / "out")],
        "a zip": ["-o", str(tmp_path / "o.zip")],
    }
    done = CliRunner().invoke(group, ["validate", str(folder), "--preset", "strict", "--fix", *words[how]])
    assert "2 fixes" in done.output
    where = {"in place": folder, "a folder": tmp_path / "out", "a zip": tmp_path / "o.zip"}[how]
    with open_source(where) as source:
        assert source.members() == ["data.yaml", "images/train/a.bmp", LABELS]
        assert source.read(LABELS) == b"0 0.5 0.5 0.2 0.1\n"
    assert len(at.read(where).dataset.shapes) == 1
    if how != "in place":
        assert files_of(folder) == before


def test_a_diff_shows_both_places(tmp_path: Path) -> None:
    outcome = at.fix(beside(tmp_path / "in"), preset="strict", select="FMT094")
    assert outcome.gone == {"images/train/a.txt"}
    lines = outcome.diff().splitlines()
    assert [line for line in lines if line.startswith(("---", "+++"))] == [
        f"--- a/{LABELS}", f"+++ b/{LABELS}", "--- a/images/train/a.txt", "+++ b/images/train/a.txt",
    ]  # fmt: skip


def test_a_move_that_makes_the_input_read_worse_is_refused(tmp_path: Path) -> None:
    folder = beside(tmp_path / "in")
    (folder / "images/train/a.bmp").write_bytes(b"no picture")  # so that the size of what is on it is not known
    outcome = at.fix(folder, preset="strict", select="FMT094")
    assert (outcome.members, outcome.gone, outcome.refused) == ({}, frozenset(), {"FMT094": 1})


def many_beside(count: int, broken: Container[int]) -> Overlay:
    """Datasets of labels beside their pictures, of which some are no pictures."""
    files = {"data.yaml": b"names: [car]\ntrain: images/train\n"}
    for number in range(count):
        files[f"images/train/{number}.bmp"] = b"no picture" if number in broken else _bmp()
        files[f"images/train/{number}.txt"] = b"0 0.5 0.5 0.2 0.1\n"
    return Overlay("in", files)


def test_moves_that_make_it_worse_are_found_among_the_others() -> None:
    outcome = at.fix(many_beside(20, {3, 17}), preset="strict", select="FMT094")
    assert outcome.refused == {"FMT094": 2}
    assert outcome.applied == {"FMT094": 18}
    assert outcome.gone == {f"images/train/{number}.txt" for number in range(20) if number not in (3, 17)}


def test_a_large_input_is_read_some_times_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """As often as a small one is: an input of which all fixes are bad would take for ever."""
    readings = []

    def noted(*args: Any) -> Any:
        readings.append(args)
        return read_subject(*args)

    monkeypatch.setattr(loop, "read_subject", noted)
    monkeypatch.setattr(loop, "_READ", 100)
    outcome = at.fix(many_beside(60, range(60)), preset="strict", select="FMT094")
    assert (outcome.members, outcome.refused) == ({}, {"FMT094": 60})
    assert len(readings) <= 2 * loop.LEAST + 2


def test_a_place_that_is_taken_is_not_overwritten(tmp_path: Path) -> None:
    folder = beside(tmp_path / "in")
    (folder / "data.yaml").write_text("names: [car]\ntrain: list.txt\n")
    (folder / "list.txt").write_text("images/train/a.bmp\nimages/train/a.png\n")
    (folder / "images/train/a.png").write_bytes(_bmp())  # two pictures of one stem have one file of labels
    outcome = at.fix(folder, preset="strict", select="FMT094")
    assert outcome.members.keys() == {LABELS}


def test_reports_tell_which_files_can_be_mended() -> None:
    source = Overlay("in", {"gt/gt.txt": b"1,1,10,20,30,40,1,1,1\r\n", "gt/labels.txt": b"car\n"})
    report = at.validate(source, slug="mot", preset="strict")
    assert "--fix mends FMT101" in "".join(render("full", [report], RenderOptions()))
    assert '"replacements"' in "".join(render("sarif", [report], RenderOptions()))


@pytest.mark.parametrize(
    "rule", [rule for code, rule in all_rules().items() if code.startswith("FMT")], ids=lambda r: r.code
)
def test_every_rule_of_files_says_whether_it_has_a_fix(rule: Rule) -> None:
    (word,) = [line.split(":")[0].strip() for above, line in pairwise(page_of(rule)) if above == "Fix:"]
    assert word in ("lossless", "lossy", "none")
    assert (word == "none") == ("Fix" not in rule.manual.sections)
