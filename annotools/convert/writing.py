"""Writing a dataset as a format: pipeline, fit, write; and what of it goes into an output that is one file."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import partial
from pathlib import PurePosixPath
from posixpath import basename
from typing import BinaryIO

from annotools import formats
from annotools.convert.choices import Compat, Strict, Where, check_settings, options_of
from annotools.convert.pictures import following, hidden_by_name, of_one_video, sized
from annotools.convert.work import Work
from annotools.errors import LossError, Problem, Problems, UsageError, exact_keywords
from annotools.formats.base import Format, Members, WriteOptions, check_dataset
from annotools.formats.kernel.video_frames import without_missing
from annotools.matching import stem
from annotools.model import Dataset, Losses
from annotools.scale import made_ahead
from annotools.storage import Media, Permit, write_members
from annotools.storage.picture_names import is_picture
from annotools.storage.places import STDOUT
from annotools.storage.writing import SINGLE
from annotools.transform.files import files_written_over, hidden_pictures, other_files


@exact_keywords
def write(
    dataset: Dataset,
    where: Where,
    slug: str,
    media: Media | None = None,
    *,
    compat: Compat = False,
    settings: Mapping[str, str] | None = None,
    strict: Strict = False,
    force: bool = False,
    inputs: Where | Iterable[Where] = (),
) -> Losses:
    """Write a dataset to a folder, a zip, a single file, a URL, or `-` for standard output.

    slug: the format.  media: pictures to write along.  compat: what the CVAT server would export, bugs included.
    settings: options of single formats by name.  strict: write nothing, and raise, when annotations or
    definitions would be lost, or with "all" when anything would be lost or changed.
    force: replace a folder that has an earlier output in it.  inputs: places that the dataset was made from, which are
    not to be written over.  Returns what was lost or changed on the way.
    Raises: UsageError for an unknown format or a place that is taken, LossError with `strict`, StorageError.
    What was there before stays untouched until the whole of the new output is there.  Warns of names of files that
    cannot stand on every disk.
    """
    check_dataset(dataset, "write()")
    form = writable(slug)
    options = options_of(WriteOptions, compat, settings, images=bool(media))
    check_settings(options.settings, form)
    media = _whole(media) if media and not is_single(where) else media
    target = Target(form, where, options)
    target.options = replace(target.options, video=target.options.images and of_one_video(media, dataset))
    ready, losses = fit_to_format(sized(dataset, media) if media else dataset, form, target.options)
    media = following(media, dataset.frames, ready.frames) if media else None
    check_losses(losses, strict)
    protected = (inputs,) if isinstance(inputs, str | os.PathLike) else tuple(inputs)
    permit = Permit(force, form.members, protected, form.mark)
    remarks = write_members(where, target.members(ready, media), permit)
    if remarks:
        warnings.warn(f"{os.fspath(where)}: {'; '.join(remarks)}", stacklevel=2)
    return losses + target.left_out()


def _whole(media: Media) -> Media:
    """The pictures, all of which there are.  Raises: InputError with those that are not, UsageError without PyAV."""
    problems = Problems()
    whole = without_missing(media, problems)
    problems.raise_if()
    return whole


def writable(slug: str) -> Format:
    """The format of a slug.  Raises UsageError for one that cannot be written."""
    form = formats.get(slug)
    if form.write is None:
        raise UsageError(f"format {form.slug!r} can only be read")
    return form


def fit_to_format(dataset: Dataset, form: Format, options: WriteOptions) -> tuple[Dataset, Losses]:
    """What a format carries of a dataset, ready for its writer, and everything that was lost or changed for it.

    Raises: UsageError for what the writer needs and the dataset does not say.
    """
    work = Work(dataset)
    work.fit(form, options)
    return work.dataset, work.losses


def check_losses(losses: Losses, strict: Strict, problems: Iterable[Problem] = ()) -> None:
    """Raises LossError for annotations and definitions that were dropped; with "all" for every loss and change.

    problems: of the input, which may be why.
    """
    forbidden = losses if strict == "all" else losses.of("lost", "annotations", "definitions") if strict else Losses()
    if forbidden:
        raise LossError(forbidden, problems)


def _nothing(*_: object) -> Members:
    """The writer of a format that is only read; `writable` has refused it."""
    return iter(())


class Target:
    """One format at one place.  In an output that is one file stands the member with the annotations alone.

    Raises: UsageError for a place that cannot take the format.
    """

    def __init__(self, form: Format, where: Where, options: WriteOptions) -> None:
        self.form = form
        self._write = form.dialect(options).write or _nothing
        self._pattern = form.main or f"*{form.suffix}"
        self._single = is_single(where)
        self._left_out: list[str] = []
        self._written: set[int] = set()
        self._media, self._again = Media(), False
        self._over: list[str] = []
        self.options = replace(options, images=options.images and not self._single)
        if self._single:
            self._check(os.fspath(where))

    def _check(self, where: str) -> None:
        slug, suffix = self.form.slug, PurePosixPath(self._pattern).suffix
        if not (self.form.main or self.form.suffix):
            raise UsageError(f"{where}: {slug} is several files, expected a folder or a .zip")
        if where != STDOUT and PurePosixPath(where).suffix.lower() != suffix:
            raise UsageError(f"{where}: {slug} is written as {suffix}, expected that, a folder or a .zip")

    def members(self, dataset: Dataset, media: Media | None, on_member: Callable[[str], None] | None = None) -> Members:
        """The members of the output.  on_member: is called with the name of each before it is written."""
        pictures: set[str] = set()
        self._over = []
        shown = self._counted(media) if self.options.images and media is not None else None
        last = self._last_of_each(dataset, shown)
        made = made_ahead(self._write(dataset, shown, self.options))
        if not (last or self._single or self.options.images or on_member):
            yield from made  # a twentieth of what 25,000 small files take
            return
        for number, (name, pieces) in enumerate(made):
            if last and last[name] != number:
                self._over.append(name)
                continue
            if self._single and not fnmatchcase(name, self._pattern):
                self._left_out.append(name)
                continue
            if self.options.images and is_picture(name):
                if name in pictures:  # of several frames, as a honeypot's and its original's
                    self._again = True
                    continue
                pictures.add(name)
            if on_member:
                on_member(name)
            yield name, pieces

    def _last_of_each(self, dataset: Dataset, media: Media | None) -> dict[str, int]:
        """The number of the last member of each name, where the server writes one over another; else nothing.

        It calls files after pictures without their endings, and those of all subsets may lie in one folder.
        """
        if not self.options.quirks:
            return {}
        names = dataset.frames.names
        if len({basename(stem(name)) for name in names}) == len(names):
            return {}
        return {name: number for number, (name, _) in enumerate(self._write(dataset, media, self.options))}

    def _counted(self, media: Media) -> Media:
        """The same pictures, which are known to be written when they are opened: members may be pictures of masks."""
        self._media = media

        def opened(frame: int) -> BinaryIO:
            self._written.add(frame)
            return media[frame].open()

        return Media((frame, replace(file, opener=partial(opened, frame))) for frame, file in media.items())

    @property
    def pictures(self) -> int:
        """How many were written along so far."""
        return len(self._written)

    def left_out(self) -> Losses:
        """The members beside the one that was written, and pictures in whose place another one stands."""
        hidden = hidden_by_name(self._media, self._written, self._again)
        return other_files(self._left_out) + hidden_pictures(hidden) + files_written_over(self._over)


def is_single(where: Where) -> bool:
    """Whether a place takes one file: standard output, or one with the suffix of such a file."""
    text = os.fspath(where)
    return text == STDOUT or os.path.splitext(text)[1].lower() in SINGLE
