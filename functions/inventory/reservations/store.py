"""Reservations in DynamoDB: each change of status is one conditional write, together with the units that it moves.

The reservation's item is the single arbiter. Each method returns the reservation as it is afterwards, whether this write
made it so or another one did: the use case handles a replay, a race and a lost answer in the same way.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from inventory.aws.changes import Change, Condition, Item, to_item
from inventory.aws.dynamodb import (
    FailedCondition,
    Tables,
    Write,
    conditional_put,
    conditional_update,
    put,
    transact,
    update,
)
from inventory.aws.retries import ATTEMPTS_MAX, ENDS_HOLDS, ONE_ATTEMPT, Patience, RetryQuota, pause, with_retries
from inventory.errors import LevelMissing, ReservationNotFound, ReservationUnreadable, StockDrifted, TransientError
from inventory.identifiers import name_of, was_name_in_first_edition
from inventory.index_partitions import PENDING, index_partition, phase_of
from inventory.items import (
    UNREADABLE,
    parse_or_none,
    refund_item,
    reservation_item,
    to_level,
    to_reservation,
)
from inventory.model import (
    CustomerLimits,
    Holding,
    Intervention,
    LevelKey,
    Line,
    Movement,
    Refund,
    ReleaseReason,
    Reservation,
    Status,
    iso,
    movements_of_sale,
)
from inventory.observability import logger
from inventory.reservations.customer_limits import CustomerCount, count_hold, recount_hold, uncount_hold
from inventory.stock import units
from inventory.stock.ledger import record
from inventory.values import dataclass

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

NOT_USED_BEFORE = Condition("attribute_not_exists(reservation_id)")  # a replay must find its first answer
NOT_RECORDED_BEFORE = Condition("attribute_not_exists(payment_reference)")  # a replay must not open it again


def _as_read(reservation: Reservation) -> Condition:
    """Optimistic locking: the units that a write moves are those of the lines that were read, and lines can change."""
    same = Condition("revision = :revision", {"revision": reservation.revision})
    return same if reservation.revision else same | Condition("attribute_not_exists(revision)")


def _is(status: Status) -> Condition:
    """Still in this state: of a payment, a timeout and a cancellation that race, exactly one wins."""
    return Condition("#status = :status", {"status": status})


@dataclass(frozen=True, slots=True)
class HoldRefused:
    """Why nothing was held."""

    short: Mapping[LevelKey, int]  # levels of which too little is available, and how much is
    unknown: tuple[LevelKey, ...]  # levels that do not exist
    beyond_limit: bool  # the customer would hold more than one customer may
    # How many shards take holds, as was learnt of levels; None of one that is not spread, or of which it must be learnt again.
    shards: Mapping[LevelKey, int | None] = field(default_factory=dict)
    short_shards: frozenset[LevelKey] = frozenset()
    spread: frozenset[LevelKey] = frozenset()  # levels that are spread: all of their shards must be read

    @property
    def is_about_shards(self) -> bool:
        """Whether other shards may have what these do not, and nothing else is in the way."""
        return bool(self.shards or self.short_shards) and not (self.beyond_limit or self.short or self.unknown)


@dataclass(frozen=True, slots=True)
class HeldLinesChange:
    """A hold as it was read, and with other lines."""

    read: Reservation
    changed: Reservation
    spread: frozenset[LevelKey] = frozenset()  # the levels that are known to be spread over shards


class NotChanged(Enum):
    """Why the lines of a hold were not changed."""

    OVERTAKEN = auto()  # the reservation, a level or the call itself was written meanwhile: read again
    BEYOND_LIMIT = auto()  # the customer would hold more than one customer may


@dataclass(frozen=True, slots=True)
class Release:
    """How a hold ends without a sale."""

    reason: ReleaseReason
    wait_is_over: bool  # the execution no longer waits; otherwise its token is kept, and a signal to it is pending
    intervention: Intervention | None = None  # the administrator who released it
    unless_extended: bool = False  # only if the hold still ends when it did at the time of reading


class ReservationStore:
    """Reservations in DynamoDB, and the units that they move."""

    def __init__(
        self,
        client: "DynamoDBClient",
        tables: Tables,
        *,
        retention_days: int,
        tracks_dispatch: Callable[[], bool] = lambda: False,
        spreads_reservations: Callable[[], bool] = lambda: True,
    ) -> None:
        """A store of reservations.

        Args:
            tracks_dispatch: whether a sale is tracked; asked when something is sold, as few functions sell.
            spreads_reservations: whether a phase of reservations has several partitions in an index; asked when one begins.
        """
        self._client = client
        self._tables = tables
        self._retention = timedelta(days=retention_days)
        self._tracks_dispatch = tracks_dispatch
        self._hold_quota = RetryQuota()
        self._spreads_reservations = spreads_reservations

    def get(self, reservation_id: str) -> Reservation:
        """The reservation, strongly consistent; by its id or its name, as every method.

        Raises:
            ReservationNotFound: there is none with this id.
        """
        item = self._item(self._name(reservation_id))
        if item is None:
            raise ReservationNotFound(f"there is no reservation {reservation_id}")
        return _parse(item)

    # --- the workflow's first step

    def hold(
        self,
        reservation: Reservation,
        limits: CustomerLimits,
        spread: Collection[LevelKey] = (),
        *,
        on_busy: Callable[[Any], None] = lambda about: None,
    ) -> Reservation | HoldRefused:
        """Write the reservation as HELD and move all its units from available to reserved, or write nothing.

        Args:
            spread: the levels that are known to be spread over shards. A conflict with other writers is not waited for if
                there are any: another shard may be free.
            on_busy: is called with each holding whose level or shard other writers were at.

        Returns:
            The reservation; or the existing one with this id; or why nothing was held.
        """
        name = self._name(reservation.reservation_id)
        if name != reservation.name:
            return self.get(name)  # the first edition held it
        writes = [
            put(self._tables.reservations, self._to_item(reservation), NOT_USED_BEFORE, about=reservation),
            *(
                units.hold(self._tables, holding, reservation.created_at, is_spread=holding.key.level in spread)
                for holding in reservation.holdings
            ),
            *count_hold(self._tables, reservation, limits),
        ]
        patience = ONE_ATTEMPT if spread else Patience(may_retry=lambda: self.may_retry_hold(reservation))
        failed = transact(self._client, writes, patience, on_busy=on_busy)
        self._hold_quota.earn(reservation.keys())
        if not failed:
            return reservation
        if failed[0].about is reservation:
            return _parse(_existing(failed[0].item))
        return _refused(failed, limits, spread)

    def may_retry_hold(self, reservation: Reservation) -> bool:
        """Whether a hold that met other writers may be tried again now; if so, that is one try less of its levels."""
        return self._hold_quota.spend(reservation.keys())

    def reject(self, reservation: Reservation) -> Reservation:
        """Record that nothing could be held, unless another attempt at the same request decided meanwhile."""
        rejected_at = datetime.fromisoformat(reservation.created_at)
        item = self._to_item(reservation) | {"expire_at": self._expire_at(rejected_at)}
        existing = conditional_put(self._client, self._tables.reservations, item, NOT_USED_BEFORE)
        return _parse(existing) if existing else reservation

    # --- while it is held

    def extend(self, reservation: Reservation, held_until: str) -> Reservation:
        """Move the end of a hold, unless it was decided or extended meanwhile."""
        return self._update(
            reservation,
            Change(set={"held_until": held_until, "phase_at": held_until}),
            _is(Status.HELD) & _still_ends_at(reservation.held_until),  # two extensions at once move it once
        )

    def change_lines(
        self, change: HeldLinesChange, limits: CustomerLimits, made: Write, now: datetime
    ) -> NotChanged | None:
        """Hold other lines, with the units and the customer's count that differ and what is kept of the call, or nothing.

        Args:
            made: the write by which the call is known that asks for it.

        Raises:
            StockDrifted: a level does not have what is held of it.
        """
        read, changed = change.read, change.changed
        differences = units.Differences.between(read.holdings, changed.holdings)
        writes = [
            # With the end of the hold as it was read, the answer is true of an extension that came first.
            self._write(
                read, _to_lines_of(changed), _is(Status.HELD) & _as_read(read) & _still_ends_at(read.held_until)
            ),
            made,
            *differences.writes(self._tables, now, change.spread),
        ]
        failed = self._transact_with_count(read, writes, recount_hold(self._tables, read, changed, limits))
        refused = [condition.about for condition in failed]
        if not refused:
            return None
        if refused[0] is read:
            return NotChanged.OVERTAKEN
        if any(about is limits for about in refused):
            return NotChanged.BEYOND_LIMIT
        if drifted := next((condition for condition in failed if condition.about in differences.fewer), None):
            raise _drifted(read, drifted)
        return NotChanged.OVERTAKEN

    def mark_paid(self, reservation_id: str, payment_reference: str) -> Reservation:
        """HELD becomes PAID: from now on its units are sold, whatever happens to the execution.

        Raises:
            ReservationNotFound: there is none with this id.
        """
        change = Change(set={"status": Status.PAID, "payment_reference": payment_reference})
        return self._update(reservation_id, change, _is(Status.HELD))

    def mark_due_now(self, reservation_id: str, now: datetime) -> None:
        """Let the reconciliation settle a paid reservation now and not at the end of its hold."""
        # Only ever earlier: payments that are repeated often would otherwise put it off.
        is_due_later = Condition("phase_at > :now", {"now": iso(now)})
        change = Change(set={"phase_at": iso(now)})
        self._update(reservation_id, change, _is(Status.PAID) & is_due_later)

    # --- how a hold ends

    def commit(self, reservation: Reservation, now: datetime, *, wait_is_over: bool = True) -> Reservation:
        """PAID becomes COMMITTED: the held units leave their warehouses, those of each level with a movement.

        Those of a tracked sale stay, as allocated. The row remembers it, whatever the setting is later.

        Args:
            wait_is_over: the execution no longer waits; otherwise its token is kept, and a signal to it is pending.

        Raises:
            StockDrifted: a level does not have what is held of it.
        """
        tracked = self._tracks_dispatch()
        change = Change(
            set=self._sold(reservation, now, tracked=tracked)
            | ({} if wait_is_over else self._notification_pending(reservation, now)),
            remove=("task_token",) if wait_is_over else (),
        )
        leave = units.allocate_held if tracked else units.ship_held

        def sale(read: Reservation) -> list[Write]:
            return [
                *(leave(self._tables, holding, now) for holding in read.holdings),
                *(record(self._tables, movement) for movement in movements_of_sale(read, now, tracked=tracked)),
            ]

        return self._end_hold(reservation, change, _is(Status.PAID), sale)

    def release(self, reservation: Reservation, release: Release, now: datetime) -> Reservation:
        """HELD becomes RELEASED: the units go back to available.

        Raises:
            StockDrifted: a level does not have what is held of it.
        """
        change, condition = self._released(reservation, release, now)

        def given_back(read: Reservation) -> list[Write]:
            return [units.give_back(self._tables, holding, now) for holding in read.holdings]

        return self._end_hold(reservation, change, condition, given_back)

    def release_of_row(self, read: Reservation, release: Release, now: datetime) -> tuple[Write, Reservation]:
        """The write that makes a hold RELEASED, for a transaction that moves its units too; and the reservation after it."""
        change, condition = self._released(read, release, now)
        return self._write(read, change, condition & _as_read(read)), _changed(read, change)

    # --- payments after the release

    def rescue(
        self,
        reservation: Reservation,
        payment_reference: str,
        now: datetime,
        other_shards: Callable[[Reservation], tuple[Line, ...] | None] = lambda _: None,
    ) -> Reservation:
        """RELEASED becomes COMMITTED: a late payment buys all units from the levels that had them, or nothing.

        Args:
            other_shards: finds the lines in other shards of the same levels; None if they do not have enough together.

        Returns:
            The reservation afterwards: still RELEASED if some level has too little by now.
        """
        tracked = self._tracks_dispatch()
        change = Change(
            set=self._sold(reservation, now, tracked=tracked)
            | {"payment_reference": payment_reference, "rescued": True},
            remove=("reason", "expire_at") if tracked else ("reason",),
        )
        leave = units.allocate_available if tracked else units.ship_available

        def rescue_from(read: Reservation, bought: Reservation) -> tuple[Reservation, bool]:
            """The reservation afterwards, and whether other shards may have what was short."""
            moved = change if bought.lines == read.lines else _with_lines_of(bought, change)
            failed = transact(
                self._client,
                [
                    self._write(read, moved, _is(Status.RELEASED) & _as_read(read)),
                    *(leave(self._tables, holding, now) for holding in bought.holdings),
                    *(record(self._tables, movement) for movement in movements_of_sale(bought, now, tracked=tracked)),
                ],
                ENDS_HOLDS,
            )
            if not failed:
                return _changed(read, moved), False
            if failed[0].about is read:
                return _parse(_existing(failed[0].item)), False
            return read, any(map(_is_of_shards, failed))

        def rescue_as_read(read: Reservation) -> Reservation:
            bought = read
            for _ in range(ATTEMPTS_MAX):
                found, may_be_elsewhere = rescue_from(read, bought)
                lines = other_shards(read) if may_be_elsewhere else None
                if lines is None:
                    return found
                bought = replace(read, lines=lines)
            raise TransientError("other checkouts took the units that were found: try again")

        return _until_as_read(reservation, rescue_as_read)

    def mark_unfulfilled(self, reservation: Reservation, refund: Refund, now: datetime) -> Reservation:
        """RELEASED becomes UNFULFILLED: the money of this payment must be returned."""
        change = Change(
            set=self._decided(reservation, Status.UNFULFILLED, now)
            | {"payment_reference": refund.payment_reference, "has_refunds": True}
        )
        return self._with_refund(reservation, change, _is(Status.RELEASED), refund)

    def record_surplus_payment(self, reservation: Reservation, refund: Refund) -> Reservation:
        """Record a payment that buys nothing because the reservation was rejected or another payment bought it."""
        buys_nothing = Condition(
            "#status IN (:rejected, :unfulfilled)"
            " OR (#status IN (:paid, :committed) AND payment_reference <> :surplus)",
            {
                "rejected": Status.REJECTED,
                "unfulfilled": Status.UNFULFILLED,
                "paid": Status.PAID,
                "committed": Status.COMMITTED,
                "surplus": refund.payment_reference,
            },
        )
        # With the reference, each such payment changes the row, so that the table's stream has a record of it.
        change = Change(set={"has_refunds": True, "latest_refund": refund.payment_reference})
        return self._with_refund(reservation, change, buys_nothing, refund)

    # --- after an expiry

    def mark_cancelled_after_expiry(self, reservation: Reservation) -> Reservation:
        """Record that a cancellation was accepted which found the hold expired: a repeated one is accepted again."""
        return self._update(reservation, Change(set={"cancelled_after_expiry": True}), _is(Status.RELEASED))

    # --- the outbox

    def forget_payments(self, reservation: Reservation, payment_references: frozenset[str]) -> Reservation:
        """Remove payments that have rows of their own now from the sets in which the first edition kept them."""
        sets = ("payments_to_announce", "payments_announced")
        change = Change(set={"has_refunds": True}, delete={name: set(payment_references) for name in sets})
        return self._update(reservation, change, Condition("attribute_exists(reservation_id)"))

    def clear_outbox(self, reservation: Reservation) -> Reservation:
        """Record that every notification of a decision was sent, unless another one became pending meanwhile."""
        nothing_new = Condition(
            "notify_since = :notify_since AND attribute_not_exists(payments_to_announce)",
            {"notify_since": reservation.notify_since},
        )
        change = Change(
            remove=("pending_notification", "notify_since", *(("task_token",) if reservation.is_decided else ()))
        )
        return self._update(reservation, change, nothing_new)

    # --- reads and writes

    def _name(self, reservation_id: str) -> str:
        """The name of a reservation's row: that of its id, or the id itself if the first edition wrote it so."""
        if was_name_in_first_edition(reservation_id) and self._item(reservation_id):
            return reservation_id
        return name_of(reservation_id)

    def _item(self, name: str) -> Item | None:
        answer = with_retries(
            lambda: self._client.get_item(
                TableName=self._tables.reservations, Key={"reservation_id": {"S": name}}, ConsistentRead=True
            )
        )
        return to_item(answer["Item"]) if "Item" in answer else None

    def _with_refund(
        self, reservation: Reservation, change: Change, condition: Condition, refund: Refund
    ) -> Reservation:
        """Change a reservation and record the refund that follows from it, in one transaction."""
        recorded = put(self._tables.refunds, refund_item(refund), NOT_RECORDED_BEFORE, about=refund)
        failed = transact(self._client, [self._write(reservation, change, condition), recorded])
        if not failed:
            return _changed(reservation, change)
        if failed[0].about is reservation:
            return _parse(_existing(failed[0].item))
        # The payment was recorded before: in an earlier attempt, or when its reservation was not known yet.
        return self._update(reservation, change, condition)

    def _end_hold(
        self,
        reservation: Reservation,
        change: Change,
        condition: Condition,
        moved: Callable[[Reservation], list[Write]],
    ) -> Reservation:
        """End a hold: decide, move its units and uncount it from its customer, in one transaction.

        Args:
            moved: the writes that move the units of a reservation.
        """

        def end_as_read(read: Reservation) -> Reservation:
            ending = [self._write(read, change, condition & _as_read(read)), *moved(read)]
            failed = self._transact_with_count(read, ending, uncount_hold(self._tables, read), ENDS_HOLDS)
            if not failed:
                return _changed(read, change)
            if failed[0].about is read:
                return _parse(_existing(failed[0].item))
            raise _drifted(read, failed[0])

        return _until_as_read(reservation, end_as_read)

    def _transact_with_count(
        self,
        reservation: Reservation,
        writes: Sequence[Write],
        count: Sequence[Write],
        patience: Patience | None = None,
    ) -> tuple[FailedCondition, ...]:
        """Write a change of a hold with its customer's count; without it if only that is not possible."""
        failed = transact(self._client, [*writes, *count], patience)
        if failed and all(isinstance(condition.about, CustomerCount) for condition in failed):
            logger.error("the counts of a customer are no numbers", reservation_id=reservation.reservation_id)
            return transact(self._client, writes, patience)  # the comparison of the tables repairs the counts
        return failed

    def _write(self, reservation: Reservation, change: Change, condition: Condition) -> Write:
        key = {"reservation_id": reservation.name}
        return update(self._tables.reservations, key, change, condition, about=reservation)

    def _update(self, found: Reservation | str, change: Change, condition: Condition) -> Reservation:
        """Change a reservation as it was read, or the one with this id, if the condition holds."""
        if isinstance(found, Reservation):
            reservation_id, name = found.reservation_id, found.name
        else:
            reservation_id, name = found, self._name(found)
        key = {"reservation_id": name}
        item = conditional_update(self._client, self._tables.reservations, key, change, condition)
        if item is None:
            raise ReservationNotFound(f"there is no reservation {reservation_id}")
        return _parse(item)

    def _released(self, reservation: Reservation, release: Release, now: datetime) -> tuple[Change, Condition]:
        """What a release writes on the row, and the condition under which it may."""
        change = Change(
            set=self._decided(reservation, Status.RELEASED, now)
            | {"reason": release.reason}
            | ({} if release.wait_is_over else self._notification_pending(reservation, now))
            | _intervention(release.intervention),
            remove=("held_until", "task_token") if release.wait_is_over else ("held_until",),
        )
        condition = _is(Status.HELD)
        if release.unless_extended:  # a shopper must not lose the time that they were just given
            condition &= _still_ends_at(reservation.held_until)
        return change, condition

    def _decided(self, reservation: Reservation, status: Status, now: datetime) -> Item:
        """What every decision sets: the state, its time, the place in the index, and when the item may be deleted."""
        return {
            "status": status,
            "decided_at": iso(now),
            "phase": index_partition(phase_of(status), reservation.name, spread=self._spreads_reservations()),
            "phase_at": iso(now),
            "expire_at": self._expire_at(now),
        }

    def _sold(self, reservation: Reservation, now: datetime, *, tracked: bool) -> Item:
        """What a sale sets. A tracked one must not be deleted while units of it are allocated: it has no end yet."""
        sold = self._decided(reservation, Status.COMMITTED, now)
        if not tracked:
            return sold
        del sold["expire_at"]
        return sold | {"tracked": True}

    def _notification_pending(self, reservation: Reservation, now: datetime) -> Item:
        """A notification of this write is pending: after a crash the reconciliation sends it."""
        partition = index_partition(PENDING, reservation.name, spread=self._spreads_reservations())
        return {"pending_notification": partition, "notify_since": iso(now)}

    def _to_item(self, reservation: Reservation) -> Item:
        return reservation_item(reservation, spread=self._spreads_reservations())

    def _expire_at(self, now: datetime) -> int:
        return int((now + self._retention).timestamp())


