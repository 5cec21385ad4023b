"""The matcher of names and frames, and the server's own."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from annotools.matching import NO_MATCH, CvatMatcher, FrameMatcher, Match, mismatch, stem, stems

FRAMES = ["cam1/0001.jpg", "cam2/0001.jpg", "c.d.png", "Ärger/größe 1.JPG", "a/b/c.jpg", "b/c.jpg"]
FRAMES += ["x/1.jpg", "x/1.png"]


@pytest.mark.parametrize(
    ("name", "match"),
    [
        ("cam1/0001.jpg", Match(0, "exact")),
        ("data/cam2/0001.jpg", Match(1, "suffix")),
        ("images/a/b/c.jpg", Match(4, "suffix")),
        ("z/b/c.jpg", Match(5, "suffix")),
        ("c.d.txt", Match(2, "stem")),
        ("c.jpg", Match(None, "suffix", (4, 5))),
        ("0001.jpg", Match(None, "suffix", (0, 1))),
        ("0001.txt", Match(None, "name", (0, 1))),
        ("labels/cam2/0001.txt", Match(1, "name")),
        ("x/1.txt", Match(None, "stem", (6, 7))),
        ("cam1\\0001.jpg", Match(0, "exact/slashes")),
        ("./cam1/0001.jpg", Match(0, "suffix")),
        (unicodedata.normalize("NFD", "Ärger/größe 1.JPG"), Match(3, "exact/unicode")),
        ("ÄRGER/GRÖSSE 1.jpg", Match(3, "exact/case")),
        ("c.png", Match(None, "name", (4, 5))),
        ("2", Match()),
        ("0002.jpg", Match()),
        ("", Match()),
    ],
)
def test_steps_in_their_order(name: str, match: Match) -> None:
    assert FrameMatcher(FRAMES).match(name) == match
    assert FrameMatcher(FRAMES).match_all([name, name]) == [match, match]


def test_numbers_only_when_asked() -> None:
    names = ["img_a.jpg", "img_b.jpg", "img_c.jpg"]
    assert FrameMatcher(names).match("0002.txt") == Match()
    asked = FrameMatcher(names, by_number=True)
    assert asked.match("labels/0002.txt") == Match(2, "number")
    assert asked.match("0003") == Match()
    assert asked.match("9" * 5000) == Match()
    assert asked.match("²") == Match()


def test_frames_of_one_name_are_ambiguous() -> None:
    assert FrameMatcher(["a.jpg", "a.jpg"]).match("a.jpg") == Match(None, "exact", (0, 1), shared=True)
    assert FrameMatcher(["", ""]).match("") == Match()


@given(st.lists(st.text("aB./é1", min_size=1, max_size=8), unique=True, max_size=6), st.text("aB./é1\\", max_size=8))
def test_every_name_finds_itself_and_no_match_is_a_guess(names: list[str], other: str) -> None:
    matcher = FrameMatcher(names)
    assert [match.frame for match in matcher.match_all(names)] == list(range(len(names)))
    match = matcher.match(other)
    assert match.frame is None or not match.candidates
    assert len(match.candidates) != 1
    assert list(match.candidates) == sorted(set(match.candidates))


@pytest.mark.parametrize(
    ("name", "match"),
    [
        ("same.JPG", Match(0, "exact/case")),
        ("SAME.PNG", Match(1, "exact/case")),
        ("data\\same.PNG", Match(1, "suffix/case")),
        ("a/same.Jpg", Match(0, "suffix/case")),
        ("same.gif", Match(None, "stem", (0, 1))),
        ("SAME.gif", Match(None, "stem/case", (0, 1))),
    ],
)
def test_frames_of_one_stem_are_told_apart_by_endings_in_any_letters(name: str, match: Match) -> None:
    assert FrameMatcher(["same.jpg", "same.png", "other.jpg"]).match(name) == match


def test_the_server_takes_a_number_for_a_frame() -> None:
    matcher = CvatMatcher(["img_a.jpg", "img_b.jpg", "img_c.jpg"])
    assert matcher.match("0002") == Match(2, "number")
    assert matcher.match("img_b", extension=".png") == Match(1, "path")
    assert matcher.match("IMG_B") == Match()
    assert matcher.match("other", number=1) == Match(1, "number")
    assert matcher.match("0007") == Match()


def test_the_server_takes_frame_0_for_none_when_there_is_a_root() -> None:
    assert CvatMatcher(["a.jpg", "x/b.jpg"], ["a"]).match("a") == Match(0, "path")
    rooted = CvatMatcher(["a.jpg", "x/b.jpg"], ["b", "a"])
    assert rooted.root_hint == "x"
    assert rooted.match("b") == Match(1, "path")
    assert rooted.match("a") == Match()


def test_the_server_derives_the_root_from_one_item() -> None:
    matcher = CvatMatcher(["r/a/b.jpg", "c.jpg", "r/d.jpg"], ["d", "a/b"])
    assert matcher.root_hint == "r"
    assert matcher.match("a/b") == Match(0, "path")
    assert matcher.match("d") == Match(2, "path")


def test_the_server_reads_digits_of_video_frames_as_relative() -> None:
    names = [f"frame_{4 + 2 * frame:06d}.PNG" for frame in range(5)]
    assert CvatMatcher(names, video=True).match("frame_000004") == Match(0, "path")
    assert CvatMatcher(names, video=True).match("frame_000002") == Match(2, "frame_")
    assert CvatMatcher(names).match("frame_000002") == Match()


def test_the_last_of_two_frames_with_one_stem_wins_at_the_server() -> None:
    assert CvatMatcher(["a.jpg", "a.png"]).match("a") == Match(1, "path")


def test_a_name_that_several_frames_have_is_theirs_in_order_when_it_comes_as_often() -> None:
    matcher = FrameMatcher(["d/1.jpg", "d/2.jpg", "d/1.jpg"])
    assert [match.frame for match in matcher.match_all(["d/1.jpg", "d/2.jpg", "d/1.jpg"])] == [0, 1, 2]
    assert [match.frame for match in matcher.match_all(["d/1.jpg", "d/2.jpg"])] == [None, 1]
    assert [match.frame for match in matcher.match_all(["1.jpg", "2.jpg", "1.jpg"])] == [0, 1, 2]
    other = FrameMatcher(["a/1.jpg", "b/1.jpg"])
    assert [match.frame for match in other.match_all(["1.jpg", "1.jpg"])] == [None, None]


@pytest.mark.parametrize(
    ("frames", "words"),
    [
        ((), "'x' is not a picture of the task, expected the name of a frame"),
        ((3, 4), "'x' fits frames 3, 4, expected one frame"),
        ((0, 1, 2, 3, 4), "'x' fits frames 0, 1, 2, 3, 4, expected one frame"),
        ((0, 1, 2, 3, 4, 5), "'x' fits frames 0, 1, 2, 3, 4, ..., expected one frame"),
    ],
)
def test_what_fits_no_frame_or_several_is_said(frames: tuple[int, ...], words: str) -> None:
    problem = mismatch("x", Match(None, "stem", frames), "a.json", line=7)
    assert (f"{problem.message}, expected {problem.expected}", problem.file, problem.line) == (words, "a.json", 7)
    assert problem.kind == ("ambiguous-name" if frames else "unmatched-name")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.jpg", "a"), ("a/b.c/d", "a/b.c/d"), ("a.b.jpg", "a.b"), (".hidden", ".hidden"), ("a/.hidden", "a/.hidden"),
        ("a.", "a"), ("a..jpg", "a."), ("a/b c.jp g", "a/b c"), ("a", "a"), ("", ""), ("a1.j-g", "a1"),
    ],
)  # fmt: skip
def test_a_path_without_its_ending(name: str, expected: str) -> None:
    assert stem(name) == expected


_NAMES = st.text("ab./\njpg", max_size=6)


@given(st.lists(st.one_of(_NAMES, _NAMES.map("{}.jpg".format)), max_size=4))
def test_stems_of_many_are_those_of_each(names: list[str]) -> None:
    assert stems(names) == [stem(name) for name in names]
    pictures = [f"{name}.jpg" for name in names]
    assert stems(pictures) == [stem(name) for name in pictures]


NAMES = st.text(st.sampled_from("aB./\\é\u0301ß1"), max_size=7)


@given(st.lists(NAMES, max_size=5), NAMES)
@example([".\\.1"], ".\\")
@example(["a.\\b"], "a")
def test_what_shares_no_last_stem_with_a_frame_fits_none(frames: list[str], name: str) -> None:
    """Such names are told at once: every step alone would find nothing either."""
    matcher = FrameMatcher(frames)
    steps = [match for level in matcher._levels if (match := level.match(name)) is not NO_MATCH]
    assert matcher.match(name) == (steps[0] if steps else NO_MATCH)
