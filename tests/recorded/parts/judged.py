"""Files of every format judged by all rules, under every preset, with settings, baselines and reports; and mended."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache, partial
from tempfile import TemporaryDirectory
from typing import Any

from annotools import formats
from annotools.convert.writing import fit_to_format
from annotools.errors import AnnotoolsError
from annotools.formats import TABLE
from annotools.formats.base import ReadOptions, WriteOptions
from annotools.model import Dataset
from annotools.validate.baseline import Baseline
from annotools.validate.engine import judge
from annotools.validate.findings import ERROR, INFO, OFF, WARNING
from annotools.validate.fixing.loop import fixed
from annotools.validate.overlay import Overlay
from annotools.validate.reading import ACTIONS, SubjectOptions, read_subject
from annotools.validate.registry import PRESETS
from annotools.validate.report import Report
from annotools.validate.reports import FORMATS, RenderOptions, render
from annotools.validate.settings import ValidateSettings
from tests.recorded.corpus import datasets
from tests.recorded.faulty import faulty
from tests.recorded.odd_files import Members, variations
from tests.recorded.parts.reading import BASES
from tests.recorded.parts.rules import outcome_of, told
from tests.recorded.parts.writing import members_of
from tests.recorded.records import Cases
from tests.recorded.seen_twice import judged

SLUGS = ("presets", "actions", "settings", "reports", "faulty")
EVERY = 13  # of the variations of a format, one in so many is judged
STRICT = ValidateSettings("strict")
SETTINGS: dict[str, ValidateSettings] = {
    "selected": ValidateSettings(selected=("GEO", "TRK003")),
    "ignored": ValidateSettings("strict", ignored=("GEO", "tiny-area")),
    "exact": ValidateSettings("strict", selected=("ALL", "GEO018"), ignored=("GEO",)),
    "severities": ValidateSettings("strict", severities={"GEO": INFO, "GEO007": ERROR, "STA": OFF, "MSK": WARNING}),
    "labels": ValidateSettings("strict", label_ignores={"traffic*": ("GEO", "MSK"), "*": ("STA",)}),
    "files": ValidateSettings("strict", file_ignores={"*.jpg": ("GEO",), "b*": ("TRK", "SKL")}),
    "options": ValidateSettings("strict", options={"GEO015": {"points": 5}, "GEO004": {"pixels": 3.0}}),
    "wrong-word": ValidateSettings(selected=("GEOO",)),
    "wrong-option": ValidateSettings(options={"GEO015": {"pints": 5}}),
    "wrong-value": ValidateSettings(options={"GEO015": {"points": "x"}}),
}


def groups() -> Iterator[str]:
    """Every format of the table, and what is asked of CVAT's own alone."""
    yield from (*TABLE, *SLUGS)


def cases(slug: str) -> Cases:
    """Variations of files by all rules, and what fixes make of every second of them; or one of the others."""
    if slug in SLUGS:
        yield from _OTHERS[slug]()
        return
    for number, (word, members) in enumerate(variations(_sound(slug, BASES.get(slug, "small")))):
        if number % EVERY == 0 or word == "sound":
            yield word, partial(_judged, slug, members)
        if number % (3 * EVERY) == 0:
            yield f"{word}/fixed", partial(_fixed, slug, members, number % 2 == 0)


@cache
def _sound(slug: str, name: str) -> Members:
    form = formats.get(slug)
    ready, _ = fit_to_format(datasets()[name], form, WriteOptions())
    return members_of(form, ready, WriteOptions())


def _judged(slug: str, members: Members, settings: ValidateSettings = STRICT, action: str = "") -> dict[str, Any]:
    report = judge(
        read_subject(Overlay("judged", members), SubjectOptions(slug, _sizes(slug), action=action)), settings
    )
    return answer_of(report)


def _sizes(slug: str) -> Any:
    """The task, for a format that needs it."""
    return datasets()[BASES.get(slug, "small")] if formats.get(slug).needs else None


def answer_of(report: Report) -> dict[str, Any]:
    """Counts, and of each rule the first findings."""
    return {
        "counts": {severity.word: count for severity, count in report.counts.items()}, "rules": dict(report.by_rule()),
        "ignored": dict(report.ignored), "silenced": len(report.silenced),
        "skipped": [f"{skipped.rule.code} {skipped.missing!r}" for skipped in report.skipped],
            "findings": [told(finding) for finding in report.findings(4)],
    }  # fmt: skip


def _fixed(slug: str, members: Members, unsafe: bool) -> dict[str, Any]:
    return outcome_of(fixed(Overlay("fixed", members), SubjectOptions(slug, _sizes(slug)), STRICT, unsafe=unsafe))


