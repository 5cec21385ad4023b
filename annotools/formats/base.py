"""What a format is: a value with a reader, a writer and a declaration of what it can carry.

    FORMAT = Format(slug="coco", name="COCO 1.0", keeps=Keeps(...), read=read, write=write, sniff=sniff)

A reader and a writer never open a file: `storage` hands members in and takes members out, one at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from annotools.errors import Problem
from annotools.model import Dataset, Keeps, Losses
from annotools.quirks import NONE
from annotools.sequences import Chain

if TYPE_CHECKING:
    from annotools.storage import Media, Source

Members = Iterator[tuple[str, Iterable[bytes]]]
BOXES = "shapes-to-boxes"
_BEFORE_BOXES = frozenset({
    "valid-text", "merge-jobs", "tracks-to-shapes", "tracks-frame-by-frame",  # which look at outlines of tracks alone
    "drop-deleted-frames", "only-annotated-frames", "remap-labels",
})  # fmt: skip


class Shared:
    """What a reader read before it made a dataset of it, for the reader of a dialect of the format: once, then it goes.

    A reader for which what was met reads otherwise passes it over, and reads the source.
    """

    def __init__(self, content: Any) -> None:
        self._content = content

    def take(self) -> Any:
        """What there is, None the second time."""
        content, self._content = self._content, None
        return content


@dataclass(frozen=True, slots=True)
class Options:
    """What the caller chose for reading and writing alike.

    quirks: names of `annotools.quirks`, all of them under --compat cvat.  settings: options of single formats
    (`{"masks": "polygons"}`).  job: the id of the one job that matters, of a source that holds several.
    """

    quirks: frozenset[str] = NONE
    settings: Mapping[str, str] = field(default_factory=dict)
    job: int | None = None

    def setting(self, name: str, default: str) -> str:
        """An option of a single format."""
        return self.settings.get(name, default)


@dataclass(frozen=True, slots=True)
class ReadOptions(Options):
    """What a reader is told.

    origin, extras: whether it fills these companions of the dataset.  by_job: whether annotations are read job by job,
    ground truth and replicas too, where a source also holds the task's.
    forms: whether it keeps in what form things were said, for a writer of the same format.
    outlines: whether it keeps the points of outlines; if not, those of shapes that are in no track may be others
    with the same box, for a format that makes boxes of them.
    unknown: whether a reader of CVAT's JSON reports the rows with keys that nobody knows, as problems.
    share: whether it leaves what it read for the reader of a dialect, which takes it as `earlier`.
    keep_masks: whether the server's importers are told to leave masks what they are (`conv_mask_to_poly=false`).
    """

    origin: bool = False
    extras: bool = False
    forms: bool = True
    outlines: bool = True
    by_job: bool = False
    unknown: bool = False
    share: bool = False
    keep_masks: bool = False
    earlier: Shared | None = None


@dataclass(frozen=True, slots=True)
class WriteOptions(Options):
    """What a writer is told.

    images: whether pictures are written along; video: whether they are those of one video, each the one that the task
    says.
    """

    images: bool = False
    video: bool = False


@dataclass(frozen=True)
class Read:
    """What a reader returns: the good parts, their media, every problem met, and what was changed on the way.

    shared: what it leaves for the reader of a dialect, where that was asked for.
    """

    dataset: Dataset
    media: Media | None = None
    problems: tuple[Problem, ...] | Chain[Problem] = ()
    losses: Losses = field(default_factory=Losses)
    shared: Shared | None = None


def check_dataset(value: object, owner: str) -> None:
    """Raises TypeError for anything but a dataset.  owner: what takes one."""
    if isinstance(value, Read):
        raise TypeError(f"{owner} takes a dataset, expected the .dataset of what was read")
    if not isinstance(value, Dataset):
        kind = type(value).__name__
        raise TypeError(f"{owner} takes a dataset, not a {kind}, expected read(...).dataset where it is a place")


def later(home: str, **choices: Any) -> Callable[..., Any]:
    """A reader or writer whose module is imported when it is first called: to tell what a source is none is needed.

    home: `module:function`.  choices: arguments that it is always given.
    """
    return partial(_called, home, **choices)


def _called(home: str, *arguments: Any, **choices: Any) -> Any:
    module, _, function = home.partition(":")
    return getattr(import_module(module), function)(*arguments, **choices)


@dataclass(frozen=True)
class Format:
    """A row of the table of formats.

    read(source, context, options): context is a dataset of which labels, frames and jobs say what the target task is,
    or None.  write(dataset, media, options) yields members (path, pieces of bytes) of a dataset that has been through
    `pipeline` (named steps of `annotools.transform` in their order, or what gives them under some options) and
    `fit(dataset, keeps)`.  dialects: what is another format to some program, under `--compat`; quirks: the rows of
    `annotools.quirks` that a dialect stands for.
    sniff(source) says whether a source is certainly of this format.  suffix: how a single-file output ends,
    empty where the output has several members.  main: of several members the one with the annotations (a name, or a
    pattern such as `annotations/*.json`), which is all that goes into an output that is one file.
    members: patterns of all that it writes (`*`: anything but a slash, `**`: anything; one that ends in a star is of
    pictures): a folder with anything else in it is never replaced, nor is one without `mark`, a member that every
    output has, where the patterns alone fit too much.
    letters: parts of the paths that it reads, in their usual letters (`gtFine`, `loose_bb_*.csv`), where the table of
    formats hands them to its `read` and `sniff` in these whatever letters they are in.  subsets_first: whether its
    first folder is a subset, so that one round all of a copy is to be left away before.
    settings: names and explanations of the options it knows.
    """

    slug: str
    name: str
    keeps: Keeps
    read: Callable[[Source, Dataset | None, ReadOptions], Read] | None = None
    write: Callable[[Dataset, Media | None, WriteOptions], Members] | None = None
    sniff: Callable[[Source], bool] | None = None
    pipeline: tuple[str, ...] | Callable[[WriteOptions], tuple[str, ...]] = ()
    dialects: Mapping[str, Format] = field(default_factory=dict)
    quirks: tuple[str, ...] = ()
    needs: frozenset[str] = frozenset()
    suffix: str = ""
    main: str = ""
    members: tuple[str, ...] = ()
    mark: str = ""
    letters: tuple[str, ...] = ()
    subsets_first: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)
    about: str = ""

    def dialect(self, options: Options) -> Format:
        """The format as some program has it: CVAT's server under its quirks."""
        return self.dialects.get("cvat", self) if options.quirks else self

    def steps(self, options: WriteOptions) -> tuple[str, ...]:
        """The names of the steps of its pipeline; whatever is written has texts."""
        return ("valid-text", *(self.pipeline(options) if callable(self.pipeline) else self.pipeline))

    def boxes_alone(self, options: WriteOptions, before: Sequence[str] = ()) -> bool:
        """Whether nothing looks at the outlines of shapes before they become the boxes round them.

        before: steps that come before its own.
        """
        steps = [step.partition("=")[0] for step in (*before, *self.steps(options))]
        return BOXES in steps and _BEFORE_BOXES.issuperset(steps[: steps.index(BOXES)])

    @property
    def directions(self) -> str:
        """`read/write`, or the one of them that it can do."""
        return "/".join(word for word, way in (("read", self.read), ("write", self.write)) if way)

    def row(self) -> dict[str, Any]:
        """The format as plain data, for tables and JSON."""
        shapes = {kind.word: sorted(columns) for kind, columns in sorted(self.keeps.shapes.items())}
        kinds = {name: getattr(self.keeps, name) for name in ("tags", "tracks", "intervals", "elements")}
        return {
            "slug": self.slug, "name": self.name, "read": self.read is not None, "write": self.write is not None,
            "shapes": shapes, "needs": sorted(self.needs), "about": self.about,
            "rounding": str(self.keeps.rounding or ""), "settings": dict(self.settings),
            **{k: None if v is None else sorted(v) for k, v in kinds.items()},
        }  # fmt: skip
