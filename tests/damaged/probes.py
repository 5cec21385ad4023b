"""Everything that is asked of an input; only errors of the package's own tree may come of it, and no warning."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from random import Random

import annotools as at
from annotools import formats
from annotools.convert.writing import carried
from annotools.errors import AnnotoolsError
from annotools.formats.base import Format, Options
from annotools.model import Dataset
from annotools.storage import Source
from annotools.storage.limits import Limits
from annotools.storage.zips import ZipSource
from annotools.validate.engine import judge
from annotools.validate.fixing.loop import Outcome, fixed
from annotools.validate.overlay import Overlay
from annotools.validate.reading import Choices, read_subject
from annotools.validate.report import Report
from annotools.validate.reports import FORMATS, render
from annotools.validate.settings import Settings
from tests.damaged.damage import damaged, damaged_zip
from tests.damaged.inputs import SLUGS, names, sound_input

STRICT = Settings("strict")


def an_input(seed: int) -> tuple[str, Callable[[], Source], bytes | dict[str, bytes]]:
    """What a seed stands for: the format, what opens the damaged input, and its bytes.  Every third is a backup."""
    random = Random(seed)
    slug = "cvat-backup" if seed % 3 == 0 else random.choice(SLUGS)
    members = sound_input(slug, random.choice(names()))
    if random.random() < 0.05:
        packed = damaged_zip(members, random)
        return slug, lambda: ZipSource("damaged.zip", io.BytesIO(packed), Limits()), packed
    hurt = damaged(members, random)
    return slug, lambda: Overlay("damaged", hurt), hurt


def choices_of(slug: str, seed: int) -> Choices:
    """How it is judged: mostly as what it was, now and then as what it looks like."""
    random = Random(-seed - 1)
    action = random.choice(("", "", "put", "create", "update", "delete")) if slug == "cvat-api" else ""
    return Choices(slug if random.random() < 0.8 else None, action=action)


def judged(opened: Callable[[], Source], choices: Choices, forms: tuple[str, ...] = tuple(FORMATS)) -> Report | None:
    """The report, rendered in all forms; None for what cannot be read at all."""
    try:
        report = judge(read_subject(opened(), choices), STRICT)
        for form in forms:
            "".join(render(form, [report])).encode()
    except AnnotoolsError as error:
        str(error).encode()
        return None
    return report


def mended(opened: Callable[[], Source], choices: Choices, *, unsafe: bool) -> Outcome | None:
    """What fixes make of it, which can be read at least as well as before."""
    try:
        outcome = fixed(opened(), choices, STRICT, unsafe=unsafe)
    except AnnotoolsError:
        return None
    outcome.diff().encode()
    again = read_subject(Overlay("mended", dict(outcome.members), opened()), replace(choices, slug=outcome.report.slug))
    assert len(again.problems) <= len(read_subject(opened(), choices).problems), "less can be read than before"
    return outcome


def carried_on(opened: Callable[[], Source], choices: Choices, random: Random) -> None:
    """What other commands make of it: read, counted, compared and written as any format."""
    try:
        with opened() as source:
            form = formats.get(choices.slug or formats.sniff(source))
            assert form.read is not None
            dataset = form.read(source, None, Options(extras=True)).dataset
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
        ready, losses = carried(dataset, form, Options())
        str(losses).encode()
        for _, pieces in form.write(ready, None, Options()):
            b"".join(pieces)
    except AnnotoolsError as error:
        str(error).encode()


def every_probe(seed: int) -> None:
    """All that is asked of the input of a seed.  Raises: what no input may raise."""
    slug, opened, _ = an_input(seed)
    choices = choices_of(slug, seed)
    if judged(opened, choices) is not None:
        mended(opened, choices, unsafe=False)
        mended(opened, choices, unsafe=True)
    carried_on(opened, choices, Random(seed))
