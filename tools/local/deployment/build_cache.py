"""Keeps finished builds by a hash of their inputs, so that nothing is built twice."""

import fcntl
import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

BUILDS_KEPT = 3
UNFINISHED = "unfinished-"  # the beginning of the name of a directory that is not complete yet


def fingerprint(context: str, project: Path, sources: Iterable[Path]) -> str:
    """A hash of everything that a build depends on: its context (runtime, machine) and its source files."""
    digest = hashlib.sha256(context.encode())
    for path in sorted(sources):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(f"{path.relative_to(project)}\n".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def cached_build(target: Path, build: Callable[[Path], None]) -> Path:
    """The directory of a finished build. If it does not exist, `build` fills a new one, which is kept if that succeeds.

    One process builds at a time. Another process that needs the same build waits, and then uses it.
    """
    builds = target.parent
    builds.mkdir(parents=True, exist_ok=True)
    with _lock(builds, fcntl.LOCK_EX):
        _remove_unfinished(builds)  # of a process that was killed
        if not target.exists():
            directory = Path(mkdtemp(prefix=UNFINISHED, dir=builds))
            try:
                build(directory)
                _keep_newest(builds)
                directory.rename(target)
            except BaseException:  # also Ctrl-C
                shutil.rmtree(directory, ignore_errors=True)
                raise
    return target


def remove_unfinished_builds(builds: Path) -> None:
    """Remove what a killed build left, unless a process is building now."""
    if not builds.exists():
        return
    try:
        with _lock(builds, fcntl.LOCK_EX | fcntl.LOCK_NB):
            _remove_unfinished(builds)
    except BlockingIOError:
        pass


@contextmanager
def _lock(builds: Path, mode: int) -> Iterator[None]:
    with builds.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, mode)
        yield


def _remove_unfinished(builds: Path) -> None:
    for directory in builds.glob(f"{UNFINISHED}*"):
        shutil.rmtree(directory, ignore_errors=True)


def _keep_newest(builds: Path) -> None:
    """Delete old builds."""
    newest_last = sorted(builds.iterdir(), key=lambda build: build.stat().st_mtime)
    for build in newest_last[:-BUILDS_KEPT]:
        shutil.rmtree(build, ignore_errors=True)
