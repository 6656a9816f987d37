"""Builds that are kept by what went into them, so that nothing is built twice."""

import hashlib
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
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


@contextmanager
def unfinished(finished: Path) -> Iterator[Path]:
    """A directory to build in; it becomes the finished one when the block ends well."""
    finished.parent.mkdir(parents=True, exist_ok=True)
    directory = Path(mkdtemp(dir=finished.parent))
    yield directory
    _keep_newest(finished.parent)
    directory.rename(finished)


def _keep_newest(builds: Path) -> None:
    """Forget old builds, and what interrupted ones left."""
    newest_last = sorted(builds.iterdir(), key=lambda build: build.stat().st_mtime)
    for build in newest_last[:-BUILDS_KEPT]:
        shutil.rmtree(build, ignore_errors=True)
