"""Alerts, returns and the comparison of the tables, of a level that is spread over shards: all of them see one level."""

import json
from datetime import timedelta
from typing import Any

import pytest

from inventory.aws.changes import to_attributes
from inventory.items import partition_of
from inventory.model import SHARDS_MAX, Level, LevelKey, Reservation, Status
from inventory.stock.low_stock_alerts import OVERDUE
from tests.support.shop.drift import deletes_row, tampers
from tests.support.shop.in_memory import MemoryShop
from tests.support.shop.spread import has_shards, sells_from

KEY = LevelKey("P-1", "main")


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)


def spread_shop(*on_hand: int, low_stock_threshold: int = 0) -> MemoryShop:
    shop = MemoryShop()
    shop.stocks("P-1", on_hand=sum(on_hand), low_stock_threshold=low_stock_threshold)
    has_shards(shop, *on_hand)
    return shop


def sells(shop: MemoryShop, quantity: int) -> Reservation:
    """A checkout until its commit, with the alerts that its workflow sends."""
    held = shop.holds(("P-1", quantity))
    shop.pays(held)
    sold, alerts = shop.reservations.commit(held.reservation_id, shop.now())
    shop.publishes(alerts)
    return sold


def alerts(shop: MemoryShop) -> list[dict[str, Any]]:
    return [json.loads(announcement.message) for announcement in shop.topics.low_stock]


def part(shop: MemoryShop, shard: int) -> Level:
    return shop.level().parts[shard]


# --- alerts


def test_a_spread_level_becomes_low_when_its_sum_does() -> None:
    shop = spread_shop(0, 4, 4, low_stock_threshold=5)

    sells(shop, 2)
    assert alerts(shop) == []
    sells(shop, 1)

    [alert] = alerts(shop)
    assert (alert["on_hand"], alert["available"], alert["product_id"]) == (5, 5, "P-1")
    sells(shop, 1)
    assert len(alerts(shop)) == 1
    assert shop.level().low_stock_alerted
    assert shop.level().low_stock_alert_by is None


def test_a_sale_reads_no_other_shard_while_the_own_row_has_enough() -> None:
    shop = spread_shop(9, 4, 4, low_stock_threshold=5)
    held = shop.holds(("P-1", 1))
    shop.pays(held)

    assert shop.count(lambda: shop.commits(held)) == ["GetItem", "TransactWriteItems", "BatchGetItem"]


@pytest.mark.parametrize("tracked", [False, True])
def test_a_return_rearms_the_alert_of_a_spread_level(tracked: bool) -> None:
    shop = spread_shop(0, 3, 3, low_stock_threshold=4)
    shop.tracks_dispatch = tracked  # then the units are still on hand, and go back to the shard that sold them
    sold = sells(shop, 2)

    shop.returns(sold, ("P-1", 2))
    assert not shop.level().low_stock_alerted
    sells(shop, 3)

    assert len(alerts(shop)) == 2
    shop.adds_up()


@pytest.mark.parametrize("tracked", [False, True])
def test_an_alert_is_claimed_only_if_nothing_was_added_while_the_shards_were_read(tracked: bool) -> None:
    shop = spread_shop(1, 3, 3, low_stock_threshold=5)
    shop.tracks_dispatch = tracked
    sold = sells(shop, 1)
    held = shop.holds(("P-1", 1))
    shop.pays(held)

    def restock(operation: str, request: dict[str, Any]) -> None:
        if operation == "UpdateItem" and "low_stock_alert_by" in str(request):
            shop.meanwhile = None
            shop.returns(sold, ("P-1", 1))

    shop.meanwhile = restock
    _, claimed = shop.reservations.commit(held.reservation_id, shop.now())

    level = shop.level()
    assert (claimed, level.unsold, level.low_stock_alerted) == ([], 6, False)


def test_the_scheduled_check_sends_what_nobody_sent_and_rearms_what_rose() -> None:
    shop = spread_shop(0, 4, 4, low_stock_threshold=5)
    held = shop.holds(("P-1", 3))
    shop.pays(held)
    shop.reservation_store.commit(shop.reservation(held), shop.now())  # and the function ended

    assert shop.checks_low_stock() == 1
    assert shop.checks_low_stock(later=OVERDUE + timedelta(minutes=1)) == 0
    tampers(shop, partition_of(KEY.of_shard(1)), on_hand=5, available=5)  # another tool
    shop.checks_low_stock()

    assert not shop.level().low_stock_alerted
    assert len(alerts(shop)) == 1


