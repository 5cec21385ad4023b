"""Executors of other machines, by address: `dask://HOST:PORT` is a cluster of Dask that is there already.

The cluster's workers have the same version of this package and see the same files; who starts them, and how many, is
no business of this package.  Source: https://distributed.dask.org/en/stable/client.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, cast

from annotools.errors import StorageError, UsageError, without_extra

if TYPE_CHECKING:
    from concurrent.futures import Executor

_DASK = "dask://"
_ADDRESS = r"(\[[0-9a-fA-F:.]+\]|[^\s\[\]:/@]+):[0-9]{1,5}"
_PORTS = 1 << 16
_PATIENCE = 10  # seconds, for a scheduler to answer


@contextmanager
def executor_at(engine: str) -> Iterator[Executor]:
    """An executor that hands calls to a cluster, as long as the block lasts.

    Raises: UsageError for another kind of address, or without the package of that kind; StorageError where nobody
    answers.
    """
    address = engine.removeprefix(_DASK)
    # told here: what is no address costs a client half a minute, and ends with a traceback
    if address == engine or not re.fullmatch(_ADDRESS, address) or int(address.rpartition(":")[2]) >= _PORTS:
        raise UsageError(f"{engine}: is no engine that is known, expected {_DASK}HOST:PORT")
    try:
        distributed = import_module("distributed")
    except ImportError as error:
        raise UsageError(f"{engine}: {without_extra('Dask', 'dask')}") from error
    try:
        client = distributed.Client(f"tcp://{address}", timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise StorageError(f"{engine}: no scheduler of Dask answers: {error}") from error
    with client:
        # pure: the same call twice is one of an earlier run, of which the cluster still has the result
        yield cast("Executor", client.get_executor(pure=False))
