"""A cart that changes while it is held: all of the new list or nothing, and one winner of every race."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from functools import partial
from types import SimpleNamespace

import pytest

from inventory.aws.changes import to_attributes
from inventory.aws.retries import ATTEMPTS_MAX, RETRY_DEADLINE_SECONDS
from inventory.errors import (
    AlreadyDecided,
    HoldLimitReached,
    InsufficientStock,
    InvalidReservation,
    ReservationConflict,
    ReservationNotFound,
    StockDrifted,
    TransientError,
)
from inventory.model import CHANGES_MAX, CustomerLimits, Line, LineChange, Reservation, Shortage, Status, iso
from inventory.reservations.reservation_request import ReservationRequest
from inventory.reservations.store import NotChanged
from inventory.stock.shards.parts import Holdable
from inventory.stock.sourcing import SOURCES_MAX, Sourcing, SourcingPolicy
from tests.support.aws_calls import recorded
from tests.support.fault_injection import BUSY_DAY, injected_faults, just_before, lost_responses, with_retries
from tests.support.shop import Shop, at_once
from tests.support.shop.drift import deletes_row, tampers

WRITE = "TransactWriteItems"
SPLIT = SourcingPolicy(("main", "outlet"), Sourcing.SPLIT)


@pytest.fixture
def shop(shop: Shop) -> Shop:
    """A shop with ten units each of P-1, P-2 and P-3."""
    for product_id in ("P-1", "P-2", "P-3"):
        shop.stocks(product_id, on_hand=10)
    return shop


def reserved(shop: Shop, *product_ids: str) -> list[int]:
    """The reserved units of products, in the main warehouse."""
    return [shop.level(product_id).reserved for product_id in product_ids]


def without_token(reservation: Reservation) -> Reservation:
    """The reservation as it was before its execution waited."""
    return replace(reservation, task_token=None)


def named(product_id: str, warehouse_id: str, quantity: int) -> dict[str, object]:
    return {"product_id": product_id, "warehouse_id": warehouse_id, "quantity": quantity}


# --- the new list


def test_a_change_holds_the_whole_new_list_and_gives_the_rest_back(shop: Shop) -> None:
    held = shop.holds(("P-1", 4), ("P-2", 2))

    changed = shop.changes(held, ("P-1", 1), ("P-3", 5))

    assert [(line.product_id, line.quantity) for line in changed.lines] == [("P-1", 1), ("P-3", 5)]
    assert reserved(shop, "P-1", "P-2", "P-3") == [1, 0, 5]
    assert (changed.status, changed.held_until, changed.revision) == ("HELD", held.held_until, 1)
    assert shop.reservation(held) == changed
    shop.adds_up()


def test_equal_lines_are_added_up(shop: Shop) -> None:
    changed = shop.changes(shop.holds(("P-1", 4)), ("P-2", 2), ("P-2", 3))

    assert [(line.product_id, line.quantity) for line in changed.lines] == [("P-2", 5)]
    shop.adds_up()


def test_a_level_of_which_the_same_is_held_is_not_written(shop: Shop) -> None:
    held = shop.holds(("P-1", 4), ("P-2", 2))

    with recorded(shop.client) as calls:
        shop.changes(held, ("P-2", 2), ("P-1", 5))

    [transaction] = [call for call in calls if call.operation == WRITE]
    written = [next(iter(action.values())) for action in transaction.request["TransactItems"]]
    tables = [action["TableName"] for action in written]
    assert tables == [shop.tables.reservations, shop.tables.idempotency, shop.tables.inventory]
    assert written[2]["Key"]["product_id"] == {"S": "P-1"}


def test_a_change_that_needs_no_more_units_reads_no_level(shop: Shop) -> None:
    held = shop.holds(("P-1", 4), ("P-2", 2))

    with recorded(shop.client) as calls:
        shop.changes(held, ("P-1", 3))

    assert [call.operation for call in calls] == ["BatchGetItem", "GetItem", WRITE]


def test_the_same_list_again_under_another_key_changes_nothing_of_what_is_held(shop: Shop) -> None:
    held = shop.holds(("P-1", 4), ("P-2", 2))

    again = shop.changes(held, ("P-2", 2), ("P-1", 4))

    assert set(again.lines) == set(held.lines)
    assert again.changes == ()
    shop.adds_up()


@pytest.mark.parametrize("count", [1, SOURCES_MAX])
def test_up_to_45_levels_are_exchanged_for_45_others(shop: Shop, count: int) -> None:
    for number in range(count):
        shop.stocks(f"OLD-{number}", on_hand=3)
        shop.stocks(f"NEW-{number}", on_hand=3)
    held = shop.holds(*((f"OLD-{number}", 2) for number in range(count)), customer_id="C-1")

    changed = shop.changes(held, *((f"NEW-{number}", 3) for number in range(count)))

    assert changed.units == 3 * count
    assert shop.held_by("C-1") == (1, 3 * count)
    assert reserved(shop, "OLD-0", f"NEW-{count - 1}") == [0, 3]
    shop.adds_up()


# --- refusals: the old hold stays


def test_what_is_held_already_counts_as_available(shop: Shop) -> None:
    held = shop.holds(("P-1", 4))
    shop.holds(("P-1", 5))

    assert shop.changes(held, ("P-1", 5)).units == 5
    shop.adds_up()


def test_a_change_beyond_the_stock_names_what_could_have_been_held_in_total(shop: Shop) -> None:
    held = shop.holds(("P-1", 4), ("P-2", 2))
    shop.holds(("P-1", 3))

    with pytest.raises(InsufficientStock) as refused:
        shop.changes(held, ("P-1", 8), ("P-3", 1))

    assert refused.value.shortages == (Shortage("P-1", None, 8, 7),)
    assert without_token(shop.reservation(held)) == held
    assert reserved(shop, "P-1", "P-2", "P-3") == [7, 2, 0]
    shop.adds_up()


def test_unknown_products_are_named_field_by_field(shop: Shop) -> None:
    held = shop.holds(("P-1", 4))

    with pytest.raises(InvalidReservation) as refused:
        shop.changes(held, ("P-1", 1), ("P-8", 1), named("P-1", "nowhere", 1), ("P-1", 1))

    assert [error.field for error in refused.value.errors] == ["lines[1].product_id", "lines[2].product_id"]
    assert without_token(shop.reservation(held)) == held
    shop.adds_up()


def test_lines_that_would_be_taken_from_more_than_45_levels_are_refused(shop: Shop) -> None:
    shop.sourcing = SPLIT
    for number in range(SOURCES_MAX - 1):
        shop.stocks(f"N-{number}", on_hand=1)
    shop.stocks("P-1", on_hand=5, warehouse_id="outlet")
    held = shop.holds(("P-1", 4))
    lines = [(f"N-{number}", 1) for number in range(SOURCES_MAX - 1)]

    with pytest.raises(InvalidReservation, match="46 products and warehouses"):
        shop.changes(held, ("P-1", 15), *lines)

    assert shop.changes(held, ("P-1", 10), *lines).units == 54
    shop.adds_up()


def test_a_line_must_name_its_warehouse_if_the_shop_places_none(shop: Shop) -> None:
    held = shop.holds(("P-1", 4))
    shop.sourcing = SourcingPolicy(("main",), Sourcing.NAMED)

    with pytest.raises(InvalidReservation, match=r"lines\[0\].warehouse_id"):
        shop.changes(held, ("P-1", 3))

    assert shop.changes(held, named("P-1", "main", 3)).units == 3
    shop.adds_up()


def test_an_unknown_reservation_cannot_be_changed(shop: Shop) -> None:
    with pytest.raises(ReservationNotFound):
        shop.changes("R-9", ("P-1", 1))

    assert shop.rows(shop.tables.idempotency) == []


@pytest.mark.parametrize("end", [Shop.pays, Shop.times_out, Shop.cancels])
def test_a_decided_reservation_cannot_be_changed(shop: Shop, end: Callable[[Shop, Reservation], object]) -> None:
    held = shop.holds(("P-1", 4))
    end(shop, held)
    decided = shop.reservation(held)

    with pytest.raises(AlreadyDecided):
        shop.changes(held, ("P-1", 3))

    assert shop.reservation(held) == decided
    shop.adds_up()


def test_a_hold_whose_time_is_over_can_be_changed_until_its_row_is_decided(shop: Shop) -> None:
    held = shop.holds(("P-1", 4), hold_seconds=1)
    start = shop.now()
    shop.now = lambda: start + timedelta(hours=1)

    assert shop.changes(held, ("P-1", 3)).held_until == held.held_until
    assert shop.times_out(held).status == "RELEASED"
    shop.adds_up()


# --- placement


def test_a_line_stays_where_it_is_although_another_warehouse_is_first_by_now(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10, warehouse_id="outlet")
    shop.sourcing = SourcingPolicy(("outlet", "main"), Sourcing.ONE_WAREHOUSE)
    held = shop.holds(("P-1", 4))
    shop.sourcing = SourcingPolicy(("main", "outlet"), Sourcing.ONE_WAREHOUSE)

    for quantity in (3, 6):
        [line] = shop.changes(held, ("P-1", quantity)).lines
        assert [source.warehouse_id for source in line.sources] == ["outlet"]
    shop.adds_up()


def test_a_line_moves_whole_if_its_warehouse_has_too_little(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=12, warehouse_id="outlet")
    shop.sourcing = SourcingPolicy(("main", "outlet"), Sourcing.ONE_WAREHOUSE)
    held = shop.holds(("P-1", 4))

    [line] = shop.changes(held, ("P-1", 11)).lines

    assert [(source.warehouse_id, source.quantity) for source in line.sources] == [("outlet", 11)]
    assert shop.level("P-1").available == 10
    shop.adds_up()


def test_a_named_warehouse_stays_named(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=3, warehouse_id="outlet")
    held = shop.holds(("P-1", 4))

    changed = shop.changes(held, named("P-1", "outlet", 2), ("P-1", 4))

    assert [line.warehouse_id for line in changed.lines] == ["outlet", None]
    with pytest.raises(InsufficientStock) as refused:
        shop.changes(held, named("P-1", "outlet", 4))
    assert refused.value.shortages == (Shortage("P-1", "outlet", 4, 3),)
    shop.adds_up()


def test_of_a_retired_level_units_may_stay_or_go_but_not_grow(shop: Shop) -> None:
    held = shop.holds(("P-1", 4), ("P-2", 1))
    shop.retires("P-1")

    assert shop.changes(held, ("P-1", 4), ("P-2", 2)).units == 6
    assert shop.changes(held, ("P-1", 3), ("P-2", 2)).units == 5
    with pytest.raises(InsufficientStock) as refused:
        shop.changes(held, ("P-1", 4), ("P-2", 2))
    assert refused.value.shortages == (Shortage("P-1", None, 4, 3),)
    shop.adds_up()


# --- the customer's limit counts the difference


@pytest.fixture
def limited(shop: Shop) -> Shop:
    """The shop, where a customer may hold ten units."""
    shop.limits = CustomerLimits(holds_max=1, units_max=10)
    return shop


def test_a_customer_at_the_limit_may_exchange_but_not_add(limited: Shop) -> None:
    held = limited.holds(("P-1", 6), ("P-2", 3), customer_id="C-1")

    assert limited.changes(held, ("P-1", 1), ("P-3", 9)).units == 10
    with pytest.raises(HoldLimitReached):
        limited.changes(held, ("P-1", 2), ("P-3", 9))

    assert limited.held_by("C-1") == (1, 10)
    assert limited.reservation(held).units == 10
    limited.adds_up()


def test_a_customer_beyond_a_lowered_limit_may_still_exchange_and_remove(limited: Shop) -> None:
    held = limited.holds(("P-1", 6), ("P-2", 3), customer_id="C-1")
    limited.limits = CustomerLimits(holds_max=0, units_max=5)

    assert limited.changes(held, ("P-2", 9)).units == 9
    assert limited.changes(held, ("P-2", 8)).units == 8
    with pytest.raises(HoldLimitReached):
        limited.changes(held, ("P-2", 9))

    assert limited.held_by("C-1") == (1, 8)
    limited.adds_up()


def test_counts_that_are_no_numbers_stop_no_change_to_fewer_units(limited: Shop) -> None:
    held = limited.holds(("P-1", 6), customer_id="C-1")
    row = {"customer_id": "C-1", "active_holds": "one", "held_units": "six", "changes": 1}
    limited.client.put_item(TableName=limited.tables.customers, Item=to_attributes(row))

    assert limited.changes(held, ("P-1", 5)).units == 5
    assert limited.level("P-1").reserved == 5


def test_a_customer_without_a_row_is_counted_from_the_difference(limited: Shop) -> None:
    held = limited.holds(("P-1", 6), customer_id="C-1")
    limited.client.delete_item(TableName=limited.tables.customers, Key={"customer_id": {"S": "C-1"}})

    with pytest.raises(HoldLimitReached):
        limited.changes(held, ("P-1", 10), ("P-2", 7))  # eleven more
    assert limited.changes(held, ("P-1", 10), ("P-2", 6)).units == 16
    assert limited.held_by("C-1") == (0, 10)


@pytest.mark.parametrize("units", [2, 7], ids=["fewer", "more"])
def test_each_write_of_a_customers_count_is_counted(limited: Shop, units: int) -> None:
    held = limited.holds(("P-1", 6), customer_id="C-1")
    [before] = limited.rows(limited.tables.customers)

    limited.changes(held, ("P-1", units))

    [counted] = limited.rows(limited.tables.customers)
    assert (counted["held_units"], counted["changes"]) == (units, before["changes"] + 1)


def test_an_exchange_of_as_many_units_does_not_write_the_customers_count(limited: Shop) -> None:
    held = limited.holds(("P-1", 6), customer_id="C-1")
    counted = limited.rows(limited.tables.customers)

    assert limited.changes(held, ("P-1", 2), ("P-2", 4)).units == 6

    assert limited.rows(limited.tables.customers) == counted
    limited.adds_up()


# --- the key


def test_a_repeated_change_gets_the_first_answer_whatever_came_since(shop: Shop) -> None:
    held = shop.holds(("P-1", 4))
    first = shop.changes(held, ("P-1", 3), ("P-2", 1), key="K-1")
    shop.changes(held, ("P-3", 1), key="K-2")
    shop.pays(held)

    again = shop.changes(held, ("P-2", 1), ("P-1", 3), key="K-1")

    assert again.to_json() == first.to_json()
    assert reserved(shop, "P-1", "P-2", "P-3") == [0, 0, 1]
    shop.adds_up()


def test_a_refusal_is_repeated_although_it_would_be_possible_now(shop: Shop) -> None:
    held = shop.holds(("P-1", 4))
    for _ in range(2):
        with pytest.raises(InsufficientStock) as refused:
            shop.changes(held, ("P-1", 11), key="K-1")
        assert refused.value.shortages == (Shortage("P-1", None, 11, 10),)
        shop.adjusts(+100)

    assert shop.changes(held, ("P-1", 11), key="K-2").units == 11
    shop.adds_up()


@pytest.mark.parametrize("quantity", [2, 100], ids=["made", "refused"])
def test_the_same_key_with_another_list_is_a_conflict(shop: Shop, quantity: int) -> None:
    held = shop.holds(("P-1", 4))
    at_once(lambda: shop.changes(held, ("P-1", quantity), key="K-1"))

    with pytest.raises(ReservationConflict):
        shop.changes(held, ("P-1", 3), key="K-1")
    with pytest.raises(ReservationConflict):
        shop.changes(shop.holds(("P-2", 1)), ("P-1", quantity), key="K-1")
    shop.adds_up()


def test_the_same_key_for_another_warehouse_is_a_conflict(shop: Shop) -> None:
    held = shop.holds(("P-1", 4))
    shop.changes(held, ("P-1", 2), key="K-1")

    with pytest.raises(ReservationConflict):
        shop.changes(held, named("P-1", "main", 2), key="K-1")


def test_a_change_whose_answer_is_lost_is_made_once(shop: Shop) -> None:
    held = shop.holds(("P-1", 4))

    with lost_responses(shop.client, WRITE):
        shop.changes(held, ("P-1", 3), key="K-1")

    assert shop.changes(held, ("P-1", 3), key="K-1").revision == 1
    shop.adds_up()


# --- the row


def test_a_replay_of_the_creation_is_compared_with_what_was_asked_first(shop: Shop) -> None:
    held = shop.holds(("P-1", 4), order_id="1001")
    changed = shop.changes(held, ("P-2", 1))
    changed = shop.changes(changed, ("P-2", 2))

    assert shop.reserves(("P-1", 4), order_id="1001", reservation_id=held.reservation_id) == shop.reservation(held)
    with pytest.raises(ReservationConflict):
        shop.reserves(("P-2", 2), order_id="1001", reservation_id=held.reservation_id)
    with pytest.raises(ReservationConflict):
        shop.reserves(("P-1", 4), reservation_id=held.reservation_id)
    assert shop.reservation(held).lines == changed.lines
    shop.adds_up()


@pytest.mark.parametrize("warehouse", [{}, {"warehouse_id": "main"}])
def test_a_changed_row_of_the_first_edition_is_known_however_main_was_named(
    shop: Shop, warehouse: dict[str, str]
) -> None:
    held = shop.holds(named("P-1", "main", 4), reservation_id="R-1")
    written_by_the_first_edition(shop, held)
    shop.changes("R-1", ("P-1", 5), named("P-2", "main", 1))

    replayed = shop.reserves({"product_id": "P-1", "quantity": 4} | warehouse, reservation_id="R-1")

    assert [(line.warehouse_id, line.quantity) for line in replayed.lines] == [(None, 5), ("main", 1)]
    with pytest.raises(ReservationConflict):
        shop.reserves(("P-1", 5), named("P-2", "main", 1), reservation_id="R-1")
    shop.pays("R-1")
    shop.commits(replayed)
    shop.adds_up()


def written_by_the_first_edition(shop: Shop, reservation: Reservation) -> None:
    """Let the row not say whether its lines named their warehouse."""
    [row] = shop.rows(shop.tables.reservations)
    for line in row["lines"]:
        del line["any"]
    shop.client.put_item(TableName=shop.tables.reservations, Item=to_attributes(row))
    assert shop.reservation(reservation).is_of_first_edition


def test_the_hash_of_a_row_of_the_second_edition_tells_main_from_any_warehouse(shop: Shop) -> None:
    held = shop.holds(named("P-1", "main", 4))
    shop.changes(held, ("P-2", 1))

    with pytest.raises(ReservationConflict):
        shop.reserves(("P-1", 4), reservation_id=held.reservation_id)


def test_each_change_is_kept_with_the_lines_that_differ(shop: Shop) -> None:
    start = shop.now()
    held = shop.holds(("P-1", 4), ("P-2", 2))
    shop.now = lambda: start
    shop.changes(held, ("P-1", 4), ("P-2", 3), named("P-1", "main", 1))

    [change] = shop.reservation(held).changes

    assert change.at == iso(start)
    assert change.lines == (LineChange("P-2", None, 2, 3), LineChange("P-1", "main", 0, 1))


def test_the_last_20_changes_are_kept(shop: Shop) -> None:
    held = shop.holds(("P-1", 1))

    for number in range(CHANGES_MAX + 2):
        shop.changes(held, ("P-1", 2 + number % 2))

    changes = shop.reservation(held).changes
    assert len(changes) == CHANGES_MAX
    assert changes[0].lines == (LineChange("P-1", None, 3, 2),)
    assert shop.reservation(held).revision == CHANGES_MAX + 2


def test_a_change_holds_all_of_its_list_so_what_was_short_before_is_forgotten(shop: Shop) -> None:
    held = shop.holds(("P-1", 4))
    [row] = shop.rows(shop.tables.reservations)
    short = [{"product_id": "P-1", "requested": 9, "available": 4}]
    shop.client.put_item(TableName=shop.tables.reservations, Item=to_attributes(row | {"shortages": short}))

    assert shop.changes(held, ("P-1", 5)).shortages == ()
    assert shop.reservation(held).shortages == ()


# --- what ends a changed hold


def test_a_payment_buys_the_new_list(shop: Shop) -> None:
    held = shop.holds(("P-1", 4), customer_id="C-1")
    shop.changes(held, ("P-1", 1), ("P-2", 2))

    shop.pays(held)
    sold, _ = shop.commits(held)

    assert [(line.product_id, line.quantity) for line in sold.lines] == [("P-1", 1), ("P-2", 2)]
    assert [shop.level(product_id).on_hand for product_id in ("P-1", "P-2")] == [9, 8]
    assert shop.held_by("C-1") == (0, 0)
    shop.adds_up()


def test_a_late_payment_rescues_the_new_list(shop: Shop) -> None:
    held = shop.holds(("P-1", 4))
    shop.changes(held, ("P-1", 1), ("P-2", 2))
    shop.times_out(held)

    assert shop.pays(held).fulfilled
    assert [shop.level(product_id).on_hand for product_id in ("P-1", "P-2")] == [9, 8]
    shop.adds_up()


ENDS: dict[str, Callable[[Shop, Reservation], object]] = {
    "expires": Shop.times_out,
    "is cancelled": Shop.cancels,
    "is declined": Shop.declines,
    "is stranded": lambda shop, _: shop.reconciles(later=timedelta(hours=1)),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=list(ENDS))
@pytest.mark.parametrize("cart", [[("P-1", 9)], [("P-1", 1)], [("P-2", 4)]], ids=str)
def test_a_hold_that_ends_while_it_is_changed_gives_back_the_new_list(
    shop: Shop, end: Callable[[Shop, Reservation], object], cart: list[tuple[str, int]]
) -> None:
    held = shop.holds(("P-1", 4), customer_id="C-1")
    shop.holds(("P-1", 1), hold_seconds=80_000)  # units that a wrong release could take

    with just_before(shop.client, WRITE, lambda: shop.changes(held, *cart)):
        end(shop, held)

    assert shop.reservation(held).status == "RELEASED"
    assert reserved(shop, "P-1", "P-2") == [1, 0]
    assert shop.held_by("C-1") == (0, 0)
    shop.adds_up()


def test_a_sale_moves_the_lines_that_the_row_has_also_if_an_older_row_was_read(shop: Shop) -> None:
    held = shop.holds(("P-1", 4))
    shop.changes(held, ("P-1", 1), ("P-2", 2))
    shop.pays(held)

    sold = shop.reservation_store.commit(held, shop.now())

    assert (sold.status, sold.units) == ("COMMITTED", 3)
    assert [shop.level(product_id).on_hand for product_id in ("P-1", "P-2")] == [9, 8]
    shop.adds_up()


def test_a_rescue_moves_the_lines_that_the_row_has_also_if_an_older_row_was_read(shop: Shop) -> None:
    held = shop.holds(("P-1", 4))
    shop.changes(held, ("P-1", 1))
    shop.times_out(held)

    rescued = shop.reservation_store.rescue(held, "PAY-1", shop.now())

    assert (rescued.status, rescued.units) == ("COMMITTED", 1)
    assert shop.level("P-1").on_hand == 9
    shop.adds_up()


def test_a_stranded_hold_that_was_extended_and_changed_meanwhile_stays(shop: Shop) -> None:
    held = shop.holds(("P-1", 4), hold_seconds=60)
    later = shop.now() + timedelta(seconds=61)

    def extend_and_change() -> None:
        shop.now = lambda: later
        shop.extends(held)
        shop.changes(held, ("P-1", 2))

    with just_before(shop.client, WRITE, extend_and_change):
        shop.reconciles(later=timedelta(seconds=61))

    assert (shop.reservation(held).status, shop.level("P-1").reserved) == ("HELD", 2)
    shop.adds_up()


def test_a_release_is_left_to_a_later_attempt_if_the_lines_never_rest(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    held = shop.holds(("P-1", 4))

    with ExitStack() as meanwhile:
        # Each change is a write of its own, so every second one is that of the release.
        for attempt in range(ATTEMPTS_MAX):
            cart = ("P-1", 1 + attempt % 2)
            change = partial(shop.changes, held, cart)
            meanwhile.enter_context(just_before(shop.client, WRITE, change, call=2 * attempt + 1))
        with pytest.raises(TransientError, match="again and again"):
            shop.times_out(held)

    assert shop.times_out(held).status == "RELEASED"
    shop.adds_up()


# --- what happens during a change

DECISIONS: dict[str, Callable[[Shop, Reservation], object]] = {"is paid": Shop.pays, **ENDS}


@pytest.mark.parametrize("decide", DECISIONS.values(), ids=list(DECISIONS))
def test_a_change_that_is_overtaken_by_a_decision_is_refused(
    shop: Shop, decide: Callable[[Shop, Reservation], object]
) -> None:
    held = shop.holds(("P-1", 4), customer_id="C-1")

    with just_before(shop.client, WRITE, lambda: decide(shop, held)), pytest.raises(AlreadyDecided):
        shop.changes(held, ("P-1", 1), ("P-2", 2))

    assert shop.reservation(held).lines == held.lines
    assert shop.level("P-2").reserved == 0
    shop.adds_up()


def test_an_extension_during_a_change_is_in_its_answer(shop: Shop) -> None:
    held = shop.holds(("P-1", 4))
    later = shop.now() + timedelta(seconds=10)

    def extend() -> None:
        shop.now = lambda: later
        shop.extends(held)

    with just_before(shop.client, WRITE, extend):
        changed = shop.changes(held, ("P-1", 1))

    assert changed.held_until == shop.reservation(held).held_until == iso(later + timedelta(seconds=900))
    shop.adds_up()


def test_a_change_during_an_extension_is_kept(shop: Shop) -> None:
    held = shop.holds(("P-1", 4))

    with just_before(shop.client, "UpdateItem", lambda: shop.changes(held, ("P-1", 1))):
        extended = shop.extends(held)

    assert extended.units == shop.reservation(held).units == 1
    shop.adds_up()


def test_of_two_changes_at_once_both_are_made_one_after_the_other(shop: Shop) -> None:
    held = shop.holds(("P-1", 4), ("P-2", 1))

    with just_before(shop.client, WRITE, lambda: shop.changes(held, ("P-3", 3))):
        changed = shop.changes(held, ("P-1", 2))

    assert (changed.revision, reserved(shop, "P-1", "P-2", "P-3")) == (2, [2, 0, 0])
    shop.adds_up()


@pytest.mark.parametrize("operation", ["GetItem", WRITE])
@pytest.mark.parametrize("is_paid_then", [False, True])
def test_a_change_that_two_runs_make_is_made_once(shop: Shop, operation: str, *, is_paid_then: bool) -> None:
    held = shop.holds(("P-1", 4))

    def another_run() -> None:
        shop.changes(held, ("P-1", 2), key="K-1")
        if is_paid_then:
            shop.pays(held)

    with just_before(shop.client, operation, another_run):
        changed = shop.changes(held, ("P-1", 2), key="K-1")

    assert (changed.status, changed.units, shop.reservation(held).revision) == ("HELD", 2, 1)
    shop.adds_up()


def test_a_replay_of_the_creation_during_a_change_finds_the_hold(shop: Shop) -> None:
    held = shop.holds(("P-1", 4), reservation_id="R-1")
    replayed: list[Reservation] = []

    with just_before(shop.client, WRITE, lambda: replayed.append(shop.reserves(("P-1", 4), reservation_id="R-1"))):
        shop.changes(held, ("P-2", 2))

    assert [found.lines for found in replayed] == [held.lines]
    shop.adds_up()


def test_units_that_others_take_during_a_change_are_found_elsewhere(shop: Shop) -> None:
    shop.sourcing = SourcingPolicy(("main", "outlet"), Sourcing.ONE_WAREHOUSE)
    shop.stocks("P-1", on_hand=10, warehouse_id="outlet")
    held = shop.holds(("P-1", 4))

    with just_before(shop.client, WRITE, lambda: shop.reserves(("P-1", 5))):
        [line] = shop.changes(held, ("P-1", 6)).lines

    assert [(source.warehouse_id, source.quantity) for source in line.sources] == [("outlet", 6)]
    shop.adds_up()


def test_a_change_whose_levels_never_rest_can_be_repeated(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    held = shop.holds(("P-1", 4))
    shop.holds(("P-1", 6))
    monkeypatch.setattr(
        type(shop.stock_store),
        "holdable",
        lambda *_: Holdable({level.key: 99 for level in shop.stock_store.levels_of("P-1")}),
    )

    with pytest.raises(TransientError):
        shop.changes(held, ("P-1", 9), key="K-1")
    monkeypatch.undo()

    assert shop.changes(held, ("P-1", 3), key="K-1").units == 3  # nothing was kept under the key
    shop.adds_up()


def test_a_change_that_is_overtaken_again_and_again_pauses_and_ends_at_its_deadline(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = shop.holds(("P-1", 4))
    times = iter([0.0, RETRY_DEADLINE_SECONDS, RETRY_DEADLINE_SECONDS + 0.1])
    pauses: list[int] = []
    monkeypatch.setattr(
        "inventory.reservations.hold_changes.time", SimpleNamespace(monotonic=lambda: next(times, 60.0))
    )
    monkeypatch.setattr("inventory.reservations.hold_changes.pause", pauses.append)
    monkeypatch.setattr(type(shop.reservation_store), "change_lines", lambda *_: NotChanged.OVERTAKEN)

    with pytest.raises(TransientError, match="in every attempt"):
        shop.changes(held, ("P-1", 3))

    assert pauses == [0]  # there is time until the deadline, and none after it


def test_a_change_is_logged_with_its_units_before_and_after(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    held = shop.holds(("P-1", 4), order_id="1001")

    shop.changes(held, ("P-1", 1), ("P-2", 1))

    [record] = [vars(record)["fields"] for record in caplog.records if record.message == "changed"]
    assert (record["reservation_id"], record["execution_name"]) == (held.reservation_id, held.execution_name)
    assert (record["order_id"], record["revision"]) == ("1001", 1)
    assert (record["units_before"], record["units_after"]) == (4, 2)


# --- levels that have drifted


def test_a_level_that_lost_its_reserved_units_stops_a_change(shop: Shop) -> None:
    held = shop.holds(("P-1", 4))
    tampers(shop, reserved=-3)

    with pytest.raises(StockDrifted):
        shop.changes(held, ("P-1", 1))

    assert without_token(shop.reservation(held)) == held


def test_a_line_of_a_deleted_level_may_stay_while_others_change(shop: Shop) -> None:
    held = shop.holds(("P-1", 4), ("P-2", 1))
    deletes_row(shop)

    assert shop.changes(held, ("P-1", 4), ("P-2", 2)).units == 6
    with pytest.raises(InsufficientStock) as refused:
        shop.changes(held, ("P-1", 5))
    assert refused.value.shortages == (Shortage("P-1", None, 5, 4),)


# --- many at once


@pytest.mark.parametrize("seed", [1, 2])
def test_changes_payments_and_ends_at_once_leave_one_outcome_and_sums_that_agree(shop: Shop, seed: int) -> None:
    shop.sourcing = SPLIT
    shop.stocks("P-1", on_hand=6, warehouse_id="outlet")
    held = [shop.holds(("P-1", 2), ("P-2", 1), customer_id="C-1") for _ in range(3)]
    carts = ([("P-1", 4)], [("P-2", 3), ("P-3", 2)], [("P-1", 1), ("P-2", 1), ("P-3", 1)])
    changes = [
        partial(shop.changes, reservation, *cart, key=f"{reservation.reservation_id}-{number}")
        for reservation in held
        for number, cart in enumerate(carts)
    ]
    ends = [
        partial(end, reservation)
        for end, reservation in (
            (shop.pays, held[0]),
            (shop.times_out, held[0]),
            (shop.cancels, held[1]),
            (shop.times_out, held[2]),
        )
    ]

    with injected_faults(shop.client, BUSY_DAY, seed=seed):
        at_once(*(with_retries(call) for call in (*changes, *ends, *changes)))
    for reservation in held:
        if shop.reservation(reservation).status == "PAID":
            shop.commits(reservation)

    assert {shop.reservation(reservation).status for reservation in held} <= {"COMMITTED", "RELEASED"}
    assert shop.held_by("C-1") == (0, 0)
    assert reserved(shop, "P-1", "P-2", "P-3") == [0, 0, 0]
    shop.adds_up()


def test_the_request_of_a_reservation_is_that_of_its_lines() -> None:
    request = ReservationRequest.parse({"lines": [{"product_id": "P-1", "quantity": 2}], "order_id": "1"})
    held = Reservation("R-1", Status.HELD, (Line("P-1", None, 2),), 900, "now", order_id="1")

    assert ReservationRequest.of(held).content_hash(900) == request.content_hash(900)
