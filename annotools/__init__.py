"""Offline toolkit for CVAT annotations: convert, validate, and test against a stand-in of the server.

    import annotools as at

    dataset = at.read("street").dataset
    at.convert("street", "street-coco.zip", "coco")

Names are looked up when they are first used, so that importing the package costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from annotools._version import __version__

if TYPE_CHECKING:
    from annotools import formats, quality
    from annotools.convert import Conversion, Conversions, convert, read, write
    from annotools.diff import Difference, diff
    from annotools.errors import (
        AmbiguityError,
        AnnotoolsError,
        InputError,
        LimitError,
        LossError,
        Problem,
        SourcesError,
        StorageError,
        UsageError,
    )
    from annotools.formats.base import Format, Options, Read
    from annotools.model import (
        AttributeSpec,
        Dataset,
        DatasetBuilder,
        Frames,
        Job,
        Label,
        Labels,
        Loss,
        Losses,
        ShapeType,
        Task,
        concat,
        survives,
    )
    from annotools.stats import Stats, stats
    from annotools.storage import Limits, Media
    from annotools.validate import Finding, InvalidError, Report, Settings, Severity, assert_valid, fix, validate

__all__ = [
    "AmbiguityError",
    "AnnotoolsError",
    "AttributeSpec",
    "Conversion",
    "Conversions",
    "Dataset",
    "DatasetBuilder",
    "Difference",
    "Finding",
    "Format",
    "Frames",
    "InputError",
    "InvalidError",
    "Job",
    "Label",
    "Labels",
    "LimitError",
    "Limits",
    "Loss",
    "LossError",
    "Losses",
    "Media",
    "Options",
    "Problem",
    "Read",
    "Report",
    "Settings",
    "Severity",
    "ShapeType",
    "SourcesError",
    "Stats",
    "StorageError",
    "Task",
    "UsageError",
    "__version__",
    "assert_valid",
    "concat",
    "convert",
    "diff",
    "fix",
    "formats",
    "quality",
    "read",
    "stats",
    "survives",
    "validate",
    "write",
]

_MODULES = ("convert", "diff", "formats", "quality", "stats", "validate")
_HOMES = {
    "convert": ("Conversion", "Conversions", "read", "write"),
    "diff": ("Difference",),
    "errors": (
        "AmbiguityError", "AnnotoolsError", "InputError", "LimitError", "LossError", "Problem", "SourcesError",
        "StorageError", "UsageError",
    ),
    "formats.base": ("Format", "Options", "Read"),
    "model": (
        "AttributeSpec", "Dataset", "DatasetBuilder", "Frames", "Job", "Label", "Labels", "Loss", "Losses", "ShapeType",
        "Task", "concat", "survives",
    ),
    "stats": ("Stats",),
    "storage": ("Limits", "Media"),
    "validate": ("Finding", "InvalidError", "Report", "Settings", "Severity", "assert_valid", "fix"),
}  # fmt: skip
_HOME = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"annotools.{name}")
    if name not in _HOME:
        raise AttributeError(f"module 'annotools' has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"annotools.{_HOME[name]}"), name)
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
