"""DynamoDB's streams and Lambda's consumer of them: the keys of what was written, in batches, until each is answered."""

import itertools
import zlib
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.simulation.platform.invocations import InvocationFailed, Invocations
from tests.simulation.platform.stage import Stage
from tests.support.memory_dynamodb.database import Change

CONSUMER = "publish_changes"
SHARDS = 2  # of each table
BATCH_MAX = 100
AGAIN_SECONDS_MAX = 30.0

Record = dict[str, Any]


@dataclass
class Shard:
    """The records of some rows of a table, in the order of their writes. A batch is handed over after the other."""

    waiting: deque[Record] = field(default_factory=deque)
    batch_max: int = BATCH_MAX
    failures: int = 0
    is_busy: bool = False


class Streams:
    """The streams of some tables. A batch that fails is split and handed over again until it succeeds.

    AWS gives up after some attempts, and notes the batch in a queue, from which operators hand it over again.

    Args:
        keys: the attributes of the key of each table with a stream.
    """

    def __init__(self, stage: Stage, invocations: Invocations, keys: Mapping[str, tuple[str, ...]]) -> None:
        self._stage = stage
        self._invocations = invocations
        self._keys = keys
        self._shards = {(table, number): Shard() for table in keys for number in range(SHARDS)}
        self._numbers = itertools.count(1)

    def on_write(self, changes: list[Change]) -> None:
        """What one call has written. A write that leaves a row as it was has no record."""
        for table, before, after in changes:
            if table in self._keys and before != after:
                keys = {name: (after or before or {})[name] for name in self._keys[table]}
                self._add(table, keys, "REMOVE" if after is None else "MODIFY")

    @property
    def left(self) -> int:
        """How many records were not published yet."""
        return sum(len(shard.waiting) for shard in self._shards.values())

    def _add(self, table: str, keys: Mapping[str, Any], event_name: str) -> None:
        if table == "reservations" and event_name == "REMOVE":
            return  # filtered at the source
        record = {
            "eventName": event_name,
            "eventSourceARN": f"arn:aws:dynamodb:us-east-1:123456789012:table/{table}/stream/1",
            "dynamodb": {"Keys": keys, "SequenceNumber": str(next(self._numbers))},
        }
        shard = self._shards[table, zlib.crc32(repr(keys).encode()) % SHARDS]
        shard.waiting.append(record)
        if not shard.is_busy:
            shard.is_busy = True
            self._stage.scheduler.after(self._stage.faults.latency(), lambda: self._hand_over(shard))

    def _hand_over(self, shard: Shard) -> None:
        batch = list(itertools.islice(shard.waiting, shard.batch_max))

        def end(answer: Any, error: InvocationFailed | None) -> None:
            done = 0 if error else _done(batch, answer)
            for _ in range(done):
                shard.waiting.popleft()
            failed = done < len(batch)
            shard.failures = shard.failures + 1 if failed else 0
            shard.batch_max = max(1, len(batch) // 2) if error else BATCH_MAX
            shard.is_busy = bool(shard.waiting)
            if shard.is_busy:
                pause = min(AGAIN_SECONDS_MAX, 0.1 * 2**shard.failures) if failed else self._stage.faults.latency()
                self._stage.scheduler.after(pause, lambda: self._hand_over(shard))

        self._invocations.invoke(CONSUMER, {"Records": batch}, end)


def _done(batch: list[Record], answer: Any) -> int:
    """How many records come before the first one that failed: it and all after it are handed over again."""
    failed = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
    numbers = [record["dynamodb"]["SequenceNumber"] for record in batch]
    return next((index for index, number in enumerate(numbers) if number in failed), len(batch))
