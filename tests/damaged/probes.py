"""Everything that is asked of an input; only errors of the package's own tree may come of it, and no warning."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from random import Random

from click.testing import CliRunner
from msgspec.structs import replace

import annotools as at
from annotools import formats
from annotools.cli import group
from annotools.convert.writing import fit_to_format
from annotools.errors import AnnotoolsError
from annotools.formats.base import Format, ReadOptions, WriteOptions
from annotools.model import Dataset
from annotools.storage import Source, write_members
from annotools.storage.limits import Limits
from annotools.storage.zips import ZipSource
from annotools.validate.engine import judge
from annotools.validate.fixing.loop import fixed
from annotools.validate.fixing.outcome import Outcome
from annotools.validate.overlay import Overlay
from annotools.validate.reading import Subject, SubjectOptions, read_subject
from annotools.validate.registry import PRESETS
from annotools.validate.report import Report
from annotools.validate.reports import FORMATS, render
from annotools.validate.settings import ValidateSettings
from tests.damaged.damage import damaged, damaged_zip, hurt_bytes
from tests.damaged.inputs import SLUGS, Input, names, sound_input

STRICT = ValidateSettings("strict")
TOML = b"""preset = "strict"
fail-on = "info"
ignore = ["tiny-area"]
severity = { GEO004 = "error", STA = "off" }
[rules.GEO015]
points = 2000
[per-label-ignores]
"car*" = ["GEO018"]
[per-file-ignores]
"old/*" = ["TRK"]
"""
BASELINE = b'{"version": 1, "findings": {"GEO007": {"0123456789abcdef": 2}}}'


def slug_of(seed: int) -> str:
    """The format of a seed's input; every third is a backup."""
    return "cvat-backup" if seed % 3 == 0 else SLUGS[seed // 3 % len(SLUGS)]


def an_input(seed: int, slug: str) -> Input | bytes:
    """The damaged input of a seed: members, or now and then a zip with wrong bytes in it."""
    random = Random(f"{seed} {slug}")
    members = sound_input(slug, random.choice(names()))
    return damaged_zip(members, random) if random.random() < 0.05 else damaged(members, random)


def opened(content: Input | bytes) -> Source:
    """An input as a source."""
    if isinstance(content, bytes):
        return ZipSource("damaged.zip", io.BytesIO(content), Limits())
    return Overlay("damaged", content)


def choices_of(slug: str, seed: int) -> SubjectOptions:
    """How it is judged: mostly as what it was, now and then as what it looks like."""
    random = Random(-seed - 1)
    action = random.choice(("", "", "put", "create", "update", "delete")) if slug == "cvat-api" else ""
    return SubjectOptions(slug if random.random() < 0.8 else None, action=action)


def subject_of(content: Input | bytes, choices: SubjectOptions) -> Subject | None:
    """What is read of it; None for what cannot be read at all."""
    try:
        subject = read_subject(opened(content), choices)
        if isinstance(content, bytes):
            judge(subject, STRICT)  # which looks for comments in members that the reader had no need of
    except AnnotoolsError as error:
        str(error).encode()
        return None
    return subject


def mended(content: Input | bytes, choices: SubjectOptions, before: Subject, *, unsafe: bool) -> Outcome:
    """What fixes make of it, which can be read at least as well as before."""
    source = opened(content)
    outcome = fixed(source, choices, STRICT, unsafe=unsafe)
    outcome.diff().encode()
    again = read_subject(Overlay("mended", dict(outcome.members), source), replace(choices, slug=outcome.report.slug))
    assert len(again.problems) <= len(before.problems), "less can be read than before"
    return outcome


def carried_on(content: Input | bytes, choices: SubjectOptions, random: Random) -> None:
    """What other commands make of it: read, counted, compared and written as any format."""
    try:
        with opened(content) as source:
            form = formats.get(choices.slug or formats.sniff(source))
            assert form.read is not None
            dataset = form.read(source, None, ReadOptions(extras=True)).dataset
    except AnnotoolsError as error:
        str(error).encode()
        return
    at.stats(dataset).as_dict()
    list(at.diff(dataset, dataset))
    written(dataset, formats.get(random.choice(SLUGS)))


def written(dataset: Dataset, form: Format) -> None:
    """The dataset in a format, by the way of `convert`."""
    assert form.write is not None
    try:
        ready, losses = fit_to_format(dataset, form, WriteOptions())
        str(losses).encode()
        for _, pieces in form.write(ready, None, WriteOptions()):
            b"".join(pieces)
    except AnnotoolsError as error:
        str(error).encode()


def every_probe(seed: int, slug: str = "") -> tuple[Report, Outcome] | None:
    """All that is asked of the input of a seed: its report and what fixes make of it, None where it cannot be read.

    Raises: what no input may raise.
    """
    slug = slug or slug_of(seed)
    content, choices = an_input(seed, slug), choices_of(slug, seed)
    carried_on(content, choices, Random(seed))
    subject = subject_of(content, choices)
    if subject is None:
        return None
    report = mended(content, choices, subject, unsafe=False).found  # as it is judged without any fix
    for form in FORMATS:
        "".join(render(form, [report])).encode()
    return report, mended(content, choices, subject, unsafe=True)


def every_command(seed: int, folder: Path) -> None:
    """The same through the command line, on the disk, with damaged settings, contexts and baselines now and then."""
    random = Random(seed)
    slug = slug_of(seed)
    hurt = an_input(seed, slug)
    where = folder / random.choice(("in.zip", "in"))
    _put(where, hurt)
    _put(folder / "context", damaged(sound_input("cvat-api", random.choice(names())), random))
    (folder / "annotools.toml").write_bytes(hurt_bytes(TOML, random) if random.random() < 0.1 else b"")
    (folder / "known.json").write_bytes(hurt_bytes(BASELINE, random))
    given = ["--from", slug] if random.random() < 0.7 else []
    given += ["--task", "context"] if random.random() < 0.3 else []
    for words in _commands(where.name, given, random):
        result = CliRunner().invoke(group, words, prog_name="annotools")
        assert result.exit_code in (0, 1, 2, 3), f"{words}: {result.exit_code}: {result.stderr[-300:]}"
        assert isinstance(result.exception, SystemExit | None), words


def _put(where: Path, content: Input | bytes) -> None:
    """An input on the disk: bytes, or members as a zip or a folder."""
    if isinstance(content, bytes):
        where.write_bytes(content)
    else:
        if where.is_dir():
            shutil.rmtree(where)
        write_members(where, ((name, [data]) for name, data in content.items()))


def _commands(src: str, given: list[str], random: Random) -> list[list[str]]:
    to = random.choice(SLUGS)
    compat = random.choice(([], ["--compat", "cvat"]))
    known = random.choice(([], [], [], ["--baseline", "known.json"]))
    form = random.choice(sorted(FORMATS))
    return [
        ["validate", src, *given, "--format", form, "--preset", random.choice(PRESETS), *known],
        ["validate", src, *given, "--fix", "-o", "fixed"],
        ["validate", src, *given, "--unsafe-fixes", "--diff"],
        ["validate", src, *given, "--unsafe-fixes", "--in-place", "--force"],
        ["convert", src, *given, "--to", to, "-o", "out.zip", "--on-error", "skip", *compat],
        ["stats", src, *given, "--on-error", "skip", *random.choice(([], ["--json"]))],
        ["diff", src, "context", "--on-error", "skip", *random.choice(([], ["--json"]))],
    ]  # fmt: skip
