"""What keeps findings known: fingerprints, the file of a baseline, settings by their keys, comments and encodings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import annotools as at
from annotools.errors import InputError, UsageError
from annotools.validate.baseline import Baseline, read_baseline
from annotools.validate.configuration import find_settings
from annotools.validate.findings import INFO, WARNING
from annotools.validate.fixing.changes import CannotError
from annotools.validate.fixing.xml_text import XmlText
from annotools.validate.overlay import Overlay
from annotools.validate.registry import find_rule
from annotools.validate.settings import ValidateSettings
from tests.validate.running import judge_example

Item = dict[str, Any]
BOX = [10, 10, 60, 40]


def _marks(code: str, annotations: Item, **parts: Any) -> list[str]:
    report = judge_example(find_rule(code), {"annotations": annotations, **parts})
    return [finding.fingerprint for finding in report.findings()]


def _track(*keys: tuple[int, list[float]], label: int = 1, **more: Any) -> Item:
    shapes = [{"type": "rectangle", "frame": frame, "points": points, **more} for frame, points in keys]
    return {"label_id": label, "frame": keys[0][0], "shapes": shapes}


def test_a_track_is_known_by_its_label_and_first_keyframe() -> None:
    """TRK025 finds every track of a task of pictures."""
    tracks = {
        "it": _track((0, BOX), (4, [20, 10, 70, 40])), "later otherwise": _track((0, BOX), (5, [1, 1, 9, 9])),
        "rounded": _track((0, [10.004, 10, 60, 40]), (4, BOX)),
    }  # fmt: skip
    others = {
        "elsewhere": _track((0, [11, 10, 60, 40]), (4, BOX)), "of a person": _track((0, BOX), label=2),
        "later": _track((1, BOX), (4, BOX)), "outside": _track((0, BOX), (4, BOX), outside=True),
    }  # fmt: skip
    same = {_marks("TRK025", {"tracks": [track]})[0] for track in tracks.values()}
    assert len(same) == 1
    different = [_marks("TRK025", {"tracks": [track]})[0] for track in others.values()]
    assert len({*same, *different}) == 1 + len(others)
    shapes = [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [1, 1, 9, 9]}]
    mixed = {"shapes": shapes, "tracks": [others["later"], tracks["it"]]}
    assert _marks("TRK025", mixed) == [different[2], *same]


def test_a_frame_is_known_by_its_name() -> None:
    shape = {"type": "rectangle", "label_id": 1, "frame": 0, "points": [60, 40, 10, 10]}
    names = [{"width": 200, "height": 100, "name": name} for name in ("b.jpg", "street/000.jpg")]
    (mark,) = _marks("GEO007", {"shapes": [shape]})
    assert _marks("GEO007", {"shapes": [shape | {"frame": 1}]}, data_meta={"frames": names}) == [mark]
    assert _marks("GEO007", {"shapes": [shape]}, data_meta={"frames": names}) != [mark]
    beyond = [_marks("GEO007", {"shapes": [shape | {"frame": frame}]})[0] for frame in (12, 13, -1)]
    assert len({mark, *beyond}) == 4


BROKEN = ["", "{", "[]", "5", "null", '{"version": 1}', '{"findings": 5}', '{"findings": {"GEO007": 3}}',
          '{"findings": {"GEO007": {"x": "y"}}}', '{"findings": {"GEO007": {"x": null}}}', "[" * 100_000]  # fmt: skip


@pytest.mark.parametrize("text", BROKEN, ids=lambda text: text[:40])
def test_what_is_no_baseline_is_said_and_not_written_over(text: str, tmp_path: Path) -> None:
    path = tmp_path / "known.json"
    path.write_text(text)
    with pytest.raises(InputError, match="is not a baseline"):
        read_baseline(path)
    if text:
        with pytest.raises(UsageError, match="is not a baseline, expected an earlier one or nothing there"):
            Baseline().write(path)
        assert path.read_text() == text


def test_a_baseline_takes_the_place_of_one_of_nothing_and_of_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "known.json"
    for known in ({"GEO007": {"b": 2, "a": 1}}, {"GEO004": {"c": 1}}):
        Baseline(known).write(path)
        assert read_baseline(path).known == known
    path.write_text("")
    Baseline({"TRK001": {"x": 3}, "GEO007": {"b": 2, "a": 1}, "GEO009": {}}).write(path)
    assert json.loads(path.read_bytes()) == {"version": 1, "findings": {"GEO007": {"a": 1, "b": 2}, "TRK001": {"x": 3}}}
    assert path.read_text().index('"a"') < path.read_text().index('"b"') < path.read_text().index("TRK001")
    assert len(read_baseline(path)) == 6
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="is not a baseline"):
        read_baseline(tmp_path / "empty")


def test_every_key_of_the_settings(tmp_path: Path) -> None:
    (tmp_path / "annotools.toml").write_text(
        'preset = "strict"\nselect = ["GEO", "TRK"]\nignore = ["GEO007"]\nfail-on = "warning"\nbaseline = "b.json"\n'
        'severity = { GEO010 = "info" }\n[rules.GEO009]\npixels = 9\n[per-label-ignores]\n"car*" = ["GEO012"]\n'
        '[per-file-ignores]\n"old/*" = ["TRK"]\n'
    )
    chosen = find_settings(tmp_path)
    assert Path(chosen.baseline).resolve() == (tmp_path / "b.json").resolve()
    assert chosen == ValidateSettings(
        "strict", ("GEO", "TRK"), ("GEO007",), {"GEO010": INFO}, {"GEO009": {"pixels": 9}}, {"car*": ("GEO012",)},
        {"old/*": ("TRK",)}, chosen.baseline, WARNING,
    )  # fmt: skip


@pytest.mark.parametrize(("encoding", "taken"), [
    ("", True), ("utf-8", True), ("UTF-8", True), ("utf8", True), ("us-ascii", True), ("iso-8859-1", False),
    ("utf-16", False),
])  # fmt: skip
def test_only_utf_8_is_changed(encoding: str, taken: bool) -> None:
    """Bytes of another encoding would be written into the text as UTF-8."""
    declaration = f'<?xml version="1.0" encoding="{encoding}"?>\n' if encoding else '<?xml version="1.0"?>\n'
    body = '<annotations><image name="a">\n<box label="car"/></image></annotations>'
    data = (declaration + body).encode("utf-16" if encoding == "utf-16" else "ascii")
    if taken:
        assert len(XmlText(data).elements(3, "box")) == 1
    else:
        with pytest.raises(CannotError, match="the text is not well-formed XML in UTF-8"):
            XmlText(data).elements(3, "box")


def _quiet(text: str, member: str = "x.xml") -> int:
    """How many of two inverted boxes are found, each on a line of its own."""
    box = '<box label="car" occluded="0" xtl="60" ytl="40" xbr="10" ybr="10" z_order="0"/>'
    body = f'<annotations>\n<image id="0" name="a.jpg" width="200" height="100">{text}\n</image>\n</annotations>'
    files = {member: body.replace("BOX", box).encode()}
    return len(at.validate(Overlay("x", files), slug="cvat-images", select="GEO007"))


@pytest.mark.parametrize(("text", "left"), [
    ("\nBOX\nBOX", 2), ("\n<!-- annotools: ignore[GEO007] -->\nBOX\nBOX", 1),
    ("\n<!-- annotools: ignore[] -->\nBOX\nBOX", 2), ("\n<!-- annotools: ignore[ ] -->\nBOX\nBOX", 2),
    ("\n<!-- annotools: ignore[ , GEO007,] -->\nBOX\nBOX", 1),
    ("\r\n<!-- annotools: ignore -->\r\nBOX\r\nBOX", 1), ("\n<!-- annotools: ignore -->BOX\nBOX", 1),
])  # fmt: skip
def test_comments_are_about_the_lines_of_their_element(text: str, left: int) -> None:
    assert _quiet(text) == left
    assert _quiet(text, "sub/Other.XML") == left


def _swapped(number: int) -> Item:
    """So many boxes with swapped corners, and one as large as its picture."""
    box = {"type": "rectangle", "label_id": 1, "points": [60, 40, 10, 10]}
    return {"shapes": [box | {"frame": frame} for frame in range(number)]}


@pytest.mark.parametrize(("preset", "least", "bad"), [
    ("strict", "error", True), ("strict", "warning", True), ("upload", "warning", True), ("upload", "info", True),
    ("upload", "error", False),
])  # fmt: skip
def test_what_is_asserted_is_said_in_ten_lines_and_how_many_more(preset: str, least: str, bad: bool) -> None:
    """Swapped corners are an error under `strict` and a warning under `upload`."""
    for number, more in ((1, []), (10, []), (11, ["and 1 more"]), (1244, ["and 1,234 more"])):
        if not bad:
            assert len(at.assert_valid(_swapped(number), least, preset=preset, select="GEO007")) == number
            continue
        with pytest.raises(AssertionError) as raised:
            at.assert_valid(_swapped(number), least, preset=preset, select="GEO007")
        lines = str(raised.value).splitlines()
        assert ["GEO007" in line for line in lines] == [True] * min(number, 10) + [False] * len(more)
        assert lines[10:] == more
