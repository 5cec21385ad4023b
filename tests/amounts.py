"""How many examples are tried of what has no end: all at home, where every run looks at others, and half of them in
CI, where they are the same ones each time and a run is not to take longer than people wait.
"""

from __future__ import annotations

import os

IN_CI = "CI" in os.environ


def some(count: int) -> int:
    """At least one."""
    return max(count // 2, 1) if IN_CI else count
