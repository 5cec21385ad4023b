"""A rule as SARIF declares it: a reportingDescriptor with its manual as text and as Markdown."""

from __future__ import annotations

from typing import Any

from annotools.validate.findings import ERROR, INFO, OFF, WARNING
from annotools.validate.registry import Rule

_LEVELS = {ERROR: "error", WARNING: "warning", INFO: "note", OFF: "none"}


def descriptor(rule: Rule, preset: str) -> dict[str, Any]:
    """The declaration of a rule under a preset."""
    severity, page = rule.severity(preset), rule.manual
    return {
        "id": rule.code, "name": rule.name, "shortDescription": {"text": page.summary},
        "fullDescription": {"text": page.sections.get("Why") or page.about or page.summary},
        "help": {"text": _text(rule), "markdown": _markdown(rule)},
        "defaultConfiguration": {"enabled": severity != OFF, "level": _LEVELS[severity]},
        "properties": {
            "tags": ["annotations", rule.family], "needs": rule.needs.words, "proof": rule.proof,
            "versions": rule.versions,
        },
    }  # fmt: skip


def _text(rule: Rule) -> str:
    page = rule.manual
    parts = [f"{rule.code} {rule.name}: {page.summary}", page.about]
    parts += [f"{name}: {text}" for name, text in page.sections.items()]
    parts += [f"Bad: {example}" for example in page.bad[:1]] + [f"Good: {example}" for example in page.good[:1]]
    return "\n".join(part for part in parts if part)


def _markdown(rule: Rule) -> str:
    page = rule.manual
    parts = [f"**{rule.code} {rule.name}**", page.summary, page.about]
    parts += [f"**{name}**: {text}" for name, text in page.sections.items()]
    for title, examples in (("Bad", page.bad), ("Good", page.good)):
        parts += [f"**{title}**:\n\n```json\n{example}\n```" for example in examples[:1]]
    return "\n\n".join(part for part in parts if part)
