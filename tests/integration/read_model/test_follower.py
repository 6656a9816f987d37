"""The follower: after all records were followed, the read model has of each row what is in its table."""

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from inventory.aws.changes import to_attributes
from inventory.items import level_key
from inventory.model import ExecutionStatus, FailedExecution, LevelKey, Status, iso
from inventory.read_model.entries import Kind
from tests.support.handlers import Functions
from tests.support.live import level_record, record, reservation_record
from tests.support.live.written import records_of_rows
from tests.support.read_model.following.shop import (
    FollowedShop,
    execution_record,
    number_of,
    numbered,
    refund_record,
    written_at,
)
from tests.support.shop import Shop
from tests.support.shop.cases import BEFORE
from tests.support.shop.spread import has_shards, sells_from


@pytest.fixture
def followed(functions: Functions, shop: Shop) -> FollowedShop:
    """A shop whose streams are followed."""
    shop.now = lambda: BEFORE
    return FollowedShop(functions, shop)


def overwrites(shop: Shop, table: str, **attributes: Any) -> None:
    """Another tool writes attributes of the only row of a table."""
    [row] = shop.rows(table)
    shop.client.put_item(TableName=table, Item=to_attributes(row | attributes))


def a_failed_execution(shop: Shop) -> None:
    shop.failed_execution_store.add(FailedExecution("R-9", "R-9", ExecutionStatus.FAILED, iso(BEFORE), order_id="O-9"))


def an_unfulfilled_payment(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=2)
    held = shop.holds(("P-1", 2), reservation_id="R-1")
    shop.times_out(held)
    shop.holds(("P-1", 2), reservation_id="R-2")
    shop.pays(held)


def test_rows_of_all_four_tables_are_followed(followed: FollowedShop, shop: Shop) -> None:
    an_unfulfilled_payment(shop)
    a_failed_execution(shop)

    assert followed.follows(*records_of_rows(shop)) == []

    assert {kind for kind, _ in followed.state()} == set(Kind)
    followed.is_up_to_date()


def test_a_change_says_what_is_in_the_row_now(followed: FollowedShop, shop: Shop) -> None:
    shop.stocks("P-1", on_hand=5)
    late = level_record(shop)
    shop.holds(("P-1", 2))

    followed.follows(late)

    assert (followed.level().reserved, followed.level().available) == (2, 3)


@pytest.mark.parametrize("seed", range(5))
def test_records_that_are_replayed_late_doubled_or_reordered_change_nothing(
    followed: FollowedShop, shop: Shop, seed: int
) -> None:
    draw = random.Random(seed)
    shop.stocks("P-1", on_hand=9)
    records = records_of_rows(shop)
    for _ in range(4):
        shop.sells(("P-1", 1))
        records += records_of_rows(shop)

    handed_over = [*records, *draw.choices(records, k=10)]
    draw.shuffle(handed_over)
    while handed_over:
        size = draw.randint(1, 6)
        batch, handed_over = handed_over[:size], handed_over[size:]
        assert followed.follows(*batch) == []
        if draw.random() < 0.3:
            followed.closes()

    followed.is_up_to_date()


def test_a_row_that_was_deleted_is_gone(followed: FollowedShop, shop: Shop) -> None:
    shop.stocks("P-1", on_hand=0)
    followed.follows(level_record(shop))
    shop.deletes("P-1")

    assert followed.follows(level_record(shop, event_name="REMOVE")) == []

    assert followed.state() == {}


def test_a_reservation_that_has_expired_is_gone(followed: FollowedShop, shop: Shop) -> None:
    shop.stocks("P-1", on_hand=2)
    shop.holds(("P-1", 1), reservation_id="R-1")
    followed.follows(reservation_record(shop))
    shop.client.delete_item(TableName=shop.tables.reservations, Key={"reservation_id": {"S": "R-1"}})
    removal = reservation_record(shop, event_name="REMOVE")

    followed.follows({**removal, "userIdentity": {"type": "Service", "principalId": "dynamodb.amazonaws.com"}})

    assert (Kind.RESERVATIONS, ("R-1",)) not in followed.state()


def test_a_rejected_reservation_has_its_shortages(followed: FollowedShop, shop: Shop) -> None:
    shop.stocks("P-1", on_hand=1)
    shop.reserves(("P-1", 3), reservation_id="R-1")

    followed.follows(reservation_record(shop))

    entry: Any = followed.state()[Kind.RESERVATIONS, ("R-1",)]
    assert (entry.status, entry.shortages) == (Status.REJECTED, (("P-1", 3, 1),))


def test_what_the_journal_keeps_of_a_reservation_has_no_task_token(followed: FollowedShop, shop: Shop) -> None:
    shop.stocks("P-1", on_hand=1)
    held = shop.holds(("P-1", 1), reservation_id="R-1")
    shop.waits(held, "a-secret-token")

    followed.follows(reservation_record(shop))

    changes = followed.journal.read(1, Kind.RESERVATIONS).changes
    assert "a-secret-token" not in json.dumps([change.to_list() for change in changes])


# --- levels that are spread


