"""Records of zips: those that the standard library writes, and reads."""

from __future__ import annotations

import io
import zipfile
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from annotools.storage.packing import write_zip
from annotools.storage.zip_records import DEFLATED, STORED, Members, directory, end, headers

GIB = 1 << 30


class Member(NamedTuple):
    """One, as a row of the columns."""

    name: str
    method: int
    crc: int
    size: int
    packed: int


MEMBERS = [
    Member("a.txt", DEFLATED, 0xDEADBEEF, 1000, 300),
    Member("b/ü.png", STORED, 0, 0, 0),
    Member("c.xml", DEFLATED, 0xFFFFFFFF, 3 * GIB, 5),
    Member("d.xml", DEFLATED, 1, 2 * GIB - 1, 2 * GIB - 1),
    Member("e.bin", STORED, 2, 5 * GIB, 5 * GIB),
    Member("f/" + "g" * 200, DEFLATED, 3, 1, 3),
]


def columns_of(members: list[Member]) -> Members:
    names, *numbers = zip(*members, strict=True)
    return Members(names, *(np.array(column, np.int64) for column in numbers))


def info_of(member: Member) -> zipfile.ZipInfo:
    """The same in the words of the standard library."""
    info = zipfile.ZipInfo(member.name, (1980, 1, 1, 0, 0, 0))
    info.create_system, info.external_attr, info.compress_type = 3, 0o100644 << 16, member.method
    info.CRC, info.file_size, info.compress_size = member.crc, member.size, member.packed
    return info


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: member.name[:5])
def test_headers_are_those_of_the_standard_library(member: Member) -> None:
    assert headers(columns_of([member])) == [info_of(member).FileHeader()]
    assert headers(columns_of(MEMBERS))[MEMBERS.index(member)] == info_of(member).FileHeader()


def written(path: Path, members: list[Member]) -> list[int]:
    """A zip in which the bytes of members are holes.  Returns where their headers begin."""
    heads = headers(columns_of(members))
    sizes = [len(head) + member.packed for head, member in zip(heads, members, strict=True)]
    *offsets, start = accumulate(sizes, initial=0)
    entries = b"".join(directory(columns_of(members), np.array(offsets, np.int64)))
    with path.open("wb") as stream:
        for head, offset in zip(heads, offsets, strict=True):
            stream.seek(offset)
            stream.write(head)
        stream.seek(start)
        stream.write(entries + end(len(members), start, len(entries)))
    return offsets


def test_members_beyond_two_gibibytes_are_read(tmp_path: Path) -> None:
    offsets = written(tmp_path / "large.zip", MEMBERS)
    with zipfile.ZipFile(tmp_path / "large.zip") as archive:
        read = archive.infolist()
        assert [info.header_offset for info in read] == offsets
        assert offsets[-1] > 4 * GIB
        columns = [(i.filename, i.compress_type, i.CRC, i.file_size, i.compress_size) for i in read]
        assert columns == [tuple(member) for member in MEMBERS]
        assert {info.external_attr >> 16 for info in read} == {0o100644}
        with archive.open("b/ü.png") as stream:  # its header is found where the directory says
            assert stream.read() == b""


@pytest.mark.parametrize("count", [0, 1, 65_535, 65_536])
def test_any_number_of_members_is_read(count: int) -> None:
    stream = io.BytesIO()
    write_zip(stream, [(f"{number:05}.png", [b"%d" % number]) for number in range(count)])
    with zipfile.ZipFile(stream) as archive:
        names = archive.namelist()
        assert names == [f"{number:05}.png" for number in range(count)]
        assert [archive.read(name) for name in names[-1:]] == [b"%d" % (count - 1)] * bool(count)
    assert (b"PK\6\6" in stream.getvalue()) == (count > 65_535)


def test_a_whole_zip_is_that_of_the_standard_library() -> None:
    stream, other = io.BytesIO(), io.BytesIO()
    members = {"ä/b.png": b"1" * 50, "a.jpg": b"", "z.zip": b"0" * 3_000_000}
    write_zip(stream, [(name, [data]) for name, data in members.items()])
    with zipfile.ZipFile(other, "w") as archive:
        for name in sorted(members):
            archive.writestr(info_of(Member(name, STORED, 0, 0, 0)), members[name])
    assert stream.getvalue() == other.getvalue()


def test_members_in_any_order_are_put_in_order() -> None:
    """Of which some lie one after the other in the spool, some by themselves, and some are larger than a block."""
    sizes = {"m.png": 3_000_000, "a.png": 5, "b.png": 700_000, "c.png": 600_000, "x.png": 7, "d.png": 0, "e.png": 9}
    data = {name: bytes([number]) * size for number, (name, size) in enumerate(sizes.items())}
    stream = io.BytesIO()
    write_zip(stream, [(name, [block]) for name, block in data.items()])
    with zipfile.ZipFile(stream) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == data
        assert archive.namelist() == sorted(data)
