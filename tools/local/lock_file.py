"""Who runs in a directory: a lock that lives and dies with its holder, and a note of the holder's port."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

DETACH = "detach\n"  # tells the holder to go on without whoever started it


@dataclass(frozen=True)
class Instance:
    """A running local AWS: the process that keeps it, and its first port."""

    pid: int
    port: int


@contextmanager
def claimed(directory: Path, port: int) -> Iterator[bool]:
    """Hold the directory for this process; answers False when another process holds it.

    The operating system lets go of the lock however its holder ends, so it cannot be stale.
    """
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "instance.json").open("a+") as note:
        try:
            fcntl.flock(note, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        note.truncate(0)
        json.dump(asdict(Instance(os.getpid(), port)), note)
        note.flush()
        yield True


def running(directory: Path) -> Instance | None:
    """The local AWS that runs in this directory, if one does."""
    path = directory / "instance.json"
    if not path.exists():
        return None
    with path.open() as note:
        try:
            fcntl.flock(note, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            content = note.read()
            return Instance(**json.loads(content)) if content else None  # its holder has yet to say who it is
    return None


def home(directory: Path, port: int) -> Path:
    """The directory of the local AWS at this port: the usual one, unless one at another port lives there."""
    own = directory / f"port-{port}"
    if running(own):
        return own
    tenant = running(directory)
    return own if tenant and tenant.port != port else directory
