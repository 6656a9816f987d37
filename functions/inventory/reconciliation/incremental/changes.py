"""Which levels and customers changed, as the read model's merges have noted it: one file for each merge."""

import json
import re
import zlib
from datetime import datetime

from inventory.model import LevelKey
from inventory.observability import logger
from inventory.read_model.files import Files
from inventory.read_model.manifest import ManifestStore
from inventory.read_model.reader import FOLLOWED, STALE_AFTER
from inventory.reconciliation.findings import Keys
from inventory.values import dataclass

# `changed/{first generation}-{last generation}`
FOLDER = "changed/"
FILE = re.compile(re.escape(FOLDER) + r"(\d+)-(\d+)")


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed, up to a generation of the journal."""

    keys: Keys
    until: int


@dataclass(frozen=True, slots=True)
class ChangedKeys:
    """Reads what changed from the files of the read model. Nothing is known while it is stale, or if a file is missing."""

    manifests: ManifestStore
    files: Files

    def until(self, now: datetime) -> int | None:
        """The last generation of which it is known what changed; None if nothing is known."""
        try:
            return self._until(now)
        except Exception as error:  # noqa: BLE001  # whatever is wrong with a copy, the tables can be read
            logger.warning("it is not known what changed", reason=repr(error))
            return None

    def since(self, generation: int, now: datetime) -> Changes | None:
        """What changed after a generation; None if it is not known."""
        try:
            until = self._until(now)
            keys = self._between(generation, until) if until is not None else None
        except Exception as error:  # noqa: BLE001  # whatever is wrong with a copy, the tables can be read
            logger.warning("it is not known what changed", reason=repr(error))
            return None
        return Changes(keys, until) if keys is not None and until is not None else None

    def _until(self, now: datetime) -> int | None:
        manifest = self.manifests.read()
        if manifest is None or manifest.snapshot is None:
            return None
        progress = self.manifests.progress()
        is_current = all(kind in progress and progress[kind] >= now - STALE_AFTER for kind in FOLLOWED)
        return manifest.merged if is_current else None

    def _between(self, generation: int, until: int) -> Keys | None:
        """What changed after a generation, up to another one. Files may overlap, after a merge that was stopped."""
        if until < generation:
            return None  # the read model was made anew
        found = Keys()
        covered = generation
        for first, last, name in self._listed() if until > generation else ():
            if last <= generation:
                continue
            content = self.files.read(name) if first <= covered + 1 else None
            if content is None:
                return None
            found |= _keys_in(content)
            covered = max(covered, last)
        return found if covered >= until else None

    def _listed(self) -> list[tuple[int, int, str]]:
        names = [(FILE.fullmatch(name), name) for name in self.files.names(FOLDER)]
        return sorted((int(match[1]), int(match[2]), name) for match, name in names if match)


def _keys_in(content: bytes) -> Keys:
    read = json.loads(zlib.decompress(content))
    return Keys(
        frozenset(LevelKey(product_id, warehouse_id) for product_id, warehouse_id in read["levels"]),
        frozenset(read["customers"]),
    )
