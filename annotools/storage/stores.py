"""The file systems of URLs, which come with extras, and whose errors are those of the operating system here.

    http, https     extra http: aiohttp
    s3              extra s3: s3fs
    gs              extra gs: gcsfs
    file, memory    always there; any other that fsspec knows, where its package is installed

Each package of a store raises errors of its own: without credentials, without a right, in the middle of an upload.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from annotools.errors import AnnotoolsError, StorageError, UsageError, without_extra

_EXTRAS = {
    "http": ("http", "aiohttp"), "https": ("http", "aiohttp"), "s3": ("s3", "s3fs"), "s3a": ("s3", "s3fs"),
    "gs": ("gs", "gcsfs"), "gcs": ("gs", "gcsfs"),
}  # fmt: skip
_WEB = ("http", "https")
_GONE = (404, 410)  # status codes


def store_of(url: str) -> tuple[Any, str]:
    """The fsspec filesystem of a URL and the path in it.

    Raises: UsageError for an unknown protocol or one whose package is not installed; StorageError.
    """
    from fsspec.core import url_to_fs  # heavy, and most runs have no URL

    try:
        with _system_errors():
            filesystem, path = url_to_fs(url)
    except ImportError as error:
        raise UsageError(f"{url}: {_missing(url, error)}") from error
    except ValueError as error:
        raise UsageError(
            f"{url}: {str(error)[:1].lower()}{str(error)[1:]}, expected a URL that fsspec knows"
        ) from error
    except OSError as error:
        raise StorageError(f"{url}: {error}") from error
    return _Store(filesystem), str(path)


def is_missing(error: FileNotFoundError) -> bool:
    """Whether a file is not there: of the web it is said of all that cannot be had, with what happened as its cause."""
    cause = error.__cause__
    return cause is None or isinstance(cause, FileNotFoundError) or getattr(cause, "status", 0) in _GONE


def _missing(url: str, error: ImportError) -> str:
    kind = url.partition("::")[0].partition("://")[0].lower()
    if kind in _EXTRAS:
        extra, package = _EXTRAS[kind]
        return without_extra(package, extra)
    return f"{error}, expected the package that fsspec needs for it"


@contextmanager
def _system_errors() -> Iterator[None]:
    """What a store refuses in words of its own, as an OSError."""
    try:
        yield
    except (OSError, ImportError, ValueError, AnnotoolsError):
        raise
    except NotImplementedError as error:
        raise OSError("this kind of store cannot do that") from error
    except Exception as error:
        raise OSError(f"{type(error).__name__}: {error}") from error


class _Checked:
    """Something of a store, whose methods raise no errors but an OSError."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._inner, name)
        return _checked(value) if callable(value) else value


def _checked(call: Callable[..., Any]) -> Callable[..., Any]:
    def checked(*args: Any, **options: Any) -> Any:
        with _system_errors():
            return call(*args, **options)

    return checked


class _Store(_Checked):
    """A file system.  On the web a folder is what says so: to ask would be to fetch the file."""

    def open(self, path: str, mode: str) -> Any:
        with _system_errors():
            return _Stream(self._inner.open(path, mode))

    def isdir(self, path: str) -> bool:
        protocols = self._inner.protocol
        if not set(_WEB).isdisjoint((protocols,) if isinstance(protocols, str) else protocols):
            return path.endswith("/")
        with _system_errors():
            return bool(self._inner.isdir(path))


class _Stream(_Checked):
    def writelines(self, pieces: Iterable[bytes]) -> None:
        """What goes wrong in making the pieces is no fault of the store."""
        for piece in pieces:
            self.write(piece)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._inner)

    def __enter__(self) -> _Stream:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
