"""Records of DynamoDB streams, as Lambda hands them over: which row each is about.

The streams have keys only. A record says that a row was written, and what is in the row is read from the table, so a record
that comes late, twice or in another order does no harm.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from inventory.aws.attributes import Item, to_item
from inventory.values import dataclass

# Who deletes rows whose time is over.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html
TIME_TO_LIVE = "dynamodb.amazonaws.com"


@dataclass(frozen=True, slots=True)
class StreamRecord:
    """A record of a stream."""

    number: str  # its sequence number, by which a batch names it
    table: str
    keys: Item
    is_removal: bool
    has_expired: bool  # DynamoDB deleted the row, as its time was over
    written_at: datetime | None  # to the second

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> "StreamRecord":
        """The record as Lambda hands it over. What is none raises an error of items.UNREADABLE."""
        written = record["dynamodb"]
        at = written.get("ApproximateCreationDateTime")
        return cls(
            str(written["SequenceNumber"]),
            str(record["eventSourceARN"]).split("/")[1],
            to_item(written["Keys"]),
            record["eventName"] == "REMOVE",
            record.get("userIdentity", {}).get("principalId") == TIME_TO_LIVE,
            datetime.fromtimestamp(at, UTC) if isinstance(at, int | float) else None,
        )


@dataclass(frozen=True, slots=True)
class UnknownRecord:
    """A record that names no row of ours."""

    content: Mapping[str, Any]
    wrong: str

    def to_json(self) -> dict[str, Any]:
        """What is put aside of it: its key, as far as it has one."""
        written: Any = self.content.get("dynamodb")
        keys = written.get("Keys") if isinstance(written, dict) else None
        return {"table": self.content.get("eventSourceARN"), "key": keys, "wrong": self.wrong}

    @property
    def numbers(self) -> list[str]:
        """Its sequence number, if it has one."""
        written: Any = self.content.get("dynamodb")
        return [str(written["SequenceNumber"])] if isinstance(written, dict) and "SequenceNumber" in written else []
