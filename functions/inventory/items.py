"""DynamoDB items to types, and types to items."""

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import asdict, replace
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

from inventory.aws.changes import Item
from inventory.identifiers import SEPARATOR, name_of, of_our_own
from inventory.index_partitions import (
    ACTIVE,
    PENDING,
    index_partition,
    index_partitions,
    phase_of,
)
from inventory.model import (
    SHARDS_MAX,
    Adjustment,
    AfterSale,
    ExecutionStatus,
    FailedExecution,
    Holding,
    Intervention,
    Level,
    LevelKey,
    Line,
    LineChange,
    LinesChange,
    MoneyReturned,
    Movement,
    MovementKind,
    Refund,
    RefundStatus,
    RejectionReason,
    ReleaseReason,
    Reservation,
    Shortage,
    Source,
    Status,
    holdings_of,
)
from inventory.observability import logger
from inventory.values import dataclass

REASONS: dict[str, ReleaseReason | RejectionReason] = {
    reason.value: reason for reason in (*ReleaseReason, *RejectionReason)
}

KEY_ATTRIBUTES = (
    "subject",
    "reservation_id",
    "payment_reference",
    "product_id",
    "warehouse_id",
    "movement_id",
    "customer_id",
)
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
PARTITION_KEY_BYTES_MAX = 2_048
SORT_KEY_BYTES_MAX = 1_024
NUMBER_MAX = 10**38 - 1  # DynamoDB keeps 38 digits and the zeros behind them; the SDK writes no such zeros

# What reading an item raises that was written in another form.
UNREADABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)

Parsed = TypeVar("Parsed")

# The one value of `listed`: failed executions are one partition of the index by_time.
LISTED = "LISTED"


def reservation_item(reservation: Reservation, *, spread: bool = True) -> Item:
    """A reservation's item.

    Its key is the reservation's name; `requested_id` is what its caller sent, if that is not the name. `phase` and
    `phase_at` are its place in the index that lists reservations.

    Args:
        spread: whether a phase has several partitions.
    """
    active = reservation.status.is_active
    by_hand = reservation.intervention
    return _present(
        {
            "reservation_id": reservation.name,
            "requested_id": None if reservation.reservation_id == reservation.name else reservation.reservation_id,
            "execution_name": reservation.started_as,
            "status": reservation.status.value,
            "phase": index_partition(phase_of(reservation.status), reservation.name, spread=spread),
            "phase_at": reservation.held_until if active else reservation.decided_at,
            "lines": [_line_item(line, reservation) for line in reservation.lines],
            "hold_seconds": reservation.hold_seconds,
            "hold_max": reservation.longest_hold_seconds,  # a short name: the item must fit into one write unit
            "created_at": reservation.created_at,
            "held_until": reservation.held_until,
            "order_id": reservation.order_id,
            "customer_id": reservation.customer_id,
            "reason": reservation.reason,
            "shortages": shortage_items(reservation.shortages) or None,
            "payment_reference": reservation.payment_reference,
            "rescued": reservation.rescued or None,
            "decided_at": reservation.decided_at,
            "tracked": reservation.tracked or None,
            "released_by": by_hand.actor if by_hand else None,
            "release_note": by_hand.note if by_hand else None,
            "has_refunds": reservation.has_refunds or None,
            "cancelled_after_expiry": reservation.cancelled_after_expiry or None,
            "payments_to_announce": set(reservation.payments_to_announce) or None,
            "payments_announced": set(reservation.payments_announced) or None,
            "pending_notification": index_partition(PENDING, reservation.name, spread=spread)
            if reservation.notify_since
            else None,
            "notify_since": reservation.notify_since,
            "task_token": reservation.task_token,
            "request_hash": reservation.request_hash,
            "revision": reservation.revision or None,
            "changes": list(map(_change_item, reservation.changes)) or None,
            "after_sale": after_sale_items(reservation.after_sale) or None,
        }
    )


