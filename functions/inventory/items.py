"""DynamoDB items to types, and types to items."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, TypeVar

from inventory.aws.changes import Item
from inventory.model import (
    Adjustment,
    Intervention,
    Level,
    LevelKey,
    Line,
    Movement,
    MovementKind,
    RejectionReason,
    ReleaseReason,
    Reservation,
    Shortage,
    Status,
)
from inventory.observability import logger

# HELD and PAID reservations are one partition of the index by_phase, sorted by the end of their hold.
ACTIVE = "ACTIVE"
REASONS: dict[str, ReleaseReason | RejectionReason] = {
    reason.value: reason for reason in (*ReleaseReason, *RejectionReason)
}

KEY_ATTRIBUTES = ("reservation_id", "product_id", "warehouse_id", "movement_id")
# What reading an item raises that was written in another form.
UNREADABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)

Parsed = TypeVar("Parsed")

# The one value of `pending_notification`: such reservations are one partition of the index by_pending_notification.
PENDING = "PENDING"


def reservation_item(reservation: Reservation) -> Item:
    """A reservation's item. `phase` and `phase_at` are its place in the index that lists reservations."""
    active = reservation.status.is_active
    by_hand = reservation.intervention
    return _present(
        {
            "reservation_id": reservation.reservation_id,
            "status": reservation.status.value,
            "phase": ACTIVE if active else reservation.status.value,
            "phase_at": reservation.held_until if active else reservation.decided_at,
            "lines": [line.to_json() for line in reservation.lines],
            "hold_seconds": reservation.hold_seconds,
            "longest_hold_seconds": reservation.longest_hold_seconds,
            "created_at": reservation.created_at,
            "held_until": reservation.held_until,
            "order_id": reservation.order_id,
            "customer_id": reservation.customer_id,
            "reason": reservation.reason,
            "shortages": [shortage.to_json() for shortage in reservation.shortages] or None,
            "payment_reference": reservation.payment_reference,
            "rescued": reservation.rescued or None,
            "decided_at": reservation.decided_at,
            "released_by": by_hand.actor if by_hand else None,
            "release_note": by_hand.note if by_hand else None,
            "payments_to_announce": set(reservation.payments_to_announce) or None,
            "payments_announced": set(reservation.payments_announced) or None,
            "pending_notification": PENDING if reservation.notify_since else None,
            "notify_since": reservation.notify_since,
            "task_token": reservation.task_token,
        }
    )


def to_reservation(item: Item) -> Reservation:
    """The reservation in an item."""
    return Reservation(
        reservation_id=item["reservation_id"],
        status=Status(item["status"]),
        lines=to_lines(item),
        hold_seconds=_number(item, "hold_seconds"),
        created_at=_text(item, "created_at"),
        held_until=item.get("held_until"),
        order_id=item.get("order_id"),
        customer_id=item.get("customer_id"),
        reason=REASONS[item["reason"]] if "reason" in item else None,
        shortages=tuple(
            Shortage(
                _text(shortage, "product_id"),
                _text(shortage, "warehouse_id"),
                _number(shortage, "requested"),
                _number(shortage, "available"),
            )
            for shortage in item.get("shortages", ())
        ),
        payment_reference=item.get("payment_reference"),
        rescued=item.get("rescued", False),
        decided_at=item.get("decided_at"),
        intervention=Intervention(item["released_by"], item["release_note"]) if "released_by" in item else None,
        payments_to_announce=frozenset(item.get("payments_to_announce", ())),
        payments_announced=frozenset(item.get("payments_announced", ())),
        notify_since=item.get("notify_since"),
        longest_hold_seconds=_number(item, "longest_hold_seconds") if "longest_hold_seconds" in item else None,
        task_token=item.get("task_token"),
    )


def to_lines(item: Item) -> tuple[Line, ...]:
    """The lines of a reservation's item."""
    return tuple(
        Line(_text(line, "product_id"), _text(line, "warehouse_id"), _number(line, "quantity"))
        for line in item["lines"]
    )


