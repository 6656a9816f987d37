"""Finds free ports."""

import os
import socket
from collections.abc import Iterable

from tools.local.settings import DEFAULT_PORT, HOST, LocalSettings

STEP = 10  # between the first ports of two local AWSes
TRIES = 100


def first_taken(ports: Iterable[int]) -> int | None:
    """The first of these ports that is in use, if there is one."""
    return next((port for port in ports if not _is_free(port)), None)


def free_port() -> int:
    """A first port for another local AWS: all ports that it needs are free.

    Each process starts its search at a different port, so that two processes do not find the same one.
    """
    first = os.getpid()
    candidates = (DEFAULT_PORT + STEP * (1 + (first + number) % TRIES) for number in range(TRIES))
    return next(port for port in candidates if first_taken(LocalSettings(port).ports) is None)


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the servers do
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
