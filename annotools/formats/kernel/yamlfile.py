"""YAML of a member: plain values only; aliases are refused, for a few of them expand to a hundred million leaves."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from annotools.errors import InputError, Problem, Problems
from annotools.storage import Source
from annotools.storage.limits import check_json

if TYPE_CHECKING:
    import yaml

_DEEPEST = 50
_MOST = 1 << 24  # bytes: a list of 100,000 pictures fits
_LARGE = 1 << 18  # bytes from which libyaml is worth it, whose words for a fault are its own


def read(source: Source, name: str, problems: Problems, *, texts: bool = False) -> Any:
    """The value of a member; None, and a problem with its line, for what is none.

    texts: whether values stay texts as they are written: `no`, `1.0` and `2020-01-01` are names as good as others.
    """
    try:
        data = source.read(name)
    except InputError as error:
        problems.extend(error.problems)
        return None
    if len(data) > _MOST:
        problems.append(Problem(f"has {len(data):,} bytes", name, expected=f"YAML of at most {_MOST:,}"))
        return None
    check_json(name, data)  # whose brackets YAML takes too
    return parse(data, name, problems, texts=texts)


def parse(data: bytes, name: str, problems: Problems, *, texts: bool = False) -> Any:
    """The value of a text, which is not to be changed; None, and a problem with its line, for what is none."""
    parsed = _parsed if len(data) < _LARGE else _parsed.__wrapped__
    value, fault = parsed(data, texts)
    if fault is not None:
        message, line, expected = fault
        problems.append(Problem(message, name, line, expected=expected))
    return value


@lru_cache(1)  # the formats of one family ask for the same file in turn: 15 ms each for one of 80 classes
def _parsed(data: bytes, texts: bool) -> tuple[Any, tuple[str, int | None, str] | None]:
    """A value, or the message, the line and what was expected."""
    import yaml  # 20 ms, and one family of formats needs it

    try:
        fault, number = _fault(data)
        if fault:
            return None, (fault, number, "plain YAML")
        return yaml.load(data, Loader=_loader(len(data), "Base" if texts else "Safe")), None
    except yaml.YAMLError as error:
        message, line = _reason(error)
    except (ValueError, RecursionError, OverflowError) as error:  # a date that is none, brackets without end
        message, line = ("nested too deeply" if isinstance(error, RecursionError) else str(error).lower()), None
    return None, (f"is no YAML: {message}", line, "YAML")


def _loader(size: int, kind: str) -> Any:
    """What loads a text; that of libyaml, where it is there, takes a tenth of the time."""
    import yaml

    ours = getattr(yaml, f"{kind}Loader")
    return getattr(yaml, f"C{kind}Loader", ours) if size >= _LARGE else ours


def _fault(data: bytes) -> tuple[str, int]:
    """What must not be loaded, and its line: aliases, and what is so deep that a scan takes the square of the time."""
    import yaml

    starts = (
        yaml.FlowSequenceStartToken, yaml.FlowMappingStartToken, yaml.BlockSequenceStartToken,
        yaml.BlockMappingStartToken,
    )  # fmt: skip
    ends = (yaml.FlowSequenceEndToken, yaml.FlowMappingEndToken, yaml.BlockEndToken)
    depth = 0
    for token in yaml.scan(data, Loader=_loader(len(data), "Safe")):
        depth += isinstance(token, starts)
        depth -= isinstance(token, ends)
        if isinstance(token, yaml.AliasToken) or depth > _DEEPEST:
            return ("has an alias" if depth <= _DEEPEST else "is nested too deeply"), token.start_mark.line + 1
    return "", 0


def _reason(error: yaml.YAMLError) -> tuple[str, int | None]:
    mark = getattr(error, "problem_mark", None)
    text = getattr(error, "problem", None) or getattr(error, "reason", None) or "damaged"
    return str(text), None if mark is None else mark.line + 1
