"""A long run: every seed of a range, what went astray as one line a seed, and what was slow."""

from __future__ import annotations

import contextlib
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from pathlib import Path

import click

from tests.damaged.probes import every_command, every_probe

SLOW = 10.0  # seconds of CPU


@click.command()
@click.argument("count", type=int)
@click.option("--start", default=0, show_default=True, help="The first seed.")
@click.option("--commands", is_flag=True, help="Through the command line instead of the library.")
def run(count: int, start: int, commands: bool) -> None:
    """Try COUNT damaged inputs."""
    probe = _on_disk if commands else every_probe
    warnings.simplefilter("error")
    strays: Counter[str] = Counter()
    for seed in range(start, start + count):
        before = time.process_time()
        try:
            probe(seed)
        except Exception as error:  # whatever it is: it is what is looked for
            where = traceback.extract_tb(error.__traceback__)[-1]
            kind = f"{type(error).__name__} {where.filename.rpartition('/annotools/')[2]}:{where.lineno}"
            strays[kind] += 1
            print(f"{seed}: {kind}: {error!s:.100}", flush=True)
        spent = time.process_time() - before
        if spent > SLOW:
            print(f"{seed}: {spent:.0f} s", flush=True)
    print(f"{count:,} inputs, {strays.total()} strays", *strays.most_common(), sep="\n")
    sys.exit(bool(strays))


def _on_disk(seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        every_command(seed, Path(folder))


if __name__ == "__main__":
    run()