def _presets() -> Cases:
    for name in ("edges", "tracks", "odd", "drawn-1", "jobs-tracks", "skeletons", "audio", "full"):
        for preset in PRESETS:
            yield f"{name}/{preset}", partial(_judged, "cvat-api", _sound("cvat-api", name), ValidateSettings(preset))
        yield f"{name}/dataset", partial(_of_dataset, name)
        for unsafe in (False, True):
            yield f"{name}/fixed-{unsafe}", partial(_fixed, "cvat-api", _sound("cvat-api", name), unsafe)
    for seed in range(2):
        for pool in (False, True):
            for action in ("", "put"):
                yield f"judged-{seed}-{pool}/{action or 'read'}", partial(_of_jobs, seed, pool, action)


def _of_jobs(seed: int, pool: bool, action: str) -> dict[str, Any]:
    """A task with ground truth and replicas; pool: as honeypots."""
    dataset = judged(seed)
    if pool:
        jobs = [replace(job, honeypots=((0, 4), (1, 2))) if job.id == 1 else job for job in dataset.jobs]
        dataset = dataset.replace(jobs=tuple(jobs))
    return answer_of(judge(read_subject(dataset, SubjectOptions(action=action)), STRICT))


def _faulty() -> Cases:
    for seed in range(2):
        members = faulty(seed)
        yield f"{seed}/found", partial(_judged, "cvat-api", members)
        for unsafe in (False, True):
            yield f"{seed}/fixed-{unsafe}", partial(_fixed, "cvat-api", members, unsafe)
        read = formats.get("cvat-api").read
        assert read is not None
        for slug in ("cvat-images", "cvat-video", "coco"):
            dataset = read(Overlay("faulty", members), None, ReadOptions()).dataset
            yield f"{seed}/{slug}", partial(_fixed_as, slug, dataset, seed % 2 == 0)


def _fixed_as(slug: str, dataset: Dataset, unsafe: bool) -> dict[str, Any]:
    """The same faults in another format, mended there."""
    form = formats.get(slug)
    ready, _ = fit_to_format(dataset, form, WriteOptions())
    source = Overlay("faulty", members_of(form, ready, WriteOptions()))
    return outcome_of(fixed(source, SubjectOptions(slug, dataset), STRICT, unsafe=unsafe))


def _of_dataset(name: str) -> dict[str, Any]:
    return answer_of(judge(read_subject(datasets()[name], SubjectOptions()), STRICT))


def _actions() -> Cases:
    for action in ACTIONS:
        for name in ("edges", "odd", "tracks"):
            yield f"{name}/{action}", partial(_judged, "cvat-api", _sound("cvat-api", name), ValidateSettings(), action)


def _settings() -> Cases:
    members = _sound("cvat-api", "edges")
    for word, settings in SETTINGS.items():
        yield word, partial(_judged, "cvat-api", members, settings)
    yield "baseline", partial(_with_baseline, "edges", "small")
    yield "baseline-of-more", partial(_with_baseline, "small", "edges")


def _with_baseline(name: str, known: str) -> dict[str, Any]:
    """Judged where the findings of another dataset are known."""
    before = judge(read_subject(datasets()[known], SubjectOptions()), STRICT)
    baseline = Baseline()
    for batch in before.batches:
        baseline.add(batch.rule, batch.found, before.fingerprints)
    with TemporaryDirectory() as folder:
        baseline.write(f"{folder}/known.json")
        settings = replace(STRICT, baseline=f"{folder}/known.json")
        report = judge(read_subject(datasets()[name], SubjectOptions()), settings)
    return {"baseline": baseline.as_bytes(), **answer_of(report)}


def _reports() -> Cases:
    for form in FORMATS:
        for shown in (None, 2) if form == "full" else (2,):
            yield f"{form}/{shown}", partial(_rendered, form, shown)


def _equal_faults() -> bytes:
    """What is wrong in the same way with many shapes, some of which lie apart."""
    shapes = [
        {"type": "rectangle", "frame": 0, "label_id": 1, "points": None if number % 5 else [1, 2, 9, 9]}
        for number in range(160)
    ]
    return json.dumps(
        {"shapes": shapes, "tags": [{"frame": 0, "label_id": 99, "odd": number} for number in range(9)]}
    ).encode()


def _rendered(form: str, shown: int | None) -> list[str]:
    names = ("small", "tracks", "empty")
    sources = [Overlay(name, _sound("cvat-api", name)) for name in names]
    sources.append(Overlay("equal", _sound("cvat-api", "small") | {"annotations.json": _equal_faults()}))
    reports = [judge(read_subject(source, SubjectOptions("cvat-api")), STRICT) for source in sources]
    options = RenderOptions() if shown is None else RenderOptions(shown=shown)
    try:
        return "".join(render(form, reports, options)).splitlines()
    except AnnotoolsError as error:
        return [str(error)]


_OTHERS = {"presets": _presets, "actions": _actions, "settings": _settings, "reports": _reports, "faulty": _faulty}
