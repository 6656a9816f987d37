"""Builds that are kept by what went into them, so that nothing is built twice."""

import fcntl
import hashlib
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import mkdtemp

BUILDS_KEPT = 3


def fingerprint(circumstances: str, project: Path, sources: Iterable[Path]) -> str:
    """A hash of everything a build depends on: where it runs, and its sources."""
    digest = hashlib.sha256(circumstances.encode())
    for path in sorted(sources):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(f"{path.relative_to(project)}\n".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def built_once(finished: Path, build: Callable[[Path], None]) -> Path:
    """The finished build. When it is not there, `build` fills a directory that becomes it if that ends well.

    One build at a time: whoever comes while another process builds waits, and takes what that one made.
    """
    finished.parent.mkdir(parents=True, exist_ok=True)
    with finished.parent.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not finished.exists():
            directory = Path(mkdtemp(dir=finished.parent))
            build(directory)
            _keep_newest(finished.parent)
            directory.rename(finished)
    return finished


def _keep_newest(builds: Path) -> None:
    """Forget old builds, and what interrupted ones left."""
    newest_last = sorted(builds.iterdir(), key=lambda build: build.stat().st_mtime)
    for build in newest_last[:-BUILDS_KEPT]:
        shutil.rmtree(build, ignore_errors=True)
