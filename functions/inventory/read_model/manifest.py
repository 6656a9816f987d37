"""The manifest of the read model: which snapshot counts, and which generations of the journal are not in it yet.

It is one row, and every change of it is a conditional write: of two writers that have read the same revision, one wins.
Beside it are the rows of progress, which say until when each table was followed.
"""

from collections.abc import Mapping
from dataclasses import field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from inventory.aws.changes import Change as ItemChange
from inventory.aws.changes import Condition, Item, to_attributes, to_item
from inventory.aws.dynamodb import Tables, conditional_put, conditional_update, items_of
from inventory.aws.retries import with_retries
from inventory.model import iso
from inventory.observability import logger
from inventory.read_model.entries import Kind
from inventory.values import dataclass

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

MANIFEST_KEY = {"part": "manifest", "entry": "manifest"}
PROGRESS = "progress"


@dataclass(frozen=True, slots=True)
class RebuildState:
    """How far a running rebuild is. It works in slices, over several runs of its function."""

    rebuild_id: str
    started_at: str
    generation: int  # the journal's when it began: all that changed since is in this one and in later ones
    step: str
    position: Mapping[str, Any] = field(default_factory=dict)  # after which the step goes on
    rows: int = 0  # that were read

    def to_item(self) -> Item:
        return {
            "rebuild_id": self.rebuild_id,
            "started_at": self.started_at,
            "generation": self.generation,
            "step": self.step,
            "position": dict(self.position),
            "rows": self.rows,
        }

    @classmethod
    def from_item(cls, item: Item) -> "RebuildState":
        return cls(
            str(item["rebuild_id"]),
            str(item["started_at"]),
            int(item["generation"]),
            str(item["step"]),
            item["position"],
            int(item["rows"]),
        )


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the read model consists of."""

    revision: int = 1
    generation: int = 1  # of the journal: the open one, into which changes are written
    merged: int = 0  # generations up to this one are in the snapshot
    snapshot: str | None = None  # its id; None before the first
    rebuild: RebuildState | None = None  # a running rebuild

    @property
    def unmerged(self) -> range:
        """The generations of the journal that are not in the snapshot."""
        return range(self.merged + 1, self.generation + 1)

    def to_item(self) -> Item:
        content: Item = {
            **MANIFEST_KEY,
            "revision": self.revision,
            "generation": self.generation,
            "merged": self.merged,
        }
        if self.snapshot is not None:
            content["snapshot"] = self.snapshot
        if self.rebuild is not None:
            content["rebuild"] = self.rebuild.to_item()
        return content

    @classmethod
    def from_item(cls, item: Item) -> "Manifest":
        """The manifest in an item. What is none raises an error of items.UNREADABLE."""
        return cls(
            int(item["revision"]),
            int(item["generation"]),
            int(item["merged"]),
            str(item["snapshot"]) if "snapshot" in item else None,
            RebuildState.from_item(item["rebuild"]) if "rebuild" in item else None,
        )


class ManifestStore:
    """The manifest, and the progress of each table, in DynamoDB."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._table = tables.read_model

    def read(self) -> Manifest | None:
        """The manifest, strongly consistent; None before the first."""
        request: Any = {"TableName": self._table, "Key": to_attributes(MANIFEST_KEY), "ConsistentRead": True}
        answer = with_retries(lambda: self._client.get_item(**request))
        return Manifest.from_item(to_item(answer["Item"])) if "Item" in answer else None

    def create(self) -> Manifest:
        """The first manifest, or the one that exists."""
        first = Manifest()
        is_first = Condition("attribute_not_exists(revision)")
        existing = conditional_put(self._client, self._table, first.to_item(), is_first)
        return first if existing is None else Manifest.from_item(existing)

    def replace_unreadable(self, number: int) -> Manifest:
        """Replace a manifest that another tool has written by a new one, unless another run has done so.

        Args:
            number: its revision, and its generation of the journal, as those before are not known: larger than any of them.
        """
        new = Manifest(revision=number, generation=number, merged=number - 1)
        request: Any = {"TableName": self._table, "Key": to_attributes(MANIFEST_KEY), "ConsistentRead": True}
        stored = to_item(with_retries(lambda: self._client.get_item(**request)).get("Item", {}))
        as_read = (
            Condition("#revision = :revision", {"revision": stored["revision"]})
            if "revision" in stored
            else Condition("attribute_not_exists(#revision)")
        )
        existing = conditional_put(self._client, self._table, new.to_item(), as_read)
        return new if existing is None else Manifest.from_item(existing)

    def write(self, manifest: Manifest) -> bool:
        """Write a manifest that was changed, under the next revision.

        Args:
            manifest: with the revision that it was read with.

        Returns:
            False when another writer has changed it since: read it again.
        """
        written = replace(manifest, revision=manifest.revision + 1).to_item()
        still_as_read = Condition("revision = :revision", {"revision": manifest.revision})
        existing = conditional_put(self._client, self._table, written, still_as_read)
        return existing is None or existing == written  # the answer to the first attempt was lost

    def progress(self) -> dict[Kind, datetime]:
        """Until when each table was followed, eventually consistent; without those of which nothing was followed yet."""
        request = {
            "TableName": self._table,
            "KeyConditionExpression": "part = :progress",
            "ExpressionAttributeValues": to_attributes({":progress": PROGRESS}),
        }
        found = {}
        for item in items_of(self._client.query, request):
            try:
                found[Kind(item["entry"])] = datetime.fromisoformat(item["followed_until"])
            except (KeyError, TypeError, ValueError):
                logger.error("a row of progress cannot be read", entry=item["entry"])
        return found

    def advance(self, kind: Kind, until: datetime) -> None:
        """Note that a table was followed until a time. Another follower may have come further: this never goes back."""
        is_later = Condition("attribute_not_exists(followed_until) OR followed_until < :until", {"until": iso(until)})
        key = {"part": PROGRESS, "entry": kind.value}
        conditional_update(self._client, self._table, key, ItemChange(set={"followed_until": iso(until)}), is_later)
