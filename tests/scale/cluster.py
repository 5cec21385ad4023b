"""A cluster of Dask on this machine, for tests: prints its address and workers, and ends with its standard input."""

from __future__ import annotations

import os
import sys
import tempfile


def main() -> None:
    from distributed import Client, LocalCluster

    with (
        tempfile.TemporaryDirectory() as folder,
        LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None,
            local_directory=folder,
        ) as cluster,
        Client(cluster) as client,
    ):  # fmt: skip
        workers = client.run(os.getpid)
        print(cluster.scheduler_address.removeprefix("tcp://"), *workers.values(), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
