"""`docs/performance.md`: the words of `page.md`, filled with the results of a run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from string import Template

from benchmarks import tables, verdicts
from benchmarks.jobs import DOCUMENT_MEMORY, FILES_MEMORY, START_MEMORY, VALIDATION_MEMORY
from benchmarks.limits import WORDS
from benchmarks.results import Profile, Results, Row

WORDS_OF_PAGE = Path(__file__).with_name("page.md")
ONE_SIZE = "Only one size was measured."
NO_EXTRA = "The extra was not installed in this run, so nothing is compared."
NO_GAIN = "No conversion gains a twentieth by it."
PROFILED = (
    "Shares of CPU by module under the profiler, built-in functions counted for who calls them.\n"
    "It slows calls and not array expressions, so modules that call much look worse than they are."
)


def page(results: Results) -> str:
    """The whole page."""
    growth, extra = list(tables.growth_cells(results.rows)), list(tables.extra_cells(results.rows))
    blocked = any(row.bare for row in results.rows)
    nothing = NO_GAIN if blocked else NO_EXTRA
    return Template(WORDS_OF_PAGE.read_text("utf-8")).substitute(
        machine="\n".join(f"- {name}: {value}" for name, value in results.machine.items()),
        runs=max((row.runs for row in results.rows), default=0),
        limits="\n".join(f"  - `{name}`: {words}" for name, words in WORDS.items()),
        document_memory=DOCUMENT_MEMORY,
        files_memory=FILES_MEMORY,
        validation_memory=f"{VALIDATION_MEMORY:g}",
        start_memory=START_MEMORY,
        tables="\n\n".join(size_tables(results.rows)),
        growth=tables.markdown(growth, tables.GROWTH_COLUMNS) if growth else ONE_SIZE,
        extra=tables.markdown(extra, tables.EXTRA_COLUMNS) if extra else nothing,
        profiles="\n\n".join([PROFILED, *map(profile_words, results.profiles)]),
    )


def size_tables(rows: Iterable[Row]) -> Iterator[str]:
    """A table for each size."""
    for size, group in groupby(rows, key=lambda row: row.at):
        each = list(group)
        lines = [line for row in each for line in tables.cells(row)]
        yield f"### {tables.size_words(size)}\n\n{verdicts.summary(each)}\n\n{tables.markdown(lines, tables.COLUMNS)}"


def profile_words(profile: Profile) -> str:
    """A list of modules, the most costly first."""
    lines = [f"- {share:.0%} `{module}`{f': {text}' if text else ''}" for module, share, text in profile.parts]
    return "\n".join([f"### {profile.job}, {profile.at}", "", *lines])
