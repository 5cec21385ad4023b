"""HTTP/1.1 as bytes: one request out of a stream, one response into a packet.

    reader = Reader(recv)                         # recv(n) -> bytes, b"" at the end, raises TimeoutError
    head = read_head(reader, limits)              # None when the peer closed between requests
    body = read_body(reader, head, limits, send)  # Content-Length or chunked; answers Expect: 100-continue

What cannot be a request raises `RequestError` with the status to answer; the connection closes then.
Source: RFC 9112.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote

from mockserver.protocol.http import REASONS, Request, Response, is_host

_TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+\Z")
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_BLANKS = b" \t"  # bytes.strip() takes vertical tabs and form feeds, too, which another server on the way may not
_LONGEST_METHOD = 64
_TARGET_PATH = re.compile(r"(?:https?://[^/?]*)?([^?#]*)(?:\?([^#]*))?")


@dataclass(slots=True, frozen=True)
class Limits:
    """What a client may send: bytes, seconds, connections."""

    head: int = 64 * 1024
    headers: int = 128
    body: int = 256 * 1024 * 1024
    head_seconds: float = 20.0
    idle_seconds: float = 30.0
    bytes_per_second: int = 64 * 1024
    connections: int = 512

    def seconds_for(self, size: int) -> float:
        """How long `size` bytes may take on their way."""
        return self.idle_seconds + size / self.bytes_per_second


class RequestError(Exception):
    """What came in is not a request that can be answered otherwise."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status, self.text = status, text


class DisconnectedError(Exception):
    """The peer left in the middle of a request."""


@dataclass(slots=True)
class Reader:
    """Buffered reading from a `recv`."""

    recv: Callable[[int], bytes]
    buffer: bytearray = field(default_factory=bytearray)

    def fill(self) -> None:
        """Read some more. Raises: DisconnectedError, TimeoutError."""
        piece = self.recv(262144)
        if not piece:
            raise DisconnectedError
        self.buffer += piece

    def until(self, end: bytes, limit: int, status: int) -> bytes:
        """Bytes up to `end`, which is consumed too. Raises: RequestError(status) beyond the limit."""
        start = 0
        while (position := self.buffer.find(end, start)) < 0:
            if len(self.buffer) > limit:
                raise RequestError(status, f"more than {limit} bytes")
            start = max(0, len(self.buffer) - len(end) + 1)
            self.fill()
        if position > limit:
            raise RequestError(status, f"more than {limit} bytes")
        taken = bytes(self.buffer[:position])
        del self.buffer[: position + len(end)]
        return taken

    def exactly(self, count: int) -> bytes:
        """`count` bytes."""
        while len(self.buffer) < count:
            self.fill()
        taken = bytes(self.buffer[:count])
        del self.buffer[:count]
        return taken


@dataclass(slots=True, frozen=True)
class Head:
    """Request line and headers."""

    method: str
    target: str
    version: str
    headers: dict[str, str]

    @property
    def keep_alive(self) -> bool:
        """Whether the connection stays open after the answer."""
        wish = self.headers.get("connection", "").lower()
        return "close" not in wish and (self.version == "HTTP/1.1" or "keep-alive" in wish)


def read_head(reader: Reader, limits: Limits) -> Head | None:
    """The next request's head, None if the peer is done. Raises: RequestError, DisconnectedError, TimeoutError."""
    try:
        while bytes(reader.buffer[:2]) in (b"", b"\r\n", b"\r"):
            if reader.buffer[:2] == b"\r\n":
                del reader.buffer[:2]
            else:
                reader.fill()
    except DisconnectedError:
        return None
    _look_at_start(reader, limits)
    data = reader.until(b"\r\n\r\n", limits.head, 431)
    if data.count(b"\r\n") > limits.headers:
        raise RequestError(431, f"more than {limits.headers} header lines")
    return parse_head(data)


def _look_at_start(reader: Reader, limits: Limits) -> None:
    """Wait for a whole head, and refuse at once what will be none: a TLS client waits for an answer to its hello."""
    while b"\r\n\r\n" not in reader.buffer and len(reader.buffer) <= limits.head:
        _check_start(reader.buffer)
        line, newline, _ = bytes(reader.buffer).partition(b"\n")
        if newline and not line.endswith(b"\r"):
            raise RequestError(400, "a line of the head ends in CR LF")
        if newline:
            _split_line(line[:-1])
        reader.fill()


def _check_start(buffer: bytearray) -> None:
    if buffer[:1] == b"\x16":
        raise RequestError(400, "this port speaks plain HTTP, no TLS; use http:// in the address")
    if not _TOKEN.match(bytes(buffer[:_LONGEST_METHOD]).partition(b" ")[0]):
        raise RequestError(400, "malformed request line")


def _split_line(line: bytes) -> tuple[str, str, str]:
    """Method, target and version. Raises: RequestError 400, 505."""
    parts = line.split(b" ")
    if len(parts) != 3 or not _TOKEN.match(parts[0]) or not parts[1] or _CONTROL.search(parts[1]):
        raise RequestError(400, "malformed request line")
    method, target, version = (part.decode("latin-1") for part in parts)
    if version not in ("HTTP/1.1", "HTTP/1.0"):
        raise RequestError(505 if version.startswith("HTTP/") else 400, "HTTP/1.1 is spoken here")
    return method, target, version


