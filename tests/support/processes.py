"""Which process holds which connection, read from ``/proc``."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

ESTABLISHED = "01"


def children(pid: int) -> list[int]:
    """List the processes that a process started."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def socket_between(port: int, other: int) -> str | None:
    """Return what ``/proc/<pid>/fd`` calls the socket at one end of a local TCP connection."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, here, there, state, *rest = line.split()
        if (_port(here), _port(there), state) == (port, other, ESTABLISHED):
            return f"socket:[{rest[5]}]"
    return None


def holds(pid: int, socket: str) -> bool:
    """Tell whether a process has a socket open."""
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            if str(descriptor.readlink()) == socket:
                return True
    return False


def _port(address: str) -> int:
    return int(address.rpartition(":")[2], 16)
