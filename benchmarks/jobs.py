"""The table of what is measured: one row a conversion or a validation, with what it is held against and the aim."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from benchmarks.inputs import INPUTS, YOLO, Input


class Aim(NamedTuple):
    """At most so many times the limit, and so many seconds more."""

    times: float
    seconds: float = 0.0

    def allowed(self, limit: float) -> float:
        """CPU seconds, given those of the limit."""
        return self.times * limit + self.seconds

    def __str__(self) -> str:
        more = f" + {self.seconds:g} s" if self.seconds else ""
        return f"{self.times:g} x{more}"


class Job(NamedTuple):
    """A command of annotools, whole processes.

    source: key of `INPUTS`.  to: the slug that is written, empty for a validation.  output: name of what is written.
    limits: keys of `limits.LIMITS`, with the aim or none.  expected: what there must be in the output, key of
    `counts.COUNTED` and the number as an attribute of `Size`; none where the formats count otherwise.
    transform: a step on the way.
    """

    title: str
    source: str
    to: str
    output: str
    limits: dict[str, Aim | None]
    expected: str = ""
    transform: str = ""

    @property
    def name(self) -> str:
        """What the command line calls it."""
        return self.title.lower().replace(" -> ", "-to-").replace(",", "").replace(" ", "-")

    @property
    def given(self) -> Input:
        """Its input."""
        return INPUTS[self.source]

    def words(self, source: str, context: str, output: str) -> Iterator[str]:
        """The command line, after `annotools`, for paths."""
        if not self.to:
            yield from ("validate", source, "--from", self.given.slug, "--fail-on", "error")
        else:
            yield from ("convert", source, "--from", self.given.slug, "--to", self.to, "-o", output)
        if self.transform:
            yield from ("--transform", self.transform)
        if context:
            yield from ("--task", context)


def _json(aim: Aim | None = None) -> dict[str, Aim | None]:
    return {"orjson": aim}


def _xml(aim: Aim | None = None) -> dict[str, Aim | None]:
    return {"expat": aim}


JOBS = (
    Job("COCO -> YOLO", "coco", YOLO, "out.zip", _json(Aim(1.2)), "annotations"),
    Job("COCO -> VOC, boxes", "coco", "voc", "out.zip", _json(Aim(1.4)), "annotations", "shapes-to-boxes"),
    Job("COCO boxes -> YOLO", "coco-boxes", YOLO, "out.zip", _json(Aim(1.2)), "annotations"),
    Job("COCO boxes -> VOC", "coco-boxes", "voc", "out.zip", _json(Aim(1.4)), "annotations"),
    Job("API JSON -> COCO", "api", "coco", "out.json", _json(Aim(3)), "annotations"),
    Job("COCO -> CVAT XML", "coco", "cvat-images", "out.zip", _json(Aim(3))),
    Job("CVAT XML -> COCO", "xml", "coco", "out.json", _xml(Aim(3.5)), "annotations"),
    Job("CVAT XML boxes -> COCO", "xml-boxes", "coco", "out.json", _xml(Aim(1.8)), "annotations"),
    Job("YOLO -> COCO", "yolo", "coco", "out.json", {"files": Aim(2.2)}, "annotations"),
    Job("YOLO zip -> COCO", "yolo-zip", "coco", "out.json", {"files": None}, "annotations"),
    Job("VOC -> COCO", "voc", "coco", "out.json", {"files": Aim(2.5), "files+expat": None}, "annotations"),
    Job("VOC zip -> COCO", "voc-zip", "coco", "out.json", {"files": None, "files+expat": None}, "annotations"),
    Job("COCO -> COCO", "coco", "coco", "out.json", _json(Aim(2)), "annotations"),
    Job("COCO -> VOC with masks", "coco", "voc", "out.zip", _json()),
    Job("COCO -> YOLO segmentation", "coco", "yolo-ultralytics-segmentation", "out.zip", _json()),
    Job("COCO -> API JSON", "coco", "cvat-api", "out.zip", _json()),
    Job("COCO -> Datumaro", "coco", "datumaro", "out.zip", _json()),
    Job("API JSON -> CVAT XML", "api", "cvat-images", "out.zip", _json()),
    Job("CVAT XML -> API JSON", "xml", "cvat-api", "out.zip", _xml()),
    Job("CVAT XML -> YOLO", "xml", YOLO, "out.zip", _xml()),
    Job("API JSON tracks -> MOT", "api-tracks", "mot", "out.zip", _json(Aim(1, 1.0)), "tracked_boxes"),
    Job("API JSON tracks -> CVAT XML", "api-tracks", "cvat-video", "out.zip", _json()),
    Job("CVAT XML tracks -> MOT", "xml-tracks", "mot", "out.zip", _xml(), "tracked_boxes"),
    Job("CVAT XML tracks -> API JSON", "xml-tracks", "cvat-api", "out.zip", _xml()),
    Job("validate COCO", "coco", "", "", _json(Aim(8))),
    Job("validate CVAT XML", "xml", "", "", _xml(Aim(8))),
    Job("validate API JSON", "api", "", "", {"typed decode": Aim(8)}),
    Job("validate API JSON tracks", "api-tracks", "", "", {"typed decode": Aim(8)}),
)

DOCUMENT_MEMORY, FILES_MEMORY, VALIDATION_MEMORY = 1.7, 300, 6.0
START_MEMORY = 100
GROWTH = 1.05


def memory_allowed(job: Job, size: int) -> tuple[float, str]:
    """MB at the highest, for an input of so many bytes, and in words; never less than it takes to start."""
    if job.given.file in ("yolo", "yolo.zip", "voc", "voc.zip"):
        return FILES_MEMORY, f"{FILES_MEMORY} MB"
    times = DOCUMENT_MEMORY if job.to else VALIDATION_MEMORY
    return max(times * size / 1e6, START_MEMORY), f"{times:g} x"
