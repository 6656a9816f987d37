"""Batches of counts that may be run again, or twice at once: each row is decided once, and its decision is stored.

The decision is written in the transaction of the change that it is about, and also when nothing changes: what has no
effect leaves no other trace, and would be decided again from a level that others have changed meanwhile.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from inventory.aws.changes import Item, to_attributes
from inventory.aws.dynamodb import Tables, Write, conditional_put, items_of, put
from inventory.errors import BelowReserved, FieldError, InvalidRequest, LevelNotFound, LevelUnreadable
from inventory.items import batch_key, batch_row_key, parse_or_none
from inventory.model import Level, iso
from inventory.stock.changes import ChangeContext, StockChanges, retry_on_conflict
from inventory.stock.counts import ChangeOutcome, Count, Plan
from inventory.stock.ledger import IS_NEW

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# Why a row changes nothing, in every run.
REFUSALS = (BelowReserved, InvalidRequest, LevelNotFound, LevelUnreadable)
# The number under which a batch is accepted; its rows have the numbers of their lines, which are greater.
ACCEPTANCE = 0


@dataclass(frozen=True, slots=True)
class Batch:
    """One run over many counts: a file. Its decisions are deleted some time after it was submitted."""

    batch_id: str
    expires_at: datetime
    creates: bool = True  # whether its counts may create levels


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One count of a batch, by its number: the line of a file."""

    batch: Batch
    number: int


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of a row of a batch. `etag` is of the accepted file."""

    outcome: ChangeOutcome
    errors: tuple[FieldError, ...] = ()
    etag: str | None = None


class BatchStore:
    """The decisions of batches, in the Movements table, beside the movements that they explain.

    All decisions of a batch are one partition: a run that continues finds them with one query.
    """

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._tables = tables

    def decisions(self, batch_id: str) -> dict[int, Decision]:
        """The decisions of a batch so far, by the numbers of its rows; ACCEPTANCE is among them once it is accepted."""
        return self._query("product_id = :batch", {":batch": batch_key(batch_id)})

    def decision(self, row: BatchRow) -> Decision | None:
        """The decision of one row, if there is one."""
        key = batch_row_key(row.batch.batch_id, row.number)
        values = {":batch": key["product_id"], ":row": key["movement_id"]}
        return self._query("product_id = :batch AND movement_id = :row", values).get(row.number)

    def _query(self, condition: str, values: dict[str, str]) -> dict[int, Decision]:
        request = {
            "TableName": self._tables.movements,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": to_attributes(values),
            "ConsistentRead": True,
        }
        found = (parse_or_none(_to_numbered, item) for item in items_of(self._client.query, request))
        return {number: decision for number, decision in filter(None, found)}

    def decide(self, row: BatchRow, decision: Decision, now: datetime) -> Decision:
        """Store the decision of a row that changes no level; the first decision of a row is the only one.

        Returns:
            The row's decision: an earlier one, if there is one.
        """
        item = _item(row, decision, now)
        existing = conditional_put(self._client, self._tables.movements, item, IS_NEW)
        return _to_numbered(existing)[1] if existing else decision

    def write_of(self, row: BatchRow, decision: Decision, now: datetime) -> Write:
        """The write of a decision, for the transaction of its change; it fails when the row was decided before."""
        return put(self._tables.movements, _item(row, decision, now), IS_NEW, about=row)


@dataclass(frozen=True, slots=True)
class BatchCounts:
    """Counts levels as the rows of a batch."""

    changes: StockChanges
    store: BatchStore

    def count(
        self, row: BatchRow, counted: Count, context: ChangeContext, clock: Callable[[], datetime], read: Level | None
    ) -> Decision:
        """Count a level once, however often the batch is run, also by two runs at once.

        Args:
            read: the level as it was read a moment ago, for the first attempt.

        Returns:
            What became of the row, now or in an earlier run.

        Raises:
            TransientError: sales changed the level in every attempt, or AWS asks to try again later; nothing is decided.
        """
        unread = [read]

        def attempt() -> Decision | None:
            now = clock()  # a movement's time is that of the attempt that wrote it
            try:
                if unread:
                    level = unread.pop()
                else:
                    level = self.changes.store.level(counted.key)
                    earlier = self.store.decision(row)  # after the level: if another run changed it, this is found too
                    if earlier:
                        return earlier
                plan = self.plan(row.batch, level, counted, now)
                decision = Decision(plan.outcome)
                if plan.level == level:
                    return self.store.decide(row, decision, now)
                decided = self.store.write_of(row, decision, now)
                return decision if self.changes.write(level, plan, context, now, decided) else None
            except REFUSALS as error:
                return self.store.decide(row, Decision(ChangeOutcome.REFUSED, errors_of(error)), now)

        return retry_on_conflict(attempt, counted.key)

    def plan(self, batch: Batch, level: Level | None, counted: Count, now: datetime) -> Plan:
        """What a count of a batch would change, without writing.

        Raises:
            LevelNotFound: there is no such level, and the batch creates none.
            BelowReserved, InvalidRequest: the count does not fit the level.
        """
        if level is None and not batch.creates:
            raise LevelNotFound("and warehouse_id have no stock level, and create is false")
        return self.changes.plan(level, counted, now)


def errors_of(error: BelowReserved | InvalidRequest | LevelNotFound | LevelUnreadable) -> tuple[FieldError, ...]:
    """What is wrong with a count, by field."""
    match error:
        case InvalidRequest():
            return tuple(error.errors)
        case BelowReserved():
            return (FieldError("on_hand", str(error)),)
        case _:
            return (FieldError("product_id", str(error)),)


def _item(row: BatchRow, decision: Decision, now: datetime) -> Item:
    """The item of a decision. Its delta is 0, so that it does not change the ledger's sums."""
    item: Item = batch_row_key(row.batch.batch_id, row.number) | {
        "warehouse_id": "-",
        "moved_at": iso(now),
        "kind": "REQUEST",
        "delta": 0,
        "outcome": decision.outcome.value,
        "expire_at": int(row.batch.expires_at.timestamp()),
    }
    if decision.errors:
        item["errors"] = [error.to_json() for error in decision.errors]
    return item | ({"etag": decision.etag} if decision.etag else {})


def _to_numbered(item: Item) -> tuple[int, Decision]:
    errors = tuple(FieldError(error["field"], error["message"]) for error in item.get("errors", ()))
    return int(item["movement_id"]), Decision(ChangeOutcome(item["outcome"]), errors, item.get("etag"))
