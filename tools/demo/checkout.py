"""A checkout service as a shop would write it: it starts executions, reports payments and follows its orders."""

import json
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import boto3
from botocore.exceptions import ClientError
from inventory_client import CheckoutClient, StockClient, StorefrontClient

from tools.demo.pace import Pace
from tools.local.stack import Stack

POLL_SECONDS = 0.2
# All callers of an account may describe an execution 15 times a second, so the pauses between these calls grow.
FIRST_PAUSE_SECONDS = 1.0
PAUSE_SECONDS_MAX = 8.0
TIMEOUT_SECONDS = 60.0  # on a busy machine the emulators answer late


@dataclass(frozen=True)
class Execution:
    """An execution: its status, its output and its error."""

    status: str
    output: Mapping[str, Any] | None
    error: str | None
    cause: str | None


class CheckoutService:
    """Calls the stack with the credentials of a checkout service, and reads rows with those of the operator."""

    def __init__(self, stack: Stack) -> None:
        self.pace = Pace()
        self._stack = stack
        self._outputs = stack.outputs
        self._workflow = stack.client("stepfunctions", stack.checkout)
        self._functions = stack.client("lambda", stack.checkout)
        self._tables = stack.client("dynamodb")
        signer = boto3.Session(stack.checkout.access_key_id, stack.checkout.secret_access_key, region_name=stack.region)
        self.http = CheckoutClient(stack.outputs["ApiUrl"], session=signer, timeout_seconds=TIMEOUT_SECONDS)

    @cached_property
    def storefront(self) -> StorefrontClient:
        """The client of the shop's storefront."""
        return StorefrontClient(
            self._outputs["ApiUrl"], api_key=str(self._stack.storefront_api_key), timeout_seconds=TIMEOUT_SECONDS
        )

    @cached_property
    def machine(self) -> StockClient:
        """The client of the shop's tills and of its ERP."""
        caller = self._stack.stock_feed
        if caller is None:
            raise RuntimeError("the local AWS has no credentials for machines: start it again")
        signer = boto3.Session(caller.access_key_id, caller.secret_access_key, region_name=self._stack.region)
        return StockClient(self._outputs["ApiUrl"], session=signer, timeout_seconds=TIMEOUT_SECONDS)

    def start(self, reservation_id: str, request: Mapping[str, Any]) -> None:
        """Start a checkout. It is safe to repeat the call with the same request while the execution runs."""
        self._workflow.start_execution(
            stateMachineArn=self._outputs["ReservationStateMachineArn"],
            name=reservation_id,
            input=json.dumps(request),
        )

    def pay(self, reservation_id: str, payment_reference: str) -> dict[str, Any]:
        """Report a payment that succeeded."""
        return self._invoke(
            "RecordPaymentFunctionName",
            {"reservation_id": reservation_id, "outcome": "SUCCEEDED", "payment_reference": payment_reference},
        )

    def decline(self, reservation_id: str, *, retry: bool) -> dict[str, Any]:
        """Report a payment that failed; `retry` keeps the hold for another attempt."""
        return self._invoke(
            "RecordPaymentFunctionName", {"reservation_id": reservation_id, "outcome": "FAILED", "retry": retry}
        )

    def cancel(self, reservation_id: str) -> dict[str, Any]:
        """Cancel the reservation."""
        return self._invoke("CancelReservationFunctionName", {"reservation_id": reservation_id})

    def extend(self, reservation_id: str) -> dict[str, Any]:
        """Extend the hold for a shopper who is still paying."""
        return self._invoke("ExtendHoldFunctionName", {"reservation_id": reservation_id})

    def status(self, reservation_id: str) -> str | None:
        """The reservation's status; None if it does not exist yet."""
        row = self.row(reservation_id)
        return row["status"]["S"] if row else None

    def row(self, reservation_id: str) -> dict[str, Any] | None:
        """The reservation's row, from a strongly consistent read."""
        response = self._tables.get_item(
            TableName=self._outputs["ReservationsTableName"],
            Key={"reservation_id": {"S": reservation_id}},
            ConsistentRead=True,
        )
        row: dict[str, Any] | None = response.get("Item")
        return row

    def movements(self, product_id: str) -> list[dict[str, Any]]:
        """The entries of the product's ledger, the oldest first, from strongly consistent reads."""
        pages = self._tables.get_paginator("query").paginate(
            TableName=self._outputs["MovementsTableName"],
            KeyConditionExpression="product_id = :product_id",
            ExpressionAttributeValues={":product_id": {"S": product_id}},
            ConsistentRead=True,
        )
        return [movement for page in pages for movement in page["Items"]]

    def await_status(self, reservation_id: str, *statuses: str, seconds: float = 180) -> str:
        """Wait until the reservation has one of the statuses; the result is FAILED if its execution failed."""
        seconds = self.pace.seconds(seconds)
        started, pause = time.monotonic(), FIRST_PAUSE_SECONDS
        deadline, ask_at = started + seconds, started + pause
        while True:
            status = self.status(reservation_id)
            if status in statuses:
                return str(status)
            if status is None and time.monotonic() > ask_at:
                execution = self.execution(reservation_id)
                if execution and execution.status == "FAILED":
                    return "FAILED"
                pause *= 2
                ask_at = time.monotonic() + pause
            if time.monotonic() > deadline:
                raise TimeoutError(f"{reservation_id} is {status} after {seconds:.0f} s, not {' or '.join(statuses)}")
            time.sleep(POLL_SECONDS)

    def await_token(self, reservation_id: str, seconds: float = 60) -> None:
        """Wait until the execution waits: until its task token is on the row."""
        deadline = time.monotonic() + self.pace.seconds(seconds)
        while "task_token" not in (self.row(reservation_id) or {}):
            if time.monotonic() > deadline:
                raise TimeoutError(f"the execution {reservation_id} does not wait after {seconds:.0f} s")
            time.sleep(POLL_SECONDS)

    def await_end(self, reservation_id: str, seconds: float = 90) -> Execution:
        """Wait until the execution has ended."""
        seconds = self.pace.seconds(seconds)
        deadline, pause = time.monotonic() + seconds, FIRST_PAUSE_SECONDS
        while (execution := self.execution(reservation_id)) is None or execution.status == "RUNNING":
            if time.monotonic() > deadline:
                raise TimeoutError(f"the execution {reservation_id} is still running after {seconds:.0f} s")
            time.sleep(random.uniform(pause / 2, pause))
            pause = min(2 * pause, PAUSE_SECONDS_MAX)
        return execution

    def execution(self, reservation_id: str) -> Execution | None:
        """The current state of the execution; None if Step Functions throttles the call."""
        try:
            described = self._workflow.describe_execution(executionArn=self.execution_arn(reservation_id))
        except ClientError as error:
            if error.response["Error"]["Code"] == "ThrottlingException":
                return None
            raise
        output = json.loads(described["output"]) if described.get("output") else None
        return Execution(described["status"], output, described.get("error"), described.get("cause"))

    def execution_arn(self, reservation_id: str) -> str:
        """The ARN of the reservation's execution: the state machine's ARN plus the reservation's id."""
        state_machine = self._outputs["ReservationStateMachineArn"]
        return f"{state_machine.replace(':stateMachine:', ':execution:')}:{reservation_id}"

    def _invoke(self, function: str, event: Mapping[str, Any]) -> dict[str, Any]:
        response = self._functions.invoke(FunctionName=self._outputs[function], Payload=json.dumps(event))
        content: dict[str, Any] = json.loads(response["Payload"].read())
        if "FunctionError" in response:
            raise RuntimeError(f"{function} failed: {content}")
        return content
