"""Offline toolkit for CVAT annotations: convert, validate, and test against a stand-in of the server.

    import annotools as at

    dataset = at.read("street").dataset
    at.convert("street", "street-coco.zip", "coco")

Names are looked up when they are first used, so that importing the package costs next to nothing.
"""

from __future__ import annotations

import warnings
from importlib import import_module
from typing import TYPE_CHECKING, Any

from annotools._version import __version__

if TYPE_CHECKING:
    from annotools import quality
    from annotools.convert.conversion import convert
    from annotools.convert.reading import read
    from annotools.convert.report import Conversion, Conversions
    from annotools.convert.writing import write
    from annotools.diff.comparing import diff
    from annotools.diff.result import Difference
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
    from annotools.formats.base import Format, Options, Read, ReadOptions, WriteOptions
    from annotools.formats.registry import formats
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
    from annotools.statistics import Stats, stats
    from annotools.storage import Limits, Media
    from annotools.validate.api import InvalidError, assert_valid, fix, validate
    from annotools.validate.findings import Finding, Severity
    from annotools.validate.report import Report
    from annotools.validate.settings import ValidateSettings

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
    "ReadOptions",
    "Report",
    "Severity",
    "ShapeType",
    "SourcesError",
    "Stats",
    "StorageError",
    "Task",
    "UsageError",
    "ValidateSettings",
    "WriteOptions",
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

# A room that has the name of its function.  The import system puts a room here when it is first imported, and never
# again: that is done at once, as these rooms hold no code, and then undone, so that `__getattr__` finds the function.
_ROOMS = ("convert", "diff", "formats", "validate")
for _room in _ROOMS:
    import_module(f"annotools.{_room}")
    globals().pop(_room, None)

_HOMES = {
    "convert.conversion": ("convert",),
    "convert.reading": ("read",),
    "convert.report": ("Conversion", "Conversions"),
    "convert.writing": ("write",),
    "diff.comparing": ("diff",),
    "diff.result": ("Difference",),
    "errors": (
        "AmbiguityError", "AnnotoolsError", "InputError", "LimitError", "LossError", "Problem", "SourcesError",
        "StorageError", "UsageError",
    ),
    "formats.base": ("Format", "Options", "Read", "ReadOptions", "WriteOptions"),
    "formats.registry": ("formats",),
    "model": (
        "AttributeSpec", "Dataset", "DatasetBuilder", "Frames", "Job", "Label", "Labels", "Loss", "Losses", "ShapeType",
        "Task", "concat", "survives",
    ),
    "statistics": ("Stats", "stats"),
    "storage": ("Limits", "Media"),
    "validate.api": ("InvalidError", "assert_valid", "fix", "validate"),
    "validate.findings": ("Finding", "Severity"),
    "validate.report": ("Report",),
    "validate.settings": ("ValidateSettings",),
}  # fmt: skip
_HOME = {name: module for module, names in _HOMES.items() for name in names}


_RENAMED = {"Settings": "ValidateSettings"}


def __getattr__(name: str) -> Any:
    if name in _RENAMED:
        warnings.warn(f"{name} is called {_RENAMED[name]}, and goes in 0.3", DeprecationWarning, stacklevel=2)
        return __getattr__(_RENAMED[name])
    if name == "quality":
        return import_module("annotools.quality")
    if name not in _HOME:
        raise AttributeError(f"module 'annotools' has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"annotools.{_HOME[name]}"), name)
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
