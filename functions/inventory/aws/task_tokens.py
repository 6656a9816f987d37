"""Signals to the execution that waits for a payment. The reservation decides; a signal only ends the wait earlier."""

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from botocore.exceptions import BotoCoreError, ClientError

from inventory.model import ReleaseReason
from inventory.observability import logger

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

SignalResult = Literal["DELIVERED", "EXPIRED", "FAILED"]

# The wait ended before the signal came: by its timeout, by another signal, or with its execution.
# https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html
EXPIRED_ERRORS = {"TaskTimedOut", "TaskDoesNotExist", "InvalidToken"}

# A task token is a text in base64 of at least this length. Our texts contain none, but a cause of AWS might.
_LONG_BASE64 = r"[A-Za-z0-9+/=_-]{300,}"

# What AwaitPayment's Catch reads.
ERROR_NAMES = {
    ReleaseReason.EXPIRED: "Expired",
    ReleaseReason.PAYMENT_FAILED: "PaymentFailed",
    ReleaseReason.CANCELLED: "Cancelled",
}


class Signals:
    """Ends or extends the wait of an execution by its task token; never raises.

    Args:
        client: makes the client at the first signal, so that a function that never signals does not pay for it.
    """

    def __init__(self, client: Callable[[], "SFNClient"]) -> None:
        self._client = client

    def paid(self, task_token: str) -> SignalResult:
        """The payment came: continue with the commit."""
        return self._send(lambda: self._client().send_task_success(taskToken=task_token, output=json.dumps({})))

    def released(self, task_token: str, reason: ReleaseReason) -> SignalResult:
        """The reservation was released: stop waiting."""
        return self._send(lambda: self._client().send_task_failure(taskToken=task_token, error=ERROR_NAMES[reason]))

    def extended(self, task_token: str) -> SignalResult:
        """The shopper is still there: restart the hold."""
        return self._send(lambda: self._client().send_task_heartbeat(taskToken=task_token))

    def _send(self, send: Callable[[], object]) -> SignalResult:
        try:
            send()
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code in EXPIRED_ERRORS:
                return "EXPIRED"
            # No exc_info anywhere here: the request that a trace may show carries the token.
            logger.warning("the waiting execution could not be signalled", error_code=code)
            return "FAILED"
        except BotoCoreError as error:
            logger.warning("the waiting execution could not be signalled", error_code=type(error).__name__)
            return "FAILED"
        return "DELIVERED"


def without_task_tokens(text: str) -> str:
    """A text from which everything is removed that may be a task token."""
    return re.sub(_LONG_BASE64, "(removed)", text)
