"""How long a transaction keeps a stock level, measured: it decides how many orders a second one product takes.

DynamoDB cancels a transaction that meets another one at the same item (TransactionConflict), so the transactions of one
level run one after the other. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
"""

import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from botocore.exceptions import ClientError

from inventory.aws.changes import Change, to_attributes
from inventory.aws.dynamodb import TRANSIENT_REASONS, Tables, Write, put, update
from inventory.items import level_key, reservation_item
from inventory.model import Line, Reservation, Status, iso, utc_now
from inventory.reservations.store import NOT_USED_BEFORE
from inventory.stock import units
from tools.deployed_stack import DeployedStack
from tools.smoke.errors import NotOnLocalAws, Unexpected
from tools.smoke.probe import WAREHOUSE_ID, Probe
from tools.smoke.steps import Point

PRODUCT_ID = "SMOKE-CONTENTION"
UNITS = 2_000  # more than all attempts together
WRITERS = 16
ATTEMPTS_MAX = 60  # of each writer
SECONDS_MAX = 5.0
THREADS_PER_CLIENT = 8  # a client has ten connections
HOLD_SECONDS = 600  # if the cleanup fails, the reconciliation releases the holds after this time
HOLDS_PER_CLEANUP = 25
CLEANUP_PAUSES = (0.0, 0.2, 0.5, 1.0, 2.0)  # in seconds, before each attempt
ORDERS_PER_SECOND_MIN = 10

# What docs/operations.md and the simulated sales of tools/bench/hot assume of this time, in seconds.
ASSUMED_HOLD_TIME = (0.005, 0.020)

# An order writes its level twice, for the hold and for the sale, and a fifth of the time is lost between two
# transactions: they come at random and try again after a pause.
ORDERS_PER_HOLD_TIME = 0.4

HELD, CONFLICT = "None", "TransactionConflict"


