"""`python -m tests.recorded NAME...` prints answers, `--update [PART[/GROUP]...]` records them."""

from __future__ import annotations

import argparse
import time
from functools import partial

from tests.recorded.records import PARTS, answered, cases, groups, update


def main() -> None:
    """Print or record."""
    parser = argparse.ArgumentParser(prog="python -m tests.recorded")
    parser.add_argument("names", nargs="*", help="how names of cases begin, part/group/case")
    parser.add_argument("--update", action="store_true", help="record the answers of these parts or groups, or of all")
    parser.add_argument("--new", action="store_true", help="with --update: take in cases that are not recorded yet")
    chosen = parser.parse_args()
    if chosen.update:
        _update(chosen.names, chosen.new)
    else:
        _show(chosen.names)


def _update(names: list[str], new: bool) -> None:
    for part in PARTS:
        wanted = [name for name in names if name.split("/")[0] == part]
        if wanted or not names:
            start = time.process_time()
            count, changed = update(part, partial(_is_named, part, wanted=wanted), new=new)
            print(f"{part}: {count} cases, {changed} lines differ, {time.process_time() - start:.1f} s of CPU")


def _is_named(part: str, group: str, wanted: list[str]) -> bool:
    name = f"{part}/{group}"
    return not wanted or any(name == one.rstrip("/") or part == one.rstrip("/") for one in wanted)


def _show(names: list[str]) -> None:
    for wanted in names:
        part, _, rest = wanted.partition("/")
        for group in groups(part):
            if not group.startswith(rest.split("/")[0]):
                continue
            for name, make in cases(part, group):
                if name.startswith(wanted):
                    answer = answered(name, make)
                    print(f"== {answer.record}", *answer.lines, "", sep="\n")


if __name__ == "__main__":
    main()
