"""One conversion from start to end."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from annotools import transform
from annotools.convert import pictures
from annotools.convert.choices import Compat, ConvertChoices, Steps, Strict, Where, options_of
from annotools.convert.counting import counts
from annotools.convert.reading import Way, context_of, read_all
from annotools.convert.writing import Target, carried, check_losses, writable
from annotools.errors import OnError, Problem, exact_keywords, texts
from annotools.formats.base import Read
from annotools.model import Dataset, Losses
from annotools.resting import collector_at_rest, give_back
from annotools.storage import Media, Permit, write_members
from annotools.storage.places import inputs

Members = Iterator[tuple[str, Iterable[bytes]]]


@dataclass(frozen=True)
class Conversion:
    """What a conversion did.

    read, written: rows by kind and shape type, before all steps and as the output holds them.  pictures: how many were
    written along.  losses: what was changed or lost.  problems: what could not be read, with on_error="skip".
    remarks: names of files that cannot stand on every disk.
    """

    output: str
    slug: str
    read: dict[str, int] = field(default_factory=dict)
    written: dict[str, int] = field(default_factory=dict)
    pictures: int = 0
    losses: Losses = field(default_factory=Losses)
    problems: tuple[Problem, ...] = ()
    remarks: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "output": self.output, "format": self.slug, "read": self.read, "written": self.written,
            "pictures": self.pictures, "losses": self.losses.as_list(),
            "problems": [problem_row(problem) for problem in self.problems], "remarks": list(self.remarks),
        }  # fmt: skip


def problem_row(problem: Problem) -> dict[str, Any]:
    """A problem for JSON: what is known of it, and the whole as one line."""
    names = ("file", "line", "pointer", "frame", "message", "expected")
    known = {name: value for name in names if (value := getattr(problem, name)) not in ("", None)}
    return known | {"text": str(problem)}


@exact_keywords
def convert(
    sources: Where | Sequence[Where],
    where: Where,
    to: str,
    *,
    source_format: str | None = None,
    context: Dataset | Where | None = None,
    job: int | None = None,
    compat: Compat = False,
    on_error: OnError = "raise",
    settings: Mapping[str, str] | None = None,
    strict: Strict = False,
    force: bool = False,
    transforms: str | Iterable[str] = (),
    images: Where | bool | None = None,
    jobs: int = 1,
    on_step: Steps | None = None,
) -> Conversion:
    """Convert one or several sources, which are put one behind the other, to a format at a place.

    sources, where: files, zips, folders, URLs, `-` for standard input and output.  to: the slug of the format.
    source_format: the slug that all sources are of, guessed when it is certain.  context, job, on_error: as of `read`.
    strict, force: as of `write`; compat and settings: as of both.  transforms: `name` or `name=argument`, in order.
    images: a folder or zip of pictures to match to the frames; False leaves out also those that came with the source.
    jobs: how many sources are read at the same time.  on_step: told in words what is going on.
    Raises: InputError with every problem of the input (see `read`), UsageError, LossError with `strict`, StorageError.
    Nothing is written then, and what was at the place stays.
    """
    choices = ConvertChoices(
        source_format=source_format, context=context, job=job, compat=compat, on_error=on_error, settings=settings,
        strict=strict, force=force, transforms=transforms, images=images, jobs=jobs, on_step=on_step,
    )  # fmt: skip
    many = [sources] if isinstance(sources, str | os.PathLike) else list(sources)
    with ExitStack() as stack, collector_at_rest():
        run = _Run(to, where, choices, stack)
        remarks = write_members(where, run.members(many), run.permit(many))
        return run.conversion(remarks)


class _Run:
    """One conversion.  Its members are made while they are written, so that a place that is taken is told first."""

    def __init__(self, to: str, where: Where, choices: ConvertChoices, stack: ExitStack) -> None:
        self._choices, self._stack = choices, stack
        self._form = writable(to)
        self._where = where
        options = options_of(choices["compat"], choices["settings"], choices["job"], images=True)
        self._target = Target(self._form, where, options)
        self._transforms = texts(choices["transforms"])
        for text in self._transforms:
            transform.named(text)
        self._facts: dict[str, Any] = {}
        self._losses = Losses()

    def members(self, sources: Sequence[Where]) -> Members:
        """The whole way, member by member."""
        told = self._choices["on_step"]
        if told:
            told(f"reading {', '.join(os.fspath(src) for src in sources)}")
        found = self._read(sources)
        dataset, media = self._pictured(found)
        del found
        give_back()
        before = dataset.frames
        dataset = self._ready(dataset)
        media = pictures.following(media, before, dataset.frames)
        yield from self._target.members(dataset, media, told and (lambda name: told(f"writing {name}")))

    def _read(self, sources: Sequence[Where]) -> Read:
        choices = self._choices
        context = context_of(choices["context"])
        jobs = choices["jobs"]
        way = Way(choices["source_format"], self._form, context, self._target.options, jobs)
        found = read_all(sources, way, choices["on_error"], self._stack)
        self._facts |= {"read": counts(found.dataset), "problems": found.problems}
        self._losses += found.losses
        return found

    def _pictured(self, found: Read) -> tuple[Dataset, Media]:
        media, problems = pictures.chosen(self._choices["images"], found.media, found.dataset, self._stack)
        problems.raise_if(self._choices["on_error"])
        self._facts["problems"] += tuple(problems)
        return pictures.sized(found.dataset, media), media

    def _ready(self, dataset: Dataset) -> Dataset:
        """Through the user's transforms and all that the format needs."""
        dataset, losses = transform.run(dataset, self._transforms, self._target.options.quirks, transform.TRANSFORMS)
        self._losses += losses
        dataset, losses = carried(dataset, self._form, self._target.options)
        self._losses += losses
        check_losses(self._losses, self._choices["strict"])
        self._facts["written"] = counts(dataset)
        return dataset

    def permit(self, sources: Sequence[Where]) -> Permit:
        """What may be replaced: an earlier output, and nothing that is read."""
        choices = self._choices
        read = inputs(*sources, choices["context"], choices["images"])
        return Permit(choices["force"], self._form.members, read)

    def conversion(self, remarks: tuple[str, ...]) -> Conversion:
        """What was done.  remarks: what there is to say of the names that were written."""
        losses = self._losses + self._target.left_out()
        facts = self._facts | {"pictures": self._target.pictures, "losses": losses, "remarks": remarks}
        return Conversion(os.fspath(self._where), self._form.slug, **facts)
