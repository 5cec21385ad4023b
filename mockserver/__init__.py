"""A stand-in of CVAT's jobs API: a pure state machine with a thin face per transport.

    with Mock() as mock: ...                             # mockserver.mock: seed, socket, journal, faults in one object

    app = App(State.from_seed(seed), Config())           # mockserver.core: no socket, no thread
    response = app.handle(Request("GET", "/api/jobs"))

Rooms, from the bottom up: `http` (values: request, response, errors), `state` (tables), `context` (what a handler
gets), `lookup` / `permissions` / `serialise` / `listing` (shared rules), one module of handlers per resource, `routes`
(the table of endpoints), `core` (negotiation, login, dispatch), faces (`sockets`, `asgi`, `transports`), and around
them `mock`, `plugin` (pytest) and `seeds`.
"""
