"""Files and fields of a multipart/form-data body. Source: RFC 7578; names as RFC 2231 has them, too."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import Message
from email.utils import collapse_rfc2231_value

from mockserver.protocol.http import Request, detail

_LONGEST = 1024  # of a header; the server looks at no more, and to take one apart costs the square of it
_BOUNDARY = re.compile(r'boundary=(?:"([^"]+)"|([^";,]+))', re.IGNORECASE)


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
    sections = (b"\r\n" + request.body).split(b"\r\n--" + (match[1] or match[2]).encode("latin-1"))
    return [_part(section) for section in sections[1:] if section[:2] != b"--"]


def _part(section: bytes) -> Part:
    head, _, data = section.removeprefix(b"\r\n").partition(b"\r\n\r\n")
    disposition = next((line for line in head.decode("utf-8", "replace").split("\r\n")
                        if line.lower().startswith("content-disposition:")), "")  # fmt: skip
    message = Message()
    message["content-disposition"] = disposition[:_LONGEST].partition(":")[2]
    name, filename = (message.get_param(key, header="content-disposition") for key in ("name", "filename"))
    if filename is not None:
        # Like the server: no folders, whatever the client says.
        filename = re.split(r"[/\\]", _text(filename))[-1]
    return Part(_text(name or ""), filename, data)


def _text(value: str | tuple[str | None, str | None, str]) -> str:
    """A parameter, out of the encoding that it says; as it stands where there is no such encoding of texts."""
    try:
        return collapse_rfc2231_value(value)
    except ValueError:
        return value if isinstance(value, str) else value[2]
