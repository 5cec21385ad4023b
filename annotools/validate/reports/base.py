"""What reports share: how they are to look, findings by rule, paths of files, and the words of the summary."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

import msgspec
import numpy as np

from annotools.errors import one_line
from annotools.validate.findings import ERROR, INFO, WARNING, Finding, Severity, Where
from annotools.validate.needs import ACTION, FRAMES, JOB, LABELS, PIXELS, SIZES, SOURCE, TASK, Needs
from annotools.validate.registry import Rule
from annotools.validate.report import Batch, Report
from annotools.validate.wheres import Wheres

SEVERITIES = (ERROR, WARNING, INFO)
_PATHS = 64  # that are kept: findings of a file follow each other
_LACKS = {
    LABELS: "labels", FRAMES: "frames", SIZES: "sizes of frames", JOB: "job", TASK: "task", ACTION: "action (--as)",
    SOURCE: "input file", PIXELS: "pictures",
}  # fmt: skip
_REASONS = {
    "baseline": "known to the baseline", "label": "ignored by label", "file": "ignored by file",
    "comment": "ignored by a comment",
}  # fmt: skip


@dataclass(frozen=True)
class RenderOptions:
    """How a report is to look.

    shown: findings a rule, None is all.  colour: whether escape codes may be used.  width: of the screen, columns.
    statistics: a table of counts in place of the findings, where people read.  pictures: whether to draw shapes.
    """

    shown: int | None = None
    colour: bool = False
    width: int = 100
    statistics: bool = False
    pictures: bool = False


class Group(msgspec.Struct, frozen=True, eq=False):
    """The findings of one rule of one report, worst first."""

    report: Report
    rule: Rule
    batches: Sequence[Batch]

    def __len__(self) -> int:
        return sum(map(len, self.batches))

    @property
    def severity(self) -> Severity:
        """The worst."""
        return self.batches[0].severity

    def findings(self, shown: int | None) -> Iterator[Finding]:
        """The first findings, for people: without fingerprints and fixes."""
        of = self.report.of
        return islice((finding for batch in self.batches for finding in of(batch, whole=False)), shown)

    def hidden(self, shown: int | None) -> int:
        """How many findings are not among the first."""
        return 0 if shown is None else max(len(self) - shown, 0)


def groups(report: Report) -> list[Group]:
    """The findings by rule, in the order of the report."""
    by_rule: dict[str, list[Batch]] = {}
    for batch in report.batches:
        by_rule.setdefault(batch.rule.code, []).append(batch)
    return [Group(report, batches[0].rule, batches) for batches in by_rule.values()]


def path_of(report: Report, where: Where) -> str:
    """The path of the file of a finding, as the user would type it; that of the annotations where it has none."""
    return _path(report, where.file or report.member) or "stdin"


def _path(report: Report, member: str) -> str:
    return _joined("" if report.source == "-" else report.source, member)


@lru_cache(_PATHS)
def _joined(source: str, member: str) -> str:
    if not source or not member:
        return one_line(member or source)
    if source.replace("\\", "/").rsplit("/", 1)[-1] == member:
        return one_line(source)
    return one_line(posixpath.join(source, member))


def position_of(report: Report, where: Where, line: int | None = None) -> str:
    """`file:line:/pointer`, what of it is known."""
    line = where.line if line is None else line
    path, number = _path(report, where.file), "" if line is None else str(line)
    return one_line(":".join([part for part in (path, number, where.pointer) if part]))


def positions_of(report: Report, wheres: Wheres) -> list[str]:
    """The same of many."""
    paths = {file: _path(report, file) for file in dict.fromkeys(wheres.file)}
    parts = zip(wheres.file, wheres.line, wheres.pointer, strict=True)
    texts = [
        ":".join([part for part in (paths[file], "" if line is None else str(line), pointer) if part])
        for file, line, pointer in parts
    ]
    return texts if "".join(texts).isprintable() else list(map(one_line, texts))


def spans(numbers: Sequence[int]) -> list[list[int]]:
    """Numbers as first and last of those that follow each other: 3, 4, 5, 9 is 3 to 5 and 9 to 9."""
    column = np.asarray(numbers, np.int64)
    breaks = np.flatnonzero(np.diff(column) != 1)
    first, last = np.append(column[:1], column[breaks + 1]), np.append(column[breaks], column[-1:])
    return [list(span) for span in zip(first.tolist(), last.tolist(), strict=True)]


def counted(number: int, word: str) -> str:
    """`1 error`, `1,204 errors`."""
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def count_line(report: Report) -> str:
    """`12 errors, 3 warnings, 0 infos in 812 shapes, 12 tracks`."""
    counts = ", ".join(counted(report.counts[severity], severity.word) for severity in SEVERITIES)
    checked = ", ".join(counted(n, name.removesuffix("s")) for name, n in report.checked.items() if n)
    return f"{counts} in {checked or 'no annotations'}"


def lacks(missing: Needs) -> str:
    """`no labels`."""
    return "no " + " and no ".join(_LACKS[flag] for flag in missing)


def skipped_lines(report: Report) -> list[str]:
    """`14 rules skipped: no labels`, most first."""
    counts = Counter(lacks(skipped.missing) for skipped in report.skipped)
    return [f"{counted(n, 'rule')} skipped: {why}" for why, n in counts.most_common()]


def ignored_lines(report: Report) -> list[str]:
    """`3 findings known to the baseline`."""
    return [f"{counted(n, 'finding')} {_REASONS.get(why, why)}" for why, n in sorted(report.ignored.items()) if n]


def fix_line(report: Report) -> list[str]:
    """Which rules' findings can be mended, and by what; not by what has been tried."""
    safe, unsafe = ({g.rule.code for g in groups(report) if _has_fix(g, safe)} for safe in (True, False))
    options = (("--fix", True, safe), ("--unsafe-fixes", False, unsafe - safe))
    open_to = [(option, codes) for option, lossless, codes in options if codes and lossless not in report.tried]
    sentences = [f"{option} mends {', '.join(sorted(codes))}" for option, codes in open_to]
    return ["; ".join(sentences)] if sentences else []


def _has_fix(group: Group, safe: bool) -> bool:
    return any(batch.mended is safe for batch in group.batches)


def summary_lines(report: Report) -> list[str]:
    """The end of a report for people."""
    return [count_line(report), *skipped_lines(report), *ignored_lines(report), *fix_line(report)]


def title_of(report: Report) -> str:
    """`examples/street (cvat-api, preset upload)`."""
    about = ", ".join(filter(None, (report.slug, f"preset {report.preset}", report.action and f"as {report.action}")))
    return one_line(f"{report.source or report.member or 'annotations'} ({about})")
