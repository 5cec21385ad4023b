"""What a server can begin with: a seed with one thing odd in it, and datasets of several formats."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from annotools import formats
from annotools.convert.writing import fit_to_format
from annotools.errors import AnnotoolsError
from annotools.formats.base import WriteOptions
from mockserver.seeds.sources import state_of
from mockserver.state.packing import pack
from tests.recorded.corpus import datasets
from tests.recorded.office import office
from tests.recorded.parts.writing import members_of

ODD: tuple[Any, ...] = (None, 99, "x", [], {}, -1, 0, True, 1.5, {"id": 99}, [99], "2025", ["x"], 2**60)
SOURCES = (("small", "coco"), ("tracks", "cvat-video"), ("drawn-1", "cvat-backup"), ("edges", "voc"),
           ("clouds", "datumaro-3d"),
           ("odd", "cvat-api"), ("empty", "cvat-api"), ("jobs-tracks", "cvat-api"),
           ("full", "cvat-backup"))  # fmt: skip


def answers() -> Iterator[tuple[str, Callable[[], Any]]]:
    """The cases."""
    for kind, rows in office().items():
        yield f"odd-{kind}", partial(_odd, kind, rows)
    for name, slug in SOURCES:
        yield f"{name}-{slug}", partial(_of_dataset, name, slug)
    yield "files", _of_files


def _begun(seed: Any) -> Any:
    """How many there are of each kind, and a sum of them; or why not."""
    try:
        state = state_of(seed)
    except (AnnotoolsError, OSError) as error:
        return f"{type(error).__name__}: {error}"
    counts = {name: [len(rows), _sum(name, rows)] for name, rows in state.tables.items() if rows and name != "blobs"}
    return counts | {"version": state.version}


def _sum(name: str, rows: dict[Any, Any]) -> str:
    """Of what the records say, without the times of now."""
    texts = [str(msgspec.msgpack.decode(pack(name, row))) for row in rows.values()]
    return "" if any("2026-" in text for text in texts) else f"{zlib.crc32(''.join(texts).encode()):08x}"


def _odd(kind: str, rows: Any) -> list[Any]:
    """A seed whose rows of a kind have one key that is odd, or none, or are there twice."""
    lines: list[Any] = []
    seed = office()
    first = (
        rows[-1] if isinstance(rows, list) and rows else next(iter(rows.values()), {}) if isinstance(rows, dict) else {}
    )
    for spot, key in enumerate(first if isinstance(first, dict) else ()):
        for odd in ODD[spot % 3 :: 3]:
            changed = first | {key: odd}
            new = [*rows[:-1], changed] if isinstance(rows, list) else rows | {list(rows)[-1]: changed}
            lines.append((key, _begun(seed | {kind: new})))
        less = {name: value for name, value in first.items() if name != key}
        new = [*rows[:-1], less] if isinstance(rows, list) else rows | {list(rows)[-1]: less}
        lines.append((key, _begun(seed | {kind: new})))
    others: tuple[Any, ...] = (
        ([*rows, *rows[:1]], rows[1:]) if isinstance(rows, list) else ({}, {"99": first}, {"x": first})
    )
    return [*lines, *(_begun(seed | {kind: other}) for other in (*others, None, "x", [1]))]


def _of_dataset(name: str, slug: str) -> Any:
    form = formats.get(slug)
    ready, _ = fit_to_format(datasets()[name], form, WriteOptions())
    with TemporaryDirectory() as folder:
        root = Path(folder) / "seed"
        root.mkdir()
        for member, data in members_of(form, ready, WriteOptions()).items():
            (root / member).parent.mkdir(parents=True, exist_ok=True)
            (root / member).write_bytes(data)
        answer = _begun(root)
        return answer.replace(folder, "<here>") if isinstance(answer, str) else answer


def _of_files() -> list[Any]:
    lines = []
    with TemporaryDirectory() as folder:
        whole = json.dumps(office())
        for name, text in (("a.json", "{"), ("b.json", "[]"), ("c.json", "{}"), ("d.json", '{"users": 5}'),
                           ("f.txt", "x"),
                           ("e.json", whole), ("g.zip", "x"), ("h.JSON", '{"users": []}')):  # fmt: skip
            path = Path(folder) / name
            path.write_text(text)
            lines.append(_begun(path))
        lines += [_begun(seed) for seed in ("", "nothing", folder, "default", "empty", {}, "odd://x")]
    return [str(line).replace(folder, "<here>") for line in lines]
