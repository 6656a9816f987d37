"""The memory and the connections of the local AWS, from `/proc`."""

import os
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

SUPERVISOR = b"tools.local.processes.supervisor"
ESTABLISHED, CLOSE_WAIT = "01", "08"
OPEN = {ESTABLISHED, CLOSE_WAIT}  # the second: the client has left, and the server keeps its end
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


def memory_mb() -> float:
    """The memory of all processes of the local AWS that this process has started, in megabytes."""
    return sum(map(_pages_of, _processes_of_aws())) * PAGE_BYTES / 1e6


def connections_to(port: int) -> int:
    """How many connections to a port of this machine are open, without those that the functions keep for their next call."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    sockets = {socket for pid in _processes_of_aws() for socket in _sockets_of(pid)}
    of_functions = {row[1] for row in rows if _port(row[2]) == port and row[9] in sockets}
    return sum(_port(row[1]) == port and row[3] in OPEN and row[2] not in of_functions for row in rows)


def _port(address: str) -> int:
    return int(address.rpartition(":")[2], 16)


def _processes_of_aws() -> set[int]:
    children = defaultdict(list)
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and (parent := _parent_of(process)) is not None:
            children[parent].append(int(process.name))
    own = _tree(os.getpid(), children)
    return {one for pid in own if _is_supervisor(pid) for one in _tree(pid, children)}


def _parent_of(process: Path) -> int | None:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:  # it has ended
        return None


def _is_supervisor(pid: int) -> bool:
    with suppress(OSError):
        return SUPERVISOR in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


def _pages_of(pid: int) -> int:
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return 0


def _sockets_of(pid: int) -> Iterator[str]:
    """The inodes of a process's sockets."""
    with suppress(OSError):
        for file in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):
                kind, _, inode = os.readlink(file).partition(":")
                if kind == "socket":
                    yield inode.strip("[]")


def _tree(pid: int, children: dict[int, list[int]]) -> list[int]:
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += children.get(one, [])
    return found