def to_reservation(item: Item) -> Reservation:
    """The reservation in an item."""
    name = item["reservation_id"]
    reservation_id = _text_or_none(item, "requested_id") or name
    status = Status(_text(item, "status"))
    return Reservation(
        is_of_first_edition=any("any" not in line for line in _list(item, "lines")),
        reservation_id=reservation_id,
        row_name=name if name != name_of(reservation_id) else None,
        started_as=_text_or_none(item, "execution_name"),
        status=status,
        lines=to_lines(item) if status is Status.REJECTED else _placed_lines(item),
        hold_seconds=_number(item, "hold_seconds"),
        created_at=_text(item, "created_at"),
        held_until=_text_or_none(item, "held_until"),
        order_id=_text_or_none(item, "order_id"),
        customer_id=_customer_id(item),
        reason=REASONS[item["reason"]] if "reason" in item else None,
        shortages=to_shortages(item),
        payment_reference=_text_or_none(item, "payment_reference"),
        rescued=_flag(item, "rescued", absent=False),
        decided_at=_text_or_none(item, "decided_at"),
        tracked=_flag(item, "tracked", absent=False),
        intervention=_intervention(item),
        has_refunds=_flag(item, "has_refunds", absent=False),
        cancelled_after_expiry=_flag(item, "cancelled_after_expiry", absent=False),
        payments_to_announce=_texts(item, "payments_to_announce"),
        payments_announced=_texts(item, "payments_announced"),
        notify_since=_text_or_none(item, "notify_since"),
        longest_hold_seconds=_longest_hold_seconds(item),
        task_token=_text_or_none(item, "task_token"),
        request_hash=_text_or_none(item, "request_hash"),
        revision=_number(item, "revision") if "revision" in item else 0,
        changes=tuple(map(_change, _list(item, "changes"))) if "changes" in item else (),
        after_sale=tuple(map(_after_sale, _list(item, "after_sale"))) if "after_sale" in item else (),
    )


def after_sale_items(after_sales: Iterable[AfterSale]) -> list[Item]:
    """What happened after a sale, as it is stored: without the numbers that are 0."""
    return [
        _present(
            {
                **level_key(after.key),
                "dispatched": after.dispatched or None,
                "returned": after.returned or None,
                "returned_undispatched": after.returned_undispatched or None,
            }
        )
        for after in after_sales
    ]


def _after_sale(item: Item) -> AfterSale:
    return AfterSale(
        to_level_key(item),
        *(_number(item, name) if name in item else 0 for name in ("dispatched", "returned", "returned_undispatched")),
    )


def shortage_items(shortages: Iterable[Shortage]) -> list[Item]:
    """Shortages as they are stored."""
    return [_present(shortage.to_json()) for shortage in shortages]


def to_shortages(item: Item) -> tuple[Shortage, ...]:
    """The shortages in an item; none if it has no such attribute."""
    return tuple(
        Shortage(
            _text(shortage, "product_id"),
            _text_or_none(shortage, "warehouse_id"),
            _number(shortage, "requested"),
            _number(shortage, "available"),
        )
        for shortage in (_list(item, "shortages") if "shortages" in item else ())
    )


def _change_item(change: LinesChange) -> Item:
    """A change of a reservation's lines as it is stored: only the lines that differ."""
    return {"at": change.at, "lines": [_present(line.to_json()) for line in change.lines]}


def _change(item: Item) -> LinesChange:
    return LinesChange(
        _text(item, "at"),
        tuple(
            LineChange(
                _text(line, "product_id"),
                _text_or_none(line, "warehouse_id"),
                _number(line, "before"),
                _number(line, "after"),
            )
            for line in _list(item, "lines")
        ),
    )


def _longest_hold_seconds(item: Item) -> int | None:
    """The longest hold; the first edition wrote it under another name."""
    written = next((name for name in ("hold_max", "longest_hold_seconds") if name in item), None)
    return _number(item, written) if written else None


def _line_item(line: Line, reservation: Reservation) -> Item:
    """A line as it is stored: `warehouse_id` is where all of it is taken from, `sources` are several warehouses or shards.

    `any` says whether the caller named no warehouse; a short name, as the item must fit into one write unit. A row of the
    first edition has neither `any` nor `sources`. Its readers find a line with one source where they always did, also if
    a deployment is rolled back.
    """
    several = line.placed_at if len(line.placed_at) > 1 or any(source.shard for source in line.placed_at) else ()
    return _present(
        {
            "product_id": line.product_id,
            "warehouse_id": line.sources[0].warehouse_id if line.sources and not several else None,
            "quantity": line.quantity,
            "any": None if reservation.is_of_first_edition else line.warehouse_id is None,
            "sources": [_source_item(source) for source in several] or None,
        }
    )


