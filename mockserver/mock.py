"""A mock server in one object, for tests and scripts: the app, its socket, and what tests ask of it.

    with Mock() as mock:                                  # seed "default", a free port on 127.0.0.1
        requests.get(mock.url + "/api/jobs", headers={"Authorization": f"Token {mock.token}"})
        mock.faults.add("PATCH /api/jobs/*/annotations*", "drop_after_commit")
        mock.clock.advance(5)
        mock.assert_called("PATCH", "/api/jobs/*/annotations*")
        mock.assert_annotations(1, equals={"shapes": [...]}, ignore=["id"])
        mock.reset()

Without `start` (or `with`) nothing listens, and `mock.app` can be given to a transport of `mockserver.transports`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

from annotools.errors import texts
from mockserver.annotations import endpoints as _endpoints  # noqa: F401  # so that the first write does not wait for it
from mockserver.annotations import job_annotations
from mockserver.core.app import App
from mockserver.core.entries import Entry
from mockserver.core.faults import Faults
from mockserver.core.journal import Journal
from mockserver.faces.sockets import Server, serve
from mockserver.faces.wire import Limits
from mockserver.people.auth import token_of
from mockserver.protocol.http import Request
from mockserver.seeds import sources
from mockserver.state import comparing
from mockserver.state.context import Clock, Config, Context, Env
from mockserver.state.spool import Spool
from mockserver.state.store import Store
from mockserver.state.tables import Record, State


class Mock:
    """A mock server. `seed`: see `sources.state_of`; the other arguments are those of `annotools mock serve`.

    Raises: ValueError for a version of `server` that is not known.
    """

    def __init__(
        self,
        seed: sources.Seed = "default",
        *,
        config: Config | None = None,
        clock: Literal["instant", "manual", "real"] = "instant",
        state_file: str | Path | None = None,
        server: str = "",
    ) -> None:
        config = config or Config()
        config = replace(config, server=server) if server else config
        with ExitStack() as undone:
            store = self._store = Store(state_file) if state_file else None
            if store:
                undone.callback(store.close)
            env = Env(clock=Clock(clock), spool=Spool(store.uploads if store else None))
            stored = store.load() if store else None
            self.resumed = stored is not None
            """Whether the state is that of the state file, not the seed's."""
            self.app = App(stored or sources.state_of(seed), config, env, store=store)
            if store and stored is None:
                store.replace(self.app.state)
            env.spool.keep_only(self.app.state.tables["uploads"])
            undone.pop_all()
        self._server: Server | None = None

    # --- life -----------------------------------------------------------------------------------------------------

    def start(self, host: str = "127.0.0.1", port: int = 0, limits: Limits | None = None) -> Mock:
        """Listen, in threads of its own; gives itself. Raises: OSError when the address cannot be had."""
        self._server = serve(self.app, host, port, limits)
        return self

    def stop(self) -> None:
        """Close the socket, the state file and the folder of uploads."""
        if self._server:
            self._server.stop()
        self._server = None
        if self._store:
            with self.app.lock:
                self._store.close()
        self.app.env.spool.close()

    def __enter__(self) -> Mock:
        return self if self._server else self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()

    @property
    def server(self) -> Server:
        """The socket. Raises: RuntimeError before `start`."""
        if self._server is None:
            raise RuntimeError("the mock server is not started")
        return self._server

    @property
    def url(self) -> str:
        """Address for clients, without a slash at the end."""
        return self.server.url

    # --- who ------------------------------------------------------------------------------------------------------

    @property
    def admin(self) -> Record:
        """The first administrator, else the first user. Raises: LookupError when there is no user."""
        users: list[Record] = [user for user in self.state.tables["users"].values() if user.get("is_active", True)]
        admin = next((user for user in users if user.get("is_superuser")), users[0] if users else None)
        if admin is None:
            raise LookupError("the seed has no users")
        return admin

    @property
    def user(self) -> str:
        """Name to log in with."""
        return str(self.admin["username"])

    @property
    def password(self) -> str:
        """Password to log in with."""
        return str(self.admin.get("password", ""))

    @property
    def token(self) -> str:
        """Key for `Authorization: Token`."""
        return token_of(self.admin)

    # --- state ----------------------------------------------------------------------------------------------------

    @property
    def state(self) -> State:
        """The server's tables."""
        return self.app.state

    @property
    def journal(self) -> Journal:
        """What was asked."""
        return self.app.journal

    @property
    def faults(self) -> Faults:
        """Faults on order."""
        return self.app.faults

    @property
    def clock(self) -> Clock:
        """Time of the server."""
        return self.app.env.clock

    def reset(self) -> None:
        """Back to the seed, with an empty journal, without faults."""
        self.app.reset()

    def seed(self, seed: sources.Seed) -> None:
        """Take over another seed."""
        self.app.take(sources.state_of(seed))

    def snapshot(self) -> bytes:
        """The state as bytes."""
        return self.app.snapshot()

    def restore(self, data: bytes) -> None:
        """Take over a snapshot. Raises: packing.SnapshotError."""
        self.app.restore(data)

    def annotations(self, job: int) -> Record:
        """What GET of a job's annotations answers. Raises: LookupError for an unknown job."""
        with self.app.lock:
            self.app.tick()
            record = self.state.tables["jobs"].get(job)
            if record is None:
                raise LookupError(f"there is no job {job}")
            ctx = Context(Request("GET", "/"), self.state, self.app.env, self.app.config, user=self.admin)
            return job_annotations.read(ctx, record)

    # --- what tests say ------------------------------------------------------------------------------------------

    def assert_called(
        self, method: str = "*", path: str = "*", times: int | None = None, **query: object
    ) -> list[Entry]:
        """Such requests came in. Raises: AssertionError with near misses."""
        return self.journal.assert_called(method, path, times, **query)

    def assert_no_unmatched(self) -> None:
        """Every request found a handler. Raises: AssertionError."""
        self.journal.assert_no_unmatched()

    def assert_annotations(self, job: int, equals: Mapping[str, Any], ignore: str | Collection[str] = ()) -> None:
        """A job has just these annotations, in any order; keys left out are not compared. Raises: AssertionError."""
        lines = comparing.differences(equals, self.annotations(job), texts(ignore))
        if lines:
            raise AssertionError(f"annotations of job {job} differ (expected -> found):\n  " + "\n  ".join(lines))

    def assert_no_warnings(self) -> None:
        """Nothing a client sent was remarked upon. Raises: AssertionError naming the codes that turn remarks off."""
        lines = [f"{entry.title()}\n    {remark}" for entry, remark in self.journal.warnings()]
        if lines:
            codes = sorted({remark.code for _, remark in self.journal.warnings()})
            off = f"allowed with @pytest.mark.cvat(allow={codes}) or Config(allow=frozenset({codes}))"
            raise AssertionError("remarks on what was sent:\n  " + "\n  ".join(lines) + f"\n{off}")

    def changes(self) -> list[str]:
        """What has happened to the state since the seed, a line each."""
        return comparing.changes(self.state.baseline(), self.state)

    def client(self, login: tuple[str, str] | None = None) -> Any:
        """A client of cvat-sdk that polls without waiting, logged in (as the administrator); the caller closes it."""
        from cvat_sdk import Client, Config  # an optional dependency

        client = Client(self.url, config=Config(status_check_period=0), check_server_version=False)
        client.login(login or (self.user, self.password))
        return client
