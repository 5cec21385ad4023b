"""Makes `examples/replicas`: a CVAT API bundle of one small job that three people have annotated.

    python examples/make_replicas.py [FOLDER]

Job 1 is the parent, jobs 2 to 4 are its replicas; what they agree on is what a consensus keeps with a high score.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from draw_street import CAR, LIGHT, SIGN
from make_street import document, job, labels, meta, task
from street_rows import PLATE, STATE, TEXT, Annotations, values

LAST = 1
STATES = {1: "new", 2: "completed", 3: "completed", 4: "in progress"}


def replica(number: int) -> Annotations:
    """What one annotator saw on two frames: a car, a light that only two see, and a sign that one takes for a car."""
    notes = Annotations(100 * number)
    shift = 2.0 * (number - 3)
    for frame in (0, 1):
        car = [20.5 + shift, 168.25, 88.75 + shift, 199.5]
        notes.shape("rectangle", CAR, frame, car, attributes=values((PLATE, "B 1" if number == 4 else "B 123")))
        if number != 4:
            state = values((STATE, "red"))
            notes.shape("rectangle", LIGHT, frame, [212.25, 88.5 + shift, 224.75, 121.0], attributes=state)
    sign = [120.5, 92.75, 151.25, 108.0]
    notes.shape(
        "rectangle", CAR if number == 2 else SIGN, 1, sign, attributes=[] if number == 2 else values((TEXT, "7"))
    )
    return notes


def main(folder: Path) -> None:
    """Write the bundle."""
    files: dict[str, Any] = {
        "labels.json": labels(), "task.json": task() | {"size": LAST + 1, "consensus_enabled": True},
        "data_meta.json": meta(0, LAST),
    }  # fmt: skip
    for number, state in STATES.items():
        kind = {"type": "consensus_replica", "parent_job_id": 1} if number > 1 else {"consensus_replicas": 3}
        notes = replica(number) if number > 1 else Annotations()
        files[f"jobs/{number}/job.json"] = job(number, 0, LAST, state=state, **kind)
        files[f"jobs/{number}/annotations.json"] = document(notes)
    for name, value in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "replicas")
