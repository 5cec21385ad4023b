"""One conversion from start to end: check the place, read, transform, fit, write, say what was done."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any

from annotools import transform
from annotools.convert import pictures
from annotools.convert.choices import Compat, Steps, Strict, Where, options_of, renames_of
from annotools.convert.reading import ReadPlan, context_of, read_all
from annotools.convert.work import Work
from annotools.convert.writing import Target, check_losses, writable
from annotools.errors import OnError, Problem, exact_keywords, texts
from annotools.formats.base import Read
from annotools.memory import collector_at_rest, give_back
from annotools.model import Dataset, Losses
from annotools.model.counting import counts
from annotools.storage import Media, Permit, write_members
from annotools.storage.places import inputs
from annotools.storage.writing import check_place


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
    map: Mapping[str, str] | None = None,  # noqa: A002  # as the option is called
    images: Where | bool | None = None,
    jobs: int = 1,
    on_step: Steps | None = None,
) -> Conversion:
    """Convert one or several sources, which are put one behind the other, to a format at a place.

    sources, where: files, zips, folders, URLs, `-` for standard input and output.  to: the slug of the format.
    source_format: the slug that all sources are of, guessed when it is certain.  context, job, on_error, map: as of
    `read`.
    strict, force: as of `write`; compat and settings: as of both.  transforms: `name` or `name=argument`, in order.
    images: a folder or zip of pictures to match to the frames; False leaves out also those that came with the source.
    jobs: how many sources are read at the same time.  on_step: told in words what is going on.
    Raises: InputError with every problem of the input (see `read`), UsageError, LossError with `strict`, StorageError.
    Nothing is written then, and what was at the place stays.
    """
    target = Target(writable(to), where, options_of(compat, settings, job, images=True))
    many = [sources] if isinstance(sources, str | os.PathLike) else list(sources)
    names = tuple(transform.checked(text) for text in texts(transforms))
    permit = Permit(force, target.form.members, inputs(*many, context, images), target.form.mark)
    check_place(where, permit)
    plan = ReadPlan(source_format, target.form, context_of(context), target.options, jobs, renames_of(map))
    with ExitStack() as stack, collector_at_rest():
        return _Road(where, target, permit, on_step or _silent).convert(
            lambda: _with_pictures(read_all(many, plan, on_error, stack), images, on_error, stack, target),
            many,
            names,
            strict,
        )


def _silent(step: str) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True)
class _Road:
    """From what is read to the last byte.  say: is told in words what is going on."""

    where: Where
    target: Target
    permit: Permit
    say: Steps

    def convert(
        self, read: Callable[[], Read], sources: Sequence[Where], transforms: Sequence[str], strict: Strict
    ) -> Conversion:  # fmt: skip
        """Read, transform, fit, write, report."""
        target = self.target
        self.say(f"reading {', '.join(os.fspath(source) for source in sources)}")
        found = read()
        done = Conversion(os.fspath(self.where), target.form.slug, counts(found.dataset), problems=found.problems)
        work, media, before = Work(found.dataset, found.losses), found.media or Media(), found.dataset.frames
        del found  # what is read and what is written are not in memory at the same time
        give_back()
        target.options = replace(target.options, images=target.options.images and bool(media))
        work.run(transforms, target.options.quirks, transform.TRANSFORMS)
        work.fit(target.form, target.options)
        check_losses(work.losses, strict)
        media = pictures.following(media, before, work.dataset.frames)
        members = target.members(work.dataset, media, lambda name: self.say(f"writing {name}"))
        written, remarks = counts(work.dataset), write_members(self.where, members, self.permit)
        losses = work.losses + target.left_out()
        return replace(done, written=written, losses=losses, pictures=target.pictures, remarks=remarks)


def _with_pictures(
    found: Read, images: Where | bool | None, on_error: OnError, stack: ExitStack, target: Target
) -> Read:  # fmt: skip
    """What was read with the pictures that are written along, and the sizes that they tell."""
    media, problems = pictures.chosen(images, found.media, found.dataset, stack)
    losses = found.losses
    if target.options.images:
        media, left_out = pictures.decodable(media, problems, on_error, asked=images is not None)
        losses += left_out
    problems.raise_if(on_error)
    dataset = pictures.sized(found.dataset, media)
    return replace(found, dataset=dataset, media=media, problems=found.problems + tuple(problems), losses=losses)