def test_a_spread_level_has_the_sums_of_its_shards(followed: FollowedShop, shop: Shop) -> None:
    shop.stocks("P-1", on_hand=9)
    has_shards(shop, 4, 3, 2)

    followed.follows(level_record(shop, shard=2))

    assert (followed.level().on_hand, followed.level().shards) == (9, 3)
    followed.is_up_to_date()


def test_the_later_reading_of_a_spread_level_counts_whatever_the_numbers_of_its_shards_are(
    followed: FollowedShop, shop: Shop
) -> None:
    shop.stocks("P-1", on_hand=9)
    has_shards(shop, 4, 3, 2)
    followed.follows(numbered(10**20, level_record(shop)))
    sells_from(shop, 2, 1)

    followed.follows(numbered(7, level_record(shop, shard=2)))

    assert followed.level().on_hand == 8
    followed.is_up_to_date()


def test_a_level_that_is_no_longer_spread_or_made_again_is_followed(followed: FollowedShop, shop: Shop) -> None:
    shop.stocks("P-1", on_hand=9)
    has_shards(shop, 4, 5)
    followed.follows(numbered(10**20, level_record(shop, shard=1)))
    for shard in (0, 1):
        key = to_attributes(level_key(LevelKey("P-1", "main", shard)))
        shop.client.delete_item(TableName=shop.tables.inventory, Key=key)

    followed.follows(numbered(50, level_record(shop)))
    assert followed.level() is None

    shop.stocks("P-1", on_hand=3)
    followed.follows(numbered(51, level_record(shop)))
    assert followed.level().on_hand == 3


def test_the_list_of_levels_whose_shards_change_is_not_followed(followed: FollowedShop, shop: Shop) -> None:
    shop.stocks("P-1", on_hand=9)
    shop.spreads(2)

    assert followed.follows(*records_of_rows(shop)) == []

    assert {key for _, key in followed.state()} == {("P-1", "main")}
    assert followed.functions.targets.queued == []


# --- what cannot be read


def test_a_row_that_cannot_be_read_is_put_aside_and_the_others_are_followed(followed: FollowedShop, shop: Shop) -> None:
    shop.stocks("P-1", on_hand=5)
    followed.follows(level_record(shop))
    overwrites(shop, shop.tables.inventory, on_hand="many")
    shop.stocks("P-2", on_hand=5)

    assert followed.follows(level_record(shop, "P-1"), level_record(shop, "P-2")) == []

    [(queue, content)] = followed.functions.targets.queued
    assert queue == "unreadable-changes"
    assert content["table"] == shop.tables.inventory
    assert content["key"] == {"product_id": "P-1", "warehouse_id": "main"}
    assert content["consumer"] == "read model" and "many" in content["wrong"]
    assert {key for _, key in followed.state()} == {("P-2", "main")}
    followed.is_up_to_date()


def test_a_row_that_was_repaired_is_followed_again(followed: FollowedShop, shop: Shop) -> None:
    shop.stocks("P-1", on_hand=5)
    overwrites(shop, shop.tables.inventory, on_hand="many")
    followed.follows(level_record(shop))
    overwrites(shop, shop.tables.inventory, on_hand=5)

    followed.follows(level_record(shop))

    assert followed.level().on_hand == 5


@pytest.mark.parametrize("table", ["reservations", "refunds", "failed_executions"])
def test_a_row_of_another_table_that_cannot_be_read_is_put_aside(
    followed: FollowedShop, shop: Shop, table: str
) -> None:
    keys = {
        "reservations": {"reservation_id": "R-1"},
        "refunds": {"reservation_id": "R-1", "payment_reference": "PAY-1"},
        "failed_executions": {"execution_name": "R-1"},
    }[table]
    name = getattr(shop.tables, table)
    shop.client.put_item(TableName=name, Item=to_attributes({**keys, "status": "NONE"}))

    assert followed.follows(record(name, keys)) == []

    [(_, content)] = followed.functions.targets.queued
    assert (content["table"], content["key"]) == (name, keys)


def test_a_level_whose_name_does_not_fit_into_the_journal_is_put_aside(followed: FollowedShop, shop: Shop) -> None:
    shop.stocks("P-1", on_hand=5)
    letters = [chr(code) for code in range(0x20, 0x7F)]
    overwrites(shop, shop.tables.inventory, name="".join(random.Random(1).choices(letters, k=395_000)))
    shop.stocks("P-2", on_hand=5)

    assert followed.follows(level_record(shop, "P-1"), level_record(shop, "P-2")) == []

    [(_, content)] = followed.functions.targets.queued
    assert content["key"]["product_id"] == "P-1"
    assert {key for _, key in followed.state()} == {("P-2", "main")}


