"""Where things are that tests read: the repository, its example, files of tests, and what was recorded of a server."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
STREET = EXAMPLES / "street"
DATA = ROOT / "tests" / "data"
SHARED = ROOT.parent / "shared"
GOLDEN = SHARED / "golden"
CONTRACT = SHARED / "contract"


def contents(folder: Path) -> dict[str, bytes]:
    """The files in a folder and below, by their paths in it."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
