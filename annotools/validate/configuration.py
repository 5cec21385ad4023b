"""Settings from files: `annotools.toml`, or the table `[tool.annotools]` of `pyproject.toml`.

The nearest of both, upwards from where the annotations are (or from the working directory), counts.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from annotools.errors import UsageError, suggest
from annotools.validate.findings import Severity
from annotools.validate.settings import ValidateSettings

NAMES = ("annotools.toml", "pyproject.toml")


def find_settings(start: str | os.PathLike[str] | None = None) -> ValidateSettings:
    """The settings of the nearest file upwards from a place, or the usual ones.  Raises: UsageError."""
    begin = Path(start or ".").absolute()
    for folder in (begin, *begin.parents):
        for name in NAMES:
            table = _table(folder / name)
            if table is not None:
                return _rebased(settings_of(table, folder / name), folder)
    return ValidateSettings()


def _rebased(settings: ValidateSettings, folder: Path) -> ValidateSettings:
    """A baseline is named from where the file stands that names it."""
    if not settings.baseline:
        return settings
    return replace(settings, baseline=os.path.relpath(folder / settings.baseline))


def read_settings(path: str | os.PathLike[str]) -> ValidateSettings:
    """The settings of one file.  Raises: UsageError where it is not there or makes no sense."""
    table = _table(Path(path))
    if table is None:
        raise UsageError(f"{os.fspath(path)}: no settings there, expected [tool.annotools] or an annotools.toml")
    return _rebased(settings_of(table, Path(path)), Path(path).parent)


def _table(path: Path) -> dict[str, Any] | None:
    try:
        text = path.read_text("utf-8")
        import tomllib  # where there is any

        value = tomllib.loads(text)
    except OSError:
        return None
    except (ValueError, RecursionError) as error:  # no TOML, no UTF-8, a number without end
        raise UsageError(f"{path}: is no TOML: {error}") from error
    if path.name != "pyproject.toml":
        return value
    tools = value.get("tool", {})
    table = tools.get("annotools") if isinstance(tools, dict) else None
    if table is not None and not isinstance(table, dict):
        raise UsageError(f"{path}: tool.annotools is {table!r}, expected a table")
    return table


def settings_of(table: Mapping[str, Any], path: str | os.PathLike[str] = "settings") -> ValidateSettings:
    """Settings from the keys of a file.  Raises: UsageError for keys and values that make no sense."""
    made: dict[str, Any] = {}
    for key, value in table.items():
        if key not in _KEYS:
            raise UsageError(f"{os.fspath(path)}: no setting is called {key!r}, expected {suggest(key, _KEYS)}")
        name, read = _KEYS[key]
        try:
            made[name] = read(value)
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            raise UsageError(f"{os.fspath(path)}: {key} is {value!r}, expected {_EXPECTED[read]}") from error
    return ValidateSettings(**made)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not text")
    return value


def words(value: Any) -> tuple[str, ...]:
    """`"GEO,TRK"` or a list of such texts as words."""
    texts = [value] if isinstance(value, str) else list(value)
    return tuple(word.strip() for text in texts for word in _text(text).split(",") if word.strip())


def _severity(value: Any) -> Severity:
    return Severity.of(_text(value))


def _severities(value: Any) -> dict[str, Severity]:
    return {word: _severity(level) for word, level in value.items()}


def _ignores(value: Any) -> dict[str, tuple[str, ...]]:
    return {pattern: words(rules) for pattern, rules in value.items()}


def _options(value: Any) -> dict[str, dict[str, Any]]:
    return {code: dict(options.items()) for code, options in value.items()}


_KEYS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "preset": ("preset", _text),
    "select": ("selected", words),
    "ignore": ("ignored", words),
    "fail-on": ("fail_on", _severity),
    "baseline": ("baseline", _text),
    "severity": ("severities", _severities),
    "rules": ("options", _options),
    "per-label-ignores": ("label_ignores", _ignores),
    "per-file-ignores": ("file_ignores", _ignores),
}
_EXPECTED: dict[Callable[[Any], Any], str] = {
    _text: "text",
    words: "a list of codes, names or prefixes",
    _severity: "one of error, warning, info, off",
    _severities: "a table of codes and severities",
    _options: "a table of rules with their options",
    _ignores: "a table of patterns and lists of rules",
}
