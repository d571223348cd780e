"""The machine and the versions that figures were measured with; nothing that names either."""

import os
import platform
from importlib import metadata
from typing import Any

_PACKAGES = ("numpy", "numba", "scipy", "rapidfuzz", "scikit-learn", "sparse-dot-topn", "splink", "duckdb")


def described() -> dict[str, Any]:
    """Cores, memory, load, Python and the packages that do the work."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "cores": os.cpu_count(),
        "memory_gb": round(memory),
        "load": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in _PACKAGES},
    }


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"
