"""Benchmarks besides the table of conversions: programs of their own, each with its own output."""

from __future__ import annotations

SUITES = {
    "main-job": ("main_job", "from bundle to COCO to CVAT XML, and between COCO, YOLO and VOC [COUNT...]"),
    "tracks": ("tracks", "tracks expanded to frames [TRACKS [KEYFRAMES [STEP]]]"),
    "validation": ("validate", "rules by group, memory and faulty files [SHAPES]"),
    "quality": ("quality", "reports of quality by kind of shape, and a consensus [FRAMES] [SHAPES]"),
    "mock": ("mock", "the mock server: start, requests, many connections [--json]"),
    "heavy": ("heavy", "inputs that may be slow against ordinary ones of the same bytes [WORD...]"),
}