def _source_item(source: Source) -> Item:
    """A source as it is stored: without the shard of a level's own row."""
    return _present(source.to_json() | {"shard": source.shard or None})


def to_lines(item: Item) -> tuple[Line, ...]:
    """The lines of a reservation's item."""
    return tuple(map(_line, _list(item, "lines")))


def _line(item: Item) -> Line:
    quantity = _quantity(item)
    product_id = _key_text(item, "product_id", PARTITION_KEY_BYTES_MAX)
    is_placed = _flag(item, "any", absent=False)
    if not is_placed and "sources" not in item:
        return Line(product_id, _key_text(item, "warehouse_id", SORT_KEY_BYTES_MAX), quantity)
    if "sources" in item:
        sources = tuple(map(_source, _list(item, "sources")))
    elif "warehouse_id" in item:
        sources = (Source(_key_text(item, "warehouse_id", SORT_KEY_BYTES_MAX), quantity),)
    else:
        sources = ()
    if sources and sum(source.quantity for source in sources) != quantity:
        raise ValueError(f"the sources of a line of {quantity} do not add up to it")
    return Line(product_id, None if is_placed else _only_warehouse(sources), quantity, sources)


def _only_warehouse(sources: Iterable[Source]) -> str:
    """The warehouse that a line names whose level is spread."""
    [warehouse_id] = {source.warehouse_id for source in sources}
    return warehouse_id


def _source(item: Item) -> Source:
    return Source(_key_text(item, "warehouse_id", SORT_KEY_BYTES_MAX), _quantity(item), _number_or_0(item, "shard"))


def to_holdings(item: Item) -> tuple[Holding, ...]:
    """What the reservation in an item takes from each level."""
    return holdings_of(_placed_lines(item))


def _placed_lines(item: Item) -> tuple[Line, ...]:
    """Lines of which each says where its units are: only those of a rejected reservation need not."""
    lines = to_lines(item)
    if not all(line.sources for line in lines):
        raise ValueError("a line has no sources")
    return lines


def refund_key(reservation_id: str, payment_reference: str) -> dict[str, str]:
    """The key of a refund's item: its two parts are two attributes, so no two refunds can have the same key."""
    return {"reservation_id": name_of(reservation_id), "payment_reference": payment_reference}


def refund_item(refund: Refund) -> Item:
    """A refund's item. `status` and `status_at` are its place in the index that lists refunds."""
    returned = refund.returned
    name = name_of(refund.reservation_id)
    return _present(
        {
            **refund_key(refund.reservation_id, refund.payment_reference),
            "requested_id": None if refund.reservation_id == name else refund.reservation_id,
            "status": refund.status.value,
            "status_at": returned.at if returned else refund.since,
            "since": refund.since,
            "reservation_status": refund.reservation_status,
            "order_id": refund.order_id,
            "amount": refund.amount,
            "currency": refund.currency,
            "pending_notification": None if refund.is_announced else PENDING,
            "notify_since": None if refund.is_announced else refund.since,
            "reference": returned.reference if returned else None,
            "note": returned.note if returned else None,
            "returned_by": returned.actor if returned else None,
        }
    )


def to_refund(item: Item) -> Refund:
    """The refund in an item."""
    is_open = RefundStatus(_text(item, "status")) is RefundStatus.OPEN
    return Refund(
        reservation_id=_text_or_none(item, "requested_id") or item["reservation_id"],
        payment_reference=item["payment_reference"],
        since=_text(item, "since"),
        reservation_status=Status(_text(item, "reservation_status")) if "reservation_status" in item else None,
        order_id=_text_or_none(item, "order_id"),
        amount=_text_or_none(item, "amount"),
        currency=_text_or_none(item, "currency"),
        is_announced="pending_notification" not in item,
        returned=None
        if is_open
        else MoneyReturned(
            reference=_text(item, "reference"),
            actor=_text(item, "returned_by"),
            at=_text(item, "status_at"),
            note=_text_or_none(item, "note"),
        ),
    )


