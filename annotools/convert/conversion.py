"""One conversion from start to end: check the place, read, transform, fit, write, say what was done."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from annotools import transform
from annotools.convert import pictures
from annotools.convert.choices import Compat, Steps, Strict, Where, options_of, renames_of
from annotools.convert.reading import ReadPlan, context_of, read_all
from annotools.convert.report import Conversion
from annotools.convert.sharing import shared_out
from annotools.convert.work import Work
from annotools.convert.writing import Target, check_losses, writable
from annotools.errors import OnError, texts
from annotools.formats.base import Read, ReadOptions, WriteOptions
from annotools.memory import collector_at_rest, give_back
from annotools.model import Dataset
from annotools.model.counting import counts
from annotools.scale import Crew, at_work
from annotools.storage import Media, Permit, write_members
from annotools.storage.places import inputs
from annotools.storage.writing import check_place
from annotools.transform.files import unmatched_pictures

if TYPE_CHECKING:
    from concurrent.futures import Executor


@shared_out
@collector_at_rest()  # also while the modules of formats are loaded
def convert(
    sources: Where | Sequence[Where], where: Where, to: str, *,
    source_format: str | None = None, context: Dataset | Where | None = None, job: int | None = None,
    compat: Compat = False, on_error: OnError = "raise", settings: Mapping[str, str] | None = None,
    strict: Strict = False, force: bool = False, transforms: str | Iterable[str] = (),
    map: Mapping[str, str] | None = None,  # noqa: A002  # as the option is called
    images: Where | bool | None = None, workers: int = 1, executor: Executor | None = None, resume: bool = False,
    jobs: int | None = None, on_step: Steps | None = None,
) -> Conversion:  # fmt: skip
    """Convert one or several sources, which are put one behind the other, to a format at a place.

    sources, where: files, zips, folders, URLs, `-` for standard input and output.  to: the slug of the format.
    source_format: the slug that all sources are of, guessed when it is certain.  context, job, on_error, map: as of
    `read`.
    strict, force: as of `write`; compat and settings: as of both.  transforms: `name` or `name=argument`, in order.
    images: a folder or zip of pictures to match to the frames, and to say how large they are; False leaves out also
    those that came with the source.
    workers, executor: who works: so many processes of this machine, or any executor of `concurrent.futures` that sees
    the same files and has the same version of this package.  A place with `{stem}`, `{name}`, `{parent}` or `{number}`
    is one for each source, and they share out the sources; into one place so many are read at the same time, and
    pictures of masks are painted and decoded by all of them.
    resume: keep a record of each output, and leave as they are those of which the records say that nothing has changed.
    jobs: what workers was called.  on_step: told in words what is going on.
    Raises: InputError with every problem of the input (see `read`), UsageError, LossError with `strict`, StorageError.
    Nothing is written then, and what was at the place stays.  SourcesError where each source has a place of its own and
    some of them failed; the others are converted.
    """
    target = Target(writable(to), where, options_of(WriteOptions, compat, settings, job, images=True))
    many = [sources] if isinstance(sources, str | os.PathLike) else list(sources)
    names = tuple(transform.checked(text) for text in texts(transforms))
    permit = Permit(force, target.form.members, inputs(*many, context, images), target.form.mark)
    check_place(where, permit)
    known, renames = context_of(context), renames_of(map)
    options = options_of(ReadOptions, compat, settings, job)
    plan = ReadPlan(
        source_format, target.form, known, options, workers, renames, names, target.options,
        partial(pictures.as_frames, images),
    )  # fmt: skip
    with ExitStack() as stack, at_work(Crew(workers, executor)):
        asked = not isinstance(images, bool | None)
        return _Road(where, target, permit, on_step or _silent, asked, on_error).convert(
            lambda: _with_pictures(read_all(many, plan, on_error, stack), images, on_error, stack, target),
            many,
            names,
            strict,
        )


def _silent(step: str) -> None:
    """Nobody wants to know."""


class _Road(msgspec.Struct, frozen=True):
    """From what is read to the last byte.  say: is told in words what is going on.  asked: pictures were named."""

    where: Where
    target: Target
    permit: Permit
    say: Steps
    asked: bool = False
    on_error: OnError = "raise"

    def convert(
        self, read: Callable[[], Read], sources: Sequence[Where], transforms: Sequence[str], strict: Strict
    ) -> Conversion:  # fmt: skip
        """Read, transform, fit, write, report."""
        target = self.target
        self.say(f"reading {', '.join(os.fspath(source) for source in sources)}")
        result = read()
        done = Conversion(os.fspath(self.where), target.form.slug, counts(result.dataset), problems=result.problems)
        work, media, before = Work(result.dataset, result.losses), result.media or Media(), result.dataset.frames
        sizes = pictures.other_sizes(result.dataset, media) if self.asked else ()
        del result  # what is read and what is written are not in memory at the same time
        give_back()
        target.options = replace(target.options, images=target.options.images and bool(media))
        work.run(transforms, target.options.quirks, transform.TRANSFORMS)
        shown = pictures.following(media, before, work.dataset.frames)
        video = target.options.images and pictures.of_one_video(shown, work.dataset)
        target.options = replace(target.options, video=video)
        work.fit(target.form, target.options, self.on_error)
        check_losses(work.losses, strict, done.problems)
        give_back()
        media = pictures.following(media, before, work.dataset.frames)
        members = target.members(work.dataset, media, None if self.say is _silent else self._member)
        written, remarks = counts(work.dataset), (*sizes, *write_members(self.where, members, self.permit))
        losses = work.losses + target.left_out()
        return replace(done, written=written, losses=losses, pictures=target.pictures, remarks=remarks)

    def _member(self, name: str) -> None:
        self.say(f"writing {name}")


def _with_pictures(
    result: Read, images: Where | bool | None, on_error: OnError, stack: ExitStack, target: Target
) -> Read:  # fmt: skip
    """What was read with the pictures that are written along, and the sizes that they tell."""
    result, problems = pictures.with_chosen(images, result, stack)
    media, losses = Media() if result.media is None else result.media, result.losses
    if target.options.images:
        losses += unmatched_pictures(media.left_out)
        media, left_out = pictures.decodable(media, problems, on_error, asked=images is not None)
        losses += left_out
    problems.raise_if(on_error)
    dataset = pictures.sized(result.dataset, media)
    return replace(result, dataset=dataset, media=media, problems=result.problems + problems.all(), losses=losses)
