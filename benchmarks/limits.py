"""The least that bytes cost: what a parser alone needs, or opening and reading the files.

`python -m benchmarks.limits LIMIT PATH [PATTERN]` prints CPU seconds in a fresh process, imports and start-up not
counted.  PATTERN: the files of a folder or a zip that count.
"""

from __future__ import annotations

import gc
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

WORDS = {
    "orjson": "orjson.loads, garbage collector off",
    "expat": "expat with empty handlers",
    "files": "opening and reading the files of labels, out of the zip where they are in one",
    "files+expat": "the same, and expat with empty handlers over each",
    "typed decode": "msgspec into typed structs, garbage collector off",
}


def contents(path: Path, pattern: str) -> Iterator[bytes]:
    """Bytes of each file that counts."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            yield from (archive.read(name) for name in archive.namelist() if fnmatch(name, pattern))
        return
    for file in sorted(path.glob(pattern)) if path.is_dir() else [path]:
        with open(file, "rb") as stream:
            yield stream.read()


def parse_json(data: bytes) -> object:
    """Into dictionaries and lists."""
    import orjson

    return orjson.loads(data)


def parse_xml(data: bytes) -> None:
    """With handlers that do nothing."""
    from xml.parsers import expat

    parser = expat.ParserCreate()
    parser.StartElementHandler = _start
    parser.EndElementHandler = _end
    parser.Parse(data, True)


def _start(name: str, attributes: dict[str, str]) -> None: ...


def _end(name: str) -> None: ...


def parse_typed(data: bytes) -> object:
    """Into typed structs."""
    from benchmarks.structs import DECODER

    return DECODER.decode(data)


PARSERS: dict[str, Callable[[bytes], Any]] = {
    "orjson": parse_json,
    "expat": parse_xml,
    "files": len,
    "files+expat": parse_xml,
    "typed decode": parse_typed,
}
EMPTY = {"orjson": b"{}", "expat": b"<a/>", "files": b"", "files+expat": b"<a/>", "typed decode": b"{}"}


def seconds(limit: str, path: Path, pattern: str = "") -> float:
    """CPU seconds of reading and parsing once."""
    parse = PARSERS[limit]
    parse(EMPTY[limit])  # what is imported is imported
    gc.disable()
    try:
        start = time.process_time()
        for data in contents(path, pattern):
            parse(data)
        return time.process_time() - start
    finally:
        gc.enable()


if __name__ == "__main__":
    print(seconds(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:]))
