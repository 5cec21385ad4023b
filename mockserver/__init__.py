"""A stand-in of CVAT's jobs API: a pure state machine with a thin face per transport.

    with Mock() as mock: ...                             # seed, socket, journal, faults in one object: mockserver.mock

    app = App(state_of(seed), Config())                  # mockserver.core.app: no socket, no thread
    response = app.handle(Request("GET", "/api/jobs"))

A request falls through the house from the top to the floor that answers it; imports point down only:

    mock  plugin  asgi  transports      what programs, tests and servers begin with
    faces        sockets | in the process | httpx, requests, urllib3, respx: bytes become a Request
    contract     recorded scenarios, and what is made with them: check, record, drift
    core         App, the table of endpoints, dispatch; journal, faults, lints, admin calls
    seeds        what a state can begin with: JSON, a builder, packaged seeds, files of datasets
    exchange     files in and out: uploads, import, export, backups
    background   requests that are worked off later
    resources    projects, tasks, jobs, labels, issues; how a task is split into jobs
    people       who asks: login, tokens; users, organizations and their members
    media        frames: pictures, chunks, meta
    annotations  documents of jobs and tasks: checked, numbered, kept, merged and cut
    rules        what all handlers share: finding, permissions, forms, lists, how records are shown
    state        the tables, their file, the clock; what a handler gets (Context)
    page         the page at /
    protocol     requests, responses and errors as values; bodies and their errors in the server's words; versions
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockserver.mock import Mock

__all__ = ["Mock"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'mockserver' has no attribute {name!r}")
    value = globals()[name] = getattr(import_module("mockserver.mock"), name)
    return value