@pytest.mark.parametrize(
    "change",
    [
        {"eventSourceARN": "arn:aws:dynamodb:us-east-1:1:table/another/stream/1"},
        {"eventSourceARN": None},
        {"dynamodb": {"Keys": {"product_id": {"S": "P-1"}}, "SequenceNumber": "7"}},
        {"dynamodb": {"Keys": {"product_id": {"N": "1"}, "warehouse_id": {"S": "main"}}, "SequenceNumber": "7"}},
        {"dynamodb": {"Keys": {"product_id": {"S": ""}, "warehouse_id": {"S": "main"}}, "SequenceNumber": "7"}},
        {"dynamodb": {"Keys": {"product_id": {"S": "\ud800"}, "warehouse_id": {"S": "main"}}, "SequenceNumber": "7"}},
        {"dynamodb": {"Keys": {"product_id": {"S": "P-1"}, "warehouse_id": {"S": "main"}}, "SequenceNumber": "x"}},
        {"dynamodb": {}},
        {"dynamodb": None},
    ],
    ids=range(9),
)
def test_an_unknown_record_is_put_aside_and_the_others_are_followed(
    followed: FollowedShop, shop: Shop, change: dict[str, Any]
) -> None:
    shop.stocks("P-1", on_hand=5)

    assert followed.follows(level_record(shop) | change, level_record(shop)) == []

    [(queue, content)] = followed.functions.targets.queued
    assert (queue, content["consumer"]) == ("unreadable-changes", "read model")
    followed.is_up_to_date()


def test_what_the_queue_does_not_accept_comes_again(followed: FollowedShop, shop: Shop) -> None:
    shop.stocks("P-1", on_hand=5)
    overwrites(shop, shop.tables.inventory, on_hand="many")
    shop.stocks("P-2", on_hand=5)
    bad, good = level_record(shop, "P-1"), level_record(shop, "P-2")
    unknown = record("another", {"id": "1"})
    followed.functions.targets.down = {"sqs"}

    assert followed.follows(bad, good, unknown) == [number_of(bad), number_of(unknown)]

    followed.is_up_to_date()


# --- progress


def test_a_heartbeat_says_until_when_the_tables_were_followed(followed: FollowedShop) -> None:
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)

    assert followed.follows(*followed.heartbeats(at)) == []

    assert followed.manifests.progress() == {Kind.LEVELS: at, Kind.RESERVATIONS: at}
    assert followed.state() == {}
    assert followed.functions.targets.queued == []


def test_progress_does_not_go_back(followed: FollowedShop) -> None:
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    followed.follows(*followed.heartbeats(at))

    followed.follows(*followed.heartbeats(at - timedelta(minutes=1)))

    assert followed.manifests.progress()[Kind.LEVELS] == at


def test_a_sale_writes_no_progress_and_a_refund_does(followed: FollowedShop, shop: Shop) -> None:
    an_unfulfilled_payment(shop)
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)

    followed.follows(written_at(at, level_record(shop)), written_at(at, reservation_record(shop)))
    assert followed.manifests.progress() == {}

    followed.follows(written_at(at, refund_record(shop)))
    assert followed.manifests.progress() == {Kind.REFUNDS: at}


def test_what_was_not_followed_is_no_progress(followed: FollowedShop, shop: Shop) -> None:
    unknown = record("another", {"id": "1"})
    followed.functions.targets.down = {"sqs"}

    followed.follows(*followed.heartbeats(BEFORE), unknown)

    assert followed.manifests.progress() == {}


def test_a_manifest_that_cannot_be_read_lets_all_records_come_again(followed: FollowedShop, shop: Shop) -> None:
    a_failed_execution(shop)
    key = {"part": {"S": "manifest"}, "entry": {"S": "manifest"}}
    shop.client.put_item(TableName=shop.tables.read_model, Item={**key, "revision": {"S": "one"}})
    one = execution_record(shop, "R-9")

    assert followed.follows(one) == [number_of(one)]
    shop.client.delete_item(TableName=shop.tables.read_model, Key=key)

    assert followed.follows(one) == []
    followed.is_up_to_date()


# --- what it costs


def test_a_paid_checkout_costs_at_most_4_write_units_of_the_read_model(followed: FollowedShop, shop: Shop) -> None:
    shop.stocks("P-1", on_hand=5)
    followed.follows(level_record(shop))
    name = "a-reservation-with-an-id-of-a-usual-length-as-uuids-have"
    held = shop.holds(("P-1", 2), reservation_id=name, order_id="O-2026-11-27-0001", customer_id="C-1234567890")
    units = []

    def follows(*records: Any) -> None:
        followed.follows(*records)
        units.append(followed.write_units())

    follows(level_record(shop))
    shop.waits(held)
    follows(reservation_record(shop, name), reservation_record(shop, name))
    shop.pays(held)
    shop.commits(held)
    follows(reservation_record(shop, name), reservation_record(shop, name))
    follows(level_record(shop))

    assert units == [1, 1, 1, 1]
    followed.is_up_to_date()


def test_a_batch_of_many_checkouts_shares_its_units(followed: FollowedShop, shop: Shop) -> None:
    for number in range(40):
        shop.stocks(f"P-{number}", on_hand=5)

    followed.follows(*records_of_rows(shop))

    assert followed.write_units() <= 4


def test_a_function_without_time_writes_nothing_and_lets_all_records_come_again(
    followed: FollowedShop, shop: Shop
) -> None:
    from inventory import dependencies

    shop.stocks("P-1", on_hand=5)
    one = level_record(shop)

    assert dependencies.follower().follow([one], lambda: False) == [number_of(one)]

    assert followed.state() == {}
