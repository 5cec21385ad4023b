"""Inputs that may be slow, against ordinary ones of the same bytes: `python -m benchmarks heavy [WORD...]`.

Each input is made at a size and at twice that size, and each task is run on it in a process of its own, within limits
of time and memory.  A row of the table: CPU of the input, how many times that of an ordinary input of the same format
and bytes it is (at most 5), and what doubling the input does to it (at most 2, and some noise).

WORD: only rows with all these words in them (`coco:`, `validate`, `polygon`).
"""

from __future__ import annotations

import gc
import os
import resource
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import annotools as at
from annotools import formats
from annotools.errors import AnnotoolsError
from annotools.quality import merge_replicas, report
from annotools.validate.baseline import baseline_of
from annotools.validate.reports import RenderOptions, render
from benchmarks.heavy import backups, bundles, coco, definitions, layouts, lines, quality, rules, xml

SECONDS, MEMORY = 30, 6 << 30
SLUGS = ("cvat-api", "cvat-backup", "cvat-images", "cvat-video", "coco", "coco-keypoints")
PAINTED = ("voc", "cityscapes")  # formats of pictures
INPUTS = {
    "cvat-api": bundles.SHAPES | definitions.DEFINITIONS, "cvat-backup": backups.BACKUPS, "cvat-images": xml.IMAGES,
    "cvat-video": xml.VIDEO, "coco": coco.COCO, "coco-keypoints": coco.KEYPOINTS,
}  # fmt: skip
ORDINARY = {
    "cvat-api": bundles.ordinary, "cvat-backup": backups.ordinary_backup, "cvat-images": xml.ordinary_images,
    "cvat-video": xml.ordinary_video, "coco": coco.ordinary_coco, "coco-keypoints": coco.ordinary_keypoints,
}  # fmt: skip
LINES = {
    f"lines of {name}": {kind: (make(layout), 300_000) for kind, make in lines.JUNK.items()}
    for name, layout in layouts.LAYOUTS.items()
}
INPUTS |= {"rules": rules.RULES, "judged": quality.JUDGED, "merged": quality.MERGED} | LINES
ORDINARY |= (
    {"rules": bundles.ordinary}
    | {part: quality.ordinary(kind) for part, kind in quality.PARTS.items()}
    | {f"lines of {name}": lines.ordinary(layouts.LAYOUTS[name]) for name in layouts.LAYOUTS}
)
Task = Callable[[str, str, Path], object]


@dataclass(frozen=True)
class Cost:
    """What a run took: CPU seconds, MB above what the process had, and how it ended."""

    seconds: float
    megabytes: float
    ended: str


def convert_to(target: str) -> Task:
    """Conversion to a format."""
    return lambda slug, path, out: at.convert(path, out / "out", target, source_format=slug, on_error="skip")


def validate(slug: str, path: str, out: Path) -> object:
    """Every rule, the findings written, and a baseline of them."""
    task = str(out / "task") if (out / "task").exists() else None
    report = at.validate(path, slug=slug, select="ALL", preset="strict", context=task)
    list(render("full", [report], RenderOptions(shown=10)))
    return report


def baseline(slug: str, path: str, out: Path) -> object:
    """A baseline of all findings, and the run that reads it."""
    report = at.validate(path, slug=slug, select="ALL")
    baseline_of(((batch.rule, batch.found) for batch in report.batches), report.dataset).write(str(out / "known.json"))
    return at.validate(path, slug=slug, settings=at.ValidateSettings(baseline=str(out / "known.json")))


def reports(slug: str, path: str, out: Path) -> object:
    """All findings as SARIF and as a page."""
    report = at.validate(path, slug=slug, select="ALL")
    return [sum(map(len, render(form, [report], RenderOptions(shown=None)))) for form in ("sarif", "json", "html")]


def fix(slug: str, path: str, out: Path) -> object:
    """All fixes, shown as a diff."""
    return at.fix(path, slug=slug, unsafe=True, select="ALL").diff()


def difference(slug: str, path: str, out: Path) -> object:
    """The difference to the same input moved a bit."""
    dataset = at.read(path, slug, on_error="skip").dataset
    shapes = dataset.shapes.replace(values=dataset.shapes.values + 3) if len(dataset.shapes) else dataset.shapes
    return list(at.diff(dataset, dataset.replace(shapes=shapes)))


def statistics(slug: str, path: str, out: Path) -> object:
    """Numbers."""
    return at.stats(at.read(path, slug, on_error="skip").dataset)


TASKS: dict[str, Task] = {
    **{f"to {slug}": convert_to(slug) for slug in (*SLUGS, *PAINTED)}, "validate": validate, "baseline": baseline,
    "reports": reports, "fix": fix, "diff": difference, "stats": statistics,
}  # fmt: skip


def judge(slug: str, path: str, out: Path) -> object:
    """The quality report of a task."""
    return report(at.read(path, slug).dataset).as_dict()


def merge(slug: str, path: str, out: Path) -> object:
    """The consensus of replicas."""
    return merge_replicas(at.read(path, slug).dataset)


OF_JOBS: dict[str, Task] = {"judge": judge, "merge": merge}


