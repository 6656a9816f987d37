"""Keeps finished builds by a hash of their inputs, so that nothing is built twice."""

import fcntl
import hashlib
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import mkdtemp

BUILDS_KEPT = 3


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
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.parent.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.exists():
            directory = Path(mkdtemp(dir=target.parent))
            build(directory)
            _keep_newest(target.parent)
            directory.rename(target)
    return target


def _keep_newest(builds: Path) -> None:
    """Delete old builds and the remains of interrupted ones."""
    newest_last = sorted(builds.iterdir(), key=lambda build: build.stat().st_mtime)
    for build in newest_last[:-BUILDS_KEPT]:
        shutil.rmtree(build, ignore_errors=True)
