"""Zips: the same bytes for the same members, with what deflates installed or not."""

from __future__ import annotations

import io
import os
import random
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from annotools.storage.packing import write_zip

_LETTERS = random.Random(5)
LARGE = bytes(_LETTERS.choices(b"0123456789.,;", k=3_500_000))
MEMBERS = {
    "b/large.xml": LARGE,
    "a.txt": b"1 2 3\n",
    "empty.txt": b"",
    "small.txt": LARGE[:600],
    "small.xml": b"<a>" * 600,
    "ü.png": LARGE[:1_200_000],
    "c.txt": LARGE[: 1 << 20],
}


@pytest.fixture(params=["igzip", "zlib"])
def _library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "zlib":
        monkeypatch.setitem(sys.modules, "isal", None)
    else:
        pytest.importorskip("isal", reason="the extra fast is not installed, so there is no igzip to test")


def packed(size: int) -> bytes:
    """All members, in pieces of a size."""
    stream = io.BytesIO()
    write_zip(stream, [(name, pieces(data, size)) for name, data in MEMBERS.items()])
    return stream.getvalue()


def pieces(data: bytes, size: int) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


@pytest.mark.usefixtures("_library")
def test_members_come_back() -> None:
    data = packed(1 << 18)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist() == sorted(MEMBERS)
        assert {name: archive.read(name) for name in MEMBERS} == MEMBERS
        assert archive.getinfo("ü.png").compress_type == zipfile.ZIP_STORED
    assert len(data) < 1_200_000 + 0.55 * (len(LARGE) + (1 << 20))  # deflated: 13 letters are less than half of a byte


@pytest.mark.usefixtures("_library")
def test_small_members_are_not_worth_packing() -> None:
    lines, markup = b"0 0.5 0.5 0.25 0.25\n" * 25, b"<box><x>12</x><y>34</y></box>\n" * 60
    members = {"500.txt": lines, "520.txt": lines + lines[:20], "markup.xml": markup, "numbers.txt": markup[1:]}
    stream = io.BytesIO()
    write_zip(stream, [(name, [data]) for name, data in members.items()])
    with zipfile.ZipFile(stream) as archive:
        assert {name: archive.read(name) for name in members} == members
        kept = {info.filename: (info.compress_type, info.compress_size) for info in archive.infolist()}
    assert kept["500.txt"] == (zipfile.ZIP_STORED, 500)
    assert all(method == zipfile.ZIP_DEFLATED for name, (method, _) in kept.items() if name != "500.txt")
    assert all(size < len(members[name]) / 3 for name, (_, size) in kept.items() if name != "500.txt")


@pytest.mark.usefixtures("_library")
def test_how_pieces_are_cut_is_not_seen() -> None:
    assert packed(300) == packed(1 << 18) == packed(1_000_003) == packed(len(LARGE))
    whole = io.BytesIO()
    write_zip(whole, [(name, [data]) for name, data in MEMBERS.items()])
    assert whole.getvalue() == packed(1 << 18)


@pytest.mark.usefixtures("_library")
def test_a_stream_that_cannot_seek_gets_the_same_bytes() -> None:
    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.data = b""

        def writable(self) -> bool:
            return True

        def write(self, data: bytes) -> int:  # type: ignore[override]
            self.data += bytes(data)
            return len(data)

    pipe = Pipe()
    write_zip(pipe, [("b", [b"2"]), ("a", [b"1" * 999])])  # type: ignore[arg-type]
    stream = io.BytesIO()
    write_zip(stream, [("a", [b"1" * 999]), ("b", [b"2"])])
    assert pipe.data == stream.getvalue()


_SMALL = """
import random, sys
from annotools.storage.packing import write_zip

rng, stream = random.Random(7), open(sys.argv[1], "wb")
lines = (f"{rng.randrange(80)} {rng.random():.7f} {rng.random():.7f} {rng.random():.6f}\\n" for _ in range(8_000))
write_zip(stream, [(f"{n}.txt", [line.encode()]) for n, line in enumerate(lines)])
"""


def test_what_the_memory_held_before_is_not_seen(tmp_path: Path) -> None:
    """Two processes whose C library hands out memory of other contents."""
    for filler in ("0", "3", "85", "119"):
        environment = {**os.environ, "MALLOC_PERTURB_": filler}
        subprocess.run([sys.executable, "-c", _SMALL, str(tmp_path / filler)], env=environment, check=True)
    assert len({file.read_bytes() for file in tmp_path.iterdir()}) == 1