def _refused(failed: Sequence[FailedCondition], limits: CustomerLimits, spread: Collection[LevelKey]) -> HoldRefused:
    """Why nothing was held, from the rows of the levels and shards that refused it."""
    rows = {condition.about.key: condition.item for condition in failed if isinstance(condition.about, Holding)}
    shards: dict[LevelKey, int | None] = {key.level: None for key, item in rows.items() if key.shard and item is None}
    own = {key: (item, _shards_in(item)) for key, item in rows.items() if not key.shard}
    shards |= {key: number for key, (_, number) in own.items() if (number is not None) != (key in spread)}
    plain = {key: item for key, (item, _) in own.items() if key not in spread and key not in shards}
    return HoldRefused(
        short={key: units.holdable(item) for key, item in plain.items() if item is not None},
        unknown=tuple(key for key, item in plain.items() if item is None),
        beyond_limit=any(condition.about is limits for condition in failed),
        shards=shards,
        short_shards=frozenset(key for key in rows if key.shard or (key in spread and key not in shards)),
    )


def _shards_in(item: Item | None) -> int | None:
    """How many shards of a level take holds, by its own row; None if it is not spread, or cannot be read."""
    level = parse_or_none(to_level, item) if item and "shards" in item else None
    return level.shards_to_keep if level else None


