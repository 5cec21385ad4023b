"""Modules that can be called: `at.convert(...)` works, and so does `from annotools.convert import Conversion`.

A function and the module it lives in have one name, and importing the module puts it where the function would be.
So the module hands a call on to its function.  Setting the class of a module is the way that Python's data model
names for such things.  Source: https://docs.python.org/3/reference/datamodel.html#customizing-module-attribute-access
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any


class CallableModule(ModuleType):
    """A module with a function of its own name."""

    @property
    def __wrapped__(self) -> Callable[..., Any]:
        """The function; `inspect.signature` and `help` look here."""
        function: Callable[..., Any] = self.__dict__[self.__name__.rpartition(".")[2]]
        return function

    def __call__(self, *args: Any, **choices: Any) -> Any:
        return self.__wrapped__(*args, **choices)


def make_callable(name: str) -> None:
    """Let the module of this name, which defines a function called as its last part, be called."""
    sys.modules[name].__class__ = CallableModule
