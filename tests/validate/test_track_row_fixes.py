"""Rows of tracks in CVAT's XML that are no keyframes, or do not say what they are: to the byte, and what is left."""

from __future__ import annotations

from pathlib import Path

import pytest

import annotools as at
from annotools.validate.fixing.loop import fixed
from annotools.validate.fixing.outcome import Outcome
from annotools.validate.overlay import Overlay
from annotools.validate.reading import SubjectOptions
from annotools.validate.reports import FORMATS, render
from annotools.validate.reports.base import RenderOptions
from annotools.validate.settings import ValidateSettings

META = "<meta><task><size>50</size><mode>interpolation</mode></task></meta>"
POINT = "<points frame='1' points='1,2'{}/>"


def track(*rows: str, more: str = "") -> str:
    return f"<track label='car'>{''.join(POINT.format(row) for row in rows)}{more}</track>"


def outcome(text: str, *, unsafe: bool, codes: tuple[str, ...] = ("TRK012", "FMT009")) -> Outcome:
    source = Overlay("a.xml", {"a.xml": text.encode()})
    return fixed(source, SubjectOptions("cvat-video"), ValidateSettings(selected=codes), unsafe=unsafe)


def mended(text: str, *, unsafe: bool) -> str:
    return outcome(text, unsafe=unsafe).members.get("a.xml", text.encode()).decode()


KEY, NO_KEY = " keyframe='1'", " keyframe='0'"
SAID = """<!-- <box keyframe="0"/> keyframe="1" --><points frame='2' points='1,2' keyframe='%s' id=' keyframe="0"'/>"""


@pytest.mark.parametrize("end", ["", "\n"])
@pytest.mark.parametrize(
    ("tracks", "after"),
    [
        ([track(NO_KEY, NO_KEY)], [track(KEY, KEY)]),
        ([track(" keyframe='False'")], [track(KEY)]),
        ([track(KEY), track(), track(NO_KEY), track(KEY, NO_KEY)], [track(KEY), "", track(KEY), track(KEY, NO_KEY)]),
        ([track(more="<!-- gone -->")], [track(more="<!-- gone -->")]),  # who knows what was there
        ([track(KEY), "<track label='car'/>"], [track(KEY), ""]),
        ([track(NO_KEY, more=SAID % 0)], [track(KEY, more=SAID % 1)]),  # what is no attribute of a row stays
    ],
)
def test_tracks_without_keyframes_stand_where_their_rows_say(tracks: list[str], after: list[str], end: str) -> None:
    text, best = (
        f"<annotations>{META}{end}{end.join(filter(None, rows))}{end}</annotations>" for rows in (tracks, after)
    )
    assert mended(text, unsafe=True) == best
    assert mended(text, unsafe=False) == text, "the file says that they are none"


def test_a_row_that_does_not_say_what_it_is_is_given_what_it_counts_as(tmp_path: Path) -> None:
    element = "<skeleton frame='1'{}><points label='head' points='1,2'{}/></skeleton>"
    rows = [track("", KEY), track(KEY, more=element.format("", KEY))]
    good = [
        track(' keyframe="1"', KEY),
        track(KEY, more=element.format(' keyframe="1"', f'{KEY} occluded="0" outside="0"')),
    ]
    for end in ("", "\n"):
        text, best = (f"<annotations>{META}{end}{end.join(each)}</annotations>" for each in (rows, good))
        assert mended(text, unsafe=False) == best
        for name, written in (("before", text), ("after", best)):
            (tmp_path / f"{name}.xml").write_text(written, "utf-8")
        assert at.read(tmp_path / "before.xml").dataset == at.read(tmp_path / "after.xml").dataset


def test_of_rows_of_which_it_is_not_known_which_are_meant_none_is_changed() -> None:
    image = f"<image id='0' name='a.jpg'>{POINT.format('')}</image>"  # which needs no keyframe
    text = f"<annotations>{META}{image}{track('')}</annotations>"
    assert mended(text, unsafe=True) == text


@pytest.mark.parametrize("unsafe", [False, True])
def test_what_has_been_tried_is_not_offered_again(unsafe: bool) -> None:
    odd = "<track label='car'><points frame='1' keyframe='1'/></track>"
    text = f"<annotations>{META}{track(KEY)}{odd}</annotations>"
    report = outcome(text, unsafe=unsafe, codes=("TRK008",)).report
    assert len(report) == 1, "it is not known which of the rows is meant"
    for form in FORMATS:
        assert ("--unsafe-fixes" in "".join(render(form, [report], RenderOptions()))) <= (not unsafe), form
    assert ("--unsafe-fixes mends TRK008" in "".join(render("full", [report], RenderOptions()))) is not unsafe