def level_item(level: Level) -> Item:
    """A new level's item."""
    return _present(asdict(level))


def movement_item(movement: Movement) -> Item:
    """A movement's item."""
    return _present(asdict(movement))


def adjustment_key(request_id: str) -> dict[str, str]:
    """The key of an adjustment's request: in the ledger, under a product id that cannot exist because of its '#'."""
    return {"product_id": f"adjustment#{request_id}", "movement_id": "request"}


def adjustment_item(adjustment: Adjustment, movement: Movement) -> Item:
    """The item by which a repeated adjustment is known. Its delta is 0, so that it does not change the ledger's sums."""
    return adjustment_key(adjustment.request_id) | {
        "warehouse_id": adjustment.warehouse_id,
        "moved_at": movement.moved_at,
        "kind": "REQUEST",
        "delta": 0,
        "actor": movement.actor,
        "request": _present(asdict(adjustment)),
    }


def batch_key(batch_id: str) -> str:
    """The partition of a batch's decisions: in the ledger, under a product id that cannot exist because of its U+001F."""
    return f"\u001fbatch\u001f{batch_id}"


def batch_row_key(batch_id: str, number: int) -> dict[str, str]:
    """The key of the decision of a batch's row."""
    return {"product_id": batch_key(batch_id), "movement_id": f"{number:09}"}


def to_adjustment(item: Item) -> Adjustment:
    """The adjustment in an item."""
    return Adjustment(**item["request"] | {"delta": int(item["request"]["delta"])})


def to_movement(item: Item) -> Movement:
    """The movement in an item."""
    return Movement(
        product_id=item["product_id"],
        warehouse_id=_text(item, "warehouse_id"),
        movement_id=item["movement_id"],
        moved_at=_text(item, "moved_at"),
        kind=MovementKind(item["kind"]),
        delta=_number(item, "delta"),
        actor=_text(item, "actor"),
        reason=_text(item, "reason"),
        reference=item.get("reference"),
    )


def to_level(item: Item) -> Level:
    """The level in an item."""
    return Level(
        product_id=item["product_id"],
        warehouse_id=item["warehouse_id"],
        name=_text(item, "name"),
        category=_text(item, "category"),
        on_hand=_number(item, "on_hand"),
        reserved=_number(item, "reserved"),
        available=_number(item, "available"),
        low_stock_threshold=_number(item, "low_stock_threshold"),
        version=_number(item, "version"),
        updated_at=_text(item, "updated_at"),
        low_stock_alerted=item["low_stock_alerted"],
        low_stock_alert_by=item.get("low_stock_alert_by"),
        counted_as_of=item.get("counted_as_of"),
        described_at=item.get("described_at"),
    )


def parse_or_none(parse: Callable[[Item], Parsed], item: Item) -> Parsed | None:
    """What `parse` finds in an item; None if another tool wrote it in another form.

    For everything that reads many items: one that cannot be read is logged, and must not stop the others.
    """
    try:
        return parse(item)
    except UNREADABLE as error:
        logger.error("an item cannot be read", item_key=_key_in(item), wrong=repr(error))
        return None


def level_key(key: LevelKey) -> dict[str, str]:
    """The key of a level's item."""
    return {"product_id": key.product_id, "warehouse_id": key.warehouse_id}


def _key_in(item: Item) -> dict[str, Any]:
    """The attributes of an item that are part of a key in one of the tables."""
    return {name: item[name] for name in KEY_ATTRIBUTES if name in item}


def _text(item: Item, name: str) -> str:
    value = item[name]
    if not isinstance(value, str):
        raise TypeError(f"{name} is {type(value).__name__}, not text")
    return value


def _number(item: Item, name: str) -> int:
    value = item[name]
    if isinstance(value, bool) or int(value) != value:
        raise ValueError(f"{name} is {value!r}, not a whole number")
    return int(value)


def _present(attributes: Mapping[str, Any]) -> Item:
    """The attributes that have a value: an item does not carry the others."""
    return {name: value for name, value in attributes.items() if value is not None}
