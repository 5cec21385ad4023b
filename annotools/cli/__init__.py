"""The command line: `annotools COMMAND`.  A command is loaded when it is called; `--version` loads none.

Data go to standard output or `-o`, messages and progress to standard error.  Exit codes: 0 clean, 1 findings, losses
with --strict or differences, 2 usage, 3 unreadable input, 4 internal, 130 interrupted, 141 nobody reads the output.
"""

from __future__ import annotations

from annotools.cli.group import group

main = group.main
__all__ = ["group", "main"]
