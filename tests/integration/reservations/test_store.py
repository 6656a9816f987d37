"""What the store of reservations answers when nothing is there, nothing is held, or its lines are others by now."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from inventory.aws.changes import to_attributes
from inventory.errors import ReservationNotFound
from inventory.model import CustomerLimits, LevelKey, Line, ReleaseReason, Reservation, Status
from inventory.reservations.repeated_calls import ReservationCall
from inventory.reservations.store import HeldLinesChange, HoldRefused, NotChanged, Release, ReservationStore
from tests.support.aws_calls import refusal
from tests.support.fault_injection import hooked
from tests.support.shop import Shop


def test_a_reservation_that_does_not_exist_is_not_found(shop: Shop) -> None:
    with pytest.raises(ReservationNotFound, match="there is no reservation R-9"):
        shop.reservation_store.get("R-9")


def test_a_read_that_is_throttled_is_tried_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    shop.stocks("P-1", on_hand=10)
    reservation = shop.reserves(("P-1", 1))
    refusals = [refusal("ThrottlingException")] * 4  # the SDK makes three attempts of its own

    with hooked(shop.client, "before-call.dynamodb.GetItem", lambda **_: refusals.pop() if refusals else None):
        found = shop.reservation_store.get(reservation.reservation_id)

    assert (found, refusals) == (reservation, [])


def test_a_refused_hold_names_the_short_levels_and_those_that_do_not_exist(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    held = shop.reserves(("P-1", 1), customer_id="C-1")
    lines = (Line("P-1", "main", 10), Line("GONE", "main", 1))

    refused = shop.reservation_store.hold(replace(held, reservation_id="R-9", lines=lines), CustomerLimits(2, 12))
    beyond = shop.reservation_store.hold(replace(held, reservation_id="R-9"), CustomerLimits(1, 12))

    short = {LevelKey("P-1", "main"): 9}
    assert refused == HoldRefused(short, unknown=(LevelKey("GONE", "main"),), beyond_limit=False)
    assert beyond == HoldRefused({}, unknown=(), beyond_limit=True)
    shop.adds_up()


# --- a row whose lines were changed since it was read


def sells(shop: Shop, read: Reservation) -> Reservation:
    shop.pays(read)
    return shop.reservation_store.commit(read, shop.now())


def expires(shop: Shop, read: Reservation) -> Reservation:
    return shop.reservation_store.release(read, Release(ReleaseReason.EXPIRED, wait_is_over=True), shop.now())


def is_rescued(shop: Shop, read: Reservation) -> Reservation:
    shop.times_out(read)
    return shop.reservation_store.rescue(read, "PAY-1", shop.now())


@pytest.mark.parametrize("changes", [1, 2], ids=["the first change", "a later change"])
@pytest.mark.parametrize(("end", "left"), [(sells, 8), (expires, 10), (is_rescued, 8)])
def test_what_ends_a_hold_moves_the_units_of_the_lines_that_the_row_has(
    shop: Shop, end: Callable[[Shop, Reservation], Reservation], left: int, changes: int
) -> None:
    shop.stocks("P-1", on_hand=10)
    held = shop.holds(("P-1", 4))
    for units in [3, 2][-changes:]:
        read = shop.reservation(held)
        shop.changes(held, ("P-1", units))

    ended = end(shop, read)

    assert (read.revision, ended.revision, ended.units) == (changes - 1, changes, 2)
    assert (shop.level().on_hand, shop.level().available) == (left, left)
    shop.adds_up()


def test_a_row_that_states_that_its_lines_were_never_changed_can_be_decided(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    held = shop.holds(("P-1", 4))
    [row] = shop.rows(shop.tables.reservations)
    shop.client.put_item(TableName=shop.tables.reservations, Item=to_attributes(row | {"revision": 0}))

    assert expires(shop, held).status is Status.RELEASED
    assert shop.level().available == 10


def test_what_ends_a_hold_moves_the_units_of_a_row_that_was_restored_from_a_backup(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    held = shop.holds(("P-1", 3))
    [backup] = shop.rows(shop.tables.reservations)
    changed = shop.changes(held, ("P-1", 4))
    shop.client.put_item(TableName=shop.tables.reservations, Item=to_attributes(backup))

    assert expires(shop, changed).units == 3
    assert shop.level().available == 9  # the comparison of the counters finds the fourth unit


def test_a_change_that_is_short_and_beyond_the_limit_is_beyond_the_limit(shop: Shop) -> None:
    # More stock would not help.
    shop.stocks("P-1", on_hand=10)
    held = shop.holds(("P-1", 4), customer_id="C-1")
    more = replace(held, lines=(Line("P-1", "main", 11),), revision=1)
    made = shop.reservation_calls.made(ReservationCall("changeReservation", ("K-1",), {}), more, shop.now())

    refused = shop.reservation_store.change_lines(HeldLinesChange(held, more), CustomerLimits(1, 5), made, shop.now())

    assert refused is NotChanged.BEYOND_LIMIT
    assert shop.reservation(held).units == 4


def test_a_decision_about_an_older_row_waits_a_moment_before_it_is_made_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.stocks("P-1", on_hand=10)
    held = shop.holds(("P-1", 4))
    shop.changes(held, ("P-1", 3))
    pauses: list[float] = []
    monkeypatch.setattr("time.sleep", pauses.append)

    assert expires(shop, held).units == 3
    assert len(pauses) == 1


def test_a_hold_without_an_end_is_released_unless_it_got_one_meanwhile(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    held = shop.holds(("P-1", 4))
    [row] = shop.rows(shop.tables.reservations)
    del row["held_until"]  # another tool wrote it
    release = Release(ReleaseReason.EXPIRED, wait_is_over=True, unless_extended=True)
    without_end = replace(held, held_until=None)

    assert shop.reservation_store.release(without_end, release, shop.now()).status is Status.HELD
    shop.client.put_item(TableName=shop.tables.reservations, Item=to_attributes(row))
    assert shop.reservation_store.release(without_end, release, shop.now()).status is Status.RELEASED
    shop.adds_up()


# --- a tracked sale


def test_a_tracked_sale_after_the_release_keeps_neither_its_reason_nor_its_end(shop: Shop) -> None:
    shop.tracks_dispatch = True
    shop.stocks("P-1", on_hand=10)
    is_rescued(shop, shop.holds(("P-1", 4)))

    [row] = shop.rows(shop.tables.reservations)
    assert {"reason", "expire_at"} & row.keys() == set()
    assert (row["status"], row["rescued"], row["tracked"]) == ("COMMITTED", True, True)


def test_a_sale_is_not_tracked_unless_the_store_is_made_so(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    held = shop.holds(("P-1", 4))
    shop.pays(held)
    store = ReservationStore(shop.client, shop.tables, retention_days=365)

    assert not store.commit(shop.reservation(held), shop.now()).tracked
    assert shop.level().on_hand == 6
