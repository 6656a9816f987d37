"""Checkouts: each is an execution, and the functions that a checkout service calls to pay, cancel or extend it."""

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self
from uuid import uuid4

from tests.support.shop import Shop
from tests.support.waiting import until
from tests.support.workflow import functions
from tests.support.workflow.definition import Scope, deployed
from tests.support.workflow.engine import ACCOUNT_ID, can_receive_signals, is_running
from tests.support.workflow.state_coverage import Event

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

STARTS_WITHIN_SECONDS = 60
ENDS_WITHIN_SECONDS = 60


@dataclass(frozen=True)
class ExecutionResult:
    """How an execution ended, with its history."""

    status: str
    output: Any
    error: str | None
    cause: str | None
    history: list[Event]

    @property
    def states(self) -> list[str]:
        """The states that it entered, in order."""
        return [
            event["stateEnteredEventDetails"]["name"]
            for event in self.history
            if event["type"].endswith("StateEntered")
        ]


@dataclass
class Checkout:
    """One checkout, whose execution is started, paid, cancelled or stopped."""

    reservation_id: str
    content: object
    state_machine_arn: str
    step_functions: "SFNClient"
    execution_arn: str = field(default="", init=False)

    def starts(self) -> Self:
        """The checkout service starts it."""
        started = self.step_functions.start_execution(
            stateMachineArn=self.state_machine_arn, name=self.reservation_id, input=json.dumps(self.content)
        )
        self.execution_arn = started["executionArn"]
        return self

    def waits(self) -> Self:
        """Block until the execution waits for the payment."""
        until(
            lambda: can_receive_signals(self.execution_arn),
            f"{self.reservation_id} waits for its payment",
            within_seconds=STARTS_WITHIN_SECONDS,
        )
        return self

    def is_paid(self, reference: str = "PAY-1") -> Any:
        """The payment succeeded."""
        return self._call("RecordPaymentFunction", outcome="SUCCEEDED", payment_reference=reference)

    def is_declined(self, *, retry: bool = False) -> Any:
        """The payment failed."""
        return self._call("RecordPaymentFunction", outcome="FAILED", retry=retry)

    def is_cancelled(self) -> Any:
        """The shopper cancelled."""
        return self._call("CancelReservationFunction")

    def is_extended(self) -> Any:
        """The shopper is still paying."""
        return self._call("ExtendHoldFunction")

    def ends(self) -> ExecutionResult:
        """Block until the execution has ended, and check that its output has the documented shape."""
        until(
            lambda: not is_running(self.execution_arn),
            f"{self.reservation_id} ends",
            within_seconds=ENDS_WITHIN_SECONDS,
        )
        described: Any = self.step_functions.describe_execution(executionArn=self.execution_arn)
        result = ExecutionResult(
            status=described["status"],
            output=json.loads(described.get("output", "null")),
            error=described.get("error"),
            cause=described.get("cause"),
            history=self.history(),
        )
        if result.status == "SUCCEEDED":
            check_outcome(result.output, self.reservation_id, accepts_partial=self._accepts_partial)
        return result

    def stops(self) -> None:
        """Stop the execution, if it still runs."""
        if is_running(self.execution_arn):
            self.step_functions.stop_execution(executionArn=self.execution_arn)

    def history(self) -> list[Event]:
        """The events of the execution so far."""
        pages = self.step_functions.get_paginator("get_execution_history").paginate(executionArn=self.execution_arn)
        return [dict(event) for page in pages for event in page["events"]]

    @property
    def _accepts_partial(self) -> bool:
        return isinstance(self.content, dict) and "accept" in self.content

    def _call(self, function: str, **content: Any) -> Any:
        return functions.invoke(function, json.dumps({"reservation_id": self.reservation_id} | content))


class Checkouts:
    """Creates checkouts over the tables of one shop, and keeps them in `made`."""

    def __init__(self, shop: Shop, step_functions: "SFNClient", low_stock_topic_arn: str) -> None:
        self._step_functions = step_functions
        self._substitutions = {
            "Partition": "aws",
            "ReserveStockFunctionArn": functions.function_arn("ReserveStockFunction"),
            "CommitStockFunctionArn": functions.function_arn("CommitStockFunction"),
            "ReleaseStockFunctionArn": functions.function_arn("ReleaseStockFunction"),
            "ReservationsTableName": shop.tables.reservations,
            "InventoryTableName": shop.tables.inventory,
            "LowStockTopicArn": low_stock_topic_arn,
        }
        self._timeouts: dict[str, int] = {}
        self.made: list[Checkout] = []

    def starts(self, *lines: tuple[str, int], **more: Any) -> Checkout:
        """Start a checkout of lines, each like `("P-1", 2)`."""
        return self.plans(*lines, **more).starts()

    def plans(self, *lines: tuple[str, int], reservation_id: str | None = None, **more: Any) -> Checkout:
        """Create a checkout of lines without starting it."""
        requested = [{"product_id": product_id, "quantity": quantity} for product_id, quantity in lines]
        return self.plans_with({"lines": requested} | more, reservation_id=reservation_id)

    def plans_with(self, content: object, *, reservation_id: str | None = None) -> Checkout:
        """Create a checkout with any input without starting it."""
        checkout = Checkout(
            reservation_id or f"R-{len(self.made) + 1}", content, self._state_machine_arn, self._step_functions
        )
        self.made.append(checkout)
        return checkout

    def sets_timeout(self, state: str, seconds: int) -> None:
        """Shorten the timeout of a task. Call it before the first checkout."""
        self._timeouts[state] = seconds

    def update_state_machine(self, definition: Scope) -> None:
        """Deploy another definition of the state machine, while executions run."""
        self._step_functions.update_state_machine(
            stateMachineArn=self._state_machine_arn,
            definition=deployed(self._substitutions, self._timeouts, definition),
        )

    @cached_property
    def _state_machine_arn(self) -> str:
        created = self._step_functions.create_state_machine(
            name=f"reservation-{uuid4().hex}",
            definition=deployed(self._substitutions, self._timeouts),
            roleArn=f"arn:aws:iam::{ACCOUNT_ID}:role/reservation",
        )
        return created["stateMachineArn"]


def check_outcome(output: Any, reservation_id: str, *, accepts_partial: bool) -> None:
    """Assert that the output of an execution has the documented shape. What was held in part keeps its shortages."""
    assert output.keys() == {"reservation_id", "execution_name", "status", "reason", "shortages"}, output
    assert reservation_id in (output["reservation_id"], output["execution_name"])
    match output["status"]:
        case "COMMITTED":
            assert output["reason"] is None
            assert output["shortages"] == [] or accepts_partial
        case "RELEASED":
            assert output["reason"] in ("EXPIRED", "PAYMENT_FAILED", "CANCELLED")
            assert output["shortages"] == [] or accepts_partial
        case "REJECTED":
            # Either stock was short, or the customer has reached the hold limit.
            assert (output["reason"], bool(output["shortages"])) in ((None, True), ("HOLD_LIMIT_REACHED", False))
            for shortage in output["shortages"]:
                assert shortage.keys() == {"product_id", "warehouse_id", "requested", "available"}
        case status:
            raise AssertionError(f"a reservation cannot end as {status}")
