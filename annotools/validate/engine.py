"""Asking the rules: which apply, which lack something, what they found and how bad it is.

subject (what was read) + settings (which rules) -> Report
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from msgspec.structs import replace

from annotools.memory import collector_at_rest
from annotools.model import Owner
from annotools.model.tables import Bools
from annotools.validate.context import Context, Subject
from annotools.validate.edits import Edit
from annotools.validate.findings import OFF, WARNING, Found
from annotools.validate.fixing.kinds import MENDED, can_be_made
from annotools.validate.registry import Rule, all_rules
from annotools.validate.report import Batch, Report, Skipped
from annotools.validate.settings import ValidateSettings
from annotools.validate.silencing import Silencer

# The form of a body is looked at whatever is done; of what is to be deleted nothing else is, as nothing is stored.
FORM = (
    "SCH", "FMT", "FRM001", "FRM008", "FRM009", "GEO001", "GEO002", "GEO003", "GEO021", "GRP006", "SKL001", "SKL002",
    "SKL011",
)  # fmt: skip


@collector_at_rest()
def judge(subject: Subject, settings: ValidateSettings, rules: Iterable[Rule] | None = None) -> Report:
    """Ask the selected rules about a subject.

    rules: instead of all that are known.  Raises: what a rule raises; a rule that fails is a bug, not a finding.
    """
    chosen = settings.select(all_rules().values() if rules is None else rules)
    ctx = Context(subject, settings.preset)
    asked = [known for known in chosen if not known.needs & ~ctx.known]
    skipped = tuple(Skipped(known, known.needs & ~ctx.known) for known in chosen if known.needs & ~ctx.known)
    silencer = Silencer(subject, settings)
    batches = [quiet for known in asked for batch in _ask(known, ctx, settings) if len(quiet := silencer(batch))]
    return Report(
        tuple(sorted(batches, key=_worst_first)), tuple(chosen), skipped, Counter(silencer.ignored), subject.dataset,
        subject.place, subject.member, subject.slug, settings.preset, subject.action, tuple(silencer.silenced),
        subject.source,
    )  # fmt: skip


def _ask(known: Rule, ctx: Context, settings: ValidateSettings) -> list[Batch]:
    usual = settings.severity(known)
    with np.errstate(all="ignore"):  # coordinates of 1e308 and NaN are findings of their own, no matter for a warning
        answers = known(ctx, settings.options.get(known.code))
    answers = [_as_input_takes(_of_input(one, ctx), ctx.slug) for one in answers] + ctx.faults(known.code)
    levels = [settings.severity(known, one.severity) if one.severity else usual for one in answers]
    if ctx.action == "delete" and not known.code.startswith(FORM):
        levels = [min(level, WARNING) for level in levels]
    return [Batch(known, level, one) for level, one in zip(levels, answers, strict=True) if level != OFF]


def _of_input(answer: Found, ctx: Context) -> Found:
    """An answer without rows that a reader made: what is wrong with them is wrong with the row that they repeat."""
    if answer.kind != Owner.SHAPE.word or not (made := ctx.once(_made)).any():
        return answer
    stays = ~made[answer.rows]
    return answer if stays.all() else answer.take(stays)


def _made(ctx: Context) -> Bools:
    """Which shapes stand nowhere in lines in which others do: with them a reader closes tracks."""
    stood = ctx.dataset.origin.places.get(Owner.SHAPE) if ctx.dataset.origin else None
    lines = np.zeros(0) if stood is None else stood.lines
    if len(lines) != len(ctx.shapes) or not (lines > 0).any():
        return np.zeros(len(ctx.shapes), np.bool_)
    return np.asarray((lines == 0) & ctx.shapes.outside)


def _as_input_takes(answer: Found, slug: str) -> Found:
    """An answer without fixes that the input cannot take: lines of a format have no values of rows to put others in."""
    remedy = answer.remedy
    if remedy is None or slug in MENDED:
        return answer

    def edits(index: int) -> Sequence[Edit]:
        made = remedy.edits(index)
        return made if all(can_be_made(slug, edit) for edit in made) else ()

    return replace(answer, remedy=replace(remedy, edits=edits))


def _worst_first(batch: Batch) -> tuple[int, str]:
    return -batch.severity, batch.rule.code
