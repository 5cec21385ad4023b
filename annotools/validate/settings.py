"""What the user chose: preset, rules, severities, options, ignores.

[tool.annotools]                    # pyproject.toml, or the same without the heading in annotools.toml
preset = "upload"
select = ["GEO", "TRK003"]
ignore = ["tiny-area"]
fail-on = "warning"
baseline = "annotools-baseline.json"
severity = { GEO004 = "error", STA = "off" }
[tool.annotools.rules.GEO015]
points = 2000
[tool.annotools.per-label-ignores]
"crowd*" = ["GEO018"]
[tool.annotools.per-file-ignores]
"old/*" = ["TRK"]
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from annotools.errors import UsageError, suggest, texts
from annotools.validate.findings import ERROR, OFF, Severity
from annotools.validate.registry import PRESETS, Rule, did_you_mean


@dataclass(frozen=True)
class ValidateSettings:
    """How `validate` judges.

    selected, ignored: codes, names and prefixes (`GEO`), `ALL` for everything; ignored wins unless the selection is
    more exact.  severities: by the same words, instead of those of the preset.  options: of rules, by code.
    label_ignores, file_ignores: rules by pattern of label names and of file names.
    """

    preset: str = "upload"
    selected: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    severities: Mapping[str, Severity] = field(default_factory=dict)
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    label_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    baseline: str = ""
    fail_on: Severity = ERROR

    def __post_init__(self) -> None:
        for name in ("selected", "ignored"):
            object.__setattr__(self, name, texts(getattr(self, name)))
        if self.preset not in PRESETS:
            raise UsageError(f"no preset is called {self.preset!r}, expected one of {', '.join(PRESETS)}")

    def select(self, rules: Iterable[Rule]) -> list[Rule]:
        """The rules that are asked, in the order of their codes.

        Raises: UsageError for a word that fits no rule, and for options that a rule does not have.
        """
        known = sorted(rules, key=lambda rule: rule.code)
        quiet = [word for words in (*self.label_ignores.values(), *self.file_ignores.values()) for word in words]
        check_words((*self.selected, *self.ignored, *self.severities, *quiet), known)
        check_options(self.options, known)
        return [rule for rule in known if self._wants(rule)]

    def _wants(self, rule: Rule) -> bool:
        wanted = 1 if not self.selected else exactness(rule, self.selected)
        return wanted > exactness(rule, self.ignored) and (wanted == EXACT or self.severity(rule) != OFF)

    def severity(self, rule: Rule, finding: Severity | None = None) -> Severity:
        """How bad a finding of a rule is.  finding: what the rule says of these, where it differs."""
        best = max(self.severities, key=lambda word: exactness(rule, (word,)), default="")
        if best and exactness(rule, (best,)):
            return self.severities[best]
        return rule.severity(self.preset) if finding is None else finding


EXACT = 1000
MOST = 2**31 - 1  # of an option that is a number


def exactness(rule: Rule, words: Iterable[str]) -> int:
    """How exactly the best of these words names a rule: 0 not at all, 1 `ALL`, more for longer prefixes."""
    return max((_fit(rule, word) for word in words), default=0)


def _fit(rule: Rule, word: str) -> int:
    if word == rule.name or word.upper() == rule.code:
        return EXACT
    if word.upper() == "ALL":
        return 1
    return 1 + len(word) if word and rule.code.startswith(word.upper()) else 0


def check_words(words: Iterable[str], rules: Iterable[Rule]) -> None:
    """Raises: UsageError for a word that fits no rule."""
    known = list(rules)
    lost = [word for word in words if not any(_fit(rule, word) for rule in known)]
    if lost:
        words_lost = ", ".join(map(repr, lost)) + did_you_mean(lost[0], known)
        raise UsageError(f"no rule fits {words_lost}, expected codes, names or prefixes of codes")


def check_options(options: Mapping[str, Mapping[str, Any]], rules: Iterable[Rule]) -> None:
    """Raises: UsageError for a code or an option that there is not, and for a value of another kind."""
    known = {rule.code: rule for rule in rules}
    for code, given in options.items():
        if code not in known:
            near = did_you_mean(code, known.values()) or ", expected a code that `annotools rules` lists"
            raise UsageError(f"options of {code!r}: no rule has that code{near}")
        usual = known[code].options
        for name, value in given.items():
            if name not in usual:
                raise UsageError(f"{code} has no option {name!r}, expected {suggest(name, usual)}")
            _check_value(f"{code}: {name}", value, usual[name])


def _check_value(name: str, value: Any, usual: Any) -> None:
    """usual: what the option is where nobody sets it, whose kind the value has to be of."""
    if isinstance(usual, bool | str):
        right, kind = type(value) is type(usual), "text" if isinstance(usual, str) else "true or false"
    elif isinstance(usual, int | float):
        least = -MOST if usual < 0 else 0
        right, kind = _is_number(value) and least <= value <= MOST, f"a number from {least} to {MOST}"
    else:
        return
    if not right:
        raise UsageError(f"{name} is {value!r}, expected {kind}")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
