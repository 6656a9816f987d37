"""The reservation's row and what moves with it: each change of status is one conditional write.

The row is the single arbiter. Each function answers the reservation as it stands afterwards, whether this write made it
so or something else had: a replay, a race and a lost answer look the same to the use case, and are.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from inventory.aws.dynamodb import (
    Item,
    Tables,
    conditional_put,
    conditional_update,
    put,
    to_item,
    transact,
    update,
    with_retries,
)
from inventory.errors import ReservationNotFound, StockDrifted
from inventory.items import PENDING_NOTIFICATION, reservation_item, to_reservation
from inventory.model import (
    CustomerLimits,
    Intervention,
    LevelKey,
    Line,
    ReleaseReason,
    Reservation,
    Shortage,
    Status,
    iso,
    sold,
)
from inventory.reservations.customer_limits import count_hold, uncount_hold
from inventory.stock.store import record

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef as Action

# A reserved word of DynamoDB's expressions.
STATUS = {"#status": "status"}


@dataclass(frozen=True, slots=True)
class HoldRefused:
    """Why nothing was held.

    Lines of which too little is available, lines whose level does not exist, and whether the customer would hold more
    than one may.
    """

    shortages: tuple[Shortage, ...]
    unknown: tuple[LevelKey, ...]
    beyond_limit: bool


class ReservationStore:
    """Reservations in DynamoDB, and the units that they move."""

    def __init__(self, client: "DynamoDBClient", tables: Tables, *, retention_days: int) -> None:
        self._client = client
        self._tables = tables
        self._retention = timedelta(days=retention_days)

    def reservation(self, reservation_id: str) -> Reservation:
        """The reservation as it stands, strongly consistent.

        Raises:
            ReservationNotFound: there is none.
        """
        answer = with_retries(
            lambda: self._client.get_item(
                TableName=self._tables.reservations, Key={"reservation_id": {"S": reservation_id}}, ConsistentRead=True
            )
        )
        if "Item" not in answer:
            raise ReservationNotFound(f"there is no reservation {reservation_id}")
        return to_reservation(to_item(answer["Item"]))

    def hold(self, reservation: Reservation, limits: CustomerLimits) -> Reservation | HoldRefused:
        """Write the reservation HELD and move every line from available to reserved, or nothing at all.

        A customer who is known may hold no more than the limits.

        Returns:
            The reservation; or the one that has the id already; or what stood in the way.
        """
        not_used_before = "attribute_not_exists(reservation_id)"  # a replay must find its first answer
        has_enough = "available >= :quantity"  # the only guard against overselling
        refusals = transact(
            self._client,
            [
                put(self._tables.reservations, reservation_item(reservation), condition=not_used_before),
                *(
                    update(
                        self._tables.inventory,
                        asdict(line.key),
                        "SET available = available - :quantity, reserved = reserved + :quantity, updated_at = :now",
                        condition=has_enough,
                        values={":quantity": line.quantity, ":now": reservation.created_at},
                    )
                    for line in reservation.lines
                ),
                *count_hold(self._tables, reservation, limits),
            ],
        )
        if not refusals:
            return reservation
        if refusals[0].index == 0:
            return to_reservation(_present(refusals[0].row))
        lines = dict(enumerate(reservation.lines, start=1))
        short = [(lines[refusal.index], refusal.row) for refusal in refusals if refusal.index in lines]
        return HoldRefused(
            shortages=tuple(_shortage(line, row) for line, row in short if row is not None),
            unknown=tuple(line.key for line, row in short if row is None),
            beyond_limit=any(refusal.index not in lines for refusal in refusals),
        )

    def reject(self, reservation: Reservation) -> Reservation:
        """Record that nothing could be held, unless another attempt at the same request has decided meanwhile."""
        not_used_before = "attribute_not_exists(reservation_id)"
        row = reservation_item(reservation) | {"expire_at": self._expire_at_of(reservation.created_at)}
        there_already = conditional_put(self._client, self._tables.reservations, row, condition=not_used_before)
        return to_reservation(there_already) if there_already else reservation

    def pay(self, reservation_id: str, payment_reference: str) -> Reservation:
        """HELD becomes PAID: from here on the units are sold, whatever happens to the execution.

        Raises:
            ReservationNotFound: there is no such reservation.
        """
        still_held = "#status = :held"  # the timeout and a cancellation come through the same gate: one of them wins
        return self._update_reservation(
            reservation_id,
            "SET #status = :paid, payment_reference = :reference",
            condition=still_held,
            values={":held": Status.HELD, ":paid": Status.PAID, ":reference": payment_reference},
        )

    def extend(self, reservation: Reservation, held_until: str) -> Reservation:
        """Move the end of a hold, unless it was decided or extended meanwhile."""
        still_held = "#status = :held"
        as_it_was_read = "held_until = :seen"  # two extensions at once move it once
        return self._update_reservation(
            reservation.reservation_id,
            "SET held_until = :until, phase_at = :until",
            condition=f"{still_held} AND {as_it_was_read}",
            values={":held": Status.HELD, ":seen": reservation.held_until, ":until": held_until},
        )

    def commit(self, reservation: Reservation, now: datetime, *, forget_token: bool = True) -> Reservation:
        """PAID becomes COMMITTED: the held units leave the warehouse, each line with its movement.

        Args:
            forget_token: whether the wait is over. While it may not be, its token is kept, and a signal is owed.

        Raises:
            StockDrifted: a level does not carry what is held of it.
        """
        is_paid = "#status = :paid"
        return self._settle(
            reservation,
            replace(
                reservation,
                status=Status.COMMITTED,
                decided_at=iso(now),
                task_token=None if forget_token else reservation.task_token,
                notify_since=reservation.notify_since if forget_token else iso(now),
            ),
            "SET #status = :status, decided_at = :now, phase = :status, phase_at = :now, expire_at = :expire_at"
            + (" REMOVE task_token" if forget_token else ", pending_notification = :message, notify_since = :now"),
            condition=is_paid,
            values={":paid": Status.PAID, ":message": None if forget_token else PENDING_NOTIFICATION},
            stock=[self._ship_held(line, now) for line in reservation.lines],
            movements=[record(self._tables, movement) for movement in sold(reservation, now)],
            now=now,
        )

    def release(
        self,
        reservation: Reservation,
        reason: ReleaseReason,
        now: datetime,
        *,
        forget_token: bool,
        intervention: Intervention | None = None,
        unless_extended: bool = False,
    ) -> Reservation:
        """HELD becomes RELEASED: the units go back to available.

        Args:
            forget_token: whether the wait is over. While it is not, its token is kept to end it with, and a signal is owed.
            intervention: who released it by hand, if somebody did.
            unless_extended: whether the hold must still end when it was seen to.

        Raises:
            StockDrifted: a level does not carry what is held of it.
        """
        still_held = "#status = :held"  # a payment that came first must win
        not_extended_since = "held_until = :seen"  # nor may a shopper lose what they were just given
        return self._settle(
            reservation,
            replace(
                reservation,
                status=Status.RELEASED,
                reason=reason,
                decided_at=iso(now),
                held_until=None,
                task_token=None if forget_token else reservation.task_token,
                notify_since=None if forget_token else iso(now),
                intervention=intervention,
            ),
            "SET #status = :status, reason = :reason, decided_at = :now, phase = :status, phase_at = :now,"
            " expire_at = :expire_at"
            + ("" if forget_token else ", pending_notification = :message, notify_since = :now")
            + (", released_by = :released_by, release_note = :release_note" if intervention else "")
            + " REMOVE held_until"
            + (", task_token" if forget_token else ""),
            condition=f"{still_held} AND {not_extended_since}" if unless_extended else still_held,
            values={
                ":held": Status.HELD,
                ":seen": reservation.held_until if unless_extended else None,
                ":message": None if forget_token else PENDING_NOTIFICATION,
                ":reason": reason,
                ":released_by": intervention.actor if intervention else None,
                ":release_note": intervention.note if intervention else None,
            },
            stock=[self._give_back(line, now) for line in reservation.lines],
            now=now,
        )

    def rescue(self, reservation: Reservation, payment_reference: str, now: datetime) -> Reservation:
        """RELEASED becomes COMMITTED: a late payment buys what is available at this moment, all lines or none.

        Returns:
            The reservation as it stands: still RELEASED when some line is short by now.
        """
        still_released = "#status = :released"
        refusals = transact(
            self._client,
            [
                self._change_reservation(
                    reservation.reservation_id,
                    "SET #status = :status, payment_reference = :reference, rescued = :yes, decided_at = :now,"
                    " phase = :status, phase_at = :now, expire_at = :expire_at REMOVE reason",
                    condition=still_released,
                    values={
                        ":released": Status.RELEASED,
                        ":status": Status.COMMITTED,
                        ":reference": payment_reference,
                        ":yes": True,
                        ":now": iso(now),
                        ":expire_at": self._expire_at(now),
                    },
                ),
                *(self._ship_available(line, now) for line in reservation.lines),
                *(record(self._tables, movement) for movement in sold(reservation, now)),
            ],
        )
        if refusals and refusals[0].index == 0:
            return to_reservation(_present(refusals[0].row))
        if refusals:
            return reservation
        return replace(
            reservation,
            status=Status.COMMITTED,
            payment_reference=payment_reference,
            rescued=True,
            reason=None,
            decided_at=iso(now),
        )

    def mark_unfulfilled(self, reservation: Reservation, payment_reference: str, now: datetime) -> Reservation:
        """RELEASED becomes UNFULFILLED: the payment is recorded, and has to be returned."""
        still_released = "#status = :released"
        return self._update_reservation(
            reservation.reservation_id,
            "SET #status = :status, payment_reference = :reference, decided_at = :now, phase = :status,"
            " phase_at = :now, expire_at = :expire_at, pending_notification = :message, notify_since = :now"
            " ADD payments_to_announce :references",
            condition=still_released,
            values={
                ":released": Status.RELEASED,
                ":status": Status.UNFULFILLED,
                ":reference": payment_reference,
                ":references": {payment_reference},
                ":message": PENDING_NOTIFICATION,
                ":now": iso(now),
                ":expire_at": self._expire_at(now),
            },
        )

    def record_surplus_payment(self, reservation: Reservation, payment_reference: str, now: datetime) -> Reservation:
        """Note a payment that buys nothing, because the reservation was rejected or another payment has bought it."""
        not_announced_before = "NOT contains(payments_announced, :reference)"  # a replay has nothing to add
        return self._update_reservation(
            reservation.reservation_id,
            "SET pending_notification = :message, notify_since = :now ADD payments_to_announce :references",
            condition=f"attribute_exists(reservation_id) AND {not_announced_before}",
            values={
                ":reference": payment_reference,
                ":references": {payment_reference},
                ":message": PENDING_NOTIFICATION,
                ":now": iso(now),
            },
            names={},
        )

    def payment_announced(self, reservation_id: str, payment_reference: str) -> Reservation:
        """Note that ops were told of a payment to return, so that a replay does not tell them again."""
        return self._update_reservation(
            reservation_id,
            "DELETE payments_to_announce :references ADD payments_announced :references",
            condition="attribute_exists(reservation_id)",
            values={":references": {payment_reference}},
            names={},
        )

    def clear_outbox(self, reservation: Reservation) -> Reservation:
        """Note that everyone was told of a decision, so that nobody tells them again."""
        still_owed = "attribute_exists(pending_notification)"
        nothing_came_meanwhile = "notify_since = :seen AND attribute_not_exists(payments_to_announce)"
        return self._update_reservation(
            reservation.reservation_id,
            "REMOVE pending_notification, notify_since" + (", task_token" if reservation.is_decided else ""),
            condition=f"{still_owed} AND {nothing_came_meanwhile}",
            values={":seen": reservation.notify_since},
            names={},
        )

    def mark_due_now(self, reservation_id: str, now: datetime) -> None:
        """Let a paid reservation be seen to now and not at the end of its hold, as its execution was not told."""
        still_paid = "#status = :paid"
        self._update_reservation(
            reservation_id,
            "SET phase_at = :now",
            condition=still_paid,
            values={":paid": Status.PAID, ":now": iso(now)},
        )

    def _settle(
        self,
        reservation: Reservation,
        settled: Reservation,
        change: str,
        *,
        condition: str,
        values: Item,
        stock: Sequence["Action"],
        now: datetime,
        movements: Sequence["Action"] = (),
    ) -> Reservation:
        """End a hold, move its units and take it off its customer's count; answer the row as it stands afterwards."""
        decision = {":status": settled.status, ":now": iso(now), ":expire_at": self._expire_at(now)}
        refusals = transact(
            self._client,
            [
                self._change_reservation(
                    reservation.reservation_id, change, condition=condition, values=values | decision
                ),
                *stock,
                *movements,
                *uncount_hold(self._tables, reservation),
            ],
        )
        if not refusals:
            return settled
        if refusals[0].index == 0:
            return to_reservation(_present(refusals[0].row))
        line = reservation.lines[(refusals[0].index - 1) % len(reservation.lines)]
        raise StockDrifted(
            f"{line.product_id} in {line.warehouse_id} does not carry the {line.quantity} units"
            f" that reservation {reservation.reservation_id} holds"
        )

    def _change_reservation(self, reservation_id: str, change: str, *, condition: str, values: Item) -> "Action":
        return update(
            self._tables.reservations,
            {"reservation_id": reservation_id},
            change,
            condition=condition,
            values=values,
            names=STATUS,
        )

    def _ship_held(self, line: Line, now: datetime) -> "Action":
        carries_what_is_held = "reserved >= :quantity AND on_hand >= :quantity"  # or the books are wrong: stop
        return update(
            self._tables.inventory,
            asdict(line.key),
            "SET on_hand = on_hand - :quantity, reserved = reserved - :quantity, version = version + :one,"
            " updated_at = :now",
            condition=carries_what_is_held,
            values={":quantity": line.quantity, ":one": 1, ":now": iso(now)},
        )

    def _ship_available(self, line: Line, now: datetime) -> "Action":
        has_enough = "available >= :quantity"  # what others hold is theirs
        return update(
            self._tables.inventory,
            asdict(line.key),
            "SET on_hand = on_hand - :quantity, available = available - :quantity, version = version + :one,"
            " updated_at = :now",
            condition=has_enough,
            values={":quantity": line.quantity, ":one": 1, ":now": iso(now)},
        )

    def _give_back(self, line: Line, now: datetime) -> "Action":
        carries_what_is_held = "reserved >= :quantity"  # or the books are wrong: stop
        return update(
            self._tables.inventory,
            asdict(line.key),
            "SET available = available + :quantity, reserved = reserved - :quantity, updated_at = :now",
            condition=carries_what_is_held,
            values={":quantity": line.quantity, ":now": iso(now)},
        )

    def _update_reservation(
        self, reservation_id: str, change: str, *, condition: str, values: Item, names: dict[str, str] = STATUS
    ) -> Reservation:
        row = conditional_update(
            self._client,
            self._tables.reservations,
            {"reservation_id": reservation_id},
            change,
            condition=condition,
            values=values,
            names=names,
        )
        if row is None:
            raise ReservationNotFound(f"there is no reservation {reservation_id}")
        return to_reservation(row)

    def _expire_at(self, now: datetime) -> int:
        return int((now + self._retention).timestamp())

    def _expire_at_of(self, moment: str) -> int:
        return self._expire_at(datetime.fromisoformat(moment))


def _shortage(line: Line, row: Item) -> Shortage:
    return Shortage(line.product_id, line.warehouse_id, line.quantity, int(row["available"]))


def _present(row: Item | None) -> Item:
    """The row behind a refusal of a condition that only an existing row can break."""
    if row is None:
        raise ReservationNotFound("the reservation was deleted meanwhile")
    return row
