"""Retries with jitter, and which errors of AWS are transient.

Two things end in "not now". Throttling needs less load, so its pauses grow. A conflict means that another writer is at
the same item for some milliseconds: pauses are short, and grow by nothing, so that the item does not lie idle.
"""

import random
import time
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

from inventory.errors import TransientError

Result = TypeVar("Result")

# Throttling: pauses that grow, at most 2.5 s together; then the workflow's own Retry continues.
ATTEMPTS_MAX = 8
FIRST_PAUSE_SECONDS = 0.02
PAUSE_SECONDS_MAX = 0.5
# Conflicts: a transaction keeps its items for about 5 to 20 ms. About a second together.
CONFLICTS_MAX = 40
CONFLICT_PAUSE_SECONDS = (0.01, 0.04)
# No new attempt after this time, so that a function ends by itself and not by its timeout.
RETRY_DEADLINE_SECONDS = 5.0

# Errors that mean "not now" rather than "no".
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
# https://docs.aws.amazon.com/appsync/latest/APIReference/CommonErrors.html
TRANSIENT_ERRORS = {
    "ConditionalRequestConflict",
    "ExecutionLimitExceeded",  # of Step Functions: a million executions are open
    "InternalError",
    "InternalFailureException",
    "InternalServerError",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestTimeout",
    "ServiceUnavailable",
    "SlowDown",
    "ThrottlingException",
    "TooManyRequestsException",
}
CONFLICT_ERRORS = {"TransactionConflictException", "TransactionInProgressException"}


class WriteConflict(TransientError):
    """Another writer is at the same item at this moment.

    Only for retries: Step Functions and callers know a TransientError, by its name.
    """


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a call is tried; never after the deadline.

    Args:
        attempts_max: without the conflicts.
        conflicts_max: with so many conflicts it gives up.
        may_retry: asked before each retry.
    """

    attempts_max: int = ATTEMPTS_MAX
    conflicts_max: int = CONFLICTS_MAX
    may_retry: Callable[[], bool] = lambda: True


# What ends a hold goes before new holds, as its buyer has paid or its units are wanted: it tries until the deadline.
ENDS_HOLDS = Patience(attempts_max=1_000, conflicts_max=1_000)
ONE_ATTEMPT = Patience(attempts_max=1, conflicts_max=1)


class RetryQuota:
    """How many retries new holds may still make at each item, in this container.

    A retry costs one token; an answer earns some. So where almost every attempt meets another writer, holds give up soon and
    come back later, and do not keep those from the item who end a hold. Where most attempts get an answer, it is no limit.
    The same idea as the retry quota of the SDKs: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
    """

    SAVED_MAX = 30  # for several holds that come by chance at the same time
    EARNED = 6  # an item that is taken for 6/7 of the time needs so many retries for each answer

    def __init__(self) -> None:
        self._spent: dict[Hashable, int] = {}  # an item that is not in it has all its tokens

    def spend(self, items: Iterable[Hashable]) -> bool:
        """Take a token of each item, if each has one."""
        spent = {item: self._spent.get(item, 0) + 1 for item in items}
        if any(count > self.SAVED_MAX for count in spent.values()):
            return False
        self._spent |= spent
        return True

    def earn(self, items: Iterable[Hashable]) -> None:
        """Give tokens to each item."""
        for item in items:
            left = self._spent.pop(item, 0) - self.EARNED
            if left > 0:
                self._spent[item] = left


def with_retries(
    call: Callable[[], Result], attempts_max: int = ATTEMPTS_MAX, *, patience: Patience | None = None
) -> Result:
    """Call until there is no transient error, a bounded number of times.

    Raises:
        TransientError: every attempt failed, or the time was up.
    """
    patience = patience or Patience(attempts_max)
    deadline = time.monotonic() + RETRY_DEADLINE_SECONDS
    conflicts = failures = 0
    while True:
        try:
            with transient_errors_translated():
                return call()
        except TransientError as error:
            is_conflict = isinstance(error, WriteConflict)
            conflicts += is_conflict
            failures += not is_conflict
            is_last = conflicts >= patience.conflicts_max or failures >= patience.attempts_max
            if is_last or time.monotonic() > deadline or not patience.may_retry():
                raise TransientError(str(error)) from error.__cause__
        if is_conflict:
            pause_after_conflict()
        else:
            pause(failures - 1)


def pause(attempt: int) -> None:
    """Wait after an attempt, counted from 0, with full jitter: writers that met do not meet again."""
    time.sleep(random.uniform(0, min(PAUSE_SECONDS_MAX, FIRST_PAUSE_SECONDS * 2**attempt)))


def pause_after_conflict() -> None:
    """Wait until the other writer is probably done."""
    time.sleep(random.uniform(*CONFLICT_PAUSE_SECONDS))


@contextmanager
def transient_errors_translated() -> Iterator[None]:
    """Raise TransientError for an error that AWS means as "not now", after the SDK's own attempts."""
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code")
        if code in CONFLICT_ERRORS:
            raise WriteConflict("another writer is at the same item") from error
        if code in TRANSIENT_ERRORS:
            raise TransientError("AWS asks to try again later") from error
        raise
    except (HTTPClientError, ConnectionError) as error:
        raise TransientError("AWS did not answer") from error
