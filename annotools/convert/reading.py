"""Reading one or several sources: open, find the format, read with what is known of the task, say where faults are."""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import BinaryIO

import msgspec

from annotools import formats
from annotools.convert.choices import Compat, Where, check_settings, options_of, renames_of
from annotools.convert.needs import check_read, check_sizes_read, needs_sizes
from annotools.errors import InputError, LimitError, OnError, Problem, Problems, UsageError, exact_keywords, suggest
from annotools.formats.base import Format, Read, ReadOptions, WriteOptions
from annotools.formats.kernel.joining import joined, with_links, with_unread
from annotools.formats.kernel.video_frames import beside
from annotools.model import Dataset
from annotools.sequences import mapped
from annotools.storage import Media, MediaFile, Source, open_source
from annotools.storage.counted import counted
from annotools.storage.opening import STDIN


class ReadPlan(msgspec.Struct, frozen=True):
    """How every source of one call is read.

    slug: their format, None where each one's is guessed.  target: the format to write, whose settings are known too.
    jobs: how many are read at the same time.  renames: other names of labels, old -> new.  transforms: steps
    that a user asked for, before those of the target.  writing: what the writer of the target is told.
    pictures: gives those of another place as frames, for a format that needs their sizes and has none beside.
    """

    slug: str | None = None
    target: Format | None = None
    context: Dataset | None = None
    options: ReadOptions = msgspec.field(default_factory=ReadOptions)
    jobs: int = 1
    renames: Mapping[str, str] = msgspec.field(default_factory=dict)
    transforms: tuple[str, ...] = ()
    writing: WriteOptions = msgspec.field(default_factory=WriteOptions)
    pictures: Callable[[], Dataset | None] | None = None

    def options_of_reader(self) -> ReadOptions:
        """What a reader is told: what of a source is of no use to the target need not be kept."""
        if self.target is None:
            return self.options
        target = self.target.dialect(self.writing)
        forms = "*" in target.keeps.extras.get("shapes", ())  # without room for any extra it is of no use
        boxes = target.boxes_alone(self.writing, self.transforms)
        return replace(self.options, forms=forms, outlines=not boxes)


@exact_keywords
def read(
    src: Where,
    slug: str | None = None,
    *,
    context: Dataset | Where | None = None,
    job: int | None = None,
    by_job: bool = False,
    compat: Compat = False,
    on_error: OnError = "raise",
    settings: Mapping[str, str] | None = None,
    map: Mapping[str, str] | None = None,  # noqa: A002  # as the option is called
    origin: bool = False,
    extras: bool = False,
) -> Read:
    """The dataset at a place: a file, a zip, a folder, a URL, or `-` for standard input.

    slug: its format, guessed from the content when left out.  context: what says labels, frames and sizes of the task:
    a dataset, or where one is read from.  job: the id of the one job to read.  by_job: where a source holds the
    annotations of the task and of all its jobs, those of the jobs.  compat: take in what the CVAT server's importer
    would store.  on_error: `raise` at what cannot be read, or `skip` it.  settings: options of single formats by name.
    map: labels as they are called there -> as they are to be called, before they are held against the context.
    origin, extras: fill these companions.
    The pictures of the result can be read as long as one of them is held; nothing has to be closed.
    Raises: InputError for what cannot be read (with on_error="skip" only when nothing can), UsageError for an unknown
    format or setting, AmbiguityError when several formats fit.
    """
    options = options_of(ReadOptions, compat, settings, job, by_job=by_job, origin=origin, extras=extras)
    plan = ReadPlan(slug, None, context_of(context), options, renames=renames_of(map))
    problems = Problems()
    with ExitStack() as stack:
        result = _read_one(src, plan, problems, stack, on_error)
        problems.raise_if(on_error if result and not _is_nothing(result, plan) else "raise")
        assert result is not None  # or there was a problem
        (result,) = _renamed([result], plan)
        resources = stack.pop_all()
    if not result.media:
        resources.close()
        return replace(result, problems=problems.all())
    return replace(result, media=_closing(result.media, resources), problems=problems.all())


def context_of(context: Dataset | Where | None) -> Dataset | None:
    """What is known of the task, without its annotations.  Raises as `read` does."""
    if context is None:
        return None
    known = context if isinstance(context, Dataset) else read(context).dataset
    annotations = ("tags", "shapes", "tracks", "intervals", "attributes", "origin")
    return known.replace(**dict.fromkeys(annotations))


def read_all(sources: Sequence[Where], plan: ReadPlan, on_error: OnError, stack: ExitStack) -> Read:
    """All sources, one after the other as one dataset.  stack: closes them, and with them the pictures.

    Raises: InputError with the problems of every source; with on_error="skip" only when none could be read.
    """
    if not sources:
        raise UsageError("nothing to read, expected at least one source")
    each = [Problems() for _ in sources]
    tasks = [partial(_read_one, src, plan, own, stack, on_error) for src, own in zip(sources, each, strict=True)]
    results = [
        (src, result) for src, result in zip(sources, _all_of(tasks, plan.jobs), strict=True) if result is not None
    ]
    problems = Problems()
    for findings in each:
        problems.extend(findings)
    problems.raise_if(on_error if any(not _is_nothing(result, plan) for _, result in results) else "raise")
    reads, paths = _renamed([result for _, result in results], plan), [os.fspath(src) for src, _ in results]
    return replace(joined(reads, paths), problems=problems.all())


