"""DynamoDB's partitions: how many units each takes in a second, and how long a transaction holds its items.

One partition key is one partition here, as of a product that sells so fast that DynamoDB has given it one.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
"""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from tests.simulation.platform.scheduler import Scheduler
from tests.support.memory_dynamodb import Database
from tests.support.memory_dynamodb.database import cancelled, key_of
from tests.support.memory_dynamodb.values import item_bytes, refused
from tools.smoke.hold_time import ASSUMED_HOLD_TIME

Request = dict[str, Any]
ItemKey = tuple[str, tuple[Any, ...]]  # a table, and a key of it

UNITS_A_SECOND = 1_000.0  # what a partition writes, and what it can save for a burst
UNIT_BYTES = 1_024
TRANSACTION_FACTOR = 2  # a transaction prepares each item, and then writes it: each costs a unit for each KB
TRAVEL_SECONDS = (0.001, 0.003)  # of a call to DynamoDB, without what it does there

WRITES_OF_ONE_ITEM = {"PutItem": "Item", "UpdateItem": "Key", "DeleteItem": "Key"}
CONFLICT = {"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"}
THROTTLED = {"Code": "ThrottlingError", "Message": "Throughput exceeds the current capacity of the partition"}
NO_REASON = {"Code": "None"}


@dataclass(frozen=True)
class HoldTime:
    """How long a transaction holds its items, in seconds: any time between these two."""

    least: float = ASSUMED_HOLD_TIME[0]
    most: float = ASSUMED_HOLD_TIME[1]


@dataclass
class _Bucket:
    """The units that a partition may still write."""

    units: float
    filled_at: float


class Partitions:
    """Makes calls upon tables in memory as DynamoDB's partitions take them; each call waits in virtual time.

    Args:
        wait: waits in the process that makes the call.
    """

    def __init__(
        self,
        database: Database,
        scheduler: Scheduler,
        hold_time: HoldTime,
        draw: random.Random,
        *,
        wait: Callable[[float], None],
    ) -> None:
        self.counted: Counter[str] = Counter()  # the transactions by their results
        self.written_at = 0.0  # when the write that happens now takes effect
        self._database = database
        self._scheduler = scheduler
        self._hold_time = hold_time
        self._draw = draw
        self._wait = wait
        self._held_until: dict[ItemKey, float] = {}
        self._buckets: dict[tuple[str, Any], _Bucket] = {}

    def call(self, operation: str, request: Request) -> Any:
        """Make one call.

        Raises:
            ClientError: a condition failed, another transaction holds an item, or a partition takes no more.
        """
        self._wait(self._draw.uniform(*TRAVEL_SECONDS))
        if operation == "TransactWriteItems":
            return self._transact(request)
        if operation in WRITES_OF_ONE_ITEM:
            return self._write_one(operation, request)
        return self._database.call(operation, request)

    def _transact(self, request: Request) -> Any:
        # Nothing is lost here, so the token of a repeated call is not needed.
        request = {"TransactItems": request["TransactItems"]}
        keys = [self._key(action) for item in request["TransactItems"] for action in item.values()]
        refusals = [self._refusal(key) for key in keys]
        if any(refusals):
            self.counted[next(refusal["Code"] for refusal in refusals if refusal)] += 1
            if THROTTLED not in refusals:
                self._spend(keys, 1)
            raise cancelled([refusal or NO_REASON for refusal in refusals])
        held_for = self._draw.uniform(self._hold_time.least, self._hold_time.most)
        self.written_at = self._scheduler.now + held_for
        try:
            answer = self._database.call("TransactWriteItems", request)
        except ClientError:
            self.counted["refused"] += 1
            self._spend(keys, 1)
            raise
        self.counted["written"] += 1
        self._spend(keys, TRANSACTION_FACTOR)
        self._held_until.update(dict.fromkeys(keys, self.written_at))
        self._wait(held_for)
        return answer

    def _write_one(self, operation: str, request: Request) -> Any:
        key = self._key(request)
        refusal = self._refusal(key)
        if refusal is CONFLICT:
            raise refused(CONFLICT["Message"], operation, "TransactionConflictException")
        if refusal:
            raise refused(THROTTLED["Message"], operation, "ProvisionedThroughputExceededException")
        self.written_at = self._scheduler.now
        try:
            return self._database.call(operation, request)
        finally:
            self._spend([key], 1)

    def _key(self, action: Request) -> ItemKey:
        table = self._database.tables[action["TableName"]]
        return table.name, key_of(action.get("Item") or action["Key"], table.key)

    def _refusal(self, key: ItemKey) -> dict[str, str] | None:
        """Why an item cannot be written now."""
        if self._bucket(key).units < 1:
            return THROTTLED
        if self._held_until.get(key, 0.0) > self._scheduler.now:
            return CONFLICT
        return None

    def _spend(self, keys: list[ItemKey], factor: int) -> None:
        """Take the units of these writes from their partitions, also of those that were refused."""
        for key in keys:
            item = self._database.tables[key[0]].get(key[1])
            self._bucket(key).units -= factor * (1 + item_bytes(item) // UNIT_BYTES if item else 1)

    def _bucket(self, key: ItemKey) -> _Bucket:
        now = self._scheduler.now
        bucket = self._buckets.setdefault((key[0], key[1][0]), _Bucket(UNITS_A_SECOND, now))
        bucket.units = min(UNITS_A_SECOND, bucket.units + (now - bucket.filled_at) * UNITS_A_SECOND)
        bucket.filled_at = now
        return bucket
