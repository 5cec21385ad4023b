"""Small members of a zip are read without `zipfile`: as a stream gives them, and refused as it refuses them."""

from __future__ import annotations

import io
import zipfile

import pytest

from annotools.errors import InputError
from annotools.storage.limits import Limits
from annotools.storage.sources import Source
from annotools.storage.zips import ZipSource

MEMBERS = {"a.txt": b"0 0.5 0.25 0.125 0.5\n" * 9, "empty.txt": b"", "ä.txt": b"1"}


def packed(method: int) -> bytes:
    """A zip of the members."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, data in MEMBERS.items():
            archive.writestr(name, data)
    return stream.getvalue()


def contents(data: bytes, *, streamed: bool) -> list[bytes | str]:
    """The bytes of all members, or what is said of them."""
    try:
        source = ZipSource("a.zip", io.BytesIO(data), Limits())
    except InputError as error:
        return [str(error)]
    return [content(source, name, streamed=streamed) for name in source.members()]


def content(source: Source, name: str, *, streamed: bool) -> bytes | str:
    """The bytes of a member, or what is said of it."""
    try:
        return b"".join(source.open(name)) if streamed else source.read(name)
    except InputError as error:
        return str(error)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
def test_whole_zips_give_what_is_in_them(method: int) -> None:
    assert contents(packed(method), streamed=False) == list(MEMBERS.values())


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("damage", [0x01, 0x08, 0xFF])
def test_a_damaged_byte_says_the_same_as_a_stream(method: int, damage: int) -> None:
    data = packed(method)
    for index in range(len(data)):
        damaged = data[:index] + bytes([data[index] ^ damage]) + data[index + 1 :]
        assert contents(damaged, streamed=False) == contents(damaged, streamed=True), index


@pytest.mark.parametrize(("column", "number"), [("file_size", 1 << 64), ("header_offset", -1), ("CRC", 1 << 70)])
def test_numbers_that_no_zip_can_have_are_refused_alone(
    column: str, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = zipfile.ZipFile.infolist

    def infos(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
        every = listed(archive)
        setattr(every[0], column, number)
        return every

    monkeypatch.setattr(zipfile.ZipFile, "infolist", infos)
    with ZipSource("a.zip", io.BytesIO(packed(zipfile.ZIP_DEFLATED)), Limits()) as source:
        assert source.members() == sorted(MEMBERS)
        for streamed in (False, True):
            odd, *others = (content(source, name, streamed=streamed) for name in MEMBERS)
            assert isinstance(odd, str)
            assert others == [MEMBERS["empty.txt"], MEMBERS["ä.txt"]]