def failed_execution_item(failed: FailedExecution) -> Item:
    """A failed execution's item. All of them are one partition of the index by_time, sorted by the time they ended."""
    return _present(asdict(failed)) | {"listed": LISTED}


def to_failed_execution(item: Item) -> FailedExecution:
    """The failed execution in an item; an index holds no `content`."""
    return FailedExecution(
        execution_name=item["execution_name"],
        reservation_id=_text(item, "reservation_id"),
        status=ExecutionStatus(_text(item, "status")),
        failed_at=_text(item, "failed_at"),
        started_at=_text_or_none(item, "started_at"),
        order_id=_text_or_none(item, "order_id"),
        error=_text_or_none(item, "error"),
        cause=_text_or_none(item, "cause"),
        content=_text_or_none(item, "content"),
    )


def level_item(level: Level) -> Item:
    """A new level's item. As in rows of other tools, `allocated` is absent if it is 0, and `active` unless it is false.

    What says over how many shards a level is spread is absent if it is not. A shard's item has no description: it would be
    a level of its category.
    """
    content = asdict(replace(level, parts=()))
    if level.shard:
        content |= dict.fromkeys(("name", "category", "low_stock_alerted"))
    return _present(
        content
        | level_key(level.key)
        | {
            "allocated": level.allocated or None,
            "active": None if level.active else False,
            "shards": level.shards if level.is_spread else None,
            "shards_max": level.shards_max if level.shards_max > 1 else None,
            "units_taken": level.units_taken or None,
            "shard": None,
            "parts": None,
        }
    )


def movement_item(movement: Movement) -> Item:
    """A movement's item. `allocated_delta` is absent if it is 0."""
    content = asdict(movement) | level_key(movement.key)
    return _present(content | {"allocated_delta": movement.allocated_delta or None, "shard": None})


def adjustment_key_of_first_edition(request_id: str) -> dict[str, str]:
    """The key under which the first edition wrote it: a product may be called like this today, but no movement is."""
    return {"product_id": f"adjustment#{request_id}", "movement_id": "request"}


def batch_key(batch_id: str) -> str:
    """The partition of a batch's decisions: in the ledger, in the place of a product that cannot exist."""
    return of_our_own("batch", batch_id)


def batch_row_key(batch_id: str, number: int) -> dict[str, str]:
    """The key of the decision of a batch's row."""
    return {"product_id": batch_key(batch_id), "movement_id": f"{number:09}"}


def to_adjustment(item: Item) -> Adjustment:
    """The adjustment in an item."""
    return Adjustment(**item["request"] | {"delta": int(item["request"]["delta"])})


def to_movement(item: Item) -> Movement:
    """The movement in an item."""
    key = to_level_key(item)
    return Movement(
        product_id=key.product_id,
        warehouse_id=key.warehouse_id,
        movement_id=item["movement_id"],
        moved_at=_text(item, "moved_at"),
        kind=MovementKind(item["kind"]),
        delta=_number(item, "delta"),
        actor=_text(item, "actor"),
        reason=_text(item, "reason"),
        reference=_text_or_none(item, "reference"),
        units=_number(item, "units") if "units" in item else None,
        allocated_delta=_number_or_0(item, "allocated_delta"),
        shard=key.shard,
    )


class MovedUnits(NamedTuple):
    """What movements changed of a level's on_hand and of its allocated units."""

    on_hand: int = 0
    allocated: int = 0

    def plus(self, other: "MovedUnits") -> "MovedUnits":
        """Both together."""
        return MovedUnits(self.on_hand + other.on_hand, self.allocated + other.allocated)


def to_units(item: Item) -> MovedUnits:
    """The units of a movement's item: all that a sum needs."""
    return MovedUnits(_number(item, "delta"), _number_or_0(item, "allocated_delta"))


def to_active_claim(item: Item) -> tuple[tuple[Holding, ...], str | None] | None:
    """The units and the customer of an active reservation's item: all that counts need. None if it is decided."""
    status = Status(_text(item, "status"))
    if status.is_active:
        return to_holdings(item), _customer_id(item)
    if item.get("phase") in index_partitions(ACTIVE):
        raise ValueError(f"it is {status}, but is listed as active")
    return None


