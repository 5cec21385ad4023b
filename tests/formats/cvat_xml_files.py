"""Documents of CVAT's XML for tests, read and written."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from annotools import formats
from annotools.formats.base import Read, ReadOptions
from annotools.model import Dataset
from annotools.storage import Source
from annotools.storage.sources import FileSource

DATA = Path(__file__).parents[1] / "data" / "cvat_xml"
BOX = '<box label="car" occluded="0" xtl="1" ytl="2" xbr="3.5" ybr="4" z_order="0"/>'
BAD_BOX = '<box label="car" xtl="1" ytl="2" xbr="3" ybr="4"{}/>'
LABELS = "<labels><label><name>car</name><attributes/></label></labels>"


def one_file(data: bytes, name: str = "annotations.xml") -> Source:
    return FileSource(name, len(data), lambda: io.BytesIO(data))


def parsed(text: str, context: Dataset | None = None, **options: Any) -> Read:
    given = ReadOptions(**options)
    reader = formats.get("cvat-images").dialect(given).read
    assert reader is not None
    return reader(one_file(text.encode()), context, given)


def document(*elements: str, meta: str = "") -> str:
    return "\n".join(["<annotations>", f"<meta><task>{meta}</task></meta>", *elements, "</annotations>"])


def image(*elements: str, number: int = 0, name: str = "a.jpg") -> str:
    return "\n".join([f'<image id="{number}" name="{name}" width="64" height="48">', *elements, "</image>"])


def problem_lines(result: Read) -> list[str]:
    return [str(problem).removeprefix("annotations.xml:") for problem in result.problems]
