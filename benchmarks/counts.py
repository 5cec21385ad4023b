"""How many annotations an output has: what says whether two tools did the same.

`python -m benchmarks.counts SLUG PATH` prints the number.
"""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path


def members(path: Path, suffix: str) -> Iterator[tuple[str, bytes]]:
    """Files of that suffix in a folder or a zip, or the one file."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            yield from ((name, archive.read(name)) for name in archive.namelist() if name.endswith(suffix))
    elif path.is_dir():
        yield from ((file.as_posix(), file.read_bytes()) for file in path.rglob(f"*{suffix}"))
    else:
        yield path.name, path.read_bytes()


def yolo(path: Path) -> int:
    """Lines of five numbers; lists of pictures and of names have other lines."""
    return sum(_is_box(line) for _, data in members(path, ".txt") for line in data.splitlines())


def _is_box(line: bytes) -> bool:
    words = line.split()
    return len(words) == 5 and words[0].isdigit() and b"." in words[1]


def voc(path: Path) -> int:
    """Objects."""
    return sum(data.count(b"<object>") for name, data in members(path, ".xml"))


def coco(path: Path) -> int:
    """Annotations of all documents."""
    import orjson

    return sum(len(orjson.loads(data).get("annotations", ())) for name, data in members(path, ".json"))


def mot(path: Path) -> int:
    """Lines of the truth."""
    return sum(len(data.splitlines()) for name, data in members(path, ".txt") if name.endswith("gt.txt"))


COUNTED: dict[str, Callable[[Path], int]] = {
    "yolo-ultralytics-detection": yolo,
    "voc": voc,
    "coco": coco,
    "mot": mot,
}

if __name__ == "__main__":
    print(COUNTED[sys.argv[1]](Path(sys.argv[2])))