def test_a_spread_level_that_is_not_low_is_not_announced_by_the_check() -> None:
    shop = spread_shop(0, 4, 4, low_stock_threshold=5)

    assert shop.checks_low_stock() == 0
    assert not shop.level().low_stock_alerted


def test_an_alert_that_was_claimed_is_answered_again_whatever_the_own_row_has_by_now() -> None:
    shop = spread_shop(0, 4, 4, low_stock_threshold=5)
    held = shop.holds(("P-1", 3))
    shop.pays(held)
    _, [claimed] = shop.commits(held)
    tampers(shop, on_hand=9, available=9)  # another tool

    _, [again] = shop.commits(held)

    assert again.claimant == claimed.claimant


@pytest.mark.parametrize(("threshold", "is_claimed"), [(5, True), (6, True), (4, False)])
def test_an_alert_of_a_spread_level_is_claimed_only_of_the_threshold_that_was_read_or_a_higher_threshold(
    threshold: int, is_claimed: bool
) -> None:
    shop = spread_shop(0, 4, 4, low_stock_threshold=5)
    sells_from(shop, 2, 3)
    read = shop.level()
    tampers(shop, low_stock_threshold=threshold - 5)  # another tool, which raises no version

    claimed = shop.stock_store.claim_alert(read, "movement_id:M-1", shop.now())

    assert (claimed is not None) == is_claimed
    if claimed:
        assert (claimed.on_hand, claimed.low_stock_alerted, claimed.low_stock_alert_by) == (5, True, "movement_id:M-1")


@pytest.mark.parametrize(
    ("change", "is_armed"), [({}, True), ({"low_stock_threshold": 1}, False), ({"version": 1}, False)]
)
def test_an_alert_of_a_spread_level_is_rearmed_only_if_its_own_row_is_as_it_was_read(
    change: dict[str, int], is_armed: bool
) -> None:
    shop = spread_shop(0, 3, 3, low_stock_threshold=5)
    shop.stock_store.claim_alert(shop.level(), "movement_id:M-1", shop.now())
    tampers(shop, low_stock_threshold=0)
    read = shop.level()
    tampers(shop, **(change or {"version": 0}))

    shop.stock_store.rearm(read)

    assert shop.level().low_stock_alerted != is_armed


def test_the_check_of_alerts_writes_nothing_to_a_spread_level_whose_alert_is_as_it_should_be() -> None:
    shop = spread_shop(0, 4, 4, low_stock_threshold=5)

    assert shop.count(shop.checks_low_stock) == ["Scan", "BatchGetItem", "BatchGetItem"]


# --- sold units


def test_units_of_a_shard_that_was_removed_come_back_to_the_level() -> None:
    shop = spread_shop(2, 2, 2)
    sold = sells(shop, 6)
    shop.spreads(1)

    returned = shop.returns(sold, ("P-1", 5))

    assert returned.to_json()["lines"][0]["returned"] == 5
    assert (shop.level().on_hand, shop.level().shards) == (5, 1)
    shop.adds_up()


@pytest.mark.parametrize("disposition", ["RESTOCK", "DISCARD"])
def test_sold_units_are_dispatched_and_returned_from_their_shards(disposition: str) -> None:
    shop = spread_shop(2, 2, 2)
    shop.tracks_dispatch = True
    sold = sells(shop, 6)
    shop.dispatches(sold, ("P-1", 3))

    shop.returns(sold, ("P-1", 5), disposition=disposition)

    level = shop.level()
    assert level.allocated == 1
    assert level.on_hand == (6 if disposition == "RESTOCK" else 1)
    shop.adds_up()
    shop.dispatches(sold)
    assert shop.level().allocated == 0
    shop.adds_up()


def test_a_shard_stays_until_its_sold_units_were_dispatched() -> None:
    shop = spread_shop(1, 1)
    shop.tracks_dispatch = True
    sold = sells(shop, 2)

    assert shop.spreads(1).shards == 2
    shop.dispatches(sold)
    shop.shards.continue_all(shop.now())

    assert shop.level().shards == 1
    shop.adds_up()


