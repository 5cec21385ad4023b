"""What the figures were measured on, in words; no names of hosts or people, no paths."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, packages_distributions, requires, version
from pathlib import Path

from benchmarks.peers.table import versions

PACKAGES = ("annotools-cvat", "numpy", "orjson", "msgspec", "shapely", "pycocotools")


def description(python: str) -> dict[str, str]:
    """Everything that figures hang on.  python: the interpreter of the peers."""
    peers = versions(python)
    return {
        "processor": processor(),
        "cores": str(os.cpu_count()),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 1e9:.0f} GB",
        "system": f"{platform.system()}, {platform.machine()}",
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "packages": ", ".join(f"{name} {version(name)}" for name in PACKAGES),
        "extra fast": ", ".join(map(" ".join, fast_packages().items())) or "not installed",
        "peers": ", ".join(map(" ".join, peers.items())) or "none installed",
        "load at the start": f"{os.getloadavg()[0]:.1f} of {os.cpu_count()} cores busy",
    }


def processor() -> str:
    """The model of the CPU."""
    facts = Path("/proc/cpuinfo")
    lines = facts.read_text("utf-8").splitlines() if facts.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def fast_packages() -> dict[str, str]:
    """Packages of the extra `fast` that are installed, with their versions."""
    versions = {}
    for line in requires("annotools-cvat") or ():
        need, _, condition = line.partition(";")
        if 'extra == "fast"' in condition.replace("'", '"'):
            name = need.split("<")[0].split(">")[0].split("=")[0].split("[")[0].strip()
            try:
                versions[name] = version(name)
            except PackageNotFoundError:
                continue
    return versions


def fast_modules() -> list[str]:
    """What the packages of the extra `fast` are imported as."""
    fast = fast_packages().keys()
    return [module for module, packages in packages_distributions().items() if fast & set(packages)]
