"""Locals tell what they hold: `findings`, `index`, `message`, `address`, and not that something was found or said."""

from __future__ import annotations

import ast
import re

from tests.paths import ROOT

EMPTY = {"found", "place", "said", "told", "met", "meant"}
_EMPTY = re.compile(rf"\b({'|'.join(EMPTY)})\b")
FOLDERS = ("annotools", "mockserver", "benchmarks", "examples", "tests")
# What is about places as such.
SPARED = ("annotools/formats/kernel/places.py", "annotools/sequences.py", "tests/test_sequences.py")
FILES = sorted(
    path.relative_to(ROOT).as_posix()
    for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")
)  # fmt: skip


def bound(tree: ast.Module) -> set[tuple[int, str]]:
    """Lines and names of what functions take and assign."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.Lambda)]
    inner = [node for function in functions for node in ast.walk(function)]
    names = {(node.lineno, node.arg) for node in inner if isinstance(node, ast.arg)}
    return names | {(n.lineno, n.id) for n in inner if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def test_locals_tell_what_they_hold() -> None:
    empty = []
    for file in (file for file in FILES if not file.startswith(SPARED)):
        text = (ROOT / file).read_text("utf-8")
        if _EMPTY.search(text):  # few have any: taking all apart takes seconds
            empty += [f"{file}:{line}: {name}" for line, name in sorted(bound(ast.parse(text))) if name in EMPTY]
    assert empty == []


def test_what_is_spared_is_there() -> None:
    assert [start for start in SPARED if not any(file.startswith(start) for file in FILES)] == []
