"""Between the state and dataset files: annotools writes exports and reads imports.

Tasks and jobs go through the API bundle (labels.json, annotations.json, data_meta.json, job.json or task.json), which is
one of annotools' formats.
"""

from __future__ import annotations

from mockserver.background import WorkError
from mockserver.context import Context
from mockserver.state import Record


def export(ctx: Context, target: str, record: Record, format_name: str, images: bool) -> tuple[bytes, str]:
    """A job, task or project as a dataset file and its extension. Raises: WorkError."""
    raise WorkError(f"the format {format_name!r} is not available; available are: none")


def read_into(ctx: Context, target: str, record: Record, file: tuple[str, bytes], append: bool) -> None:
    """Store the annotations of a dataset file (format, content). Raises: WorkError, and nothing has changed then."""
    raise WorkError(f"the format {file[0]!r} is not available; available are: none")
