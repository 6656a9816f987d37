"""Delivers a batch of records to a function: retries, splits, and gives up, as Lambda does.

https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html
https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
"""

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tools.local.streams.mapping import StreamMapping

# Lambda does not say how long it waits before a retry.
RETRY_SECONDS = 0.2
RETRY_SECONDS_MAX = 5.0

RETRIES_EXHAUSTED = "RetryAttemptsExhausted"
TOO_OLD = "RecordAgeExceeded"

Record = Mapping[str, Any]
Batch = Sequence[Record]


@dataclass(frozen=True)
class Invocation:
    """What became of a call of the function: its answer, an error, or that the function was throttled."""

    answer: Any = None
    is_error: bool = False
    is_throttled: bool = False


@dataclass(frozen=True)
class Discarded:
    """Records that will not be tried again."""

    records: Batch
    condition: str
    invocations: int
    last: Invocation


@dataclass(frozen=True)
class Attempt:
    """Records that are delivered next, after so many invocations that count as retries."""

    records: Batch
    invocations: int = 0


class Delivery:
    """Delivers batches of one mapping, one after the other. `wait` returns False when the mapping ends."""

    def __init__(
        self,
        invoke: Callable[[Batch], Invocation],
        discard: Callable[[Discarded], None],
        wait: Callable[[float], bool],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._invoke = invoke
        self._discard = discard
        self._wait = wait
        self._clock = clock

    def deliver(self, mapping: StreamMapping, records: Batch) -> bool:
        """Deliver a batch until each record was processed or discarded. The result is False if the mapping ends first."""
        attempts = deque([Attempt(records)])
        while attempts:
            attempt = attempts.popleft()
            invocation = self._invoke(attempt.records)
            next_attempts = self._after(mapping, attempt, invocation)
            if next_attempts is None:
                return False
            attempts.extendleft(reversed(next_attempts))  # before what stands behind them in the stream
        return True

    def _after(self, mapping: StreamMapping, attempt: Attempt, invocation: Invocation) -> list[Attempt] | None:
        """What is delivered next, because of an invocation; None if the mapping ends."""
        if invocation.is_throttled:  # no retry
            return [attempt] if self._wait(RETRY_SECONDS) else None
        failed = first_failed(mapping, attempt.records, invocation)
        if failed is None:
            return []
        rest, invocations = attempt.records[failed:], attempt.invocations + 1
        if self._is_too_old(mapping, rest):
            self._discard(Discarded(rest, TOO_OLD, invocations, invocation))
            return []
        if mapping.splits and len(attempt.records) > 1:  # a split is no retry
            return [Attempt(part, attempt.invocations) for part in ([rest] if failed else halves(rest))]
        if mapping.retries_max is not None and invocations > mapping.retries_max:
            self._discard(Discarded(rest, RETRIES_EXHAUSTED, invocations, invocation))
            return []
        pause = min(RETRY_SECONDS * 2 ** (invocations - 1), RETRY_SECONDS_MAX)
        return [Attempt(rest, invocations)] if self._wait(pause) else None

    def _is_too_old(self, mapping: StreamMapping, records: Batch) -> bool:
        if mapping.age_seconds_max is None:
            return False
        written = min(float(record["dynamodb"]["ApproximateCreationDateTime"]) for record in records)
        return self._clock() - written > mapping.age_seconds_max


def first_failed(mapping: StreamMapping, records: Batch, invocation: Invocation) -> int | None:
    """The place of the first record that has to be delivered again; None if all were processed.

    A partial answer names the records that failed. An answer with an unknown name is a failure of the whole batch.
    """
    if invocation.is_error:
        return 0
    if not mapping.takes_partial_answers or not isinstance(invocation.answer, dict):
        return None
    places = {record["dynamodb"]["SequenceNumber"]: place for place, record in enumerate(records)}
    failures = invocation.answer.get("batchItemFailures") or []
    failed = [places.get(failure.get("itemIdentifier"), 0) for failure in failures]
    return min(failed, default=None)


def halves(records: Batch) -> list[Batch]:
    """Two batches of about the same size."""
    middle = (len(records) + 1) // 2
    return [records[:middle], records[middle:]]
