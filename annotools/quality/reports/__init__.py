"""A report of quality as text: one module a format, each a function of what was judged that yields pieces of text.

    sys.stdout.writelines(render("html", [Judged("street", result)]))

    json        the server's own documents          csv         the confusion matrix, as the server's download
    html        one page with drawings, no network  markdown    for comments
    junit       for build servers

`summary` holds the tables that people read, for these and for the terminal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module

from annotools.quality.projects import ProjectReport
from annotools.quality.reports.judged import Goal, Judged

__all__ = ["FORMATS", "Goal", "Judged", "render"]

# name -> module:function of (judged, project, goal) that yields text
FORMATS: Mapping[str, str] = {
    "json": "annotools.quality.reports.as_json:as_json",
    "csv": "annotools.quality.reports.as_csv:as_csv",
    "html": "annotools.quality.reports.html:html",
    "markdown": "annotools.quality.reports.markdown:markdown",
    "junit": "annotools.quality.reports.junit:junit",
}


def render(
    form: str, judged: Sequence[Judged], project: ProjectReport | None = None, goal: Goal | None = None
) -> Iterator[str]:
    """The reports of tasks, and of the project that they make where there are several, as text."""
    module, _, name = FORMATS[form].partition(":")
    written: Iterator[str] = getattr(import_module(module), name)(judged, project, goal or Goal())
    return written
