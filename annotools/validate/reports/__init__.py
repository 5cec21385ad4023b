"""A report as text: one module a format, each a function of reports that yields pieces of text.

    sys.stdout.writelines(render("sarif", [report], RenderOptions()))

    full        for people at a terminal            concise     one line a finding
    json, jsonl for programs                        github      annotations of a workflow
    gitlab      code quality                        sarif       2.1.0, for code scanning
    junit       for build servers                   markdown    for comments
    html        one page with drawings, no network

Counts are exact in all of them; how many findings of a rule are written is `RenderOptions.shown`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module

from annotools.validate.report import Report
from annotools.validate.reports.base import RenderOptions

__all__ = ["FORMATS", "SHOWN", "RenderOptions", "render"]

# name -> module:function of (reports, style) that yields text
FORMATS: Mapping[str, str] = {
    "full": "annotools.validate.reports.full:full",
    "concise": "annotools.validate.reports.concise:concise",
    "json": "annotools.validate.reports.as_json:as_json",
    "jsonl": "annotools.validate.reports.as_json:as_lines",
    "github": "annotools.validate.reports.github:github",
    "gitlab": "annotools.validate.reports.gitlab:gitlab",
    "sarif": "annotools.validate.reports.sarif:sarif",
    "junit": "annotools.validate.reports.junit:junit",
    "markdown": "annotools.validate.reports.markdown:markdown",
    "html": "annotools.validate.reports.html:html",
}

# How many findings of a rule are written when nobody says; formats for programs that are not listed write all.
SHOWN: Mapping[str, int] = {"full": 10, "concise": 10, "github": 10, "markdown": 10, "html": 50, "junit": 100}


def render(form: str, reports: Iterable[Report], options: RenderOptions | None = None) -> Iterator[str]:
    """The reports as text, piece by piece.  options: None for the usual number of findings a rule and no colours."""
    module, _, name = FORMATS[form].partition(":")
    pieces: Iterator[str] = getattr(import_module(module), name)(
        list(reports), options or RenderOptions(SHOWN.get(form))
    )
    return pieces