# --- the comparison of the tables


def test_a_drift_of_one_shard_is_found_and_repaired() -> None:
    shop = spread_shop(3, 3)
    shop.holds(("P-1", 3))
    for shard in (0, 1):
        tampers(shop, partition_of(KEY.of_shard(shard)), reserved=1)

    drifts = shop.finds_drift().drifts

    assert [drift.level.key for drift in drifts] == [KEY, KEY.of_shard(1)]
    assert all(shop.repairs_drift(drift) for drift in drifts)
    assert shop.finds_drift().agree
    assert (shop.level().reserved, shop.level().available) == (3, 3)
    shop.adds_up()


def test_a_shard_of_a_hold_that_another_tool_deleted_is_created_again() -> None:
    shop = spread_shop(0, 3)
    held = shop.holds(("P-1", 3))
    deletes_row(shop, partition_of(KEY.of_shard(1)))

    shop.reconciles(later=timedelta(days=1))

    assert shop.reservation(held).status is Status.RELEASED
    assert part(shop, 1).on_hand == 3
    assert not part(shop, 1).active  # a person must look first
    shop.adds_up()


# --- another tool writes the level's own row


LISTED = (  # what a row of another tool has
    *("product_id", "warehouse_id", "name", "category", "on_hand", "reserved", "available"),
    *("low_stock_threshold", "low_stock_alerted", "version", "updated_at"),
)


def replaces_own_row(shop: MemoryShop, **attributes: Any) -> None:
    """Another tool reads the level's own row, and writes it again with the attributes that it knows."""
    [row] = [row for row in shop.rows(shop.tables.inventory) if row["product_id"] == "P-1"]
    known = {name: row[name] for name in LISTED} | attributes
    shop.client.put_item(TableName=shop.tables.inventory, Item=to_attributes(known))


def repairs_all(shop: MemoryShop) -> list[list[str]]:
    """What the comparison finds, and an operator repairs."""
    drifts = shop.finds_drift().drifts
    assert all(shop.repairs_drift(drift) for drift in drifts)
    return [drift.differences() for drift in drifts]


def test_a_replaced_own_row_hides_units_until_its_shards_are_counted_again() -> None:
    shop = spread_shop(4, 3, 0, 5)
    held = shop.holds(("P-1", 12))
    shop.times_out(held)

    replaces_own_row(shop, name="Cup")

    assert (shop.level().available, shop.level().shards) == (4, 1)
    assert shop.reserves(("P-1", 6)).status is Status.REJECTED
    assert repairs_all(shop) == [
        ["3 on hand that nobody sees: its level does not count this shard"],
        ["5 on hand that nobody sees: its level does not count this shard"],
    ]
    level = shop.level()
    assert (level.available, level.shards, level.name) == (12, 4, "Cup")
    assert shop.finds_drift().agree
    assert shop.holds(("P-1", 12))
    shop.adds_up()


def test_what_is_held_and_sold_of_hidden_shards_ends_as_it_would() -> None:
    shop = spread_shop(2, 2, 2)
    paid, expired = shop.holds(("P-1", 3)), shop.holds(("P-1", 2))
    shop.pays(paid)

    replaces_own_row(shop)
    sold, _ = shop.commits(paid)
    shop.times_out(expired)

    assert sold.status is Status.COMMITTED
    assert repairs_all(shop)
    assert (shop.level().on_hand, shop.level().available) == (3, 3)
    shop.adds_up()
    shop.returns(sold, ("P-1", 3))
    assert shop.level().available == 6
    shop.adds_up()


def test_the_history_of_a_replaced_own_row_is_read_of_all_shards_that_there_may_have_been() -> None:
    shop = spread_shop(2, 2)
    replaces_own_row(shop)
    assert shop.level().shards_max == 1
    repairs_all(shop)

    assert shop.level().shards_max == SHARDS_MAX


def test_figures_that_the_other_tool_wrote_are_a_drift_of_the_own_row() -> None:
    shop = spread_shop(2, 3)
    replaces_own_row(shop, on_hand=9, available=9)

    assert repairs_all(shop) == [
        ["9 on hand, but its movements add up to 2"],
        ["3 on hand that nobody sees: its level does not count this shard"],
    ]
    assert shop.level().on_hand == 12
    shop.adds_up()