@dataclass(frozen=True)
class Measurement:
    """What the writers found.

    Args:
        outcomes: how many attempts ended with each code of a cancelled transaction; HELD for those that did not.
        latencies: of the attempts that held a unit, in seconds.
        elapsed: from the first attempt to the last answer, in seconds.
    """

    outcomes: Counter[str]
    latencies: Sequence[float]
    elapsed: float

    @property
    def conflict_share(self) -> float:
        """The share of the attempts that met another transaction: the share of the time that the level was taken."""
        return self.outcomes[CONFLICT] / (self.outcomes[CONFLICT] + self.outcomes[HELD])

    @property
    def holds_per_second(self) -> float:
        """How many attempts held a unit, in each second."""
        return self.outcomes[HELD] / self.elapsed

    @property
    def hold_time(self) -> float:
        """How long one transaction keeps the level, in seconds: attempts at random find it taken for
        holds_per_second * hold_time of the time."""
        return self.conflict_share / self.holds_per_second

    @property
    def orders_per_second(self) -> float:
        """How many orders a second one level takes."""
        return ORDERS_PER_HOLD_TIME / self.hold_time

    def percentile(self, share: float) -> float:
        """The latency in seconds that this share of the holds did not exceed."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def hold_time_points(stack: DeployedStack, probe: Probe) -> list[Point]:
    """The points of this file."""
    return [
        Point(
            "measure how long a transaction keeps a level",
            lambda: hold_time(stack, probe),
            "If one product sells faster than this, offer it from several warehouses; the caller needs "
            "dynamodb:PutItem, UpdateItem and DeleteItem on the tables of the stack.",
        )
    ]


def hold_time(stack: DeployedStack, probe: Probe) -> str:
    """Hold units of one level from 16 threads at once, and give them back."""
    probe.set_stock(PRODUCT_ID, UNITS)
    contention = Contention(stack, probe.run_id)
    try:
        measured = contention.measure()
    finally:  # also after Ctrl-C
        contention.clean_up()
    if not measured.outcomes[HELD]:
        raise Unexpected(f"no attempt held a unit: {dict(measured.outcomes)}")
    return evaluate(measured, is_on_aws=stack.is_on_aws)


def evaluate(measured: Measurement, *, is_on_aws: bool) -> str:
    """The figures of a measurement; raises Unexpected if a product could hardly be sold."""
    latencies = f"p50 {measured.percentile(0.5) * 1000:.0f} ms, p99 {measured.percentile(0.99) * 1000:.0f} ms"
    if not measured.outcomes[CONFLICT]:
        if not is_on_aws:
            raise NotOnLocalAws("transactions that meet each other")
        return f"{latencies}, no conflicts: more than {measured.holds_per_second:.0f} holds a second"
    result = (
        f"{latencies}, {measured.conflict_share:.0%} conflicts, {measured.holds_per_second:.0f} holds a second. "
        f"So a hold keeps its level for {measured.hold_time * 1000:.1f} ms (conflicts / holds a second), and one "
        f"product takes about {measured.orders_per_second:.0f} orders a second (0.4 / that time). That is "
        f"{_compared(measured.hold_time)} docs/operations.md assumes"
    )
    if is_on_aws and measured.orders_per_second < ORDERS_PER_SECOND_MIN:
        raise Unexpected(result)
    return result


def _compared(hold_time: float) -> str:
    """How a measured time compares with the assumption."""
    least, most = ASSUMED_HOLD_TIME
    compared = "shorter than" if hold_time < least else "longer than" if hold_time > most else "within"
    return f"{compared} the {1000 * least:.0f} to {1000 * most:.0f} ms that"


class Contention:
    """Writers that hold units of one level at once."""

    def __init__(self, stack: DeployedStack, run_id: str) -> None:
        self._clients = [stack.client("dynamodb") for _ in range(WRITERS // THREADS_PER_CLIENT)]
        self._tables = stack.tables
        self._run_id = run_id
        self._held: list[Reservation] = []

    def measure(self) -> Measurement:
        """Let the writers hold units, for `SECONDS_MAX` or `ATTEMPTS_MAX`."""
        started = time.monotonic()
        with ThreadPoolExecutor(WRITERS) as writers:
            results = [
                result
                for attempts in writers.map(
                    lambda number: self._attempts(number, started + SECONDS_MAX), range(WRITERS)
                )
                for result in attempts
            ]
        elapsed = time.monotonic() - started
        outcomes = Counter(code for code, _ in results)
        return Measurement(outcomes, [seconds for code, seconds in results if code == HELD], elapsed)

    def clean_up(self) -> None:
        """Give all units back and delete the reservations, as if nothing had been held."""
        while self._held:
            batch = self._held[-HOLDS_PER_CLEANUP:]
            self._give_back(batch)
            del self._held[-len(batch) :]

    def _attempts(self, writer: int, deadline: float) -> list[tuple[str, float]]:
        results = []
        for number in range(ATTEMPTS_MAX):
            started = time.monotonic()
            if started > deadline:
                break
            reservation = _reservation(f"{self._run_id}-{writer}-{number}")
            code = self._hold(self._clients[writer % len(self._clients)], reservation)
            if code == HELD:
                self._held.append(reservation)
            results.append((code, time.monotonic() - started))
        return results

    def _hold(self, client: Any, reservation: Reservation) -> str:
        """One attempt with the transaction of a hold, and its outcome: HELD or why it was cancelled."""
        return _transact(
            client,
            [
                put(self._tables.reservations, reservation_item(reservation), NOT_USED_BEFORE),
                units.hold(self._tables, reservation.holdings[0], reservation.created_at, is_spread=False),
            ],
        )

    def _give_back(self, held: Sequence[Reservation]) -> None:
        quantity = len(held)
        change = Change(set={"updated_at": iso(utc_now())}, increase={"available": quantity, "reserved": -quantity})
        writes = [
            update(self._tables.inventory, level_key(held[0].holdings[0].key), change, None),
            *(_delete(self._tables, reservation) for reservation in held),
        ]
        code = HELD
        for pause in CLEANUP_PAUSES:
            time.sleep(pause)
            code = _transact(self._clients[0], writes)
            if code not in TRANSIENT_REASONS:
                break
        if code != HELD:
            raise Unexpected(
                f"{quantity} units of {PRODUCT_ID} could not be given back ({code}); the reconciliation releases them "
                f"within {HOLD_SECONDS // 60 + 2} minutes"
            )


def _reservation(reservation_id: str) -> Reservation:
    now = utc_now()
    until = iso(now + timedelta(seconds=HOLD_SECONDS))
    line = Line(PRODUCT_ID, WAREHOUSE_ID, 1)
    return Reservation(reservation_id, Status.HELD, (line,), HOLD_SECONDS, iso(now), held_until=until)


def _delete(tables: Tables, reservation: Reservation) -> Write:
    key = to_attributes({"reservation_id": reservation.reservation_id})
    condition: dict[str, Any] = {
        "ConditionExpression": "#status = :held",
        "ExpressionAttributeNames": {"#status": "status"},
        "ExpressionAttributeValues": {":held": {"S": Status.HELD}},
    }
    delete: Any = {"Delete": {"TableName": tables.reservations, "Key": key, **condition}}
    return Write(delete, reservation)


def _transact(client: Any, writes: Sequence[Write]) -> str:
    """HELD if everything was written, otherwise the code of the first write that was refused."""
    try:
        client.transact_write_items(TransactItems=[write.action for write in writes])
    except ClientError as error:
        if error.response["Error"]["Code"] != "TransactionCanceledException":
            raise
        codes = [reason.get("Code", HELD) for reason in error.response.get("CancellationReasons", ())]
        return next((code for code in codes if code != HELD), "cancelled")
    return HELD
