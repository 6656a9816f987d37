"""What the merges of the read model note of changes, written by a test: the manifest, the progress and the files."""

import json
import zlib
from collections.abc import Iterable
from datetime import datetime

from inventory.read_model.manifest import Manifest, ManifestStore
from inventory.read_model.reader import FOLLOWED
from tests.support.shop import Shop


class FakeFiles:
    """The files of a bucket, as `Files` reads them."""

    def __init__(self) -> None:
        self.content: dict[str, bytes] = {}

    def read(self, name: str) -> bytes | None:
        return self.content.get(name)

    def names(self, prefix: str = "") -> list[str]:
        return sorted(name for name in self.content if name.startswith(prefix))


class NotedChanges:
    """Notes changes of a shop as merges do."""

    def __init__(self, shop: Shop) -> None:
        self.files = FakeFiles()
        self.manifests = ManifestStore(shop.client, shop.tables)
        self.merged = 0
        self._write()

    def notes(
        self, *levels: tuple[str, str], customers: Iterable[str] = (), now: datetime, generations: int = 1
    ) -> str:
        """A merge of so many generations; the name of its file."""
        first, self.merged = self.merged + 1, self.merged + generations
        name = f"changed/{first}-{self.merged}"
        content = {"levels": list(map(list, levels)), "customers": sorted(customers)}
        self.files.content[name] = zlib.compress(json.dumps(content).encode())
        self._write()
        self.follows(now)
        return name

    def follows(self, now: datetime) -> None:
        """The streams of the tables were followed until now."""
        for kind in FOLLOWED:
            self.manifests.advance(kind, now)

    def _write(self) -> None:
        manifest = self.manifests.read() or self.manifests.create()
        self.manifests.write(
            Manifest(manifest.revision, generation=self.merged + 1, merged=self.merged, snapshot="snapshot")
        )
