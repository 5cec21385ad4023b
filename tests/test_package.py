"""`import annotools as at`: what it offers, and that it costs nothing until it is used."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

import annotools as at


def test_every_name_is_there_and_documented() -> None:
    assert at.__all__ == sorted(at.__all__)
    assert dir(at) == sorted(at.__all__)
    for name in at.__all__:
        assert inspect.getdoc(getattr(at, name)), name


def test_names_and_their_types_for_checkers_are_the_same() -> None:
    source = inspect.getsource(at)
    promised = source.partition("if TYPE_CHECKING:")[2].partition("__all__ = [")[0]
    for name in set(at.__all__) - {"__version__"}:
        assert f"{name}," in promised.replace("\n", ",\n"), name


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        at.nothing  # noqa: B018


def test_importing_loads_nothing_heavy() -> None:
    code = "import sys, annotools; print(len(sys.modules.keys() & {'numpy', 'click', 'orjson', 'annotools.model'}))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout == b"0\n"


@pytest.mark.parametrize(
    "first", ["at.read", "at.diff", "at.formats", "at.stats", "at.Dataset", "import annotools.convert"]
)
def test_modules_that_are_functions_can_be_called_whatever_was_used_first(first: str) -> None:
    code = (
        f"import annotools as at; {first}; at.convert\n"
        "from annotools.convert import Conversion; from annotools import diff\n"
        "d = at.Dataset(); assert not at.diff(d, d); assert at.stats(d).totals == {}; assert at.formats()\n"
        "try: at.convert([], 'x.zip', 'coco')\nexcept at.UsageError as error: print(error)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert found.stdout == b"nothing to read, expected at least one source\n"


def test_their_signature_is_that_of_the_function() -> None:
    assert list(inspect.signature(at.convert).parameters) == ["sources", "where", "to", "choices"]
    assert list(inspect.signature(at.diff).parameters) == ["a", "b", "tolerance", "ignore"]
