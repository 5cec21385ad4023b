"""Where the slowest conversions spend their time, by module.

`python -m benchmarks.profiles FILE` prints, as JSON, the modules of a profile with the share of the own time of their
functions and what their docstrings say they are for.  The profiler slows calls and not array expressions: shares of
modules that call much are too high.
"""

from __future__ import annotations

import ast
import json
import pstats
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.measuring import LONGEST, Bench
from benchmarks.processes import ROOT, answer, run
from benchmarks.results import Profile, Row
from benchmarks.sizes import SIZES
from benchmarks.verdicts import BY_TITLE, stills

PARTS, SLOWEST = 8, 3


def slowest(rows: Iterable[Row]) -> list[Row]:
    """The conversions that need the most CPU, each at M or the largest size below."""
    small = [row for row in stills(list(rows)) if row.annotations <= SIZES["M"].annotations and BY_TITLE[row.job].to]
    largest = {row.job: row for row in small}
    return sorted(largest.values(), key=lambda row: row.cpu / row.annotations, reverse=True)[:SLOWEST]


def profile(bench: Bench, row: Row) -> Profile:
    """Run a job under the profiler."""
    job, statistics = BY_TITLE[row.job], bench.inputs / "profile"
    bench.emptied()
    interpreter, *words = bench.command(job)
    run([interpreter, "-m", "cProfile", "-o", str(statistics), *words], LONGEST)
    parts = json.loads(answer("profiles", str(statistics)))
    return Profile(row.job, bench.size.name, tuple(map(tuple, parts)))


def shares(statistics: Path) -> list[tuple[str, float, str]]:
    """Modules by their share of the whole, the largest first."""
    spent: Counter[str] = Counter()
    for (file, _, _), (_, _, own, _, callers) in pstats.Stats(str(statistics)).stats.items():  # type: ignore[attr-defined]
        if file == "~":  # a built-in function counts for who calls it
            for (caller, _, _), (_, _, part, _) in callers.items():
                spent[_module(caller)] += part
        else:
            spent[_module(file)] += own
    total = sum(spent.values())
    return [(module, own / total, _purpose(module)) for module, own in spent.most_common(PARTS)]


def _module(file: str) -> str:
    """As it is imported."""
    if file.startswith("<frozen"):
        return "import of modules"
    parts = Path(file).with_suffix("").parts
    tops = [index for index, part in enumerate(parts) if part == "site-packages" or part.startswith("python3.")]
    ours = Path(file).is_relative_to(ROOT) and "site-packages" not in parts
    start = len(ROOT.parts) if ours else max(tops, default=len(parts) - 2) + 1
    return ".".join(_named(parts[start:]))


def _named(parts: Sequence[str]) -> Sequence[str]:
    return parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts


def _purpose(module: str) -> str:
    """The first line of a module of ours."""
    path = ROOT / Path(*module.split("."))
    files = [file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()]
    text = ast.get_docstring(ast.parse(files[0].read_text("utf-8"))) if files else None
    return text.splitlines()[0].rstrip(".") if text else ""


if __name__ == "__main__":
    print(json.dumps(shares(Path(sys.argv[1]))))
