"""Directories for temporary files. They are beside the other files of the project, and removed in every case."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp

DIRECTORY = "tmp"  # below the directory of a local AWS


@contextmanager
def temporary_directory(parent: Path) -> Iterator[Path]:
    """A new directory for the duration of the block, below `parent`."""
    parent.mkdir(parents=True, exist_ok=True)
    directory = Path(mkdtemp(dir=parent))
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)
        with suppress(OSError):  # others have theirs in it
            parent.rmdir()


def with_temporary_files_in(directory: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of a program that keeps its temporary files in a directory, whichever variable it reads."""
    return {**environment, **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(directory))}
