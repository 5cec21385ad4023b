"""The whole way, for programs: validate, fix, assert_valid.

report = at.validate("job/", context="meta/", action="put")
report.counts, report.exit_code(), list(report.findings(per_rule=10))

outcome = at.fix("job/", output="fixed/")
at.assert_valid(body, context="meta/")          # for tests
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace

from annotools import formats
from annotools.errors import AnnotoolsError, UsageError, exact_keywords
from annotools.model import Dataset
from annotools.storage import Permit, Source, write_document, write_members
from annotools.storage.places import Where, inputs, literal
from annotools.storage.writing import remove_document
from annotools.validate.configuration import words
from annotools.validate.engine import judge
from annotools.validate.findings import Severity
from annotools.validate.fixing.outcome import Outcome
from annotools.validate.reading import Judged, SubjectOptions, name_of, opened, read_subject
from annotools.validate.report import Report
from annotools.validate.settings import ValidateSettings

SHOWN = 10


class InvalidError(AnnotoolsError, AssertionError):
    """Annotations that should be valid are not.  report: what was found."""

    exit_code = 1

    def __init__(self, report: Report, least: Severity) -> None:
        self.report = report
        bad = [finding for finding in report.findings(SHOWN) if finding.severity >= least]
        more = sum(n for severity, n in report.counts.items() if severity >= least) - len(bad)
        lines = [*map(str, bad), *([f"and {more:,} more"] if more else [])]
        super().__init__("\n".join(lines))


@exact_keywords
def validate(
    judged: Judged,
    *,
    slug: str | None = None,
    context: Dataset | Where | None = None,
    job: int | None = None,
    action: str = "",
    preset: str | None = None,
    select: str | Iterable[str] | None = None,
    ignore: str | Iterable[str] | None = None,
    settings: ValidateSettings | None = None,
) -> Report:
    """Everything that is wrong with annotations, at once.

    judged: a file, a zip, a folder or a URL; a Dataset; or a body of annotations as a JSON object or its bytes.
    slug: its format, guessed from its content when left out.  context: what says labels, frames, sizes and jobs of the
    task: a dataset, or where one is read from.  job: the id of the one job to read.  action: what is about to be done
    with it: put, create, update, delete.  preset: upload, export, coco, gt, strict.  select, ignore: codes, names and
    prefixes of rules.  settings: all choices at once, of which `preset`, `select` and `ignore`, where they are given,
    change theirs.
    Raises: InputError for what cannot be read at all, UsageError for an unknown format, rule, preset or action.
    """
    chosen = _chosen(settings, preset, select, ignore)
    options = SubjectOptions(slug, context, job, action, name_of(judged))
    with opened(judged) as source:
        return judge(read_subject(source, options), chosen)


@exact_keywords
def fix(
    judged: Judged,
    output: Where | None = None,
    *,
    unsafe: bool = False,
    force: bool = False,
    slug: str | None = None,
    context: Dataset | Where | None = None,
    job: int | None = None,
    action: str = "",
    preset: str | None = None,
    select: str | Iterable[str] | None = None,
    ignore: str | Iterable[str] | None = None,
    settings: ValidateSettings | None = None,
) -> Outcome:
    """Mend what has a fix; nothing else moves.

    output: where the whole input goes with what changed, None: nowhere, the result is only returned.
    unsafe: also fixes that change what was meant or drop something.  force: replace a folder that has an earlier
    output in it.  All others: as of `validate`.
    Returns what fixes made; its `remarks` say what of the output is not as in the input beside, such as links.
    Raises: as `validate`; UsageError for a dataset, which has no source to be mended, and for an output in the way.
    """
    chosen = _chosen(settings, preset, select, ignore)
    options = SubjectOptions(slug, context, job, action, name_of(judged))
    with opened(judged) as source:
        if isinstance(source, Dataset):
            raise UsageError("a dataset has no source, expected a file, a folder or a body")
        from annotools.validate.fixing.loop import fixed  # validate does without

        outcome = fixed(source, options, chosen, unsafe=unsafe)
        if output is not None:
            remarks = write_fixed(source, outcome, output, force=force, kept=inputs(judged, context))
            outcome = replace(outcome, remarks=remarks)
    return outcome


def write_fixed(
    source: Source, outcome: Outcome, output: Where, *, force: bool = False, kept: tuple[Where, ...] = ()
) -> tuple[str, ...]:
    """Write all members of a source, those that changed as they are now.

    force: replace a folder with an earlier output.  kept: the inputs, which are not to be replaced.
    Returns remarks and raises as `storage.write_members` does; one more remark where symbolic links are not copied.
    """
    names = [name for name in dict.fromkeys([*source.members(), *outcome.members]) if name not in outcome.gone]
    slug = outcome.found.slug
    patterns = formats.get(slug).members if slug else ()
    permit = Permit(force, (*patterns, *map(literal, (*names, *outcome.gone))), kept)
    remarks = write_members(output, ((name, _pieces(source, outcome, name)) for name in names), permit)
    return (*_links_left_out(source), *remarks)


def _links_left_out(source: Source) -> tuple[str, ...]:
    """A remark where symbolic links are not copied, as they are not followed."""
    links = source.links
    what = f"{len(links)} symbolic link{'s lead' if len(links) > 1 else ' leads'} outside or nowhere, and"
    return (f"{what} {'are' if len(links) > 1 else 'is'} not copied: {', '.join(links[:3])}",) if links else ()


def write_changed(outcome: Outcome, folder: str | os.PathLike[str]) -> None:
    """Put the members that changed where they are in a folder, one whole file after the other; no other is touched.

    Raises: as `storage.write_document`.
    """
    for name, data in outcome.members.items():
        write_document(os.path.join(folder, *name.split("/")), data)
    for name in sorted(outcome.gone):  # what they held lies elsewhere by now
        remove_document(os.path.join(folder, *name.split("/")))


def _pieces(source: Source, outcome: Outcome, name: str) -> list[bytes]:
    return [outcome.members[name] if name in outcome.members else source.read(name)]


@exact_keywords
def assert_valid(
    judged: Judged,
    least: str = "error",
    *,
    slug: str | None = None,
    context: Dataset | Where | None = None,
    job: int | None = None,
    action: str = "",
    preset: str | None = None,
    select: str | Iterable[str] | None = None,
    ignore: str | Iterable[str] | None = None,
    settings: ValidateSettings | None = None,
) -> Report:
    """Raise InvalidError, which is an AssertionError, where a finding is at least as bad as `least`.

    All others: as of `validate`.
    """
    severity = _severity(least)
    report = validate(
        judged, slug=slug, context=context, job=job, action=action, preset=preset, select=select, ignore=ignore,
        settings=settings,
    )  # fmt: skip
    if report.exit_code(severity):
        raise InvalidError(report, severity)
    return report


def _severity(word: str) -> Severity:
    words_known = [level.word for level in Severity]
    if word not in words_known:
        raise UsageError(f"least is {word!r}, expected one of {', '.join(words_known)}")
    return Severity.of(word)


def _chosen(
    settings: ValidateSettings | None,
    preset: str | None,
    select: str | Iterable[str] | None,
    ignore: str | Iterable[str] | None,
) -> ValidateSettings:
    """The settings, changed by what was given beside them."""
    if not isinstance(settings, ValidateSettings | None):
        raise TypeError(f"settings are a {type(settings).__name__}, expected ValidateSettings(...)")
    given = settings or ValidateSettings()
    return replace(
        given, preset=given.preset if preset is None else preset,
        selected=given.selected if select is None else words(select),
        ignored=given.ignored if ignore is None else words(ignore),
    )  # fmt: skip
