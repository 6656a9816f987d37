"""Compares rows with the model."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from inventory.items import is_no_level, is_of_shard, to_level_key, to_reservation
from inventory.model import LevelKey, Reservation, Status, iso
from tests.support.reference_model.reservation import ExpectedReservation, Seen
from tests.support.reference_model.stock import ExpectedLevel


def seen(reservation: Reservation) -> Seen:
    """The same of a reservation as the model says of an expected one."""
    lines = () if reservation.status is Status.REJECTED else reservation.lines
    return (
        reservation.status.value,
        reservation.revision,
        tuple(
            (line.asked, tuple((source.warehouse_id, source.quantity) for source in line.by_warehouse))
            for line in lines
        ),
        tuple((key, *units) for key, units in _after_sale(reservation).items()),
    )


def _after_sale(reservation: Reservation) -> dict[LevelKey, tuple[int, int, int]]:
    """What was dispatched and came back of each level, whatever its shards."""
    found: dict[LevelKey, tuple[int, int, int]] = {}
    for after in reservation.after_sale:
        dispatched, returned, undispatched = found.get(after.key.level, (0, 0, 0))
        found[after.key.level] = (
            dispatched + after.dispatched,
            returned + after.returned,
            undispatched + after.returned_undispatched,
        )
    return found


def whole_levels(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows of levels, each with the sums of its shards."""
    rows = [row for row in rows if not is_no_level(row)]
    own = {to_level_key(dict(row)): dict(row) for row in rows if not is_of_shard(dict(row))}
    for row in rows:
        if is_of_shard(dict(row)):
            level = own[to_level_key(dict(row)).level]
            for name in ("on_hand", "reserved", "allocated"):
                level[name] = level.get(name, 0) + row.get(name, 0)
    return list(own.values())


def without_phase_at(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row without the time to which the reconciliation puts it off."""
    return {name: value for name, value in row.items() if name != "phase_at"}


def assert_level(row: dict[str, Any], expected: ExpectedLevel) -> None:
    """Assert that the row of a level equals the model, including the state of its alert."""
    assert (row["on_hand"], row["reserved"], row.get("allocated", 0), row["low_stock_threshold"]) == (
        expected.on_hand,
        expected.reserved,
        expected.allocated,
        expected.threshold,
    )
    assert row["low_stock_alerted"] == (expected.alert in ("claimed", "sent"))
    assert ("low_stock_alert_by" in row) == (expected.alert == "claimed")
    assert row.get("counted_as_of") == (iso(expected.counted_as_of) if expected.counted_as_of else None)


def assert_reservation(row: dict[str, Any], expected: ExpectedReservation) -> None:
    """Assert that the row of a reservation equals the model, and that it says whether it has payments to return."""
    found = (row["status"], row.get("reason"), row.get("payment_reference"), row.get("rescued", False))
    assert found == (expected.status, expected.reason, expected.reference, expected.rescued)
    assert row.get("has_refunds", False) == bool(expected.refunds)
    assert seen(to_reservation(row)) == expected.seen()
    assert len(row.get("changes", ())) == expected.changes
    assert row.get("tracked", False) == bool(expected.sale and expected.sale.tracked)
    may_be_deleted = expected.status not in ("HELD", "PAID") and not (expected.sale and expected.sale.allocated)
    assert ("expire_at" in row) == may_be_deleted, "a row must stay while its units are held or allocated"
    short = {(of["product_id"], of.get("warehouse_id")): of["available"] for of in row.get("shortages", ())}
    assert short == expected.shortages
    assert expected.has_token or "task_token" not in row, "the token outlives its execution"
    assert row["status"] in ("HELD", "PAID") or "task_token" not in row or "pending_notification" in row, (
        "the token is never used"
    )


def moved_units(movements: Iterable[Mapping[str, Any]]) -> Counter[tuple[str, str, LevelKey]]:
    """The units that the ledger says were sold, dispatched and returned, of each reservation and level."""
    units: Counter[tuple[str, str, LevelKey]] = Counter()
    for of in movements:
        if of["kind"] in ("SOLD", "DISPATCHED", "RETURNED"):
            key = to_level_key(dict(of)).level
            units[of["reference"], of["kind"], key] += int(of.get("units", abs(of["delta"])))
    return units


def assert_refunds(rows: Sequence[dict[str, Any]], expected: Mapping[str, ExpectedReservation]) -> None:
    """Assert that the payments to return equal the model, with their announcements and their returns."""
    found = {(row["reservation_id"], row["payment_reference"], row["status"], "notify_since" in row) for row in rows}
    assert found == {
        (name, reference, "RETURNED" if reference in of.returned else "OPEN", reference in of.to_announce)
        for name, of in expected.items()
        for reference in of.refunds
    }
