"""YAML of a member: plain values only, and aliases where they stand for little.

    train: &pictures images/train        {"train": "images/train", "val": "images/train"}
    val: *pictures
    <<: *defaults                        what an alias stands for, under keys that are not there already

dumped({"path": ".", "names": {0: "car"}})     the way back

A few aliases of aliases expand to a hundred million values: how many there would be is counted before any is made.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any

from annotools.errors import InputError, Problem, Problems
from annotools.storage import Source
from annotools.storage.limits import check_json

if TYPE_CHECKING:
    import yaml

_DEEPEST = 50
_VALUES = 100_000  # that a text with aliases may stand for
_MERGE = "<<"
_MOST = 1 << 24  # bytes: a list of 100,000 pictures fits
_KEPT = 1 << 22  # bytes up to which what a text says is kept until another one is read
# A text that is written as it is: words of ASCII that stand for nothing else, too few for a line to be broken.
_WORDS = re.compile(
    r"\.|(?!(?i:y|n|yes|no|on|off|true|false|null)\Z)(?=.{1,30}\Z)[A-Za-z][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./-]+)*"
)
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
    parsed = _parsed if len(data) <= _KEPT else _parsed.__wrapped__
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
        value = yaml.load(data, Loader=_loader(len(data), "Base" if texts else "Safe"))
        return _merged(value) if texts and number else value, None
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
    """What must not be loaded, and its line, or else that of the first alias: what is so deep that a scan takes the
    square of the time, and aliases that stand for too much.
    """
    import yaml

    starts = (
        yaml.FlowSequenceStartToken, yaml.FlowMappingStartToken, yaml.BlockSequenceStartToken,
        yaml.BlockMappingStartToken,
    )  # fmt: skip
    ends = (yaml.FlowSequenceEndToken, yaml.FlowMappingEndToken, yaml.BlockEndToken)
    depth = alias = 0
    for token in yaml.scan(data, Loader=_loader(len(data), "Safe")):
        depth += isinstance(token, starts)
        depth -= isinstance(token, ends)
        if depth > _DEEPEST:
            return "is nested too deeply", token.start_mark.line + 1
        alias = alias or isinstance(token, yaml.AliasToken) * (token.start_mark.line + 1)
    return (_alias_fault(data) if alias else ""), alias


def _alias_fault(data: bytes) -> str:
    """Why a text with aliases must not be loaded."""
    import yaml

    extents: dict[int, tuple[int, int]] = {}
    values, depth = _extent(yaml.compose(data, Loader=_loader(len(data), "Safe")), extents)
    if depth > _DEEPEST:
        return "has aliases that are nested too deeply"
    return f"has aliases for {values:,} values" if values > _VALUES else ""


def _extent(node: Any, extents: dict[int, tuple[int, int]]) -> tuple[int, int]:
    """How many values a node stands for, and how deep they are.  extents: of nodes that were met, by their ids."""
    if id(node) not in extents:
        extents[id(node)] = 0, _DEEPEST + 1  # of what is met again inside of itself
        parts, own = (node.value, 1) if isinstance(node.value, list) else ([], 0)
        inner = [part for pair in parts for part in (pair if isinstance(pair, tuple) else (pair,))]
        each = [_extent(part, extents) for part in inner]
        extents[id(node)] = 1 + sum(size for size, _ in each), own + max((depth for _, depth in each), default=0)
    return extents[id(node)]


def _merged(value: Any) -> Any:
    """A value in which what is to be merged into a mapping is."""
    if isinstance(value, list):
        return [_merged(one) for one in value]
    if not isinstance(value, dict):
        return value
    own = {key: _merged(one) for key, one in value.items() if key != _MERGE}
    merge = _merged(value.get(_MERGE, []))
    for other in merge if isinstance(merge, list) else [merge]:
        if not isinstance(other, dict):
            return own | {_MERGE: merge}
        own = other | own
    return own


def _reason(error: yaml.YAMLError) -> tuple[str, int | None]:
    mark = getattr(error, "problem_mark", None)
    text = getattr(error, "problem", None) or getattr(error, "reason", None) or "damaged"
    return str(text), None if mark is None else mark.line + 1


def dumped(keys: Mapping[str, Any], **style: Any) -> bytes:
    """A mapping as PyYAML writes it.  style: of `yaml.safe_dump`.

    Words and whole numbers, and one mapping of such inside of it, are written here: to load PyYAML takes 15 ms.
    """
    inner = [value for value in keys.values() if isinstance(value, dict)]
    kinds = [len(set(map(type, one))) for one in (keys, *inner)]  # texts and numbers have no order
    if len(inner) < 2 and set(kinds) == {1} and all(map(_is_plain, _scalars(keys))):
        return "".join(_lines(keys, "", style.get("sort_keys", True))).encode()
    import yaml

    text: str = yaml.safe_dump(dict(keys), **style)
    return text.encode()


def _scalars(keys: Mapping[Any, Any]) -> Iterator[Any]:
    for key, value in keys.items():
        yield key
        yield from chain(value, value.values()) if isinstance(value, dict) else (value,)


def _is_plain(value: Any) -> bool:
    return type(value) is int or (isinstance(value, str) and _WORDS.fullmatch(value) is not None)


def _lines(keys: Mapping[Any, Any], indent: str, in_order: bool) -> Iterator[str]:
    items: Iterable[tuple[Any, Any]] = sorted(keys.items()) if in_order else keys.items()
    for key, value in items:
        if isinstance(value, dict):
            yield f"{indent}{key}:\n"
            yield from _lines(value, indent + "  ", in_order)
        else:
            yield f"{indent}{key}: {value}\n"
