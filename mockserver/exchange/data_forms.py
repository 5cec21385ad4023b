"""What a client wants done with the files of a task, and the numbers that follow from it.

{"image_quality": 70, "sorting_method": "natural", "start_frame": 10, "frame_filter": "step=3", ...}
"""

from __future__ import annotations

import re
from typing import Any

from mockserver.rules import forms
from mockserver.rules.forms import (
    ABSENT,
    Field,
    InvalidError,
    Schema,
    at_least,
    boolean,
    choice,
    items,
    number_between,
    text_up_to,
)
from mockserver.state.context import Context
from mockserver.state.tables import Record

_FILTER = re.compile(r"step\s*=\s*([1-9][0-9]*)\s*\Z")
_NAMES = Field(items(text_up_to(1024)), ABSENT)


def _frame_filter(value: Any) -> str:
    text: str = text_up_to(256, blank=True)(value)
    if text and not _FILTER.match(text):
        raise InvalidError("Invalid frame filter. Should be 'step=N'")
    return text


_SHARE = number_between(0, 1, "Value must be in the range [0; 1]")
_VALIDATION = Schema(
    {
        "mode": Field(choice(("gt", "gt_pool"))),
        "frame_selection_method": Field(choice(("random_uniform", "random_per_job", "manual"))),
        "random_seed": Field(at_least(0), ABSENT), "frames": Field(items(text_up_to(1024), empty=False), ABSENT),
        "frame_count": Field(at_least(1), ABSENT), "frame_share": Field(_SHARE, ABSENT),
        "frames_per_job_count": Field(at_least(1), ABSENT), "frames_per_job_share": Field(_SHARE, ABSENT),
    }
)  # fmt: skip
_MAPPING = items(items(text_up_to(1024), empty=False), empty=False)
_DATA = Schema(
    {
        "chunk_size": Field(at_least(1), ABSENT, nullable=True), "image_quality": Field(at_least(0, 100), 70),
        "start_frame": Field(at_least(0), ABSENT), "stop_frame": Field(at_least(0), ABSENT, nullable=True),
        "frame_filter": Field(_frame_filter, ABSENT), "server_files": _NAMES, "remote_files": _NAMES,
        "upload_file_order": _NAMES, "job_file_mapping": Field(_MAPPING, ABSENT), "use_cache": Field(boolean, ABSENT),
        "sorting_method": Field(choice(("lexicographical", "natural", "predefined", "random")), "lexicographical"),
        "use_zip_chunks": Field(boolean, ABSENT), "copy_data": Field(boolean, ABSENT),
        "validation_params": Field(_VALIDATION, ABSENT, nullable=True),
    }
)  # fmt: skip


def read(ctx: Context, form: Record) -> Record:
    """The checked form. Raises: ApiError 400."""
    listed = {name: [value] for name, value in form.items() if name.endswith("_files") and isinstance(value, str)}
    return forms.read(ctx, _DATA, {**form, **listed})


def step_of(form: Record) -> int:
    """N of the filter "step=N", else 1."""
    match = _FILTER.match(form.get("frame_filter") or "")
    return int(match[1]) if match else 1


def chunk_size(width: int, height: int) -> int:
    """Frames of a chunk for pictures of this size."""
    return max(2, min(72, 36 * 1920 * 1080 // max(1, width * height)))
