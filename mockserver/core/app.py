"""The server without a socket: one state, one lock, and all that may happen to a request on its way to an answer.

    app = App(state_of(seed), Config(dialect="real"))
    app.handle(Request("GET", "/api/jobs/7", headers={"authorization": "Basic ..."}))

A handler runs in one transaction under one lock, so requests are serialised and a failed one leaves no trace. A small
request has the lock from its first step to its last, so that those who wait do so in the lock's queue, where the first
to come is the first to go, not for the interpreter, which is had by chance.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any, Protocol

from mockserver import page
from mockserver.background import queue
from mockserver.core import admin, compressing, faults, lints
from mockserver.core.decoding import decoded_ahead, is_large
from mockserver.core.dispatch import dispatch, finish, operation_of
from mockserver.core.faults import Fault, Faults
from mockserver.core.journal import Journal
from mockserver.core.turns import Turns
from mockserver.protocol.http import ApiError, Request, Response, json_response
from mockserver.state.context import Config, Context, Env
from mockserver.state.tables import State


class Keeper(Protocol):
    """What keeps a state beyond the process."""

    def save(self, state: State, changed: Iterable[tuple[str, Any]]) -> None:
        """Keep some changed records; what it raises undoes the request."""

    def replace(self, state: State) -> None:
        """Keep another state instead."""


@dataclass(slots=True)
class App:
    """A server without a socket."""

    state: State = field(default_factory=State)
    config: Config = field(default_factory=Config)
    env: Env = field(default_factory=Env)
    journal: Journal = field(default_factory=Journal)
    faults: Faults = field(default_factory=Faults)
    store: Keeper | None = None
    lock: Turns = field(default_factory=Turns)

    def take(self, state: State) -> None:
        """Take over another state; a reset comes back to it."""
        with self.lock:
            self.state = state
            self._fresh()

    def reset(self) -> None:
        """Back to the last seed, with an empty journal, no faults and the clock as it was."""
        with self.lock:
            self.state.reset()
            self._fresh()

    def _fresh(self) -> None:
        self.journal.clear()
        self.faults.clear()
        self.env.reset()
        if self.store:
            self.store.replace(self.state)

    def snapshot(self) -> bytes:
        """The state as bytes, for `restore`."""
        with self.lock:
            return self.state.snapshot()

    def restore(self, data: bytes) -> None:
        """Take over a snapshot. Raises: packing.SnapshotError, and nothing has changed then."""
        state = State()
        state.restore(data)
        self.take(state)

    def handle(self, request: Request) -> Response:
        """Answer one request; never raises."""
        if request.path.startswith("/_mock/") or request.path in page.PATHS:
            return admin.handle(self, request)
        with nullcontext() if is_large(request) else self.lock:
            response = self._noted(request)
        return response if self.config.lenient else compressing.packed(request, response)

    def _noted(self, request: Request) -> Response:
        entry = self.journal.begin(request, self.env.clock.now())
        ctx = self._context(request)
        fault = self._fault(ctx) if self.faults.entries else None
        if fault is None:
            response = self._answer(ctx)
        else:
            ctx.warn(f"{fault.effect} on order ({fault.match})", "fault")
            response = faults.apply(fault, request, lambda sent: self._answer(ctx.for_request(sent)))
        finish(ctx, response)
        self.journal.end(entry, response, ctx)
        return response

    def tick(self) -> None:
        """Move background requests on, as every request does."""
        with self.lock, self.state.transaction():
            queue.tick(self._context(Request("GET", "/")))
            self._save()

    def _context(self, request: Request) -> Context:
        return Context(request, self.state, self.env, self.config, base=request.base)

    def _fault(self, ctx: Context) -> Fault | None:
        with self.lock:
            return self.faults.strike(ctx.request, operation_of(ctx), self.env.clock.now())

    def _answer(self, ctx: Context) -> Response:
        """Large bodies are read before the lock is taken, and answers that are made of much without it."""
        ctx.decoded = decoded_ahead(ctx, self.lock)
        try:
            with self.lock:
                ctx.state = self.state
                response = self._transact(ctx)
            if response.later is None:
                return response
            with self.lock.let_go():
                return response.made()
        except ApiError as error:
            return error.response()
        except Exception as error:  # the last line of defence: a client must see an answer, never a dead socket
            ctx.warn(f"internal error of the mock: {type(error).__name__}: {error}", "internal")
            return json_response(500, {"detail": f"mock server error: {type(error).__name__}: {error}"})

    def _save(self) -> None:
        if self.store and (changed := self.state.changed()):
            self.store.save(self.state, changed)

    def _transact(self, ctx: Context) -> Response:
        count = lints.count_of(ctx)
        with self.state.transaction():
            response = dispatch(ctx)
            self._save()
        for action in ctx.on_commit:
            action()
        lints.of_destruction(ctx, response.status, count)
        return response
