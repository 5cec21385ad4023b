"""Who made an annotation, in words that this server does not know: they count as made by hand.

    "Ground truth"      CVAT's own word, before consensus; in its backups, its XML and its API
    "robot"             of a fork, or of a program

Reading takes them for manual, which is a change; a body to be created is judged as it stands, because the server
answers 400.
"""

from __future__ import annotations

from collections.abc import Iterable

from annotools.errors import Problem
from annotools.formats.base import Read, ReadOptions
from annotools.formats.cvat_json.lenient import UNKNOWN_SOURCE
from annotools.formats.kernel.joining import with_repairs
from annotools.formats.kernel.repairs import Repairs
from annotools.sequences import chosen


def made_by_hand(result: Read, options: ReadOptions) -> Read:
    """What was read, with sources that are not known as changes and not as problems.

    options: where rows are to be judged as they stand (`unknown`), nothing changes.
    """
    odd = chosen(result.problems, lambda problem: problem.kind == UNKNOWN_SOURCE)
    if options.unknown or not odd:
        return result
    rest = chosen(result.problems, lambda problem: problem.kind != UNKNOWN_SOURCE)
    return with_repairs(Read(result.dataset, result.media, rest, result.losses), _repairs(odd))


def _repairs(problems: Iterable[Problem]) -> Repairs:
    repairs = Repairs()
    for problem in problems:
        repairs.note("source", "none that is known counts as manual", problem.message)
    return repairs
