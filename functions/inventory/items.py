"""Rows as DynamoDB keeps them, and the types that they are read into."""

from dataclasses import asdict

from inventory.aws.dynamodb import Item
from inventory.model import (
    Adjustment,
    Intervention,
    Level,
    Line,
    Movement,
    MovementKind,
    RejectionReason,
    ReleaseReason,
    Reservation,
    Shortage,
    Status,
)

# HELD and PAID reservations are one partition of the index by phase, sorted by held_until: what may need settling.
ACTIVE = "ACTIVE"
REASONS: dict[str, ReleaseReason | RejectionReason] = {
    reason.value: reason for reason in (*ReleaseReason, *RejectionReason)
}

# Decided reservations of which somebody has still to be told are one partition of the index of what is owed.
PENDING_NOTIFICATION = "MESSAGE"


def reservation_item(reservation: Reservation) -> Item:
    """A new reservation's row. Its phase and phase_at are what the index lists it by."""
    active = reservation.status in (Status.HELD, Status.PAID)
    return {
        "reservation_id": reservation.reservation_id,
        "status": reservation.status.value,
        "phase": ACTIVE if active else reservation.status.value,
        "phase_at": reservation.held_until if active else reservation.decided_at,
        "lines": [line.model_dump() for line in reservation.lines],
        "hold_seconds": reservation.hold_seconds,
        "created_at": reservation.created_at,
        "held_until": reservation.held_until,
        "order_id": reservation.order_id,
        "customer_id": reservation.customer_id,
        "reason": reservation.reason,
        "shortages": [shortage.to_json() for shortage in reservation.shortages] or None,
        "decided_at": reservation.decided_at,
    }


def to_reservation(row: Item) -> Reservation:
    """A reservation as its row says."""
    return Reservation(
        reservation_id=row["reservation_id"],
        status=Status(row["status"]),
        lines=tuple(
            Line.model_construct(
                product_id=line["product_id"], warehouse_id=line["warehouse_id"], quantity=int(line["quantity"])
            )
            for line in row["lines"]
        ),
        hold_seconds=int(row["hold_seconds"]),
        created_at=row["created_at"],
        held_until=row.get("held_until"),
        order_id=row.get("order_id"),
        customer_id=row.get("customer_id"),
        reason=REASONS[row["reason"]] if "reason" in row else None,
        shortages=tuple(
            Shortage(
                shortage["product_id"],
                shortage["warehouse_id"],
                int(shortage["requested"]),
                int(shortage["available"]),
            )
            for shortage in row.get("shortages", ())
        ),
        payment_reference=row.get("payment_reference"),
        rescued=row.get("rescued", False),
        decided_at=row.get("decided_at"),
        intervention=Intervention(row["released_by"], row["release_note"]) if "released_by" in row else None,
        payments_to_announce=frozenset(row.get("payments_to_announce", ())),
        payments_announced=frozenset(row.get("payments_announced", ())),
        notify_since=row.get("notify_since"),
        task_token=row.get("task_token"),
    )


def level_item(level: Level) -> Item:
    """A new level's row."""
    return asdict(level)


def movement_item(movement: Movement) -> Item:
    """A movement's row."""
    return asdict(movement)


def adjustment_key(request_id: str) -> dict[str, str]:
    """Where an adjustment is remembered: beside the ledger, under a product that cannot be, as its id has a '#'."""
    return {"product_id": f"adjustment#{request_id}", "movement_id": "request"}


def adjustment_item(adjustment: Adjustment, movement: Movement) -> Item:
    """What is remembered of an adjustment. It moves nothing: its delta is 0, for whoever adds up all rows."""
    return adjustment_key(adjustment.request_id) | {
        "warehouse_id": adjustment.warehouse_id,
        "moved_at": movement.moved_at,
        "kind": "REQUEST",
        "delta": 0,
        "actor": movement.actor,
        "request": {name: value for name, value in asdict(adjustment).items() if value is not None},
    }


def to_adjustment(row: Item) -> Adjustment:
    """An adjustment as its row says."""
    return Adjustment(**row["request"] | {"delta": int(row["request"]["delta"])})


def to_movement(row: Item) -> Movement:
    """A movement as its row says."""
    return Movement(
        product_id=row["product_id"],
        warehouse_id=row["warehouse_id"],
        movement_id=row["movement_id"],
        moved_at=row["moved_at"],
        kind=MovementKind(row["kind"]),
        delta=int(row["delta"]),
        actor=row["actor"],
        reason=row["reason"],
        reference=row.get("reference"),
    )


def to_level(row: Item) -> Level:
    """A level as its row says."""
    return Level(
        product_id=row["product_id"],
        warehouse_id=row["warehouse_id"],
        name=row["name"],
        category=row["category"],
        on_hand=int(row["on_hand"]),
        reserved=int(row["reserved"]),
        available=int(row["available"]),
        low_stock_threshold=int(row["low_stock_threshold"]),
        version=int(row["version"]),
        updated_at=row["updated_at"],
        low_stock_alerted=row["low_stock_alerted"],
        low_stock_alert_by=row.get("low_stock_alert_by"),
    )