def _parse(item: Item) -> Reservation:
    try:
        return to_reservation(item)
    except UNREADABLE as error:
        name = item["reservation_id"]
        raise ReservationUnreadable(f"reservation {name} was written in another form: {error!r}") from error


def _until_as_read(reservation: Reservation, decide: Callable[[Reservation], Reservation]) -> Reservation:
    """Decide again with the reservation that was found, until it has the lines of which the decision moves units.

    Args:
        decide: writes only if the reservation is still as it was read, and returns it as it is afterwards.

    Raises:
        TransientError: its lines were changed in every attempt.
    """
    for attempt in range(ATTEMPTS_MAX):
        found = decide(reservation)
        if found.revision == reservation.revision:
            return found
        reservation = found
        pause(attempt)
    raise TransientError(f"reservation {reservation.reservation_id} is changed again and again")


def _changed(reservation: Reservation, change: Change) -> Reservation:
    return to_reservation(change.applied_to(reservation_item(reservation)))


def _with_lines_of(bought: Reservation, change: Change) -> Change:
    """The change, and that the units are taken from where they were found."""
    return replace(change, set={**change.set, "lines": reservation_item(bought)["lines"]})


def _is_of_shards(failed: FailedCondition) -> bool:
    """Whether a write of units failed at a level that is spread over shards."""
    if not isinstance(failed.about, Holding):
        return False
    return failed.about.key.shard > 0 or _shards_in(failed.item) is not None


