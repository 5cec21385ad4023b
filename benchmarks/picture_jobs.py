"""Between COCO and the formats of one file a picture, as a user runs them: `main_job` prints it.

    COCO -> YOLO, COCO -> VOC      `annotools convert` to a zip, in relation to orjson.loads of the same JSON
    YOLO -> COCO, VOC -> COCO      of a folder, in relation to opening and reading the files of labels

These are jobs of the table of conversions, on its inputs: outlines of 20 to 30 points, and boxes alone, of which the
JSON is parsed in a third of the time: in that of 36,000 a process does not even start.
"""

from __future__ import annotations

from benchmarks.jobs import JOBS
from benchmarks.measuring import MeasureOptions, rows
from benchmarks.results import Row
from benchmarks.sizes import Size
from benchmarks.verdicts import cpu

TITLES = (
    "COCO -> YOLO", "COCO -> VOC, boxes", "YOLO -> COCO", "VOC -> COCO", "COCO boxes -> YOLO", "COCO boxes -> VOC",
)  # fmt: skip
REPETITIONS = 3


def run(count: int) -> None:
    """All of them, with as many annotations."""
    jobs = [job for job in JOBS if job.title in TITLES]
    for row in rows(jobs, [Size.of(count)], MeasureOptions(REPETITIONS)):
        for line in lines(row):
            print(line, flush=True)


def lines(row: Row) -> list[str]:
    """What is told of a job: a line for each limit that there is an aim for, or why it could not be measured."""
    if row.note:
        return [f"  {row.job:<20} {row.note}"]
    held = {name: (seconds, *cpu(row, name)) for name, seconds in row.limits.items()}
    return [
        f"  {row.job:<20} CPU {row.cpu:5.2f} s = {row.cpu / seconds:5.2f} x {seconds:.2f} s ({name}), "
        f"aim {aim}: {verdict}"
        for name, (seconds, aim, verdict) in held.items()
        if aim
    ]