def parse_head(data: bytes) -> Head:
    """Request line and header lines. Raises: RequestError 400, 505."""
    first, *lines = data.split(b"\r\n")
    method, target, version = _split_line(first)
    if _CONTROL.search(b"".join(lines)):
        raise RequestError(400, "control characters in the head")
    headers = _headers(lines)
    if not is_host(headers.get("host", "localhost" if version == "HTTP/1.0" else "")):
        raise RequestError(400, "one well-formed Host header is needed")
    return Head(method, target, version, headers)


_SINGLE = ("content-length", "transfer-encoding", "content-type", "host", "authorization")


def _headers(lines: list[bytes]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(b":")
        if not colon or not _TOKEN.match(name):
            raise RequestError(400, "malformed header line")
        key, text = name.decode("ascii").lower(), _text(value.strip(_BLANKS))
        if key in headers and key in _SINGLE and (headers[key] != text or key == "transfer-encoding"):
            raise RequestError(400, f"two {key} headers")
        headers[key] = f"{headers[key]}, {text}" if key in headers and key not in _SINGLE else text
    return headers


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def read_body(reader: Reader, head: Head, limits: Limits, send: Callable[[bytes], None]) -> bytes:
    """The body. Raises: RequestError 400, 413, 417; DisconnectedError; TimeoutError."""
    coding, length = head.headers.get("transfer-encoding", "").lower(), _length(head, limits)
    if "transfer-encoding" in head.headers and head.version != "HTTP/1.1":
        raise RequestError(400, "HTTP/1.0 has no transfer encodings")
    if coding not in ("", "chunked"):
        raise RequestError(501, f"transfer encoding {coding!r} is not spoken here")
    if "transfer-encoding" in head.headers and "content-length" in head.headers:
        raise RequestError(400, "Content-Length and chunks exclude each other")
    expect = head.headers.get("expect", "").lower() if head.version == "HTTP/1.1" else ""
    if expect and expect != "100-continue":
        raise RequestError(417, f"expectation {expect!r} cannot be met")
    if expect and not reader.buffer and (coding == "chunked" or length):
        send(b"HTTP/1.1 100 Continue\r\n\r\n")
    return _read_chunks(reader, limits) if coding == "chunked" else reader.exactly(length)


def _length(head: Head, limits: Limits) -> int:
    length = head.headers.get("content-length", "0")
    if not (length.isascii() and length.isdigit()):
        raise RequestError(400, "malformed Content-Length")
    if len(length) > 18 or int(length) > limits.body:
        raise RequestError(413, f"a body may have {limits.body} bytes")
    return int(length)


def _read_chunks(reader: Reader, limits: Limits) -> bytes:
    chunks, total = [], 0
    while size := _chunk_size(reader):
        total += size
        if total > limits.body:
            raise RequestError(413, f"a body may have {limits.body} bytes")
        chunks.append(reader.exactly(size))
        if reader.exactly(2) != b"\r\n":
            raise RequestError(400, "malformed chunk")
    while reader.until(b"\r\n", limits.head, 431):  # trailers are read and ignored
        pass
    return b"".join(chunks)


def _chunk_size(reader: Reader) -> int:
    digits = reader.until(b"\r\n", 1024, 400).partition(b";")[0].strip(_BLANKS)
    if not re.fullmatch(rb"[0-9A-Fa-f]{1,15}", digits):
        raise RequestError(400, "malformed chunk size")
    return int(digits, 16)


def split_target(target: str) -> tuple[str, list[tuple[str, str]]]:
    """Decoded path and query of a request target; an absolute URL's host is dropped. Raises: RequestError 400."""
    match = _TARGET_PATH.match(target)
    path, query = (match[1], match[2] or "") if match else ("", "")
    if not path.startswith("/"):
        raise RequestError(400, "malformed request target")
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="replace", max_num_fields=1000) if query else []
    except ValueError:
        raise RequestError(400, "more than 1000 query parameters") from None
    return unquote(path), pairs


def to_request(head: Head, body: bytes) -> Request:
    """The value that the core answers. Raises: RequestError 400."""
    path, pairs = split_target(head.target)
    return Request(head.method, path, pairs, head.headers, body)


def encode(response: Response, head_only: bool = False, close: bool = False) -> bytes:
    """The whole answer as one packet."""
    reason = REASONS.get(response.status, "Unknown")
    lines = [f"HTTP/1.1 {response.status} {reason}"]
    lines += [f"{name}: {value}" for name, value in response.headers]
    if response.status >= 200 and response.status not in (204, 304) and not response.header("Content-Length"):
        lines.append(f"Content-Length: {len(response.body)}")
    if close:
        lines.append("Connection: close")
    head = "\r\n".join(line.replace("\r", "").replace("\n", " ") for line in lines)
    return (head + "\r\n\r\n").encode("utf-8") + (b"" if head_only else response.body)
