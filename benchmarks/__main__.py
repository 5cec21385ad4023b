"""How fast, how large, and against what: `python -m benchmarks [NAME...]`.

Without names every conversion and validation is measured at S, M, L and V.  A name is one of `--list`; the name of a
program of its own (`heavy`, `mock`, ...) hands all further words to it.  All of it takes more than an hour on two
cores, S and M about twenty minutes; a run of another tool is ended after five minutes or at 12 GB.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from benchmarks import machine, measuring, page, profiles, tables, verdicts
from benchmarks.jobs import JOBS, Job
from benchmarks.peers.table import versions
from benchmarks.results import Profile, Results, Row, joined, read
from benchmarks.sizes import SIZES, USUAL
from benchmarks.suites import SUITES


def main(words: list[str]) -> int:
    """Run what is asked for; the exit status."""
    if words[:1] and words[0] in SUITES:
        return subprocess.call([sys.executable, "-m", f"benchmarks.{SUITES[words[0]][0]}", *words[1:]])
    given = parser().parse_args(words)
    if given.list:
        return listed()
    results = shown(joined([read(path) for path in given.read])) if given.read else measured(given)
    if given.markdown and not results.profiles:
        results = replace(results, profiles=tuple(profiled(results.rows)))
    if given.json:
        results.write(given.json)
    if given.markdown:
        given.markdown.write_text(page.page(results), "utf-8")
    return int(any(row.note or row.written != row.expected for row in results.rows))


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    made.add_argument("names", nargs="*", metavar="NAME", help="what to measure; all where none is given")
    made.add_argument("--list", action="store_true", help="all names, and nothing else")
    made.add_argument("--size", nargs="+", choices=SIZES, default=USUAL, help="default: %(default)s")
    made.add_argument("--repeat", type=int, default=3, help="runs of each, fewer where they take a minute")
    made.add_argument("--peers-python", default=sys.executable, metavar="PATH", help="who has the peers")
    made.add_argument("--no-peers", action="store_true", help="ask no other tools")
    made.add_argument("--json", type=Path, metavar="FILE", help="write the results")
    made.add_argument("--markdown", type=Path, metavar="FILE", help="write the page, profiles included")
    made.add_argument("--read", type=Path, nargs="+", metavar="FILE", help="show earlier results")
    return made


def listed() -> int:
    """All names."""
    for job in JOBS:
        print(f"{job.name:<30} {job.title}")
    for name, (_, words) in SUITES.items():
        print(f"{name:<30} {words}")
    return 0


def measured(given: argparse.Namespace) -> Results:
    """Measure, and print each row as it comes."""
    jobs, sizes = chosen(given.names), [SIZES[name] for name in given.size]
    facts = machine.description(given.peers_python)
    print_facts(facts)
    peers = [] if given.no_peers else list(versions(given.peers_python))
    options = measuring.MeasureOptions(
        repeat=given.repeat, python=given.peers_python, peers=peers, blocked=machine.fast_modules()
    )
    rows: list[Row] = []
    for row in printed(measuring.rows(jobs, sizes, options)):
        rows.append(row)
        if given.json:  # a run that is ended early keeps what it has
            Results(facts, tuple(rows)).write(given.json)
    return Results(facts, tuple(rows))


def shown(results: Results) -> Results:
    """Print what was measured before; gives it."""
    print_facts(results.machine)
    for _ in printed(results.rows):
        pass
    return results


def print_facts(facts: Mapping[str, str]) -> None:
    """What machine it is."""
    print(*(f"{name}: {value}" for name, value in facts.items()), sep="\n")


def printed(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows, each printed as it comes, and in the end what they say together."""
    every: list[Row] = []
    for size, group in groupby(rows, key=lambda row: row.at):
        print(f"\n{tables.size_words(size)}")
        print_lines([tables.headings(tables.COLUMNS)], tables.COLUMNS)
        for row in group:
            print_lines(tables.cells(row), tables.COLUMNS)
            every.append(row)
            yield row
    print_growth(every)
    print(f"\n{verdicts.summary(every)}")


def chosen(names: Iterable[str]) -> list[Job]:
    """Jobs by name, all where there are none.  Raises: SystemExit for a name that is none."""
    by_name = {job.name: job for job in JOBS}
    unknown = [name for name in names if name not in by_name]
    if unknown:
        sys.exit(f"no benchmark is called {', '.join(unknown)}, expected one of --list")
    return [by_name[name] for name in names] or list(JOBS)


def print_lines(lines: Iterable[Sequence[str]], columns: Sequence[tables.Column]) -> None:
    """Part of a table, at once."""
    for line in lines:
        print(tables.aligned(line, columns), flush=True)


def print_growth(rows: list[Row]) -> None:
    """Cost per annotation, where there are two sizes."""
    lines = list(tables.growth_cells(rows))
    if lines:
        print()
        print_lines([tables.headings(tables.GROWTH_COLUMNS), *lines], tables.GROWTH_COLUMNS)


def profiled(rows: tuple[Row, ...]) -> Iterable[Profile]:
    """The slowest conversions, under the profiler."""
    for row in profiles.slowest(rows):
        with tempfile.TemporaryDirectory() as inputs, tempfile.TemporaryDirectory() as outputs:
            bench = measuring.Bench(SIZES[row.at], Path(inputs), Path(outputs), measuring.MeasureOptions())
            yield profiles.profile(bench, row)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # inputs and outputs go on the way out
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # as for `--list | head`
    sys.exit(main(sys.argv[1:]))
