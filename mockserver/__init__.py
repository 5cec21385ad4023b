"""A stand-in of CVAT's jobs API: a pure state machine with a thin face per transport.

    app = App(State.from_seed(seed), Config())          # no socket, no thread
    response = app.handle(Request("GET", "/api/jobs"))
    with serve(app) as server: ...                      # a real socket on 127.0.0.1

Rooms, from the bottom up: `http` (values: request, response, errors), `state` (tables), `context` (what a handler
gets), `serializers` / `permissions` / `filters` (shared rules), one module of handlers per resource, `routes` (the
table of endpoints), `core` (negotiation, login, dispatch), `server` / `asgi` / `transports` (faces).
"""
