"""Settles holds whose execution was stopped, failed, or never reacted.

Which of these happened does not matter: the reservation decides as always, so it is safe to settle one whose execution
still runs. That execution finds the reservation decided.

Many expired holds of one level are released together: one after the other, each would wait for the row of the level.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from inventory.errors import InventoryError, LevelMissing, StockDrifted, TransientError
from inventory.model import ReleaseReason, Reservation, Status, iso
from inventory.observability import logger
from inventory.reconciliation.counter_store import CounterStore
from inventory.reconciliation.due_queue import UNDECIDED, UNNOTIFIED, DueQueue, DueReservation, Queue
from inventory.reconciliation.due_refunds import DueRefund, DueRefunds
from inventory.reconciliation.repairs import Repairs, recreate_level
from inventory.reservations.joint_release import JointRelease, in_transactions
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
# So many are read before they are settled, so that many of one level are together.
AT_A_TIME = 1_000

EXPIRED = Release(ReleaseReason.EXPIRED, wait_is_over=False, unless_extended=True)


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


HasTime = Callable[[], bool]
Process = Callable[[Reservation], list[Event]]
ProcessGroup = Callable[[Sequence[DueReservation], HasTime], Iterable[Event]]


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """One run over everything that is due at `now`."""

    queue: DueQueue
    due_refunds: DueRefunds
    store: ReservationStore
    joint_release: JointRelease
    refunds: Refunds
    alerts: LowStockAlerts
    outbox: Outbox
    counters: CounterStore
    repairs: Repairs
    now: datetime

    def run(self, has_time: HasTime) -> Counter[Event]:
        """Process what is due, the longest due first, while there is time; the next run continues.

        Undecided reservations come first, as they keep units from being sold; notifications are slow while Step
        Functions or SNS is down.
        """
        events = self._drain(UNDECIDED, self._decide_group, has_time)
        events += self._drain(UNNOTIFIED, self._notify_group, has_time)
        return events + self._announce_refunds(has_time)

    def _drain(self, queue: Queue, process: ProcessGroup, has_time: HasTime) -> Counter[Event]:
        def process_in_time(group: Sequence[DueReservation]) -> list[Event]:
            return list(process(group, has_time))

        found, grouped = (
            (Event.STRANDED, _by_first_level) if queue is UNDECIDED else (Event.UNNOTIFIED, _each_by_itself)
        )
        events: Counter[Event] = Counter()
        with ThreadPoolExecutor(WORKERS) as pool:
            for batch in self.queue.due(queue, self.now - GRACE, AT_A_TIME):
                events[found] += len(batch)
                for processed in pool.map(process_in_time, grouped(batch)):
                    events.update(processed)
                if not has_time():
                    break
        return events

    def _decide_group(self, group: Sequence[DueReservation], has_time: HasTime) -> Iterator[Event]:
        """Release together what can be, then settle everything else one by one."""
        holds = [hold for due in group if (hold := self._expired_hold(due))]
        released = {name for together in in_transactions(holds) for name in self._release(together, has_time)}
        yield from [Event.RELEASED] * len(released)
        for due in group:
            if due.reservation_id not in released and has_time():
                yield from self._process(due, UNDECIDED, self._decide)

    def _release(self, holds: Sequence[Reservation], has_time: HasTime) -> list[str]:
        """Release holds in one transaction; the names of those that this run released."""
        released: list[str] = []
        if len(holds) < 2 or not has_time():
            return released
        try:
            for reservation in self.joint_release.release(holds, EXPIRED, self.now):
                released.append(reservation.name)
                record_outcome(reservation, self.now)
        except Exception as error:  # noqa: BLE001  # one by one, only the one that is to blame fails
            logger.warning("holds could not be released together", holds=len(holds), reason=type(error).__name__)
        return released

    def _expired_hold(self, due: DueReservation) -> Reservation | None:
        """A hold whose time is over, if there is nothing else to know about it; None of everything else."""
        try:
            read = due.parse()
        except Exception:  # noqa: BLE001  # it is reported when it is processed alone
            return None
        is_over = read.held_until is not None and read.held_until <= iso(self.now)
        return read if read.status is Status.HELD and is_over and read.holdings else None

    def _notify_group(self, group: Sequence[DueReservation], has_time: HasTime) -> Iterator[Event]:
        for due in group:
            if has_time():
                yield from self._process(due, UNNOTIFIED, self._notify)

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
            reservation = self.store.release(reservation, EXPIRED, self.now)
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

    def _announce_refunds(self, has_time: HasTime) -> Counter[Event]:
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


def _each_by_itself(batch: Iterable[DueReservation]) -> list[list[DueReservation]]:
    """Reservations that only their own rows are written of: they may be processed side by side."""
    return [[due] for due in batch]


def _by_first_level(batch: Iterable[DueReservation]) -> list[list[DueReservation]]:
    """Reservations of one level in one group, to be written together or one after the other: in parallel they would conflict."""
    groups = defaultdict(list)
    for due in batch:
        groups[due.first_level].append(due)
    return list(groups.values())
