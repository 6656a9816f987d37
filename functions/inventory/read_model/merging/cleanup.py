"""Deletes files of which no snapshot of the last hour consists, and notices that files of the present one are gone."""

from collections.abc import Iterator
from datetime import datetime

from inventory.errors import ReadModelMissing
from inventory.read_model.files import Files
from inventory.read_model.manifest import Manifest
from inventory.read_model.merging.contents import Contents
from inventory.read_model.merging.parts import folder_of
from inventory.read_model.merging.snapshots import KEPT_FOR

FOLDERS = ("snapshots/", "segments/", "rebuilds/")


def clean_up(files: Files, manifest: Manifest, now: datetime) -> int:
    """Delete files that are older than an hour and that nobody needs: crashes leave them, and what was replaced.

    Returns:
        How many files were deleted.

    Raises:
        ReadModelMissing: a file of the snapshot is gone.
    """
    present = Contents.read(files, manifest.snapshot) if manifest.snapshot else None
    if present:
        names = {name for folder in FOLDERS for name in files.names(folder)}
        if missing := present.files - names:
            raise ReadModelMissing(f"{len(missing)} files of the snapshot are gone, such as {min(missing)}")
    needed = {name for contents in _needed(files, present, manifest, now) for name in contents.files}
    rebuild = folder_of(manifest.rebuild.rebuild_id) if manifest.rebuild else None
    old = [name for folder in FOLDERS for name in files.names_before(now - KEPT_FOR, folder)]
    unneeded = [name for name in old if name not in needed and not (rebuild and name.startswith(rebuild))]
    if unneeded:
        files.delete(unneeded)
    return len(unneeded)


def _needed(files: Files, present: Contents | None, manifest: Manifest, now: datetime) -> Iterator[Contents]:
    """The snapshots that may still be read: the present one, those that were replaced lately, and that of a rebuild."""
    replaced = [replaced.snapshot for replaced in present.replaced if replaced.at > now - KEPT_FOR] if present else []
    base = manifest.rebuild.position.get("base") if manifest.rebuild else None
    if present:
        yield present
    for snapshot in [*replaced, *([base] if base else [])]:
        try:
            yield Contents.read(files, snapshot)
        except ReadModelMissing:
            continue  # it is gone already
