"""Retries with full jitter, and which errors of AWS are transient."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

from inventory.errors import TransientError

Result = TypeVar("Result")

# Writers meet at a hot product. Here they spread over at most 2.5 s; then the workflow's own Retry continues.
ATTEMPTS_MAX = 8
FIRST_PAUSE_SECONDS = 0.02
PAUSE_SECONDS_MAX = 0.5
# No new attempt after this time, so that a function ends by itself and not by its timeout.
RETRY_DEADLINE_SECONDS = 5.0

# Errors that mean "not now" rather than "no".
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
TRANSIENT_ERRORS = {
    "ConditionalRequestConflict",
    "ExecutionLimitExceeded",  # of Step Functions: a million executions are open
    "InternalError",
    "InternalServerError",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestTimeout",
    "ServiceUnavailable",
    "SlowDown",
    "ThrottlingException",
    "TransactionConflictException",
    "TransactionInProgressException",
}


def with_retries(call: Callable[[], Result], attempts_max: int = ATTEMPTS_MAX) -> Result:
    """Call until there is no transient error, with full jitter, a bounded number of times.

    Raises:
        TransientError: every attempt failed, or the time was up.
    """
    deadline = time.monotonic() + RETRY_DEADLINE_SECONDS
    for attempt in range(attempts_max):
        try:
            with transient_errors_translated():
                return call()
        except TransientError:
            if attempt == attempts_max - 1 or time.monotonic() > deadline:
                raise
        pause(attempt)
    raise AssertionError("the last attempt returns or raises")


def pause(attempt: int) -> None:
    """Wait after an attempt, counted from 0, with full jitter: writers that met do not meet again."""
    time.sleep(random.uniform(0, min(PAUSE_SECONDS_MAX, FIRST_PAUSE_SECONDS * 2**attempt)))


@contextmanager
def transient_errors_translated() -> Iterator[None]:
    """Raise TransientError for an error that AWS means as "not now", after the SDK's own attempts."""
    try:
        yield
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in TRANSIENT_ERRORS:
            raise TransientError("AWS asks to try again later") from error
        raise
    except (HTTPClientError, ConnectionError) as error:
        raise TransientError("AWS did not answer") from error