def to_customer_counts(item: Item) -> tuple[int, int]:
    """The reservations and the units in a customer's item."""
    return _number(item, "active_holds"), _number(item, "held_units")


def to_level(item: Item) -> Level:
    """The level in an item, or the shard of one; of a level that is spread, only what its own row has."""
    key = to_level_key(item)
    return Level(
        product_id=key.product_id,
        warehouse_id=key.warehouse_id,
        shard=key.shard,
        name="" if key.shard else _text(item, "name"),
        category="" if key.shard else _text(item, "category"),
        on_hand=_number(item, "on_hand"),
        reserved=_number(item, "reserved"),
        available=_number(item, "available"),
        low_stock_threshold=_number(item, "low_stock_threshold"),
        version=_number(item, "version"),
        updated_at=_text(item, "updated_at"),
        allocated=_number_or_0(item, "allocated"),
        active=_flag(item, "active", absent=True),
        low_stock_alerted=_flag(item, "low_stock_alerted", absent=False if key.shard else None),
        low_stock_alert_by=_text_or_none(item, "low_stock_alert_by"),
        edit_id=_text_or_none(item, "edit_id"),
        counted_as_of=_text_or_none(item, "counted_as_of"),
        described_at=_text_or_none(item, "described_at"),
        shards=_shards(item, "shards") or 1,
        shards_wanted=_shards(item, "shards_wanted"),
        shards_max=_shards(item, "shards_max") or 1,
        units_taken=_number_or_0(item, "units_taken"),
        settings_pending=_number(item, "settings_pending") if "settings_pending" in item else None,
    )


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An item that another tool wrote in another form: its key, and what is wrong with it."""

    key: str
    wrong: str

    def __str__(self) -> str:
        return f"{self.key}: {self.wrong}"


def parse_or_report(parse: Callable[[Item], Parsed], item: Item) -> Parsed | Unreadable:
    """What `parse` finds in an item; if another tool wrote it in another form, what is wrong with it.

    For everything that reads many items: one that cannot be read is logged, and must not stop the others.
    """
    try:
        return parse(item)
    except UNREADABLE as error:
        logger.error("an item cannot be read", item_key=_key_in(item), wrong=repr(error))
        return Unreadable(" ".join(map(str, _key_in(item).values())), repr(error))


def parse_or_none(parse: Callable[[Item], Parsed], item: Item) -> Parsed | None:
    """What `parse` finds in an item; None if another tool wrote it in another form, which is logged."""
    parsed = parse_or_report(parse, item)
    return None if isinstance(parsed, Unreadable) else parsed


_SHARD = of_our_own("shard", "")
# The partition of the Inventory table that lists the levels whose number of shards changes.
SHARD_CHANGES = of_our_own("shard", "changes")
# A row of the Inventory and of the Reservations table that a job writes every minute: the read model follows its records,
# and so knows that it is not late while nothing sells. It is no level and no reservation.
HEARTBEAT = of_our_own("heartbeat", "read model")
LEVEL_HEARTBEAT_KEY = {"product_id": HEARTBEAT, "warehouse_id": HEARTBEAT}
RESERVATION_HEARTBEAT_KEY = {"reservation_id": HEARTBEAT}


def partition_of(key: LevelKey) -> str:
    """The partition of a level's item and of its movements: those of a shard have one of their own."""
    return of_our_own("shard", str(key.shard), key.product_id) if key.shard else key.product_id


def level_key(key: LevelKey) -> dict[str, str]:
    """The key of the item of a level, or of one of its shards."""
    return {"product_id": partition_of(key), "warehouse_id": key.warehouse_id}


def to_level_key(item: Item) -> LevelKey:
    """The key in the item of a level, a shard or a movement."""
    partition = _key_text(item, "product_id", PARTITION_KEY_BYTES_MAX)
    warehouse_id = _key_text(item, "warehouse_id", SORT_KEY_BYTES_MAX)
    if not partition.startswith(_SHARD):
        return LevelKey(partition, warehouse_id)
    shard, _, product_id = partition.removeprefix(_SHARD).partition(SEPARATOR)
    if not (product_id and shard.isdecimal() and 1 <= int(shard) < SHARDS_MAX):
        raise ValueError("product_id names no shard of a level")
    return LevelKey(product_id, warehouse_id, int(shard))


