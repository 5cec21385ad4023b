"""What is worked on in pieces gives the recorded answers where the pieces are tiny.

Pieces are as long as the processor's cache likes them, and no input of the corpus fills one: where one ends and the
next begins is tried here, with pieces of three.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pkgutil import walk_packages

import pytest

import annotools
from tests.recorded.parts import writing
from tests.recorded.records import answered, cases, groups, recorded

LENGTH = 3
ROOMS = ("formats", "tracks", "geometry", "model", "transform", "diff", "quality")
PIECES = re.compile(
    r"_?(PIECE|AT_ONCE|CHUNK|BLOCK|BATCH|ROWS|BAND|PORTION|NEAR|PAIRS|CROSSINGS|MOST_PAIRS|POINTS|LINES)"
)
# Limits of what is done at all, which are called alike.
LIMITS = {
    f"annotools.geometry.{name}"
    for name in ("ellipses._LINES", "part_bridges._MOST_PAIRS", "tangles._PAIRS", "tangles._CROSSINGS")
}
UNORDERED = "writing/datumaro/skeletons"  # attributes are read piece by piece, and stand in the table in that order
EVERY = {"kernels": 3, "writing": 11, "steps": 9, "inputs": 29, "numbers": 13}  # of its cases one in so many is asked


def lengths() -> Iterator[tuple[object, str]]:
    """The modules with the lengths of pieces, and what they call them."""
    for room in ROOMS:
        package = import_module(f"annotools.{room}")
        for info in walk_packages(package.__path__, f"{package.__name__}."):
            import_module(info.name)
    for name, module in sorted(sys.modules.items()):
        if name.startswith(tuple(f"{annotools.__name__}.{room}." for room in ROOMS)):
            for word, value in vars(module).items():
                if PIECES.fullmatch(word) and type(value) is int and f"{name}.{word}" not in LIMITS:
                    yield module, word


@pytest.mark.parametrize("part", EVERY)
def test_answers_do_not_depend_on_how_long_pieces_are(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = list(lengths())
    assert len(pieces) > 50
    for module, word in pieces:
        monkeypatch.setattr(module, word, LENGTH)
    monkeypatch.setattr(writing, "_after", cache(writing._after.__wrapped__))  # what is kept of it is of such pieces
    known = {name: line for group in groups(part) for name, line in recorded(part)[group].items()}
    all_cases = [
        pair
        for group in groups(part)
        for pair in cases(part, group)
        if pair[0] in known and not pair[0].startswith(UNORDERED)
    ]
    chosen = all_cases[:: EVERY[part]]
    assert [name for name, make in chosen if answered(name, make).record != known[name]] == []
