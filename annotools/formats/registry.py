"""What formats there are: looked up by slug, listed, and told from the content of a source.

    formats.get("coco").read(source, context, options)
    formats.sniff(source)                               # "coco"
    for form in formats(): print(form.slug, form.name)

A module is imported when its format is first asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache, partial
from importlib import import_module
from typing import TYPE_CHECKING

from annotools.errors import AmbiguityError, InputError, Problem, UsageError, suggest
from annotools.formats import TABLE
from annotools.formats.base import Format
from annotools.plugins import entry_points

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from annotools.storage import Source

GROUP = "annotools.formats"
_HEAD = 1 << 16
_ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".tbz", ".tbz2", ".xz", ".txz", ".zst", ".7z", ".rar")
_UNKNOWN = "is of no known format"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class Formats:
    """All formats, those of other packages too, by slug; a call gives each that can be loaded."""

    def __call__(self) -> tuple[Format, ...]:
        """All formats that can be loaded: a broken package of somebody else's does not stand in the way of the rest."""
        return tuple(self._loadable(self.slugs()))

    def slugs(self) -> tuple[str, ...]:
        """The slugs of all formats: those of the table in its order, then those of other packages."""
        return (*TABLE, *_plugins())

    def get(self, slug: str) -> Format:
        """The format of a slug.  Raises UsageError for one that does not exist or cannot be loaded."""
        if slug not in TABLE and slug not in _plugins():
            raise UsageError(f"no format is called {slug!r}, expected {suggest(slug, self.slugs())}")
        return _load(slug)

    def module_of(self, slug: str) -> str:
        """The module of a format's value, of which the docstring is the format's manual; empty if none is known."""
        if slug in TABLE:
            return TABLE[slug].partition(":")[0]
        return _plugins()[slug].module if slug in _plugins() else ""

    def sniff(self, source: Source) -> str:
        """The slug of the format that a source is certainly of.

        Raises: AmbiguityError when several recognise it, InputError when none does or the source is damaged.
        """
        empty = _emptiness(source)
        if empty:
            raise InputError(Problem(empty, source.name, expected="annotations"))
        problems: list[Problem] = []
        certain = [form.slug for form in self.possible(source) if form.read and _recognises(form, source, problems)]
        if len(certain) > 1:
            raise AmbiguityError(f"{source.name}: several formats fit", certain)
        if not certain:
            raise InputError(problems[:1] or _unknown(source, self.slugs()))
        return certain[0]

    def possible(self, source: Source) -> Iterator[Format]:
        """The formats that a source may be of, by what is seen at once; 0.3 s less than to import them all."""
        from annotools.formats.signs import may_be, seen_in  # often a format is named

        seen = seen_in(source)
        return self._loadable(slug for slug in self.slugs() if may_be(slug, seen))

    def _loadable(self, slugs: Iterable[str]) -> Iterator[Format]:
        for slug in slugs:
            try:
                yield self.get(slug)
            except UsageError:
                continue


formats = Formats()


@cache
def _plugins() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(GROUP) if point.name not in TABLE}


@cache
def _load(slug: str) -> Format:
    try:
        if slug in TABLE:
            module, _, name = TABLE[slug].partition(":")
            form = getattr(import_module(module), name)
        else:
            form = _plugins()[slug].load()
    except (ImportError, AttributeError) as error:
        raise UsageError(f"format {slug!r} cannot be loaded: {error}") from error
    if not isinstance(form, Format):
        raise UsageError(f"format {slug!r} cannot be loaded: it is a {type(form).__name__}, expected a Format")
    return _in_any_letters(form) if form.letters else form


def _in_any_letters(form: Format) -> Format:
    """The format, with readers of members called in any letters."""
    kernel = import_module("annotools.formats.kernel.usual_letters")  # most of which the format has imported
    each = [form, *form.dialects.values()]
    manner = kernel.Manner(form.letters, form.subsets_first)
    readers = {one.read: one.read and partial(kernel.read, one.read, manner) for one in each}
    dialects = {name: replace(dialect, read=readers[dialect.read]) for name, dialect in form.dialects.items()}
    sniff = form.sniff and partial(kernel.sniff, form.sniff, manner)
    return replace(form, read=readers[form.read], sniff=sniff, dialects=dialects)


def _unknown(source: Source, slugs: Iterable[str]) -> Problem:
    """Why no format recognises a source, as far as that can be seen."""
    members = source.members()
    archive = next((name for name in members if name.lower().endswith(_ARCHIVES)), "")
    message, expected = _UNKNOWN, f"one of {', '.join(slugs)} (or its slug)"
    if len(members) == 1 and not archive:
        with source.open(members[0]) as stream:
            head = stream.read(_HEAD)
        if not head.strip():
            message, expected = "is empty", "annotations"
        elif head[:2] in _UTF_16 or head[:4].count(0) >= 2:
            message, expected = "is UTF-16 or UTF-32", "text in UTF-8"
    if archive:
        message = f"holds an archive, {archive}, and nothing of a known format beside"
        expected = "annotations, unpacked"
    elif message == _UNKNOWN and (what := _likeness(source)):
        message = f"{_UNKNOWN}, and looks like {what}"
    return Problem(message, source.name, expected=expected, kind="unknown-format")


def _likeness(source: Source) -> str:
    what: str = import_module("annotools.formats.kernel.strangers").likeness(source)
    return what


def _emptiness(source: Source) -> str:
    members = source.members()
    if not members:
        return "has no files in it"
    return "is empty" if len(members) == 1 and not source.size(members[0]) else ""


def _recognises(form: Format, source: Source, problems: list[Problem]) -> bool:
    try:
        return form.sniff is not None and form.sniff(source)
    except InputError as error:
        problems.extend(error.problems)
        return False