def is_heartbeat(item: Mapping[str, Any]) -> bool:
    """Whether an item of the Inventory or the Reservations table is the heartbeat, or a key is its key."""
    return HEARTBEAT in (item.get("product_id"), item.get("reservation_id"))


def is_no_level(item: Mapping[str, Any]) -> bool:
    """Whether an item of the Inventory table is neither a level nor a shard of one."""
    return item["product_id"] == SHARD_CHANGES or is_heartbeat(item)


def is_of_shard(item: Item) -> bool:
    """Whether an item of the Inventory or the Movements table is of a shard, or about shards: nothing of its own."""
    return str(item["product_id"]).startswith(_SHARD)


def shards_of(item: Item) -> int:
    """Over how many rows a level is spread, as its own row says; 1 if it does not say so in a form that can be read."""
    shards = item.get("shards", 1)
    return int(shards) if isinstance(shards, int | Decimal) and 1 <= shards <= SHARDS_MAX else 1


def _shards(item: Item, name: str) -> int | None:
    """A number of shards; None if the item does not have it."""
    if name not in item:
        return None
    number = _number(item, name)
    if not 1 <= number <= SHARDS_MAX:
        raise ValueError(f"{name} is {number}, not 1 to {SHARDS_MAX}")
    return number


def _key_in(item: Item) -> dict[str, Any]:
    """The attributes of an item that are part of a key in one of the tables."""
    return {name: item[name] for name in KEY_ATTRIBUTES if name in item}


# Each attribute is read as the type that it must have. Another type is an error here, where `parse_or_none` reports it,
# and not later, where it would stop the job or the list that works with it.


def _text(item: Item, name: str) -> str:
    value = item[name]
    if not isinstance(value, str):
        raise TypeError(f"{name} is {type(value).__name__}, not text")
    return value


def _key_text(item: Item, name: str, bytes_max: int) -> str:
    """A text that names another item: DynamoDB refuses a call with an empty or a longer key, for all its items."""
    value = _text(item, name)
    if not 1 <= len(value.encode()) <= bytes_max:
        raise ValueError(f"{name} cannot be a key")
    return value


def _customer_id(item: Item) -> str | None:
    return _key_text(item, "customer_id", PARTITION_KEY_BYTES_MAX) if "customer_id" in item else None


def _text_or_none(item: Item, name: str) -> str | None:
    return _text(item, name) if name in item else None


def _texts(item: Item, name: str) -> frozenset[str]:
    values = item.get(name, frozenset())
    if not isinstance(values, AbstractSet) or not all(isinstance(value, str) for value in values):
        raise TypeError(f"{name} is {type(values).__name__}, not a set of texts")
    return frozenset(values)


def _flag(item: Item, name: str, *, absent: bool | None = None) -> bool:
    value = item.get(name, absent)
    if not isinstance(value, bool):
        raise TypeError(f"{name} is {type(value).__name__}, not true or false")
    return value


def _number(item: Item, name: str) -> int:
    value = item[name]
    is_number = isinstance(value, Decimal | int) and not isinstance(value, bool)
    if not is_number or int(value) != value or abs(int(value)) > NUMBER_MAX:  # abs() of a Decimal rounds
        raise ValueError(f"{name} is {value!r}, not a whole number of at most 38 digits")
    return int(value)


def _number_or_0(item: Item, name: str) -> int:
    """A number that older rows and those of other tools do not have."""
    return _number(item, name) if name in item else 0


def _quantity(line: Item) -> int:
    """The units of a line. None or fewer would move units the wrong way."""
    quantity = _number(line, "quantity")
    if quantity < 1:
        raise ValueError(f"quantity is {quantity}, not 1 or more")
    return quantity


def _list(item: Item, name: str) -> list[Any]:
    value = item[name]
    if not isinstance(value, list):
        raise TypeError(f"{name} is {type(value).__name__}, not a list")
    return value


def _intervention(item: Item) -> Intervention | None:
    return Intervention(_text(item, "released_by"), _text(item, "release_note")) if "released_by" in item else None


def _present(attributes: Mapping[str, Any]) -> Item:
    """The attributes that have a value: an item does not carry the others."""
    return {name: value for name, value in attributes.items() if value is not None}