def main(words: list[str]) -> None:
    """Print the table, worst last."""
    warm()
    print(f"{'input':58} {'task':18} {'bytes':>11} {'seconds':>8} {'ratio':>7} {'doubled':>8} {'MB':>6}  ended")
    for slug, name, task in rows(words):
        print(line(slug, name, task), flush=True)


def rows(words: list[str]) -> Iterator[tuple[str, str, str]]:
    """What is to be run."""
    for slug, inputs in INPUTS.items():
        for name in inputs:
            for task in tasks_of(slug):
                if all(word in f"{slug}: {name} {task}" for word in words):
                    yield slug, name, task


def tasks_of(part: str) -> Sequence[str]:
    """What is asked of a part of the inputs."""
    few = {"rules": ("validate", "reports", "fix"), "judged": ("judge",), "merged": ("merge",)}
    return ("validate",) if part in LINES else few.get(part, tuple(TASKS))


def line(slug: str, name: str, task: str) -> str:
    """One row."""
    if slug in (*LINES, *quality.PARTS):
        warm_part(slug, task)
    make, count = INPUTS[slug][name]
    first, size = measured(make(count), slug, task)
    second, _ = measured(make(2 * count), slug, task) if first.seconds < SECONDS / 2 else (first, 0)
    usual = usual_seconds(slug, task, size)
    ratio, doubled = first.seconds / usual, second.seconds / max(first.seconds, 0.02)
    mark = " <--" if ratio > 5 or (doubled > 2.2 and second.seconds > 0.2) or "!" in second.ended + first.ended else ""
    return (
        f"{f'{slug}: {name}':58} {task:18} {size:11,} {first.seconds:8.2f} {ratio:7.1f} {doubled:8.2f} "
        f"{second.megabytes:6.0f}  {second.ended}{mark}"
    )


def usual_seconds(slug: str, task: str, size: int) -> float:
    """The CPU of an ordinary input of so many bytes."""
    (less, low), (more, high) = usual(slug, task)
    return max(less + (more - less) * (size - low) / (high - low), less / 2, 0.01)


@cache
def usual(slug: str, task: str) -> tuple[tuple[float, int], tuple[float, int]]:
    """The CPU and bytes of two ordinary inputs."""
    one, two = (measured(ORDINARY[slug](count), slug, task) for count in (1_000, 10_000))
    return (one[0].seconds, one[1]), (two[0].seconds, two[1])


def measured(
    members: bundles.Members, slug: str, task: str, cost: Callable[[Task, str, str, Path], Cost] | None = None
) -> tuple[Cost, int]:
    """The cost of a task, and the bytes of its input.  cost: how it is run."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "input"
        for name, data in members.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        name = slug.removeprefix("lines of ")
        if slug in LINES and layouts.LAYOUTS[name].task:
            for file, data in layouts.task().items():
                (Path(folder) / "task").mkdir(exist_ok=True)
                (Path(folder) / "task" / file).write_bytes(data)
        slug = "cvat-api" if slug in ("rules", *quality.PARTS) else layouts.slug_of(name)
        source = root if len(members) > 1 else root / next(iter(members))
        return (cost or in_child)((TASKS | OF_JOBS)[task], slug, str(source), Path(folder)), sum(
            map(len, members.values())
        )


def _here(task: Task, slug: str, path: str, out: Path) -> Cost:
    task(slug, path, out)
    return Cost(0, 0, "done")


def in_child(task: Task, slug: str, path: str, out: Path) -> Cost:
    """What a task takes in a child of this process."""
    sys.stdout.flush()
    before = _resident()
    pipe = os.pipe()
    child = os.fork()
    if not child:
        os.close(pipe[0])
        os.write(pipe[1], ended(task, slug, path, out).encode())
        os._exit(0)
    os.close(pipe[1])
    _, status, used = os.wait4(child, 0)
    with os.fdopen(pipe[0], "rb") as stream:
        message = stream.read().decode() or f"!killed by {status}"
    return Cost(used.ru_utime + used.ru_stime, max(used.ru_maxrss / 1024 - before, 0), message)


def ended(task: Task, slug: str, path: str, out: Path) -> str:
    """Run a task within the limits, and say how it went."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        task(slug, path, out)
    except AnnotoolsError as error:
        return f"{type(error).__name__}: {str(error).splitlines()[0][-60:]}"
    except BaseException as error:
        return f"!{type(error).__name__}: {str(error)[:60]}"
    return "done"


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


def warm() -> None:
    """Load all that is loaded when first used, so that no child pays for it."""
    for slug in SLUGS:
        formats.get(slug)
        with tempfile.TemporaryDirectory() as folder:
            for name, data in ORDINARY[slug](100).items():
                path = Path(folder, name)
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(data)
            source = folder if slug.startswith("cvat-") and slug < "cvat-i" else str(next(Path(folder).iterdir()))
            for number, task in enumerate(TASKS.values()):
                (Path(folder) / f"o{number}").mkdir()
                task(slug, source, Path(folder) / f"o{number}")
    gc.collect()
    gc.freeze()


@cache
def warm_part(part: str, task: str) -> None:
    """The same for a format of lines, or for jobs."""
    measured(ORDINARY[part](50), part, task, _here)
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    main(sys.argv[1:])
