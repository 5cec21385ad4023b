"""Places at URLs: of the web, of stores in memory, and of stores that refuse in words of their own."""

from __future__ import annotations

import functools
import http.server
import sys
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from fsspec.registry import _registry

import annotools as at
from annotools.errors import InputError, StorageError, UsageError
from annotools.storage import open_source, write_members
from tests.paths import STREET


class _Handler(http.server.SimpleHTTPRequestHandler):
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if "secret" in self.path:
            self.send_error(403)
        else:
            super().do_GET()

    def log_message(self, *args: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def web(tmp_path: Path) -> Iterator[tuple[str, Path, list[str]]]:
    """The address of a web server of this machine, its folder, and what it was asked for."""
    pytest.importorskip("aiohttp", reason="aiohttp is not installed (extra http)")
    asked: list[str] = []
    folder = tmp_path / "www"
    folder.mkdir()
    handler = type("_Asked", (_Handler,), {"asked": asked})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(handler, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", folder, asked
        finally:
            server.shutdown()
            thread.join()


def test_a_file_of_the_web_is_fetched_once(web: tuple[str, Path, list[str]], tmp_path: Path) -> None:
    address, folder, asked = web
    at.convert(STREET, folder / "street.json", "coco")
    done = at.convert(f"{address}/street.json", tmp_path / "out.xml", "cvat-images")
    assert done.written["frames"] == 7
    assert asked == ["/street.json"]


def test_zips_and_many_sources_of_the_web(web: tuple[str, Path, list[str]], tmp_path: Path) -> None:
    address, folder, _ = web
    for name in ("a.zip", "b.zip"):
        at.convert(STREET, folder / name, "cvat-images")
    at.convert([f"{address}/a.zip", f"{address}/b.zip?token=1"], tmp_path / "{stem}.zip", "coco", workers=2)
    at.convert(folder / "a.zip", tmp_path / "alone.zip", "coco")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "alone.zip").read_bytes()


@pytest.mark.parametrize(
    ("path", "error", "message"),
    [
        ("/none.json", InputError, "/none.json: no such file, expected a file, a zip or a folder"),
        ("/secret.json", StorageError, "/secret.json: 403, message='Forbidden'"),
    ],
)
def test_what_the_web_does_not_give_is_told(
    web: tuple[str, Path, list[str]], path: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as caught:
        at.read(web[0] + path)
    assert message in str(caught.value)


def test_nobody_at_an_address_is_no_missing_file() -> None:
    pytest.importorskip("aiohttp", reason="aiohttp is not installed (extra http)")
    with pytest.raises(StorageError, match=r"http://127\.0\.0\.1:1/a\.json: Cannot connect"):
        at.read("http://127.0.0.1:1/a.json")


def test_nothing_is_written_to_the_web(web: tuple[str, Path, list[str]]) -> None:
    with pytest.raises(StorageError, match=r"out\.zip: cannot be written: this kind of store cannot do that"):
        at.convert(STREET, f"{web[0]}/out.zip", "coco")


@pytest.mark.parametrize(
    ("url", "package", "extra"),
    [
        ("s3://bucket/a.json", "s3fs", "s3"), ("gs://bucket/a.json", "gcsfs", "gs"),
        ("http://127.0.0.1:1/a.json", "aiohttp", "http"), ("https://127.0.0.1:1/a.json", "aiohttp", "http"),
    ],
)  # fmt: skip
def test_a_store_without_its_package_names_the_extra(
    monkeypatch: pytest.MonkeyPatch, url: str, package: str, extra: str
) -> None:
    kind = url.partition(":")[0]
    gone = (package, "fsspec.implementations.http")
    for module in [name for name in sys.modules if name.startswith(gone)]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.delitem(_registry, kind, raising=False)
    for act in (lambda: at.read(url), lambda: at.convert(STREET, url, "coco")):
        with pytest.raises(UsageError) as caught:
            act()
        assert str(caught.value) == f"{url}: {package} is not installed, expected pip install 'annotools-cvat[{extra}]'"


def test_a_kind_of_url_that_nobody_knows_is_told() -> None:
    with pytest.raises(UsageError, match="foo://a: protocol not known: foo, expected a URL that fsspec knows"):
        at.read("foo://a")


class _Moody(MemoryFileSystem):
    """Refuses in words of its own, as packages of stores do."""

    protocol = "moody"

    def _open(self, path: str, mode: str = "rb", **options: Any) -> Any:
        if "closed" in path:
            raise RuntimeError("no credentials")
        stream = super()._open(path, mode, **options)
        if "late" in path and mode == "wb":
            stream.write = stream.writelines = _refused
        return stream

    def ls(self, path: str, **options: Any) -> Any:
        if "hidden" in path:
            raise LookupError("no right to list")
        return super().ls(path, **options)


def _refused(data: bytes) -> int:
    raise RuntimeError("the token is too old")


@pytest.fixture
def moody() -> str:
    fsspec.register_implementation("moody", _Moody, clobber=True)
    return f"moody://{uuid.uuid4().hex}"


def test_refusals_of_a_store_are_one_error(moody: str) -> None:
    write_members(f"{moody}/a.json", [("a.json", [b"[]"])])
    with open_source(f"{moody}/a.json") as source:
        assert source.read("a.json") == b"[]"
    MemoryFileSystem().pipe(f"{moody.removeprefix('moody:/')}/closed/a.json", b"[]")
    with pytest.raises(StorageError, match=r"closed/a\.json: RuntimeError: no credentials"):
        open_source(f"{moody}/closed/a.json")
    for name in ("late.zip", "late"):
        with pytest.raises(StorageError, match=r"late.*: cannot be written: runtimeerror: the token is too old"):
            at.convert(STREET, f"{moody}/{name}", "coco")
        assert not [path for path in MemoryFileSystem.store if moody.removeprefix("moody:/") in path and "late" in path]


def test_many_sources_go_to_a_store_and_on_where_they_were(tmp_path: Path) -> None:
    root = f"memory://{uuid.uuid4().hex}"
    for name in "ab":
        at.convert(STREET, f"{root}/in/{name}.zip", "cvat-images")
    sources = [f"{root}/in/{name}.zip" for name in "ab"]
    for ending in (".zip", ""):
        done = []
        for _ in range(2):
            done.append(at.convert(sources, f"{root}/out/{{stem}}{ending}", "coco", resume=True))
        assert [[one.unchanged for one in report.each] for report in done] == [[False, False], [True, True]]
        MemoryFileSystem().pipe(f"{root.removeprefix('memory:/')}/out/.annotools/x.json", b"[]")
    at.convert(f"{root}/in/a.zip", tmp_path / "alone.zip", "coco")
    assert MemoryFileSystem().cat(f"{root.removeprefix('memory:/')}/out/a.zip") == (tmp_path / "alone.zip").read_bytes()


def test_places_of_this_disk_may_be_urls(tmp_path: Path) -> None:
    at.convert([f"file://{STREET}"], f"file://{tmp_path}/{{stem}}.zip", "coco", workers=2, resume=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".annotools", "street.zip"]