def test_an_own_row_that_another_tool_deleted_is_created_again_as_retired() -> None:
    shop = spread_shop(2, 3)
    deletes_row(shop)

    assert repairs_all(shop) == [
        ["the level does not exist, but its movements add up to 2"],
        ["3 on hand that nobody sees: its level does not count this shard"],
    ]
    level = shop.level()
    assert (level.on_hand, level.shards, level.active, level.name) == (3, 2, False, "P-1")
    assert shop.finds_drift().agree
    shop.adds_up()


def test_more_shards_of_a_replaced_own_row_count_its_hidden_ones_too() -> None:
    shop = spread_shop(2, 3, 4)
    replaces_own_row(shop)

    assert (shop.spreads(3).on_hand, shop.level().shards) == (9, 3)
    assert shop.finds_drift().agree
    shop.adds_up()


def test_a_shard_is_not_counted_again_while_the_number_of_shards_changes() -> None:
    shop = spread_shop(2, 3, 4)
    replaces_own_row(shop)
    [_, last] = shop.finds_drift().drifts
    replaces_own_row(shop, shards=2, shards_wanted=1)
    rows = shop.rows(shop.tables.inventory)

    assert not shop.repairs_drift(last)
    assert shop.rows(shop.tables.inventory) == rows


def own_row(shop: MemoryShop) -> dict[str, Any]:
    [row] = [row for row in shop.rows(shop.tables.inventory) if row["product_id"] == "P-1"]
    return row


def test_a_shard_is_counted_again_in_one_write_of_the_own_row() -> None:
    shop = spread_shop(2, 3)
    replaces_own_row(shop, updated_at="2026-01-01T00:00:00.000Z")
    before = own_row(shop)
    repairs_all(shop)

    after = own_row(shop)

    assert after.pop("updated_at") > before.pop("updated_at")
    assert after == before | {"shards": 2, "shards_max": SHARDS_MAX, "version": before["version"] + 1}


def test_a_deleted_own_row_is_created_with_its_shards_and_nothing_else() -> None:
    shop = spread_shop(0, 3)
    deletes_row(shop)
    repairs_all(shop)

    row = own_row(shop)

    assert (row["shards"], row["shards_max"], row["version"], row["active"]) == (2, SHARDS_MAX, 1, False)


@pytest.mark.parametrize("shards", [2, 3])
def test_an_own_row_that_counts_a_shard_by_now_is_not_written_by_its_repair(shards: int) -> None:
    shop = spread_shop(2, 3)
    replaces_own_row(shop)
    [drift] = shop.finds_drift().drifts
    replaces_own_row(shop, shards=shards)
    before = own_row(shop)

    assert shop.repairs_drift(drift)
    assert own_row(shop) == before


def test_an_own_row_that_became_unreadable_is_not_repaired() -> None:
    shop = spread_shop(2, 3)
    replaces_own_row(shop)
    [drift] = shop.finds_drift().drifts
    replaces_own_row(shop, on_hand="two")

    assert not shop.repairs_drift(drift)


@pytest.mark.parametrize("on_hand", [0, 2])
def test_only_units_are_hidden(on_hand: int) -> None:
    shop = spread_shop(2, on_hand)
    replaces_own_row(shop)

    assert len(shop.finds_drift().drifts) == bool(on_hand)


def test_the_shards_of_an_unreadable_own_row_are_not_said_to_be_hidden() -> None:
    shop = spread_shop(2, 3)
    tampers(shop, partition_of(KEY.of_shard(1)), reserved=1)
    replaces_own_row(shop, on_hand="two")

    found = shop.finds_drift()

    assert [drift.is_hidden for drift in found.drifts] == [False]
    assert len(found.unreadable) == 1


def test_a_shard_that_is_about_to_be_counted_is_not_hidden() -> None:
    shop = spread_shop(2, 3)
    replaces_own_row(shop, shards_wanted=2)

    assert shop.finds_drift().drifts == ()


def test_a_change_that_is_under_way_is_no_drift() -> None:
    shop = spread_shop(1, 1)
    held = [shop.holds(("P-1", 1)) for _ in range(2)]
    assert shop.spreads(1).shards_wanted == 1

    assert shop.finds_drift().agree
    assert len(held) == 2
