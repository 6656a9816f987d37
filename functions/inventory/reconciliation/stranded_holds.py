"""Settles holds whose execution was stopped, failed, or never reacted.

Which of these happened does not matter: the reservation decides as always, so it is safe to settle one whose execution
still runs. That execution finds the reservation decided.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from inventory.errors import InventoryError, LevelMissing, StockDrifted, TransientError
from inventory.model import ReleaseReason, Reservation, Status
from inventory.observability import logger
from inventory.reconciliation.counter_store import CounterStore
from inventory.reconciliation.due_queue import UNDECIDED, UNNOTIFIED, DueQueue, DueReservation, Queue
from inventory.reconciliation.due_refunds import DueRefund, DueRefunds
from inventory.reconciliation.repairs import Repairs, recreate_level
from inventory.reservations.outbox import Outbox
from inventory.reservations.refunds import Refunds
from inventory.reservations.store import Release, ReservationStore
from inventory.reservations.telemetry import record_outcome
from inventory.stock.low_stock_alerts import Claimant, LowStockAlerts

# For so long the workflow itself may act, which mostly needs a second. With a run every minute a hold is processed at
# most 20 s + 60 s after its end: that leaves 10 s of the 90 s within which every reservation is decided.
GRACE = timedelta(seconds=20)
# An error that is not transient will occur again: meanwhile everything else that is due comes first.
DEFER_FOR = timedelta(minutes=10)
WORKERS = 16


class Event(StrEnum):
    """What a run found about one reservation, and what it did or failed to do."""

    STRANDED = "stranded"
    UNNOTIFIED = "unnotified"
    COMMITTED = "committed"
    RELEASED = "released"
    SIGNALLED = "signalled"
    ANNOUNCED = "announced"
    RECREATED = "recreated"
    FAILED = "failed"


Process = Callable[[Reservation], list[Event]]


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """One run over everything that is due at `now`."""

    queue: DueQueue
    due_refunds: DueRefunds
    store: ReservationStore
    refunds: Refunds
    alerts: LowStockAlerts
    outbox: Outbox
    counters: CounterStore
    repairs: Repairs
    now: datetime

    def run(self, has_time: Callable[[], bool]) -> Counter[Event]:
        """Process what is due, the longest due first, while there is time; the next run continues.

        Undecided reservations come first, as they keep units from being sold; notifications are slow while Step
        Functions or SNS is down.
        """
        events = self._drain(UNDECIDED, self._decide, has_time)
        events += self._drain(UNNOTIFIED, self._notify, has_time)
        return events + self._announce_refunds(has_time)

    def _drain(self, queue: Queue, process: Process, has_time: Callable[[], bool]) -> Counter[Event]:
        def process_all(group: Iterable[DueReservation]) -> list[Event]:
            return [event for due in group if has_time() for event in self._process(due, queue, process)]

        found = Event.STRANDED if queue is UNDECIDED else Event.UNNOTIFIED
        events: Counter[Event] = Counter()
        with ThreadPoolExecutor(WORKERS) as pool:
            for batch in self.queue.due(queue, self.now - GRACE):
                events[found] += len(batch)
                for processed in pool.map(process_all, _by_first_level(batch)):
                    events.update(processed)
                if not has_time():
                    break
        return events

    def _process(self, due: DueReservation, queue: Queue, process: Process) -> list[Event]:
        try:
            return process(due.parse())
        except Exception as error:  # noqa: BLE001  # one bad reservation must never stop the others
            # Without a traceback: the request in it may carry a task token.
            reason = str(error) if isinstance(error, InventoryError) else type(error).__name__
            logger.error("a reservation could not be processed", reservation_id=due.reservation_id, reason=reason)
            delay = timedelta() if isinstance(error, TransientError) else DEFER_FOR
        try:
            self.queue.defer(queue, due, self.now + delay)
        except Exception as error:  # noqa: BLE001  # DynamoDB does not accept the write: the next run finds it again
            logger.error(
                "a reservation could not be deferred", reservation_id=due.reservation_id, reason=type(error).__name__
            )
        return [Event.FAILED]

    def _decide(self, reservation: Reservation) -> list[Event]:
        """Settle what its workflow should have settled; the next run signals its execution, if it still waits.

        Without the row of a level, its hold could never end: the level is created again first.
        """
        events: list[Event] = []
        for _ in reservation.holdings:
            try:
                return events + self._settle(reservation)
            except LevelMissing as error:
                logger.error("the level of a hold was deleted; it is created again, as retired", reason=str(error))
                if recreate_level(error.key, counters=self.counters, repairs=self.repairs, now=self.now):
                    events.append(Event.RECREATED)
        return events + self._settle(reservation)

    def _settle(self, reservation: Reservation) -> list[Event]:
        if reservation.is_decided:
            raise StockDrifted(f"it is {reservation.status}, but is listed as active")
        if reservation.status is Status.PAID:
            reservation = self.store.commit(reservation, self.now, wait_is_over=False)
            claimant = Claimant.sale(reservation.reservation_id).with_unique_token()
            self.alerts.claim_and_send(reservation.keys(), claimant, self.now)
        else:
            release = Release(ReleaseReason.EXPIRED, wait_is_over=False, unless_extended=True)
            reservation = self.store.release(reservation, release, self.now)
        record_outcome(reservation, self.now)
        match reservation.status:
            case Status.COMMITTED:
                return [Event.COMMITTED]
            case Status.RELEASED:
                return [Event.RELEASED]
            case _:
                return []  # a payment or an extension came first

    def _notify(self, reservation: Reservation) -> list[Event]:
        """Send the pending notifications of a reservation.

        Raises:
            TransientError: one could not be sent; it stays pending.
        """
        events = []
        reservation = self.refunds.adopt(reservation)  # they are announced as refunds
        if reservation.is_decided and reservation.task_token:
            events.append(Event.SIGNALLED)
        if self.outbox.end_wait(reservation).notify_since:
            raise TransientError(f"a notification of reservation {reservation.reservation_id} could not be sent")
        return events

    def _announce_refunds(self, has_time: Callable[[], bool]) -> Counter[Event]:
        events: Counter[Event] = Counter()

        def announce(due: DueRefund) -> list[Event]:
            return self._announce(due) if has_time() else []

        with ThreadPoolExecutor(WORKERS) as pool:
            for batch in self.due_refunds.due(self.now - GRACE):
                events[Event.UNNOTIFIED] += len(batch)
                for announced in pool.map(announce, batch):
                    events.update(announced)
                if not has_time():
                    break
        return events

    def _announce(self, due: DueRefund) -> list[Event]:
        try:
            self.outbox.announce_refund(due.parse(), self.now)
        except Exception as error:  # noqa: BLE001  # one bad refund must never stop the others
            reason = str(error) if isinstance(error, InventoryError) else type(error).__name__
            logger.error("a refund could not be announced", refund_key=due.key, reason=reason)
            delay = timedelta() if isinstance(error, TransientError) else DEFER_FOR
        else:
            return [Event.ANNOUNCED]
        try:
            self.due_refunds.defer(due, self.now + delay)
        except Exception as error:  # noqa: BLE001  # DynamoDB does not accept the write: the next run finds it again
            logger.error("a refund could not be deferred", refund_key=due.key, reason=type(error).__name__)
        return [Event.FAILED]


def _by_first_level(batch: Iterable[DueReservation]) -> list[list[DueReservation]]:
    """Reservations of one level in one group, to be written one after the other: in parallel they would conflict."""
    groups = defaultdict(list)
    for due in batch:
        groups[due.first_level].append(due)
    return list(groups.values())
