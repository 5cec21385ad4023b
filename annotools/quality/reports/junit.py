"""JUnit XML for build servers: a suite a job, a case a validated frame, which fails where it has errors.

The first case of each suite is the job's metric, which fails below the goal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from annotools.errors import one_line
from annotools.quality.documents import Document
from annotools.quality.projects import ProjectReport
from annotools.quality.reports.judged import Goal, Judged
from annotools.quality.task_report import Report

Case = tuple[str, str, str]  # name, what failed (empty: nothing), more about it


def junit(judged: Sequence[Judged], project: ProjectReport | None, goal: Goal) -> Iterator[str]:
    """The suites."""
    yield '<?xml version="1.0" encoding="utf-8"?>\n<testsuites name="annotools quality">\n'
    for task in judged:
        if task.report is None:
            yield from _suite(task.name, [("ground truth", "the task has no accepted ground truth", "")])
            continue
        for number, document in task.report.jobs.items():
            yield from _suite(f"{task.name}: job {number}", _cases(task.report, document, goal))
    yield "</testsuites>\n"


def _cases(report: Report, document: Document, goal: Goal) -> list[Case]:
    value = document["comparison_summary"]["annotations"][goal.metric]
    low = f"{goal.metric} is {value:.3f}, expected {goal.least:g} or more"
    cases = [(goal.metric, low if value < goal.least else "", "")] if document["frame_results"] else []
    names = report.dataset.frames.names
    for frame, result in document["frame_results"].items():
        number, errors = int(frame), result["error_count"]
        name = f"frame {frame} {names[number] if number < len(names) else ''}".strip()
        lines = [_line(conflict) for conflict in result["conflicts"]]
        cases.append((name, f"{errors} errors" if errors else "", "\n".join(lines)))
    return cases


def _line(conflict: Document) -> str:
    ids = ", ".join(f"{item['type']} {item['obj_id']} of job {item['job_id']}" for item in conflict["annotation_ids"])
    return f"{conflict['severity']}: {conflict['type']}: {ids}"


def _suite(name: str, cases: list[Case]) -> Iterator[str]:
    failed = sum(bool(what) for _, what, _ in cases)
    yield f'<testsuite name={_quoted(name)} tests="{len(cases)}" failures="{failed}">\n'
    for case, what, more in cases:
        yield f"<testcase classname={_quoted(name)} name={_quoted(case)}"
        if what:
            yield f'><failure type="quality" message={_quoted(what)}>{escape(more)}</failure></testcase>\n'
        elif more:
            yield f"><system-out>{escape(more)}</system-out></testcase>\n"
        else:
            yield "/>\n"
    yield "</testsuite>\n"


def _quoted(text: str) -> str:
    return quoteattr(one_line(text))
