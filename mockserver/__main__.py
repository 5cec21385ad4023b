"""`python -m mockserver --port 8080 --dialect real`: an empty server that waits for a seed (`POST /_mock/seed`)."""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys

from mockserver.core.app import App
from mockserver.faces.sockets import is_loopback, serve, why_not
from mockserver.state.context import Config


def main() -> int:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="mockserver", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--dialect", choices=("real", "lenient"), default="lenient")
    parser.add_argument("--bug-for-bug", action="store_true")
    args = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):  # a script's background jobs begin with SIGINT ignored
        signal.signal(number, signal.default_int_handler)
    app = App(config=Config(dialect=args.dialect, bug_for_bug=args.bug_for_bug))
    try:
        server = serve(app, args.host, args.port)
    except (OSError, OverflowError) as error:
        parser.error(f"cannot listen on {args.host} port {args.port}: {why_not(error)}")
    with contextlib.suppress(KeyboardInterrupt), server as running:
        if not is_loopback(running.host):
            sys.stderr.write(f"listening on {running.host}: every machine that reaches this one can use the mock\n")
        sys.stdout.write(running.url + "\n")
        sys.stdout.flush()
        running.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
