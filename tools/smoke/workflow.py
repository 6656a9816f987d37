"""The point about the workflow: a payment and a cancellation end their execution at once."""

import time
from collections.abc import Callable

from inventory_client import PaymentOutcome

from inventory.aws.changes import Item, to_attributes, to_item
from inventory.model import Status
from tools.deployed_stack import DeployedStack
from tools.smoke.errors import Unexpected
from tools.smoke.probe import POLL_SECONDS, Probe
from tools.smoke.steps import Point

WAIT_SECONDS = 30  # for the execution to wait for the payment, and to end after it; the reconciliation comes later
ADVICE = (
    "The functions RecordPayment, CancelReservation and ExtendHold may not signal the execution: if AWS refuses "
    'states:SendTask* for the ARN of the state machine, set Resource: "*" in those statements of template.yaml and '
    "deploy again. Until then the reconciliation ends the executions, up to a minute later."
)


def signal_points(stack: DeployedStack, probe: Probe) -> list[Point]:
    """The points of this file."""
    return [
        Point(
            "end executions at once by a payment and by a cancellation",
            lambda: Signals(stack, probe).look(),
            ADVICE,
        )
    ]


class Signals:
    """Decides reservations whose execution waits, and looks at what becomes of the execution."""

    def __init__(self, stack: DeployedStack, probe: Probe) -> None:
        self._executions = stack.output("ReservationStateMachineArn").replace(":stateMachine:", ":execution:")
        self._states = stack.client("stepfunctions")
        self._dynamodb = stack.client("dynamodb")
        self._table = stack.tables.reservations
        self._probe = probe

    def look(self) -> str:
        """Extend two holds, pay for one and cancel the other. The functions signal the execution, not the reconciliation."""
        paid = self._seconds_to_end("signal-paid", self._pay)
        cancelled = self._seconds_to_end("signal-cancelled", self._cancel)
        return f"{paid:.1f} s after the payment, {cancelled:.1f} s after the cancellation"

    def _pay(self, reservation_id: str) -> None:
        reference = self._probe.run_id
        self._probe.checkout.record_payment(reservation_id, PaymentOutcome.SUCCEEDED, payment_reference=reference)

    def _cancel(self, reservation_id: str) -> None:
        self._probe.checkout.cancel_reservation(reservation_id)

    def _seconds_to_end(self, label: str, decide: Callable[[str], None]) -> float:
        reservation_id = self._probe.hold(label)
        self._await_wait(reservation_id)
        self._probe.checkout.extend_reservation(reservation_id)  # refused if the function cannot send the heartbeat
        waiting = self._item(reservation_id)
        started = time.monotonic()
        decide(reservation_id)
        if _is_unsignalled(waiting, self._item(reservation_id)):
            raise Unexpected("the function could not signal the execution")
        while (status := self._status(reservation_id)) == "RUNNING":
            if time.monotonic() - started > WAIT_SECONDS:
                raise Unexpected(f"the execution {reservation_id} still waits after {WAIT_SECONDS} s")
            time.sleep(POLL_SECONDS)
        if status != "SUCCEEDED":
            raise Unexpected(f"the execution {reservation_id} ended as {status}")
        return time.monotonic() - started

    def _status(self, reservation_id: str) -> str:
        arn = f"{self._executions}:{reservation_id}"
        status: str = self._states.describe_execution(executionArn=arn)["status"]
        return status

    def _await_wait(self, reservation_id: str) -> None:
        """Wait until the execution waits: a decision that comes earlier needs no signal."""
        deadline = time.monotonic() + WAIT_SECONDS
        while "task_token" not in self._item(reservation_id):
            if time.monotonic() > deadline:
                raise Unexpected(f"the execution {reservation_id} does not wait for the payment")
            time.sleep(POLL_SECONDS)

    def _item(self, reservation_id: str) -> Item:
        key = to_attributes({"reservation_id": reservation_id})
        answer = self._dynamodb.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        return to_item(answer.get("Item", {}))


def _is_unsignalled(waiting: Item, decided: Item) -> bool:
    """Whether the row asks the reconciliation for the signal: a paid one is due now, another one has it pending."""
    is_due_now = decided.get("status") == Status.PAID and decided.get("phase_at") != waiting.get("phase_at")
    return is_due_now or "notify_since" in decided
