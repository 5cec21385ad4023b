"""Outputs named after their sources."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from annotools.errors import UsageError
from annotools.storage.outputs import is_pattern, outputs_of


@pytest.mark.parametrize(
    ("pattern", "sources", "places"),
    [
        ("out/{stem}.zip", ["a/x.json", "b/y.coco.json"], ["out/x.zip", "out/y.coco.zip"]),
        ("{parent}-{name}", ["a/x.json", "b/x.json"], ["a-x.json", "b-x.json"]),
        ("{number}.zip", [f"{n}.json" for n in range(12)], [f"{n:02}.zip" for n in range(1, 13)]),
        ("{{{stem}}}", ["a/x.json"], ["{x}"]),
        (Path("out") / "{stem}", ["a/{x}.json"], ["out/{x}"]),
        ("{stem}.zip", ["s3://bucket/a.b/x.json", "https://h/y.zip?sig={a}#b"], ["x.zip", "y.zip"]),
        ("{stem}.zip", ["memory://data.v2/", "zip://z.json::memory://b.zip"], ["data.v2.zip", "z.zip"]),
    ],
)
def test_places_are_named_after_sources(pattern: str, sources: list[str], places: list[str]) -> None:
    assert is_pattern(pattern)
    assert outputs_of(pattern, sources) == places


def test_a_folder_has_no_ending(tmp_path: Path) -> None:
    (tmp_path / "street.v2").mkdir()
    assert outputs_of("{stem}.zip", [tmp_path / "street.v2", f"{tmp_path}/street.v2/../other.v2"]) == [
        "street.v2.zip",
        "other.zip",
    ]


@pytest.mark.parametrize("where", ["out.zip", "-", "{}.zip", "a{b-c}.zip", "{3F25-04E0}/out.zip", "{{stem}}.zip"])
def test_other_braces_are_part_of_a_name(where: str) -> None:
    assert not is_pattern(where)


@pytest.mark.parametrize(
    ("pattern", "sources", "message"),
    [
        ("{stm}.zip", ["a.json"], "{stm}.zip: nothing is called {stm}, expected stem"),
        ("{STEM}.zip", ["a.json"], "nothing is called {STEM}, expected stem"),
        ("{stem!r}.zip", ["a.json"], "nothing is called {stem!r}, expected "),
        ("{stem:>4}.zip", ["a.json"], "nothing is called {stem:>4}, expected "),
        ("{ name }.zip", ["a.json"], "nothing is called { name }"),
        ("{x}", ["a.json"], "nothing is called {x}, expected one of stem, name, parent, number"),
        ("{stem}.zip", ["a/x.json", "b.json", "c/x.xml"], "x.zip: a/x.json and c/x.xml would have one output"),
        ("{stem}.zip", ["x.json", "./x.json"], "x.json and ./x.json would have one output"),
        ("{stem}", ["a/x", "file:///x"], "would have one output"),
        ("memory://o/{stem}.zip", ["a/x.json", "b/x.json"], "would have one output"),
        ("{parent}/{stem}/..", ["a/b/x.json", "a/b/y.json"], "would have one output"),
        ("{stem}.zip", ["-"], "standard input has no name, expected -o without braces"),
        ("{stem}.zip", ["/"], "/: has no name"),
    ],
)
def test_what_cannot_be_named_is_refused(pattern: str, sources: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=re.escape(message)):
        outputs_of(pattern, sources) if is_pattern(pattern) else None


def test_outputs_that_links_lead_into_one_another_are_refused(tmp_path: Path) -> None:
    (tmp_path / "same").symlink_to(tmp_path / "a")
    (tmp_path / "inner").symlink_to(tmp_path / "a" / "b")
    with pytest.raises(UsageError, match="would have one output"):
        outputs_of(tmp_path / "{name}", ["x/a", "x/same"])
    with pytest.raises(UsageError, match="would have an output in that of the other"):
        outputs_of(tmp_path / "{name}", ["x/a", "x/inner"])
