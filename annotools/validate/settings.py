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

from annotools.errors import UsageError
from annotools.validate.findings import ERROR, OFF, Severity
from annotools.validate.registry import PRESETS, Rule, did_you_mean


@dataclass(frozen=True)
class Settings:
    """Choices of one run.

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
        if self.preset not in PRESETS:
            raise UsageError(f"no preset is called {self.preset!r}, expected one of {', '.join(PRESETS)}")

    def select(self, rules: Iterable[Rule]) -> list[Rule]:
        """The rules that are asked, in the order of their codes.  Raises: UsageError for a word that fits no rule."""
        known = sorted(rules, key=lambda rule: rule.code)
        check_words((*self.selected, *self.ignored, *self.severities), known)
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
        said = ", ".join(map(repr, lost)) + did_you_mean(lost[0], known)
        raise UsageError(f"no rule fits {said}, expected codes, names or prefixes of codes")
