"""Batches of changes that may be run again, or twice at once: each row is decided once, and its decision is stored.

The decision is written in the transaction of the change that it is about, and also when nothing changes: what has no
effect leaves no other trace, and would be decided again from a level that others have changed meanwhile.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from inventory.aws.changes import Item, to_attributes
from inventory.aws.dynamodb import Tables, Write, conditional_put, items_of, put
from inventory.errors import BelowReserved, FieldError, InvalidRequest, LevelNotFound, LevelUnreadable
from inventory.items import batch_key, batch_row_key, level_item, parse_or_none, to_level
from inventory.model import Level, LevelKey, iso
from inventory.stock.changes import ChangeContext, StockChanges, retry_on_conflict
from inventory.stock.counts import ChangeOutcome, Count, Plan
from inventory.stock.ledger import IS_NEW
from inventory.stock.store import StockStore

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# Why a row changes nothing, in every run.
REFUSALS = (BelowReserved, InvalidRequest, LevelNotFound, LevelUnreadable)
# The number under which a batch is accepted; its rows have the numbers of their lines, which are greater.
ACCEPTANCE = 0


@dataclass(frozen=True, slots=True)
class Batch:
    """One run over many changes: a file, or the list of a call. Its decisions are deleted some time after it came."""

    batch_id: str
    expires_at: datetime
    creates: bool = True  # whether its counts may create levels


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One change of a batch, by its number: the line of a file, or the place in a list, counted from 1."""

    batch: Batch
    number: int


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of a row of a batch. `etag` is of the accepted file, or the hash of the accepted list."""

    outcome: ChangeOutcome
    errors: tuple[FieldError, ...] = ()
    etag: str | None = None
    code: str | None = None  # of the error, if it is refused and its caller is answered with it
    level: Level | None = None  # afterwards, if its caller is answered with it
    decided_at: str | None = field(default=None, compare=False)


# Decides a row from one reading of its level; None when the level changed in between.
Attempt = Callable[[Level | None, datetime], Decision | None]


class BatchStore:
    """The decisions of batches, in the Movements table, beside the movements that they explain.

    All decisions of a batch are one partition: a run that continues finds them with one query.
    """

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._tables = tables

    def decisions(self, batch_id: str) -> Iterator[tuple[int, Decision]]:
        """All decisions of a batch so far, each with the number of its row; that of ACCEPTANCE is among them."""
        return self._query("product_id = :batch", {":batch": batch_key(batch_id)})

    def acceptance(self, batch_id: str) -> Decision | None:
        """The decision by which a batch was accepted, if it was."""
        return self._decision(batch_id, ACCEPTANCE)

    def decision(self, row: BatchRow) -> Decision | None:
        """The decision of one row, if there is one."""
        return self._decision(row.batch.batch_id, row.number)

    def _decision(self, batch_id: str, number: int) -> Decision | None:
        key = batch_row_key(batch_id, number)
        values = {":batch": key["product_id"], ":row": key["movement_id"]}
        return dict(self._query("product_id = :batch AND movement_id = :row", values)).get(number)

    def _query(self, condition: str, values: dict[str, str]) -> Iterator[tuple[int, Decision]]:
        request = {
            "TableName": self._tables.movements,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": to_attributes(values),
            "ConsistentRead": True,
        }
        found = (parse_or_none(_to_numbered, item) for item in items_of(self._client.query, request))
        return filter(None, found)

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


class Decisions(Protocol):
    """Where the decisions of rows are kept."""

    def decision(self, row: BatchRow) -> Decision | None:
        """The decision of one row, if there is one."""

    def decide(self, row: BatchRow, decision: Decision, now: datetime) -> Decision:
        """Store the decision of a row that changes no level; the first decision of a row is the only one."""


@dataclass(frozen=True, slots=True)
class Once:
    """Decides each row once, however often its batch is run, also by two runs at once."""

    levels: StockStore
    decisions: Decisions
    clock: Callable[[], datetime]

    def decide(
        self, row: BatchRow, key: LevelKey, attempt: Attempt, first_reading: Callable[[], Level | None]
    ) -> Decision:
        """Read the level and decide the row, again and again until nobody changed the level in between.

        Args:
            attempt: decides the row from a reading of its level. It stores the decision, with its change if there is one.
            first_reading: the level for the first attempt; each later attempt reads it again.

        Returns:
            What became of the row, now or in an earlier run.

        Raises:
            TransientError: sales changed the level in every attempt, or AWS asks to try again later; nothing is decided.
        """
        readings = [first_reading]

        def read_and_attempt() -> Decision | None:
            now = self.clock()  # a movement's time is that of the attempt that wrote it
            if readings:
                return attempt(readings.pop()(), now)
            level = self.levels.level(key)
            # After the level: if another run changed it, this is found too.
            return self.decisions.decision(row) or attempt(level, now)

        return retry_on_conflict(read_and_attempt, key)


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

        def attempt(level: Level | None, now: datetime) -> Decision | None:
            try:
                plan = self.plan(row.batch, level, counted, now)
            except BelowReserved as refusal:
                if self.changes.may_have(level, refusal.removed):
                    return None
                raise
            decision = Decision(plan.outcome)
            if plan.changes_nothing:
                return self.store.decide(row, decision, now)
            decided = self.store.write_of(row, decision, now)
            return decision if self.changes.write(level, plan, context, now, decided) else None

        try:
            return Once(self.changes.store, self.store, clock).decide(row, counted.key, attempt, lambda: read)
        except REFUSALS as error:  # also of a level that cannot be read any more
            return self.store.decide(row, Decision(ChangeOutcome.REFUSED, errors_of(error)), clock())

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
    in_the_ledger = {"warehouse_id": "-", "kind": "REQUEST", "delta": 0}
    return batch_row_key(row.batch.batch_id, row.number) | in_the_ledger | decision_item(row.batch, decision, now)


def decision_item(batch: Batch, decision: Decision, now: datetime) -> Item:
    """The attributes of a decision's item, without those of its key."""
    item: Item = {
        "moved_at": iso(now),
        "outcome": decision.outcome.value,
        "expire_at": int(batch.expires_at.timestamp()),
    }
    if decision.errors:
        item["errors"] = [error.to_json() for error in decision.errors]
    if decision.level:
        item["level"] = level_item(decision.level)
    given = {"etag": decision.etag, "code": decision.code}
    return item | {name: value for name, value in given.items() if value}


def to_decision(item: Item) -> Decision:
    """The decision in an item."""
    return Decision(
        outcome=ChangeOutcome(item["outcome"]),
        errors=tuple(FieldError(error["field"], error["message"]) for error in item.get("errors", ())),
        etag=item.get("etag"),
        code=item.get("code"),
        level=to_level(item["level"]) if "level" in item else None,
        decided_at=item["moved_at"],
    )


def _to_numbered(item: Item) -> tuple[int, Decision]:
    return int(item["movement_id"]), to_decision(item)
