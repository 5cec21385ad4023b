"""Who works, what is handed to a worker and what comes back: values that can be pickled, whatever machine it is on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import msgspec

from annotools._version import __version__
from annotools.errors import AnnotoolsError, StorageError, UsageError

if TYPE_CHECKING:
    from concurrent.futures import Executor

R = TypeVar("R")


class Call(msgspec.Struct, Generic[R], frozen=True):
    """A plain function of a module, and its arguments.  version: of the one who asks."""

    function: Callable[..., R]
    arguments: tuple[Any, ...] = ()
    choices: Mapping[str, Any] = msgspec.field(default_factory=dict)
    version: str = __version__


class Outcome(msgspec.Struct, Generic[R], frozen=True):
    """What a call returned, or why it did not."""

    value: R | None = None
    error: AnnotoolsError | None = None


class Crew(msgspec.Struct, frozen=True):
    """Who works: so many processes of this machine, or an executor."""

    workers: int = 1
    executor: Executor | None = None

    def __post_init__(self) -> None:
        if self.workers < 1:
            raise UsageError(f"workers is {self.workers}, expected 1 or more")


def attempt(call: Call[R]) -> Outcome[R]:
    """Make a call; what goes wrong in it is a value, so that it stops no other."""
    try:
        if call.version != __version__:
            raise UsageError(f"the worker has annotools {__version__}, expected {call.version}")
        return Outcome(call.function(*call.arguments, **call.choices))
    except AnnotoolsError as error:
        return Outcome(error=error)
    except OSError as error:
        return Outcome(error=StorageError(f"the system refused: {(error.strerror or str(error)).lower()}"))
    except MemoryError:
        return Outcome(error=StorageError("the system has no more memory to give"))
    except Exception as error:  # a fault of ours: of this call, and of no other
        return Outcome(error=AnnotoolsError(f"internal error: {type(error).__name__}: {error}"))
