"""An ordinary conversion loads nothing that only many workers need."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("multiprocessing", "distributed", "dask", "fsspec")
PROGRAM = f"""
import sys
import annotools as at
at.convert("examples/street", sys.argv[1], "coco")
print(*(name for name in {HEAVY} if name in sys.modules))
"""


def test_an_ordinary_conversion_loads_nothing_for_many(tmp_path: object) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, f"{tmp_path}/x.zip"], capture_output=True, check=True, timeout=60
    )
    assert ran.stdout.split() == []