def _to_lines_of(changed: Reservation) -> Change:
    """The change of a row to the lines of a changed hold, with what is kept of the change."""
    item = reservation_item(changed)
    kept = ("lines", "request_hash", "revision", "changes")
    return Change(set={name: item[name] for name in kept if name in item}, remove=("shortages",))


def _intervention(intervention: Intervention | None) -> Item:
    return {"released_by": intervention.actor, "release_note": intervention.note} if intervention else {}


def _still_ends_at(held_until: str | None) -> Condition:
    if held_until is None:  # of a row that another tool wrote
        return Condition("attribute_not_exists(held_until)")
    return Condition("held_until = :held_until", {"held_until": held_until})


def _drifted(reservation: Reservation, failed: FailedCondition) -> StockDrifted:
    about: Holding | Movement = failed.about
    key = about.key
    level = f"{key.product_id} in {key.warehouse_id}"
    if failed.item is None:
        message = f"{level} does not exist, but reservation {reservation.reservation_id} holds units of it"
        return LevelMissing(message, key)
    return StockDrifted(f"{level} does not have the units that reservation {reservation.reservation_id} holds")


def _existing(item: Item | None) -> Item:
    """The item of a failed condition that only an existing item can fail."""
    if item is None:
        raise ReservationNotFound("the reservation was deleted meanwhile")
    return item
