"""Allows one local AWS per directory: a lock file that also contains the process id and the port of its holder."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

FILE_NAME = "lock.json"


@dataclass(frozen=True)
class LockHolder:
    """A running local AWS: the process id of its supervisor, and its first port."""

    pid: int
    port: int


@contextmanager
def directory_lock(directory: Path, port: int) -> Iterator[bool]:
    """Lock the directory for this process. The result is False if another process holds the lock.

    The operating system releases the lock when its holder ends, even if it was killed, so the lock cannot be stale.
    """
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / FILE_NAME).open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        file.truncate(0)
        json.dump(asdict(LockHolder(os.getpid(), port)), file)
        file.flush()
        yield True


def lock_holder(directory: Path) -> LockHolder | None:
    """The local AWS that is running in this directory, if there is one."""
    path = directory / FILE_NAME
    if not path.exists():
        return None
    with path.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            content = file.read()
            return LockHolder(**json.loads(content)) if content else None  # locked, but not written yet
    return None


def choose_directory(base: Path, port: int) -> Path:
    """The directory for a local AWS at this port: the base directory, unless one at another port uses it."""
    own = base / f"port-{port}"
    if lock_holder(own):
        return own
    holder = lock_holder(base)
    return own if holder and holder.port != port else base
