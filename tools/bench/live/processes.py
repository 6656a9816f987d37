"""The memory and the connections of the local AWS, from `/proc`."""

import os
from collections import defaultdict
from pathlib import Path

SUPERVISOR = b"tools.local.processes.supervisor"
ESTABLISHED = "01"
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


def memory_mb() -> float:
    """The memory of all processes of the local AWS that this process has started, in megabytes."""
    children = defaultdict(list)
    commands: dict[int, bytes] = {}
    pages: dict[int, int] = {}
    for process in Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        try:
            parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
            commands[int(process.name)] = (process / "cmdline").read_bytes()
            pages[int(process.name)] = int((process / "statm").read_text().split()[1])
        except OSError:  # it has ended
            continue
        children[parent].append(int(process.name))
    own = _tree(os.getpid(), children)
    of_aws = {one for pid in own if SUPERVISOR in commands.get(pid, b"") for one in _tree(pid, children)}
    return sum(pages.get(pid, 0) for pid in of_aws) * PAGE_BYTES / 1e6


def connections_to(port: int) -> int:
    """How many connections to a port of this machine are open."""
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    fields = (line.split() for line in lines)
    return sum(int(one[1].rpartition(":")[2], 16) == port and one[3] == ESTABLISHED for one in fields)


def _tree(pid: int, children: dict[int, list[int]]) -> list[int]:
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += children.get(one, [])
    return found
