"""Rules as values: a code, a name, severities, what it needs, a question, and a docstring that is its manual page.

    @rule("GEO007", "inverted-rectangle", ERROR, upload=WARNING, proof="annos-img/rectangle-inverted")
    def inverted_rectangle(ctx: Context) -> Answer: ...

The rules that come along are the `Rule` values of the modules below `annotools.validate.rules`; others are added by
the entry-point group `annotools.rules`, each entry a module, a `Rule` or several of them.
"""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, cached_property
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

import msgspec

from annotools.close_words import close_words
from annotools.errors import UsageError
from annotools.plugins import entry_points
from annotools.validate.findings import Found, Severity
from annotools.validate.manual import Manual, parse_manual
from annotools.validate.needs import DOCUMENT, Needs

if TYPE_CHECKING:
    from annotools.validate.context import Context

Answer = Found | Iterable[Found] | None
Check = Callable[..., Answer]

PRESETS = ("upload", "export", "coco", "gt", "strict")
GROUP = "annotools.rules"


class Rule(msgspec.Struct, frozen=True, eq=False, dict=True):
    """One question with all that is known about it.  Calling it asks the question.

    severities: by preset.  proof: the recorded scenario (`annos-img/rectangle-inverted`) or `source: ...` that says
    what the server does.  versions: of the server, for which that is known.
    """

    code: str
    name: str
    severities: Mapping[str, Severity]
    check: Check
    needs: Needs = DOCUMENT
    proof: str = ""
    versions: str = "2.73"
    options: Mapping[str, Any] = msgspec.field(default_factory=dict)

    def __call__(self, ctx: Context, options: Mapping[str, Any] | None = None) -> list[Found]:
        """All that was found, empty answers left out."""
        answer = self.check(ctx, **(self.options if options is None else {**self.options, **options}))
        several = () if answer is None else (answer,) if isinstance(answer, Found) else answer
        return [one for one in several if len(one)]

    def severity(self, preset: str) -> Severity:
        """How bad its findings are under a preset."""
        return self.severities[preset]

    @property
    def family(self) -> str:
        """`GEO`."""
        return self.code.rstrip("0123456789")

    @cached_property
    def manual(self) -> Manual:
        """Its manual page, in parts."""
        return parse_manual(inspect.getdoc(self.check) or "")

    @property
    def summary(self) -> str:
        """The first line of its manual page."""
        return self.manual.summary


def rule(
    code: str, name: str, severity: Severity, *, needs: Needs = DOCUMENT, proof: str = "", **severities: Any
) -> Callable[[Check], Rule]:
    """Make a rule of a question.

    severity: under the preset `strict`.  severities: under the others by name; `upload` is `severity` unless given,
    and `export`, `coco` and `gt` are as `upload` unless given.  `versions` may be given here too.  Parameters of the
    question after `ctx` are the rule's options, with their defaults.
    """
    versions = severities.pop("versions", "2.73")
    unknown = severities.keys() - set(PRESETS)
    if unknown:
        raise TypeError(f"no preset {', '.join(sorted(unknown))}")
    upload = severities.get("upload", severity)
    levels = dict.fromkeys(PRESETS, upload) | {"strict": severity} | severities

    def made(check: Check) -> Rule:
        parameters = list(inspect.signature(check).parameters.values())[1:]
        options = {parameter.name: parameter.default for parameter in parameters}
        return Rule(code, name, levels, check, needs, proof, versions, options)

    return made


def rules_of(where: Any) -> Iterator[Rule]:
    """The rules that a module or an entry point holds."""
    if isinstance(where, Rule):
        yield where
    elif isinstance(where, ModuleType):
        values: Iterable[Any] = vars(where).values()
        yield from (value for value in values if isinstance(value, Rule) and _is_home(value, where))
    else:
        yield from where


def _is_home(value: Rule, module: ModuleType) -> bool:
    return value.check.__module__ == module.__name__


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    yield package
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        yield import_module(module.name)


@cache
def all_rules() -> Mapping[str, Rule]:
    """Every rule by code, in the order of codes, those of other packages included.  Raises: UsageError for a clash."""
    homes: list[Any] = list(_modules(import_module("annotools.validate.rules")))
    homes += [entry.load() for entry in entry_points(GROUP)]
    rules: dict[str, Rule] = {}
    for known in (one for home in homes for one in rules_of(home)):
        if rules.setdefault(known.code, known) is not known:
            raise UsageError(f"two rules have the code {known.code}, expected one")
    return {code: rules[code] for code in sorted(rules)}


def find_rule(wanted: str) -> Rule:
    """The rule of that code or name.  Raises: UsageError."""
    for known in all_rules().values():
        if wanted in (known.name, known.code) or wanted.upper() == known.code:
            return known
    hint = did_you_mean(wanted, all_rules().values())
    raise UsageError(f"no rule is called {wanted!r}{hint}, expected a code or name that `annotools rules` lists")


def did_you_mean(word: str, rules: Iterable[Rule]) -> str:
    """The codes and names that are nearly this word, as the end of a message; empty for none."""
    known = list(rules)
    words = [*(rule.code for rule in known), *(rule.name for rule in known)]
    close = [*close_words(word.upper(), words, 3, 0.7), *close_words(word.lower(), words, 3, 0.7)]
    return f", did you mean {' or '.join(close[:3])}" if close else ""
