"""Crashes, races, targets that do not work, and rows that cannot be read: nothing is lost, and nothing else is harmed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from inventory.aws.changes import to_attributes
from inventory.live import publication
from inventory.live.published_store import product_key
from inventory.stock.store import StockStore
from tests.support.handlers import MOMENTS, Cut, Functions, Moment, Stopped
from tests.support.live import Publisher, level_record, record, reservation_record
from tests.support.shop import Shop


@pytest.fixture
def shop(shop: Shop) -> Shop:
    """A shop with five units of P-1."""
    shop.stocks("P-1", on_hand=5)
    return shop


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the publisher waited, without the wait."""
    waited: list[float] = []
    monkeypatch.setattr("time.sleep", waited.append)
    return waited


def overwrites(shop: Shop, table: str, **attributes: Any) -> None:
    """Another tool writes attributes of the only row of a table."""
    [row] = shop.rows(table)
    shop.client.put_item(TableName=table, Item=to_attributes(row | attributes))


# --- crashes


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_crash_anywhere_sends_the_same_events_again(publisher: Publisher, shop: Shop, moment: Moment) -> None:
    shop.holds(("P-1", 5), reservation_id="R-1")
    publisher.gets(level_record(shop))
    calls = len(publisher.functions.calls())
    expected = {event["event_id"]: event for event in publisher.targets.events}
    assert {event["detail_type"] for event in expected.values()} == {"StockChanged", "SoldOut"}

    for number in range(calls):
        shop.client.delete_item(TableName=shop.tables.published, Key=to_attributes(product_key("P-1")))
        publisher.functions.serve(shop)
        try:
            publisher.gets(level_record(shop), cut=Cut(number, moment))
        except Stopped:
            pass

        publisher.gets(level_record(shop))

        assert {event["event_id"]: event for event in publisher.targets.events} == expected
        assert publisher.targets.pushes[-1]["sequence"] == 1
        row = publisher.row(product_key("P-1"))
        assert (row["sequence"], row["pushed_sequence"], row["pending"]) == (1, 1, [])


# --- races


