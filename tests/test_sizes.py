"""Nothing is longer than can be read at once: functions of 30 lines without their docstrings, files of 300."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.paths import ROOT

FUNCTION, FILE = 30, 300
PACKAGES = ("annotools", "mockserver", "benchmarks", "examples")


def long_functions(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Names and lines, without docstrings and decorators."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            size = (node.end_lineno or 0) - node.lineno + 1
            if ast.get_docstring(node):
                size -= (node.body[0].end_lineno or 0) - node.body[0].lineno + 1
            if size > FUNCTION:
                yield node.name, size


@pytest.mark.parametrize("package", PACKAGES)
def test_functions_and_files_are_short(package: str) -> None:
    long = []
    for path in sorted((ROOT / package).rglob("*.py")):
        name, text = path.relative_to(ROOT).as_posix(), path.read_text("utf-8")
        long += [f"{name} has {lines} lines" for lines in [text.count("\n")] if lines > FILE]
        long += [f"{name}: {function}() has {lines} lines" for function, lines in long_functions(ast.parse(text))]
    assert long == []


@pytest.mark.parametrize("lines", [FUNCTION, FUNCTION + 1])
def test_what_is_long_is_seen(lines: int) -> None:
    text = "def one():\n" + '    """Said\n\n    of it."""\n' + "    pass\n" * (lines - 1)
    assert list(long_functions(ast.parse(text))) == [("one", lines)] * (lines > FUNCTION)
