"""What storage answers of places: zips of strangers, folders with links, URLs, limits, names, and where outputs go."""

from __future__ import annotations

import io
import os
import re
import struct
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import chdir
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import fsspec
from fsspec.implementations.memory import MemoryFileSystem

from annotools.errors import AnnotoolsError, UsageError
from annotools.scale import parts
from annotools.scale.calls import Call
from annotools.scale.running import Crew, run
from annotools.storage import names, outputs, places, portable
from annotools.storage.fingerprints import fingerprint
from annotools.storage.limits import Limits, check_json
from annotools.storage.opening import open_source
from annotools.storage.sources import Source
from annotools.storage.writing import write_members

NAMES = (
    "a.txt", "a/b.txt", "", "/a", "a/", "//a", "a//b", "../a", "a/../b", "a/..", "..", ".", "a/./b", "./a", "C:/a",
    "c:a", "a\\b", "a\0b", "a\nb", "\x7f", "é", "e\u0301", "日本.png", "a" * 255, "a" * 256, "é" * 128,
    "a/" * 130 + "b", "CON", "con.txt", "COM1", "com¹", "nul.a.b", "aux", "a.", "a ", " a", "a:b",
    "a|b", 'a"b', "a?b", "a*b",
    "<a>", ".hidden", ".DS_Store", "__MACOSX/a", "Thumbs.db", "a/Thumbs.db", "desktop.ini", "._a", "\ud800", "a" * 4097,
    "~", "-a", "a%b", "\u202ea", "\ufeffa", "a/b/c/d/e.json", "x.annotools-1", "A.TXT", "a.tar.gz",
)  # fmt: skip
LIMITS = (Limits(), Limits(members=1), Limits(total=30), Limits(member=20), Limits(ratio=2, ratio_from=10),
          Limits(member=26), Limits(total=52), Limits(members=2))  # fmt: skip
PERMITS = (places.NOTHING, places.Permit(force=True), places.Permit(inputs=("in", "memory://recorded/f")),
           places.Permit(force=True, members=("*.txt", "b/*.json"), mark="a.txt"),
           places.Permit(force=True, members=("*",), inputs=("in/keep",)))  # fmt: skip
DATA = {"a.txt": b"abcdefghijklmnopqrstuvwxyz", "b/c.json": b"0" * 26}


def answers() -> Iterator[tuple[str, Callable[[], Any]]]:
    """The cases."""
    for kind in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2):
        for number, limits in enumerate(LIMITS):
            yield f"zip-{kind}-limits-{number}", partial(_of_zip, packed(DATA, kind), limits)
        yield f"zip-{kind}-damaged", partial(_damaged, packed(DATA, kind))
    yield "zip-names", _zip_names
    yield "zip-odd", _odd_zips
    yield "folder", partial(_folder, {"b/up": "..", "round": "."})
    yield "folder-plain", partial(_folder, {})
    yield "urls", _urls
    yield "names", _names
    yield "outputs", _outputs
    yield "written", _written
    yield "json", _json
    yield "parts", _parts


