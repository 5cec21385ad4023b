"""Imports point down, and never round in a circle."""

from __future__ import annotations

import ast
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from mockserver.core import routes
from tests.paths import ROOT

PACKAGES = ("annotools", "mockserver")
FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))

# The rooms of annotools from the bottom up; a room may import from its own level and those below.
LEVELS = (
    ("_version", "close_words", "json_faults", "memory", "plugins", "progress", "sequences"),
    ("errors",),
    ("row_problems", "scale"),
    ("model", "geometry"),
    ("cvat_limits", "labeled_data", "quirks", "matching"),
    ("storage",),
    ("tracks",),
    ("transform",),
    ("formats",),
    ("convert", "diff", "quality", "statistics"),
    ("validate",),
    ("cli", "__init__", "__main__"),
)
LEVEL = {room: height for height, rooms in enumerate(LEVELS) for room in rooms}
# The same for mockserver; every room has a level of its own.
MOCK_LEVELS = (
    ("protocol",),
    ("page",),
    ("state",),
    ("rules",),
    ("annotations",),
    ("media",),
    ("people",),
    ("resources",),
    ("background",),
    ("exchange",),
    ("quality",),
    ("core",),
    ("seeds",),
    ("contract",),
    ("faces",),
    ("mock", "asgi", "transports"),
    ("__init__",),
    ("pytest_seeds",),
    ("plugin", "__main__"),
)
MOCK_LEVEL = {room: height for height, rooms in enumerate(MOCK_LEVELS) for room in rooms}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in FILES}


@cache
def imported(path: Path, *, types: bool = False) -> tuple[str, ...]:
    """The modules of this project that a file imports.  types: also those that are only needed for types."""
    tree = ast.parse(path.read_text("utf-8"))
    skipped = set() if types else typing_only(tree)
    modules: list[str] = []
    for node in ast.walk(tree):
        if node in skipped:
            continue
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if name in MODULES else node.module for name in inner]
            modules += (name for name in names if name.split(".")[0] in PACKAGES)
        elif isinstance(node, ast.Import):
            modules += (alias.name for alias in node.names if alias.name.split(".")[0] in PACKAGES)
    return tuple(modules)


def typing_only(tree: ast.Module) -> set[ast.AST]:
    """Everything under `if TYPE_CHECKING:`."""
    blocks = [n for n in ast.walk(tree) if isinstance(n, ast.If) and ast.unparse(n.test) == "TYPE_CHECKING"]
    return {inner for block in blocks for statement in block.body for inner in ast.walk(statement)}


def room(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


@pytest.mark.parametrize("name", sorted(MODULES))
def test_imports_point_down(name: str) -> None:
    for other in imported(MODULES[name]):
        package, target = name.split(".")[0], other.split(".")[0]
        if package != target:
            assert package == "mockserver" or name.startswith("annotools.cli"), f"{name} imports {other}"
            continue
        levels = MOCK_LEVEL if package == "mockserver" else LEVEL
        assert room(name) in levels, f"{name}: no level is said for this room"
        assert room(other) in levels, f"{other}: no level is said for this room"
        assert levels[room(other)] <= levels[room(name)], f"{name} imports {other}, which is above it"


def test_endpoints_are_answered_by_rooms_below_the_core() -> None:
    handlers = {name.split(".")[0] for route in routes.ROUTES for _, name in route.operations.values()} - {"-"}
    assert handlers
    assert all(MOCK_LEVEL[room] <= MOCK_LEVEL["core"] for room in handlers)


def family(module: str) -> str:
    return ".".join(module.split(".")[:3])


@pytest.mark.parametrize("name", sorted(name for name in MODULES if name.startswith("annotools.formats.")))
def test_a_format_never_imports_another(name: str) -> None:
    shared = ("annotools.formats", "annotools.formats.base", "annotools.formats.kernel", "annotools.formats.signs")
    others = {other for other in imported(MODULES[name]) if other.startswith("annotools.formats")}
    assert {other for other in others if family(other) not in (family(name), *shared)} == set()


# Where things may be dropped or changed, and said to be; the assembler of what is read is more than one module.
LEDGER_ROOMS = ("model.fitting", "transform", "tracks", "quality", "formats.kernel.joining")
ASSEMBLER = {
    "formats.kernel.rows": "collects what a reader leaves out or repairs, and what its own parts do",
    "formats.kernel.row_checks": "knows which rows of tracks are told another label, or that they are shapes",
    "formats.kernel.attribute_values": "knows which values have no attribute in the end",
    "formats.kernel.imported": "knows which checkboxes the server's importers take for none",
}
LEDGER_CALLS = {"lost", "changed", "noted", "Loss", "Ledger"}


def ledger_calls(path: Path) -> list[str]:
    """Where losses are made: `file:line`."""
    calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    named = [(node, getattr(node.func, "attr", getattr(node.func, "id", ""))) for node in calls]
    return [f"{path}:{node.lineno}" for node, name in named if name in LEDGER_CALLS]


@pytest.mark.parametrize("name", sorted(name for name in MODULES if name.startswith("annotools.")))
def test_only_steps_and_the_assembler_say_what_is_lost(name: str) -> None:
    short = name.removeprefix("annotools.")
    if short == "model.losses":
        assert ledger_calls(MODULES[name]), "it makes losses of what the others say"
        return
    allowed = short in ASSEMBLER or any(short == room or short.startswith(f"{room}.") for room in LEDGER_ROOMS)
    assert ledger_calls(MODULES[name]) == [] or allowed


@pytest.mark.parametrize("name", ASSEMBLER)
def test_modules_of_the_assembler_use_its_ledger(name: str) -> None:
    assert ledger_calls(MODULES[f"annotools.{name}"])


def test_no_module_imports_itself_through_others() -> None:
    graph = {name: set(imported(path)) - {name} for name, path in MODULES.items()}
    assert list(TopologicalSorter(graph).static_order())


@pytest.mark.parametrize("name", sorted({".".join(name.split(".")[:2]) for name in MODULES if "." in name}))
def test_no_room_goes_round_in_a_circle_for_types(name: str) -> None:
    inside = {module: path for module, path in MODULES.items() if f"{module}.".startswith(f"{name}.")}
    graph = {
        module: {o for o in imported(path, types=True) if o in inside} - {module} for module, path in inside.items()
    }
    assert len(list(TopologicalSorter(graph).static_order())) == len(graph)


# How many rooms the longest chain of imports may have, those for types included.
FLOORS = {"annotools": 7, "mockserver": 8}
NO_ROOMS = ("errors", "_version", "__main__", "__init__")


@pytest.mark.parametrize("package", PACKAGES)
def test_the_house_is_not_too_high(package: str) -> None:
    rooms: dict[str, set[str]] = {}
    for name, path in MODULES.items():
        if name.split(".")[0] != package:
            continue
        others = {room(other) for other in imported(path, types=True) if other.split(".")[0] == package}
        rooms.setdefault(room(name), set()).update(others - {room(name), *NO_ROOMS})
    heights: dict[str, int] = {}
    for one in TopologicalSorter({key: below for key, below in rooms.items() if key not in NO_ROOMS}).static_order():
        heights[one] = 1 + max((heights[other] for other in rooms[one]), default=0)
    assert max(heights.values()) <= FLOORS[package], heights
