"""Much to do, shared out: among processes of this machine, or to any `concurrent.futures.Executor`.

    outcomes = run([Call(convert_one, ("a.json", "out/a.zip")), ...], Crew(workers=4))

    calls       who works, what is handed to a worker, and what comes back: plain values
    running     calls on an executor, outcomes in the order of the calls
    engines     the executor of a cluster, by address
    parts       parts of one conversion, made by who is at work
    pool        these, with others
    processes   an executor of this machine whose processes end with the one that began them

What a call does is the business of the rooms above; nothing here knows of datasets or files.
"""

from __future__ import annotations

from annotools.scale.calls import Call, Crew, Outcome
from annotools.scale.parts import Late, at_work, made_ahead, mapped

__all__ = ["Call", "Crew", "Late", "Outcome", "at_work", "made_ahead", "mapped"]