def _is_nothing(result: Read, plan: ReadPlan) -> bool:
    """Whether of a source with problems nothing could be read; frames and labels of a context are none of its own."""
    dataset = result.dataset
    rows = sum(len(table) for table in (dataset.tags, dataset.shapes, dataset.tracks, dataset.intervals))
    own = len(dataset.frames) if plan.context is None or not len(plan.context.frames) else 0
    return bool(result.problems) and not rows and not own


def _renamed(reads: Sequence[Read], plan: ReadPlan) -> list[Read]:
    """What was read, with labels under their new names.  Raises: UsageError for an old name that nothing has."""
    if not plan.renames:
        return list(reads)
    from annotools.transform import label_renames

    known = [label.name for result in reads for label in result.dataset.labels.top]
    renamed = [label_renames.renamed(result.dataset, plan.renames) for result in reads]
    if plan.context is None or not len(plan.context.labels):
        label_renames.check_asked(plan.renames, {name for _, _, there in renamed for name in there}, known)
    return [
        replace(result, dataset=dataset, losses=result.losses + losses)
        for result, (dataset, losses, _) in zip(reads, renamed, strict=True)
    ]


def _all_of(tasks: Sequence[Callable[[], Read | None]], jobs: int) -> list[Read | None]:
    """What the tasks give, in their order.  Threads: reading waits for disks, networks and decompression."""
    if jobs < 1:
        raise UsageError(f"jobs is {jobs}, expected 1 or more")
    if jobs == 1 or len(tasks) == 1:
        return [task() for task in tasks]
    from concurrent.futures import ThreadPoolExecutor  # 10 ms, and most calls have one source

    with ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(lambda task: task(), tasks))


def _read_one(src: Where, plan: ReadPlan, problems: Problems, stack: ExitStack, on_error: OnError) -> Read | None:
    """One source, or None when it cannot be read at all; problems are collected with their full path."""
    path = "stdin" if os.fspath(src) == STDIN else os.fspath(src)
    name = os.path.basename(path.rstrip("/"))
    try:
        source = stack.enter_context(counted(open_source(src)))
        name = source.name
        form = format_of(source, plan)
        reader = form.dialect(plan.options).read or form.read
        assert reader is not None  # or `format_of` had raised
        context = _fitting(form, plan)
        if context is not None and plan.renames:
            from annotools.transform import label_renames  # few rename any

            context = label_renames.with_renames(context, plan.renames)
        if context is None and plan.pictures is not None and needs_sizes(form, source):
            context = plan.pictures()
        check_read(form, source, context)
        result = with_links(reader(source, context, plan.options_of_reader()), source)
    except LimitError:
        raise
    except InputError as error:
        problems.extend(_with_paths(error.problems, path, name))
        return None
    problems.extend(_with_paths(result.problems, path, name))
    result = with_unread(result if result.media else replace(result, media=beside(source, result.dataset)))
    if on_error == "raise" or not len(result.dataset.shapes):
        check_sizes_read(problems)
    if plan.target not in (None, form):
        problems.extend(_undefined(result.dataset, path))
    return result


def _undefined(dataset: Dataset, path: str) -> Iterator[Problem]:
    """What is missing to make another format of rows: a bare annotations.json has ids and numbers only."""
    if any(len(table) for table in (dataset.tags, dataset.shapes, dataset.tracks)):
        for name in ("labels", "frames"):
            if not len(getattr(dataset, name)):
                yield Problem(f"does not say what its {name} are", path, expected="the task as context (context=...)")


def format_of(source: Source, plan: ReadPlan) -> Format:
    """The format of a source, as said or as guessed.  Raises UsageError for one that cannot be read."""
    form = formats.get(plan.slug or formats.sniff(source))
    if form.read is None:
        raise UsageError(f"format {form.slug!r} can only be written")
    check_settings(plan.options.settings, form, *([plan.target] if plan.target else []))
    return form


def _fitting(form: Format, plan: ReadPlan) -> Dataset | None:
    """The context for one reader: that of the one job where the source itself knows of no jobs."""
    job, context = plan.options.job, plan.context
    if job is None or form.keeps.jobs:
        return context
    if context is None:
        raise UsageError(f"{form.slug} has no jobs, expected also the task (context=...) that job {job} is of")
    jobs = tuple(known for known in context.jobs if known.id == job)
    if not jobs:
        raise UsageError(f"the task has no job {job}, expected {suggest(str(job), (str(j.id) for j in context.jobs))}")
    return context.replace(jobs=jobs)


def _with_paths(problems: Sequence[Problem], path: str, name: str) -> Sequence[Problem]:
    """Problems that name the file as the user did.  name: how the source calls itself."""

    def placed(p: Problem) -> Problem:  # made directly: there may be 100,000, and `replace` takes twenty times as long
        return Problem(p.message, _path(p.file, path, name), p.line, p.pointer, p.frame, p.expected, p.kind)

    return mapped(problems, placed)


def _path(file: str, source: str, name: str) -> str:
    if file in ("", name, source):
        return source
    return file if file.startswith(f"{source}/") else f"{source.rstrip('/')}/{file}"


class _Open:
    """Keeps a source open until the last picture that comes from it is let go."""

    def __init__(self, stack: ExitStack) -> None:
        weakref.finalize(self, stack.close)


def _closing(media: Media, stack: ExitStack) -> Media:
    keeper = _Open(stack)
    files = ((frame, replace(file, opener=partial(_opened, keeper, file))) for frame, file in media.items())
    return Media(files, media.left_out)


def _opened(keeper: _Open, file: MediaFile) -> BinaryIO:
    return file.open()
