"""Reading what is to be judged: as much of it as can be read, where each row stood, and what is wrong with the rest."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import msgspec
from msgspec.structs import replace

from annotools import formats
from annotools.errors import InputError, LimitError, Problem, UsageError
from annotools.formats.base import Format, Read, ReadOptions
from annotools.formats.cvat_json.decode import UNKNOWN
from annotools.formats.kernel.joining import with_links
from annotools.formats.kernel.label_names import UNKNOWN_ATTRIBUTE, UNKNOWN_LABEL
from annotools.formats.kernel.strangers import likeness
from annotools.matching import AMBIGUOUS, UNMATCHED
from annotools.memory import collector_at_rest
from annotools.model import Dataset
from annotools.sequences import chosen, classed, together
from annotools.storage import Source, open_source
from annotools.validate.beside import task_beside
from annotools.validate.context import Subject
from annotools.validate.documents import BOM, Document, structural_faults
from annotools.validate.overlay import Overlay
from annotools.validate.structure import Fault

ACTIONS = ("put", "create", "update", "delete")
JSON_SLUGS = {"cvat-api": False, "cvat-backup": True}  # whether labels are named
BODY = "annotations.json"
DEFINITIONS = {"labels.json", "data_meta.json", "task.json", "job.json"}
Judged = str | os.PathLike[str] | Source | Dataset | bytes | Mapping[str, Any]

_NO_ROWS = dict.fromkeys(("tags", "shapes", "tracks", "intervals", "attributes", "origin"))

# Of kinds of problems; empty where a rule asks for them itself.
_CODES = {
    UNMATCHED: "FRM008", AMBIGUOUS: "FRM009", "no-keyframe": "", "no-such-subset": "FMT004",
    "no-spare-subset": "FMT004",
    UNKNOWN_LABEL: "LBL001", UNKNOWN_ATTRIBUTE: "LBL007",
}  # fmt: skip


class SubjectOptions(msgspec.Struct, frozen=True):
    """How `read_subject` reads.

    slug: the format, guessed when it is None.  context: what says labels, frames and jobs of the task: a dataset, or
    where one is read from.  job: the id of the one job to read.  action: what is about to be done with it.
    name: what to call the input, where it has a better name than its last part.
    """

    slug: str | None = None
    context: Dataset | Source | str | os.PathLike[str] | None = None
    job: int | None = None
    action: str = ""
    name: str = ""
    settings: Mapping[str, str] = msgspec.field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.action and self.action not in ACTIONS:
            raise UsageError(f"action is {self.action!r}, expected one of {', '.join(ACTIONS)}")


class Known(msgspec.Struct, frozen=True):
    """What is known of the task: its definitions, with annotations where it has some, and how it is validated."""

    dataset: Dataset | None = None
    mode: str = ""


def name_of(judged: Judged) -> str:
    """What to call an input: where it is, as it was given."""
    return os.fspath(judged) if isinstance(judged, str | os.PathLike) else ""


@contextmanager
def opened(judged: Judged) -> Iterator[Source | Dataset]:
    """What is to be judged as a source: a place, a body (a JSON object or its bytes); a dataset stays one."""
    if isinstance(judged, (Source, Dataset)):
        yield judged
    elif isinstance(judged, bytes):
        yield Overlay(BODY, {BODY: judged})
    elif isinstance(judged, Mapping):
        yield Overlay(BODY, {BODY: json.dumps(judged).encode("utf-8", "surrogatepass")})
    else:
        with open_source(judged) as source:
            yield source


@collector_at_rest()
def read_subject(judged: Source | Dataset, options: SubjectOptions) -> Subject:
    """What rules are asked about.

    Raises: InputError for what cannot be read at all, UsageError and AmbiguityError for a format that cannot be told.
    """
    known, options = _known(judged, options)
    if isinstance(judged, Dataset):
        return Subject(judged, action=options.action, target=_target(judged), elsewhere=known.dataset, mode=known.mode)
    form = formats.get(options.slug or _guessed(judged))
    if form.read is None:
        raise UsageError(f"format {form.slug!r} can only be written")
    read = _read(form, judged, _fitting(form, known.dataset, options), options)
    sent = bool(options.action)
    faults = classed(together(_faults(form.slug, judged, read, sent)), _code) if form.slug in JSON_SLUGS else {}
    if options.action not in ("put", "create"):
        faults.pop("SCH007", None)
    others = classed(_others(form.slug, judged, read), _code_of_problem)
    return Subject(
        read.dataset, form.slug, options.action, _target(read.dataset), _member(read.dataset, judged), judged,
        read.media, chosen(read.problems, lambda p: p.message != UNKNOWN), faults, others, known.dataset,
        options.name or judged.name, validation_mode(judged) or known.mode, read.shared,
    )  # fmt: skip


def _known(judged: Source | Dataset, options: SubjectOptions) -> tuple[Known, SubjectOptions]:
    """What is known of the task: as it was given, or else what lies beside a file that is judged alone."""
    if options.context is not None or isinstance(judged, Dataset):
        return known_of(options.context), options
    beside, job = task_beside(options.name)
    if beside is None:
        return Known(), options
    with beside:
        known = known_of(beside)
    bare = None if known.dataset is None else known.dataset.replace(**_NO_ROWS)
    return Known(bare, known.mode), options if options.job is not None else replace(options, job=job)


def known_of(context: Dataset | Source | str | os.PathLike[str] | None) -> Known:
    """What is known of the task.  Raises: InputError."""
    if context is None or isinstance(context, Dataset):
        return Known(context)
    if not isinstance(context, Source):
        with open_source(context) as source:
            return known_of(source)
    form = formats.get(formats.sniff(context))
    if form.read is None:
        raise UsageError(f"format {form.slug!r} can only be written")
    read = form.read(context, None, ReadOptions())
    if read.problems and not len(read.dataset.labels) and not len(read.dataset.frames):
        raise InputError(read.problems)
    return Known(read.dataset, validation_mode(context))


def validation_mode(source: Source) -> str:
    """How a task is validated, as its task.json says: `gt`, `gt_pool`, empty where it does not say."""
    name = next((name for name in source.members() if name.rpartition("/")[2] == "task.json"), "")
    try:
        value = json.loads(source.read(name)) if name else {}
    except (ValueError, RecursionError):
        return ""
    mode = value.get("validation_mode") if isinstance(value, dict) else None
    return mode if isinstance(mode, str) else ""


def _fitting(form: Format, known: Dataset | None, options: SubjectOptions) -> Dataset | None:
    """The context for a reader: without annotations, and with the one job where the source itself knows of none."""
    if known is None:
        return None
    bare = known.replace(**_NO_ROWS)
    if options.job is None or form.keeps.jobs:
        return bare
    jobs = tuple(job for job in bare.jobs if job.id == options.job)
    if not jobs:
        raise UsageError(f"the task has no job {options.job}")
    return bare.replace(jobs=jobs)


def _guessed(source: Source) -> str:
    """The format of a source; a lone JSON file, or a bundle, that nobody recognises is judged as what it should be.

    What is certainly the API's is asked first: others look through the whole of a JSON file before they say no.
    """
    try:
        likely = formats.get("cvat-api")
        return likely.slug if likely.sniff is not None and likely.sniff(source) else formats.sniff(source)
    except InputError:
        if _is_of_others(likeness(source)):
            raise
        names = source.members()
        lone = len(names) == 1 and names[0].lower().endswith(".json")
        if lone or (BODY in names and DEFINITIONS & set(names)):
            return "cvat-api"
        raise


def _is_of_others(what: str) -> bool:
    """Whether what a source looks like is certainly JSON of another program, which no rule has anything to say of."""
    return what.startswith("JSON of ") and "CVAT" not in what


def _read(form: Format, source: Source, context: Dataset | None, options: SubjectOptions) -> Read:
    """What could be read.  An annotations JSON of which nothing could be is a subject without rows."""
    assert form.read is not None
    choices = ReadOptions(
        origin=True, unknown=form.slug in JSON_SLUGS, job=options.job if form.keeps.jobs else None,
        settings=options.settings, share=True,
    )  # fmt: skip
    try:
        return with_links(form.read(source, context, choices), source)
    except LimitError:
        raise
    except InputError as error:
        if form.slug != "cvat-api":
            raise
        return Read(context or Dataset(), None, error.problems)


def _member(dataset: Dataset, source: Source) -> str:
    members = dataset.origin.members if dataset.origin else ()
    return members[0] if members else source.members()[0] if len(source.members()) == 1 else ""


def _target(dataset: Dataset) -> str:
    """Which endpoint the annotations are for, as far as it can be told."""
    if not dataset.jobs:
        return ""
    return "job" if len(dataset.jobs) == 1 else "task"


def _code(fault: Fault) -> str:
    return fault.code


def _faults(slug: str, source: Source, read: Read, sent: bool) -> Iterator[Sequence[Fault]]:
    """Structural faults of every annotations member."""
    root, there = _annotated(source, read)
    for member in there:
        problems = chosen(read.problems, partial(_is_of, member))
        if problems or _begins_with_mark(source, root + member):
            document = Document(member, source.read(root + member), JSON_SLUGS[slug], sent)
            yield structural_faults(document, problems)


def _annotated(source: Source, read: Read) -> tuple[str, list[str]]:
    """The folder that a reader went down into, and the members with annotations, named from there."""
    members = read.dataset.origin.members if read.dataset.origin else tuple(source.members()[:1])
    root = _root(source, members)
    return root, [member for member in dict.fromkeys(members) if source.has(root + member)]


def _is_of(member: str, problem: Problem) -> bool:
    return problem.file in (member, "")


def _begins_with_mark(source: Source, name: str) -> bool:
    """Whether a member begins with a byte order mark, which our reader takes and the server does not."""
    with source.open(name) as stream:
        return stream.read(len(BOM)) == BOM


def _others(slug: str, source: Source, read: Read) -> Sequence[Problem]:
    """What no structural rule names better: all, or of CVAT's JSON what is wrong with other members."""
    if slug not in JSON_SLUGS:
        return read.problems
    _, there = _annotated(source, read)
    return chosen(read.problems, lambda problem: bool(problem.file) and problem.file not in there)


def _code_of_problem(problem: Problem) -> str:
    return _CODES.get(problem.kind, "SCH022")


def _root(source: Source, members: Sequence[str]) -> str:
    """The folder that a reader went down into, where all members lie in one."""
    if not members or source.has(members[0]):
        return ""
    return next((n.removesuffix(members[0]) for n in source.members() if n.endswith(f"/{members[0]}")), "")
