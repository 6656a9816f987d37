"""Lets one test have the machine for itself, while the tests of all other processes wait."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def machine_lock(directory: Path, *, alone: bool) -> Iterator[None]:
    """Share the machine with the tests of other processes, or have it alone.

    A test that wants the machine alone holds the gate while it waits for the running tests, so that no new test starts
    before it.

    Args:
        directory: of the locks, the same in all processes of a test run.
        alone: whether the others wait.
    """
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "gate").open("w") as gate, (directory / "machine").open("w") as machine:
        fcntl.flock(gate, fcntl.LOCK_EX)
        fcntl.flock(machine, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        if not alone:
            fcntl.flock(gate, fcntl.LOCK_UN)
        yield
