"""What the function does every minute: the heartbeat, a merge, the next slices of a rebuild, and cleaning up."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from inventory.aws.changes import to_attributes
from inventory.aws.dynamodb import Tables
from inventory.aws.retries import with_retries
from inventory.errors import ReadModelMissing
from inventory.items import LEVEL_HEARTBEAT_KEY, RESERVATION_HEARTBEAT_KEY, UNREADABLE
from inventory.model import iso
from inventory.observability import logger
from inventory.read_model.entries import Kind
from inventory.read_model.files import Files
from inventory.read_model.manifest import Manifest, ManifestStore
from inventory.read_model.merging.cleanup import clean_up
from inventory.read_model.merging.merge import Merge, MergeResult, Outcome
from inventory.read_model.merging.rebuild import Rebuild, SliceResult
from inventory.read_model.merging.snapshots import Run
from inventory.values import dataclass

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# The files are listed, which costs ten times a read: in every tenth minute.
CLEANED_EVERY_MINUTES = 10
# The age of a model of which nothing was followed yet: an alarm looks at it.
NEVER_FOLLOWED_SECONDS = 24 * 3_600


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did, and what there is afterwards."""

    merge: MergeResult
    manifest: Manifest | None
    is_busy: bool = False  # another run is at the rebuild
    files_deleted: int = 0
    age_seconds: int = NEVER_FOLLOWED_SECONDS

    @property
    def counts(self) -> dict[str, int]:
        """The metrics of a run."""
        return {"ReadModelAgeSeconds": self.age_seconds, "ReadModelChanges": self.merge.changes}

    def to_json(self) -> dict[str, Any]:
        """What the function answers."""
        rebuild = self.manifest.rebuild if self.manifest else None
        return {
            "merge": self.merge.outcome,
            "changes": self.merge.changes,
            "snapshot": self.manifest.snapshot if self.manifest else None,
            "rebuild": {
                "rebuild_id": rebuild.rebuild_id,
                "started_at": rebuild.started_at,
                "step": rebuild.step,
                "rows": rebuild.rows,
                "busy": self.is_busy,
            }
            if rebuild
            else None,
            "files_deleted": self.files_deleted,
            "age_seconds": self.age_seconds,
        }


class Heartbeat:
    """Writes a row in the two tables that sell, so that the followers' progress goes on although nothing sells."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._rows: Mapping[str, Mapping[str, str]] = {
            tables.inventory: LEVEL_HEARTBEAT_KEY,
            tables.reservations: RESERVATION_HEARTBEAT_KEY,
        }

    def beat(self, now: datetime) -> None:
        """Write the rows."""
        for table, key in self._rows.items():
            request: Any = {
                "TableName": table,
                "Key": to_attributes(key),
                "UpdateExpression": "SET beat_at = :now",
                "ExpressionAttributeValues": to_attributes({":now": iso(now)}),
            }
            with_retries(lambda request=request: self._client.update_item(**request))  # type: ignore[misc]


class ReadModelJob:
    """Keeps the snapshot up to date."""

    def __init__(
        self, manifests: ManifestStore, files: Files, merge: Merge, rebuild: Rebuild, heartbeat: Heartbeat
    ) -> None:
        self._manifests = manifests
        self._files = files
        self._merge = merge
        self._rebuild = rebuild
        self._heartbeat = heartbeat

    def run(self, now: datetime, has_time: Callable[[], bool], *, rebuild: bool = False, merge: bool = False) -> Report:
        """Do what is due. What a crash left unfinished is done by the next run.

        A snapshot that is missing, or not whole, is made anew from the tables.

        Args:
            rebuild: make it anew in any case.
            merge: merge at once, although it is not time yet.
        """
        run = Run(now, has_time)
        self._heartbeat.beat(now)
        manifest = self._manifest(now)
        if rebuild or (manifest.snapshot is None and manifest.rebuild is None):
            manifest = self._rebuild.start(now) or manifest
        merged, deleted = MergeResult(Outcome.NOTHING), 0
        try:
            merged = self._merge.run(manifest, run, at_once=merge)
            if now.minute % CLEANED_EVERY_MINUTES == 0:
                deleted = clean_up(self._files, self._manifests.read() or manifest, now)
        except ReadModelMissing as error:
            logger.error("the read model is made anew, as a file of its snapshot is gone", wrong=str(error))
            self._rebuild.start(now, without=manifest.snapshot)
        is_busy = self._run_rebuild(run)
        return Report(merged, self._manifests.read(), is_busy, deleted, self._age_seconds(now))

    def _manifest(self, now: datetime) -> Manifest:
        """The manifest; a new one if there is none, or another tool has written it."""
        try:
            return self._manifests.read() or self._manifests.create()
        except UNREADABLE as error:
            logger.error("the read model is made anew, as its manifest cannot be read", wrong=repr(error))
            return self._manifests.replace_unreadable(int(now.timestamp() * 1_000))

    def _run_rebuild(self, run: Run) -> bool:
        """Do slices of a running rebuild while there is time; returns whether another run is at it."""
        while True:
            manifest = self._manifests.read()
            if manifest is None or manifest.rebuild is None:
                return False
            if self._rebuild.run_slice(run) is SliceResult.BUSY:
                return True
            if not run.has_time():
                return False

    def _age_seconds(self, now: datetime) -> int:
        """How long ago the oldest of the tables that sell was followed to its end."""
        progress = self._manifests.progress()
        followed = [progress.get(kind) for kind in (Kind.LEVELS, Kind.RESERVATIONS)]
        known = [moment for moment in followed if moment is not None]
        if len(known) < len(followed):
            return NEVER_FOLLOWED_SECONDS
        return max(0, int((now - min(known)).total_seconds()))
