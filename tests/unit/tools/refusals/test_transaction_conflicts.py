"""Calls for an item that a transaction holds are refused."""

from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError
from ministack.services import dynamodb

from tests.support.shop import Shop, at_once, create_tables
from tests.unit.tools.refusals.fake_clock import FakeClock
from tests.unit.tools.refusals.in_process import client_of, error_of
from tools.local.refusals.transaction_conflicts import HeldItems, addressed_items, refuse_conflicts

HOLD_SECONDS = 0.4
MESSAGE = "Transaction is ongoing for the item"


def test_an_item_is_held_for_some_time() -> None:
    clock = FakeClock()
    held = HeldItems(0.02, clock)
    held.hold(["a", "b", None])

    assert held.conflicts(["a", "c", "b", None]) == [True, False, True, False]
    clock.seconds += 0.02
    assert held.conflicts(["a", "c", "b", None]) == [False, False, False, False]


def test_items_are_held_until_the_last_of_their_times() -> None:
    clock = FakeClock()
    held = HeldItems(1, clock)
    held.hold(["a"])
    clock.seconds += 0.9
    held.hold(["b"])
    clock.seconds += 0.2

    assert held.conflicts(["a", "b"]) == [False, True]


@pytest.fixture
def table() -> str:
    """The name of a table with the key `id`."""
    client, name = client_of("dynamodb", dynamodb.handle_request), f"t-{uuid4().hex}"
    client.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return name


def put(table: str, key: str) -> dict[str, Any]:
    """The request of a PutItem."""
    return {"TableName": table, "Item": {"id": {"S": key}, "n": {"N": "1"}}}


def transaction(table: str, *keys: str) -> dict[str, Any]:
    """The request of a transaction that puts items."""
    return {"TransactItems": [{"Put": put(table, key)} for key in keys]}


def test_every_action_of_a_transaction_holds_its_item(table: str) -> None:
    key = {"TableName": table, "Key": {"id": {"S": "a"}}}
    actions = [{"Put": put(table, "a")}, {"Update": key}, {"Delete": key}, {"ConditionCheck": key}]

    items = addressed_items("TransactWriteItems", {"TransactItems": actions})

    assert set(items) == set(addressed_items("TransactGetItems", {"TransactItems": [{"Get": key}]}))
    assert set(items) == set(addressed_items("UpdateItem", key)) == set(addressed_items("PutItem", put(table, "a")))
    assert addressed_items("UpdateItem", key | {"TableName": "unknown"}) == [None]


@pytest.fixture
def clock() -> FakeClock:
    """A clock that moves only when a test moves it."""
    return FakeClock()


@pytest.fixture
def client(clock: FakeClock) -> Any:
    """DynamoDB with the rule. Transactions are answered at once, and hold their items until the clock moves."""

    async def answer_at_once(_: float) -> None:
        pass

    return client_of("dynamodb", refuse_conflicts(dynamodb.handle_request, HOLD_SECONDS, clock, answer_at_once))


def reasons_of(call: Any, **request: Any) -> list[dict[str, str]]:
    """The cancellation reasons of a transaction that is cancelled."""
    with pytest.raises(ClientError) as cancelled:
        call(**request)
    response: Any = cancelled.value.response
    assert response["Error"]["Code"] == "TransactionCanceledException"
    reasons: list[dict[str, str]] = response["CancellationReasons"]
    return reasons


def test_a_transaction_is_cancelled_if_another_holds_one_of_its_items(client: Any, table: str) -> None:
    client.transact_write_items(**transaction(table, "a", "b"))

    reasons = reasons_of(client.transact_write_items, **transaction(table, "c", "b"))

    assert reasons == [{"Code": "None"}, {"Code": "TransactionConflict", "Message": MESSAGE}]
    assert "Item" not in client.get_item(TableName=table, Key={"id": {"S": "c"}})


def test_a_transaction_that_was_cancelled_holds_nothing(client: Any, table: str) -> None:
    client.transact_write_items(**transaction(table, "a"))
    reasons_of(client.transact_write_items, **transaction(table, "a", "b"))

    client.transact_write_items(**transaction(table, "b"))


def test_the_message_lists_the_reasons(client: Any, table: str) -> None:
    client.transact_write_items(**transaction(table, "a"))

    refused = error_of(client.transact_write_items, **transaction(table, "a", "b"))

    message = (
        "Transaction cancelled, please refer cancellation reasons for specific reasons [TransactionConflict, None]"
    )
    assert refused == ("TransactionCanceledException", message, 400)


def test_a_plain_write_is_refused_while_a_transaction_holds_its_item(client: Any, table: str) -> None:
    client.transact_write_items(**transaction(table, "a"))
    key = {"TableName": table, "Key": {"id": {"S": "a"}}}

    for call, request in (
        (client.put_item, put(table, "a")),
        (client.update_item, key),
        (client.delete_item, key),
    ):
        assert error_of(call, **request) == ("TransactionConflictException", MESSAGE, 400)


def test_a_transaction_of_reads_is_cancelled_and_a_plain_read_is_not(client: Any, table: str) -> None:
    client.transact_write_items(**transaction(table, "a"))
    read = {"Get": {"TableName": table, "Key": {"id": {"S": "a"}}}}

    reasons = reasons_of(client.transact_get_items, TransactItems=[read])

    assert [reason["Code"] for reason in reasons] == ["TransactionConflict"]
    assert client.get_item(**read["Get"])["Item"]["n"] == {"N": "1"}


def test_everything_succeeds_when_the_transaction_is_over(client: Any, clock: FakeClock, table: str) -> None:
    client.transact_write_items(**transaction(table, "a"))
    clock.seconds += HOLD_SECONDS

    client.put_item(**put(table, "a"))
    client.transact_get_items(TransactItems=[{"Get": {"TableName": table, "Key": {"id": {"S": "a"}}}}])
    client.transact_write_items(**transaction(table, "a"))


def test_other_items_are_not_refused(client: Any, table: str) -> None:
    client.transact_write_items(**transaction(table, "a"))

    client.put_item(**put(table, "b"))
    client.transact_write_items(**transaction(table, "c"))


def test_a_plain_write_holds_nothing(client: Any, table: str) -> None:
    client.put_item(**put(table, "a"))

    client.transact_write_items(**transaction(table, "a"))


def test_a_transaction_is_answered_when_its_items_are_free_again(table: str) -> None:
    client = client_of("dynamodb", refuse_conflicts(dynamodb.handle_request, 0.05))

    for _ in range(3):
        client.transact_write_items(**transaction(table, "a"))
        client.put_item(**put(table, "a"))


def test_concurrent_checkouts_of_one_product_all_succeed_with_the_products_retries() -> None:
    conflicts: list[bool] = []

    async def counting(*request: Any) -> Any:
        response = await refusing(*request)
        conflicts.append(b"TransactionConflict" in response[2])
        return response

    refusing = refuse_conflicts(dynamodb.handle_request, 0.05)
    client = client_of("dynamodb", counting)
    shop = Shop(client, create_tables(client))
    shop.stocks("P-1", on_hand=10)

    at_once(*[lambda: shop.reserves(("P-1", 1))] * 6)

    level = shop.level("P-1")
    assert (level.available, level.reserved) == (4, 6)
    assert any(conflicts), "the checkouts did not meet"
    shop.adds_up()