def packed(members: dict[str, bytes], kind: int = zipfile.ZIP_STORED, **about: Any) -> bytes:
    """A zip whose entries have more said about them."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = kind
            for key, value in about.items():
                setattr(info, key, value)
            archive.writestr(info, data)
    return stream.getvalue()


def tried(call: Callable[[], Any]) -> Any:
    """What a call gives, or how it is refused."""
    try:
        return call()
    except (AnnotoolsError, ValueError) as error:
        return f"{type(error).__name__}: {error}"


def _of_zip(data: bytes, limits: Limits) -> list[Any]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "in.zip"
        path.write_bytes(data)
        return told(lambda: open_source(path, limits))


def told(opened: Callable[[], Source]) -> list[Any]:
    """All that a source says of itself."""
    source = tried(opened)
    if isinstance(source, str):
        return [source]
    with source:
        members = tried(source.members)
        if isinstance(members, str):
            return [members]
        lines: list[Any] = [source.name, members, list(source.links)]
        for name in (*members, "nothing", "../a.txt", "b", "A.TXT"):
            lines.append((name, source.has(name), tried(partial(source.size, name)), tried(partial(source.read, name))))
            lines.append(tried(partial(_streamed, source, name)))
        sub = source.sub("b/")
        return [*lines, tried(sub.members), tried(partial(sub.read, "c.json")), tried(partial(sub.read, "../a.txt"))]


def _streamed(source: Source, name: str) -> list[Any]:
    with source.open(name) as stream:
        start = stream.read(5)
        return [start, stream.read(3), stream.tell(), stream.seek(1), stream.read(), stream.read(1)]


def _damaged(data: bytes) -> list[Any]:
    """With a byte changed here and there, and cut.

    A packed size in the directory is made smaller: a member that reaches into the next is read by an old `zipfile`, and
    refused by a newer one.
    """
    sizes = [match.start() + 20 for match in re.finditer(rb"PK\x01\x02", data)]
    lines = []
    for spot in range(0, len(data), 11):
        size = next((start for start in sizes if start <= spot < start + 4), None)
        at, byte = (spot, data[spot] ^ 0xFF) if size is None else (size, data[size] >> 1)
        changed = data[:at] + bytes([byte]) + data[at + 1 :]
        lines.append((spot, _short(_of_zip(changed, Limits()))))
        lines.append((-spot, _short(_of_zip(data[:spot], Limits()))))
    return lines


def _short(lines: list[Any]) -> str:
    """Without what the library says of damage, which is another text in each version."""
    return str([line.partition(":")[0] if isinstance(line, str) else [str(part).partition("is ")[0] for part in line]
                for line in lines[:1] + lines[3:5]])  # fmt: skip


def _zip_names() -> list[Any]:
    return [(name, _of_zip(packed({name: b"x", "ok.txt": b"y"}), Limits())) for name in NAMES
            if "\0" not in name and len(name) < 1000 and name.isprintable()]  # fmt: skip


def _odd_zips() -> list[Any]:
    twice = packed({"a.txt": b"1", "b.txt": b"2"}).replace(b"b.txt", b"a.txt")
    link = 0o120777 << 16
    crypt = bytearray(packed({"a.txt": b"1"}))
    crypt[6] |= 1
    crypt[crypt.index(b"PK\x01\x02") + 8] |= 1
    larger = bytearray(packed({"a.txt": b"1" * 40}, zipfile.ZIP_DEFLATED))
    struct.pack_into("<L", larger, larger.index(b"PK\x01\x02") + 24, 10)
    zips = {
        "twice": twice, "link": packed({"l": b"a"}, external_attr=link), "picture-link": packed({"l.png": b"a",
        "b/m.JPG": b"x"}, external_attr=link), "secret": bytes(crypt), "more-than-said": bytes(larger), "empty":
        packed({}), "none": b"", "folders": packed({"a/": b"", "a/b/": b"", "a/b/c": b"1"}), "commented": packed({
        "a.txt": b"1"}, comment=b"hello"), "extra": packed({"a.txt": b"1"}, extra=b"\x01\x00\x02\x00ab"),
        "long-extra": packed({"a.txt": b"1"}, extra=b"\x01\x00\x60\x00" + b"a" * 96), "before": b"junk" + packed(DATA),
        "large": packed({"a": bytes(70_000), "b": bytes(65_535), "c": bytes(65_536)}, zipfile.ZIP_DEFLATED),
    }  # fmt: skip
    return [(word, [str(line)[:300] for line in _of_zip(data, Limits())]) for word, data in zips.items()]


def _folder(loops: dict[str, str]) -> list[Any]:
    with TemporaryDirectory() as folder, chdir(folder):
        root = Path("in")
        for name, data in {**DATA, ".hidden": b"1", "Thumbs.db": b"2", "b/.x/y": b"3", "__MACOSX/._a": b"4",
                           "deep/" + "d/" * 40 + "e": b"5", "é.txt": b"6", "out/x": b"7"}.items():  # fmt: skip
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(data)
        links = {"to-file": "a.txt", "to-folder": "b", "outside": "../other", "gone": "nothing"}
        for name, target in (links | {"pic.png": "../other/p.png"} | loops).items():
            os.symlink(target, root / name)
        Path("other").mkdir()
        Path("other/p.png").write_bytes(b"p")
        if loops:
            os.mkfifo(root / "pipe")
        asked = [partial(open_source, root, limits) for limits in LIMITS[:5]]
        asked += [
            partial(open_source, where) for where in ("in/a.txt", "nothing", "in/pipe", "in/gone", "a\0b", "in/b")
        ]
        (Path("a.zip")).write_bytes(b"no zip")
        return [told(one) for one in (*asked, partial(open_source, "a.zip"))] + [
            tried(partial(fingerprint, where)) for where in ("in/b", "in/a.txt", "a.zip", "nothing", "in")
        ]


def _urls() -> list[Any]:
    with patch.multiple(MemoryFileSystem, store={}, pseudo_dirs=[""]):  # not what others left there
        return _in_store(fsspec.filesystem("memory"))


def _in_store(store: Any) -> list[Any]:
    for name, data in {**DATA, "z.zip": packed(DATA), "bad.zip": b"x", "f/a.txt": b"1", "f/b/c": b"2"}.items():
        store.pipe(f"/recorded/{name}", data)
    where = ("memory://recorded/a.txt", "memory://recorded/z.zip", "memory://recorded/bad.zip", "memory://recorded/f",
             "memory://recorded/f/", "memory://recorded/nothing", "odd://x/y", "memory://", "file:///nothing/x",
             "://x", "s 3://x", "C://x")  # fmt: skip
    lines: list[Any] = [told(partial(open_source, url, limits)) for url in where for limits in LIMITS[:4]]
    for url in (
        "memory://recorded/out.zip",
        "memory://recorded/out",
        "memory://recorded/f",
        "memory://recorded/o.json",
    ):
        for permit in PERMITS:
            lines.append((url, tried(lambda url=url, permit=permit: write_members(url, _members(), permit))))  # type: ignore[misc]
            lines.append(sorted(store.find("/recorded")))
    return [str(line) for line in lines]


def _members() -> list[tuple[str, list[bytes]]]:
    return [(name, [data[:3], data[3:]]) for name, data in DATA.items()]


def _names() -> list[Any]:
    lines: list[Any] = [
        (name[:60], names.name_fault(name), tried(partial(names.safe_name, name)), names.safe_part(name),
         names.are_plain([name]), names.is_leftover(name)) for name in NAMES
    ]  # fmt: skip
    unique = names.UniqueNames()
    for name in ("a", "a", "a/b", "b/c", "b", "b/c/d", "B", "d/e/f", "d/e", "d", "d/e/g", "../x", ""):
        lines.append((name, tried(partial(unique.add, name))))
    plain = [name for name in NAMES if name and name.isprintable()]
    return [*lines, portable.portability(plain), portable.portability(["a/B", "A/b", "a/b", "é", "e\u0301"])]


def _outputs() -> list[Any]:
    sources = (["a/x.zip", "b/x.json"], ["a/x.tar.gz"], ["a"], ["-"], ["."], ["/"], ["memory://b/c.zip", "d.zip"],
               [f"{number}.zip" for number in range(11)], ["a/x.zip", "a/x.json"], ["..", "../a"],
               ["x/", "X"])  # fmt: skip
    patterns = ("out/{stem}.zip", "{name}", "o/{parent}/{stem}", "{number}.json", "{{x}}/{stem}", "{STEM}", "{stem!r}",
                "{odd}", "plain", "{", "o{{{number}}}", "memory://o/{stem}.zip", "{parent}.zip", "{stem}/a",
                "{stemm}")  # fmt: skip
    lines: list[Any] = []
    with TemporaryDirectory() as folder:
        (Path(folder) / "work").mkdir()
        with chdir(Path(folder) / "work"):
            for pattern in patterns:
                lines.append((pattern, tried(partial(outputs.is_pattern, pattern))))
                if lines[-1][1] is True:
                    lines += [tried(partial(outputs.outputs_of, pattern, some)) for some in sources]
                    lines.append(outputs.fixed_part(pattern))
    return [str(line).replace(os.path.basename(folder), "<folder>") for line in lines]


def _written() -> list[Any]:
    lines: list[Any] = []
    with TemporaryDirectory() as folder, chdir(folder):
        for number, where in enumerate(("o.zip", "o.json", "o", "o/p", "o/a.txt", "a.txt", "x.tar", "o.ZIP", ".", "..",
                                        "in/o", "in", "o.zip/x", "-x", "q.jsonl", "")):  # fmt: skip
            for permit in PERMITS:
                Path("in").mkdir(exist_ok=True)
                Path("in/keep").write_bytes(b"k")
                Path("a.txt").write_bytes(b"old")
                members = _members()[: 1 + number % 2] + [("../x", [b"y"])] * (number == 3)
                lines.append((where, tried(lambda: write_members(where, members, permit))))  # noqa: B023
                lines.append(sorted(str(path) for path in Path().rglob("*")))
    return [str(line).replace(os.path.realpath(folder), "<here>") for line in lines]


def _json() -> list[Any]:
    texts = (b"[" + b"{}," * 130_000 + b"]", b"[" + b"{}," * 124_000 + b"]", b"[" + b'{"a": 12345},' * 130_000 + b"]",
             b"[[" * 125_001, b"{" * 249_999, b"[" * 250_001)  # fmt: skip
    return [str(tried(partial(check_json, "x", text))) for text in texts]


def _halved(number: int) -> bytes:
    if number % 7 == 5:
        raise UsageError(f"no {number}")
    return str(number / 2).encode()


def _parts() -> list[Any]:
    lines: list[Any] = []
    heard: list[int] = []
    with ThreadPoolExecutor(2) as pool:
        for crew in (Crew(), Crew(executor=pool)):
            calls = [Call(_halved, (number,)) for number in range(9)]
            lines.append([(one.value, str(one.error)) for one in run(calls, crew, heard.append)])
            with parts.at_work(crew):
                for count in (0, 1, 2, 5, 6, 200):
                    lines.append(
                        tried(lambda count=count: list(parts.mapped(_halved, ((7 * n,) for n in range(count)))))
                    )  # type: ignore[misc]
                for late in (0, 1, 3, 40, 300):
                    members = [(str(n), parts.Late(_halved, (7 * n,)) if n % 3 < 2 else [b"x"]) for n in range(late)]
                    odd = [("odd", iter([b"y", b"z"])), ("end", parts.Late(_halved, (2,)))]
                    lines.append([(name, b"".join(data)) for name, data in parts.made_ahead(iter([*members, *odd]))])
    return [*lines, sorted(heard), tried(lambda: Crew(0))]