@pytest.fixture
def two_publishers(functions: Functions, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second publisher can run while the first one does."""
    monkeypatch.setattr(publication, "_threads", ThreadPoolExecutor(4))


@pytest.mark.usefixtures("two_publishers")
def test_a_publisher_that_was_overtaken_reads_again(
    publisher: Publisher, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher.sees()
    read = StockStore.levels_with_unreadable_of
    overtaking = ["sells"]

    def overtaken(store: StockStore, product_id: str) -> Any:
        levels = read(store, product_id)
        if overtaking.pop() if overtaking else None:
            shop.holds(("P-1", 1))
            Publisher.sees(publisher)
        return levels

    shop.adjusts(3)
    monkeypatch.setattr(StockStore, "levels_with_unreadable_of", overtaken)
    publisher.sees()

    assert publisher.targets.pushes[-1]["available"] == 7
    assert [push["sequence"] for push in publisher.targets.pushes] == [1, 2]


@pytest.mark.usefixtures("two_publishers")
def test_a_change_back_that_another_publisher_found_published_already_is_seen(
    publisher: Publisher, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher.sees()
    held = shop.holds(("P-1", 5))
    read = StockStore.levels_with_unreadable_of
    overtaking = ["cancels"]

    def overtaken(store: StockStore, product_id: str) -> Any:
        levels = read(store, product_id)
        if overtaking.pop() if overtaking else None:
            shop.cancels(held)
            publisher.sees()  # it reads what was published before the hold, and finds nothing to do
        return levels

    monkeypatch.setattr(StockStore, "levels_with_unreadable_of", overtaken)
    publisher.sees()

    assert publisher.targets.pushes[-1]["available"] == 5


# --- the rate of pushes


def test_pushes_of_a_product_keep_their_distance_and_the_last_one_is_out(
    publisher: Publisher, shop: Shop, waits: list[float]
) -> None:
    for _ in range(5):
        shop.adjusts(1)
        publisher.sees()

    assert [push["available"] for push in publisher.targets.pushes] == [6, 7, 8, 9, 10]
    assert waits[-1] == pytest.approx(0.25, abs=0.01)


@pytest.mark.usefixtures("two_publishers")
def test_what_another_publisher_has_pushed_meanwhile_is_not_pushed_again(
    publisher: Publisher, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher.sees()
    shop.adjusts(1)

    def other_publisher(seconds: float) -> None:
        monkeypatch.setattr("time.sleep", lambda _: None)
        shop.adjusts(1)
        publisher.sees()

    monkeypatch.setattr("time.sleep", other_publisher)
    publisher.sees()

    assert [push["available"] for push in publisher.targets.pushes] == [5, 7]


def test_another_product_waits_for_nothing(publisher: Publisher, shop: Shop, waits: list[float]) -> None:
    shop.stocks("P-2", on_hand=1)
    publisher.sees("P-1")

    publisher.sees("P-2")

    assert not any(waits)


# --- targets that do not work


def test_events_wait_in_a_queue_while_eventbridge_is_down(publisher: Publisher, shop: Shop) -> None:
    publisher.targets.down = {"events"}

    assert publisher.sees() == []

    assert [push["available"] for push in publisher.targets.pushes] == [5]
    assert [queue for queue, _ in publisher.targets.queued] == ["undelivered-events"]
    assert publisher.row(product_key("P-1"))["pending"] == []
    assert len(publisher.republishes()) == 1

    publisher.targets.down = set()
    publisher.functions.now += timedelta(minutes=10)
    assert publisher.republishes() == []

    assert publisher.sent == ["StockChanged"]
    assert publisher.targets.queued == []


def test_the_current_stock_is_pushed_when_appsync_works_again(publisher: Publisher, shop: Shop) -> None:
    publisher.targets.down = {"appsync"}
    for _ in range(3):
        shop.adjusts(1)
        assert publisher.sees() == []
    assert publisher.sent == ["StockChanged"] * 3
    assert {queue for queue, _ in publisher.targets.queued} == {"undelivered-pushes"}

    publisher.targets.down = set()
    publisher.functions.now += timedelta(minutes=10)
    assert publisher.republishes() == []

    assert [(push["available"], push["sequence"]) for push in publisher.targets.pushes] == [(8, 3)]


def test_a_push_that_waits_in_the_queue_is_made_by_the_next_change(publisher: Publisher, shop: Shop) -> None:
    publisher.targets.down = {"appsync"}
    publisher.sees()
    publisher.targets.down = set()
    publisher.functions.now += timedelta(minutes=1)

    publisher.sees()
    publisher.republishes()

    assert [push["sequence"] for push in publisher.targets.pushes] == [1]


def test_a_target_that_does_not_work_is_tried_seldom(publisher: Publisher, shop: Shop) -> None:
    publisher.targets.down = {"appsync"}
    for number in range(2, 30):
        shop.stocks(f"P-{number}", on_hand=5)

    publisher.sees(*(f"P-{number}" for number in range(2, 30)))

    assert sum(call.service == "appsync" for call in publisher.functions.calls()) == 1
    assert len(publisher.targets.queued) == 28


def test_records_come_again_while_nothing_can_be_sent_or_queued(publisher: Publisher, shop: Shop) -> None:
    publisher.targets.down = {"events", "appsync", "sqs"}
    seen = level_record(shop)

    assert publisher.gets(seen) == [seen["dynamodb"]["SequenceNumber"]]

    publisher.targets.down = set()
    publisher.functions.now += timedelta(minutes=1)
    assert publisher.gets(seen) == []
    assert publisher.sent == ["StockChanged"]
    assert [push["sequence"] for push in publisher.targets.pushes] == [1]


def test_events_that_eventbridge_refuses_one_by_one_wait_in_the_queue(
    publisher: Publisher, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.stocks("P-2", on_hand=5)
    answer = type(publisher.targets).answer

    def refuses_the_first(targets: Any, call: Any) -> Any:
        found = answer(targets, call)
        if call.operation == "PutEvents" and found:
            found[1]["Entries"][0] = {"ErrorCode": "ThrottlingException", "ErrorMessage": "slow down"}
        return found

    monkeypatch.setattr(type(publisher.targets), "answer", refuses_the_first)

    assert publisher.sees("P-1", "P-2") == []

    [(queue, event)] = publisher.targets.queued
    assert queue == "undelivered-events"
    assert event["detail"]["product_id"] == "P-1"


# --- what cannot be read


def test_a_level_that_cannot_be_read_is_put_aside_and_the_others_go_on(publisher: Publisher, shop: Shop) -> None:
    overwrites(shop, shop.tables.inventory, on_hand="five")
    shop.stocks("P-2", on_hand=2)

    assert publisher.sees("P-1", "P-2") == []

    [(queue, content)] = publisher.targets.queued
    assert queue == "unreadable-changes"
    assert content["key"] == {"product_id": "P-1", "warehouse_id": "main"}
    assert [push["product_id"] for push in publisher.targets.pushes if push["available"]] == ["P-2"]


def test_a_reservation_that_cannot_be_read_is_put_aside(publisher: Publisher, shop: Shop) -> None:
    shop.holds(("P-1", 1), reservation_id="R-1")
    overwrites(shop, shop.tables.reservations, status="LOST")

    assert publisher.sees_reservation() == []

    [(queue, content)] = publisher.targets.queued
    assert (queue, content["key"]) == ("unreadable-changes", {"reservation_id": "R-1"})
    assert publisher.sent == []


@pytest.mark.parametrize(
    "attributes", [{"sequence": "three"}, {"shown": "{"}, {"pending": [1]}, {"pushed_at": "yesterday"}]
)
def test_a_row_of_the_publisher_that_cannot_be_read_is_put_aside(
    publisher: Publisher, shop: Shop, attributes: dict[str, Any]
) -> None:
    publisher.sees()
    overwrites(shop, shop.tables.published, **attributes)
    shop.stocks("P-2", on_hand=2)

    assert publisher.sees("P-1", "P-2") == []

    assert [queue for queue, _ in publisher.targets.queued] == ["unreadable-changes"]
    assert publisher.targets.pushes[-1]["product_id"] == "P-2"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda found: found["dynamodb"].pop("Keys"),
        lambda found: found["dynamodb"]["Keys"].update(product_id={"N": "5"}),
        lambda found: found.update(eventSourceARN="arn:aws:dynamodb:us-east-1:1:table/other/stream/1"),
        lambda found: found.update(dynamodb=None),
        lambda found: found.clear(),
    ],
)
def test_a_record_that_names_no_row_is_put_aside(publisher: Publisher, shop: Shop, spoil: Any) -> None:
    spoiled = level_record(shop)
    spoil(spoiled)

    assert publisher.gets(spoiled, level_record(shop)) == []

    assert [queue for queue, _ in publisher.targets.queued] == ["unreadable-changes"]
    assert publisher.sent == ["StockChanged"]


def test_a_record_that_cannot_be_put_aside_comes_again(publisher: Publisher, shop: Shop) -> None:
    overwrites(shop, shop.tables.inventory, on_hand="five")
    publisher.targets.down = {"sqs"}
    seen = level_record(shop)

    assert publisher.gets(seen) == [seen["dynamodb"]["SequenceNumber"]]


def test_rows_that_are_deleted_when_their_time_is_over_are_no_event(publisher: Publisher, shop: Shop) -> None:
    expired = {"userIdentity": {"type": "Service", "principalId": "dynamodb.amazonaws.com"}}

    assert publisher.gets(level_record(shop) | expired, reservation_record(shop) | expired) == []

    assert publisher.functions.calls() == []


def test_the_list_of_changing_shards_is_no_product(publisher: Publisher, shop: Shop) -> None:
    shop.stocks("P-1", on_hand=5)
    keys = {"product_id": "\u001fshard\u001fchanges", "warehouse_id": "main\u001fP-1"}

    assert publisher.gets(record(shop.tables.inventory, keys)) == []

    assert publisher.functions.calls() == []


def test_a_message_that_cannot_be_read_stays_in_its_queue(publisher: Publisher, shop: Shop) -> None:
    publisher.targets.queued += [
        ("undelivered-events", {"detail_type": "Unknown"}),
        ("undelivered-pushes", {"product_id": "P-1"}),
    ]

    assert publisher.republishes() == ["0"]

    assert publisher.sent == ["StockChanged"]
    assert [push["sequence"] for push in publisher.targets.pushes] == [1]


def test_the_sequence_goes_on_if_the_row_is_deleted_while_it_is_published(
    publisher: Publisher, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher.sees()
    shop.adjusts(1)
    read = StockStore.levels_with_unreadable_of

    def deletes(store: StockStore, product_id: str) -> Any:
        shop.client.delete_item(TableName=shop.tables.published, Key=to_attributes(product_key("P-1")))
        return read(store, product_id)

    monkeypatch.setattr(StockStore, "levels_with_unreadable_of", deletes)
    publisher.sees()

    assert publisher.targets.pushes[-1]["sequence"] == 2


def test_nothing_is_begun_that_cannot_end(
    publisher: Publisher, shop: Shop, functions: Functions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.support.handlers.CONTEXT.get_remaining_time_in_millis", lambda: 1_000)
    seen = level_record(shop)

    assert publisher.gets(seen) == [seen["dynamodb"]["SequenceNumber"]]

    assert publisher.sent == []
