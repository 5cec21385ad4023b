"""Which other tools are asked, and how their run is measured."""

from __future__ import annotations

import subprocess
from pathlib import Path

from benchmarks.jobs import Job
from benchmarks.processes import FailureError, answer, run
from benchmarks.results import PeerRow

PEERS = ("datumaro", "labelformat", "supervision", "globox", "panlabel")
SCRIPT = Path(__file__).with_name("conversions.py")
FILES = {"globox": ("coco",), "labelformat": ("coco",), "supervision": ("coco",), "panlabel": ("coco",)}
ABSENT = (3, 4)
SECONDS, KILOBYTES = 300, 12_000_000
LIMITED = ("/bin/sh", "-c", f'ulimit -v {KILOBYTES}; exec "$@"', "sh")


def versions(python: str) -> dict[str, str]:
    """The peers that an interpreter has, with their versions."""
    command = [python, str(SCRIPT), "versions", *PEERS]
    lines = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.splitlines()
    return dict(line.split() for line in lines)


def compare(job: Job, peer: str, python: str, source: Path, folder: Path) -> PeerRow | None:
    """What a peer takes for a job, run once within limits; none where it has no such conversion.

    What it wrote is counted; whoever compares the numbers sees whether it did the same.
    """
    output = folder / ("peer.json" if job.to in FILES.get(peer, ()) else "peer")
    if not output.suffix:
        output.mkdir()
    command = [*LIMITED, python, "-W", "ignore", str(SCRIPT), peer, job.given.slug, job.to, str(source), str(output)]
    try:
        cost = run(command, SECONDS, allowed=(0, *ABSENT))
        if cost.status in ABSENT:
            return None
        return PeerRow(peer, cost.wall, cost.cpu, cost.memory, int(answer("counts", job.to, str(output))))
    except FailureError as error:
        return PeerRow(peer, note=str(error))
