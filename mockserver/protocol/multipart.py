"""Files and fields of a multipart/form-data body. Source: RFC 7578."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mockserver.protocol.http import Request, detail

_BOUNDARY = re.compile(r'boundary="?([^";,]+)"?', re.IGNORECASE)
_PARAMETER = re.compile(r'(\w+\*?)="((?:[^"\\]|\\.)*)"')


@dataclass(slots=True, frozen=True)
class Part:
    """One part; `filename` is None for a plain field."""

    name: str
    filename: str | None
    data: bytes


def fields(parts: list[Part]) -> dict[str, object]:
    """Plain fields; `name[0]`, `name[1]` and repeated names become lists."""
    values: dict[str, object] = {}
    for part in parts:
        if part.filename is not None:
            continue
        name, text = part.name.partition("[")[0], part.data.decode("utf-8", "replace")
        if "[" not in part.name and name not in values:
            values[name] = text
            continue
        old = values.get(name, [])
        values[name] = [*(old if isinstance(old, list) else [old]), text]
    return values


def parts(request: Request) -> list[Part]:
    """All parts in order. Raises: ApiError 400 for a body that is not one."""
    match = _BOUNDARY.search(request.headers.get("content-type", ""))
    if not match:
        raise detail(400, "Multipart form parse error - Invalid boundary in multipart: None")
    sections = (b"\r\n" + request.body).split(b"\r\n--" + match[1].encode("latin-1"))
    return [_part(section) for section in sections[1:] if section[:2] != b"--"]


def _part(section: bytes) -> Part:
    head, _, data = section.removeprefix(b"\r\n").partition(b"\r\n\r\n")
    disposition = next((line for line in head.decode("utf-8", "replace").split("\r\n")
                        if line.lower().startswith("content-disposition:")), "")  # fmt: skip
    values = {name.lower(): re.sub(r"\\(.)", r"\1", value) for name, value in _PARAMETER.findall(disposition)}
    filename = values.get("filename")
    if filename is not None:
        filename = re.split(r"[/\\]", filename)[-1]  # like the server: no folders, whatever the client says
    return Part(values.get("name", ""), filename, data)
