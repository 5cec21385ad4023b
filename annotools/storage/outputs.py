"""Outputs named after their sources: `out/{stem}.zip`.

{stem}      the name of the source without its ending: street of data/street.json; of a folder the whole name
{name}      the name as it is: street.json
{parent}    the folder that the source lies in: data
{number}    its position in the list of sources, from 1, with as many digits as the last one has
{{ }}       braces, in a name with one of these
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import PurePosixPath

from annotools.errors import UsageError, suggest
from annotools.storage.opening import STDIN
from annotools.storage.places import Where
from annotools.storage.remote import is_url, local_path, remote_identity

WORDS = ("stem", "name", "parent", "number")
# a word, or what was meant to be one: {STEM}, {stem!r}
_PART = re.compile(r"\{\{|\}\}|\{([a-z_]+|[^{}/]*(?i:stem|name|parent|number)[^{}/]*)\}")


def is_pattern(where: Where) -> bool:
    """Whether a place is one for each source.  Raises UsageError for a word in braces that stands for nothing."""
    words = [word for word in _PART.findall(os.fspath(where)) if word]
    for word in words:
        if word not in WORDS:
            raise UsageError(f"{os.fspath(where)}: nothing is called {{{word}}}, expected {suggest(word, WORDS)}")
    return bool(words)


def outputs_of(pattern: Where, sources: Sequence[Where]) -> list[str]:
    """Where the output of each source goes.

    Raises: UsageError for a source without a name, and for two whose outputs would be one or lie in one another.
    """
    digits = len(str(len(sources)))
    outputs = [
        _filled(os.fspath(pattern), _words(os.fspath(source)) | {"number": f"{number:0{digits}}"})
        for number, source in enumerate(sources, 1)
    ]
    _check_apart(outputs, sources)
    return outputs


def fixed_part(pattern: Where) -> str:
    """The folder that the places of all sources lie in, with a slash behind it; empty for the working folder."""
    text = os.fspath(pattern)
    first = next(part.start() for part in _PART.finditer(text) if part[1])
    return text[: text.rfind("/", 0, first) + 1]


def absolute(where: Where) -> str:
    """A path as a process with another working folder finds it."""
    text = os.fspath(where)
    return text if is_url(text) else os.path.abspath(text)


def _filled(pattern: str, words: dict[str, str]) -> str:
    return _PART.sub(lambda part: words[part[1]] if part[1] else part[0][0], pattern)


def _words(source: str) -> dict[str, str]:
    if source == STDIN:
        raise UsageError("standard input has no name, expected -o without braces")
    path = _path(source)
    stem = path.name if source.endswith("/") or os.path.isdir(source) else path.stem
    if not stem:
        raise UsageError(f"{source}: has no name, expected a file or folder with one")
    return {"stem": stem, "name": path.name, "parent": path.parent.name}


def _path(source: str) -> PurePosixPath:
    if not is_url(source):
        return PurePosixPath(os.path.abspath(source))
    text = source.partition("::")[0]
    return PurePosixPath(re.split(r"[?#]", text, maxsplit=1)[0] if text.startswith("http") else text)


def _check_apart(outputs: Sequence[str], sources: Sequence[Where]) -> None:
    known = sorted((_identity(output), number) for number, output in enumerate(outputs))
    for (one, first), (other, second) in pairwise(known):
        if other[: len(one)] == one:
            names = " and ".join(os.fspath(sources[number]) for number in sorted((first, second)))
            what = "one output" if one == other else "an output in that of the other"
            raise UsageError(
                f"{outputs[second]}: {names} would have {what}, expected {{name}}, {{parent}} or {{number}}"
            )


def _identity(output: str) -> tuple[str, ...]:
    """The parts of a path: what begins with all of another's is it, or lies in it."""
    local = local_path(output)
    if local is not None:
        return ("", *os.path.realpath(local).split(os.sep))
    kind, path = remote_identity(output)
    return (kind, *path.rstrip("/").split("/"))
