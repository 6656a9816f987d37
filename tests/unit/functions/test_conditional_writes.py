"""Writes of one item: made if their condition holds, again after a transient error, and answered by what is stored."""

from collections.abc import Callable
from typing import Any

import pytest

from inventory.aws import retries
from inventory.aws.changes import Change, Condition, Item, to_attributes, to_item
from inventory.aws.dynamodb import conditional_delete, conditional_put, conditional_update
from tests.support.memory_dynamodb import Database, memory_client
from tests.support.memory_dynamodb.values import refused

OLD: Item = {"id": "1", "status": "HELD", "units": 3}
NEW: Item = OLD | {"status": "PAID"}
IS_HELD = Condition("#status = :held", {"held": "HELD"})
IS_PAID = Condition("#status = :paid", {"paid": "PAID"})

Write = Callable[[Any, Condition], Any]


def updates(client: Any, condition: Condition) -> Item | None:
    return conditional_update(client, "table", {"id": "1"}, Change(set={"status": "PAID"}), condition)


def puts(client: Any, condition: Condition) -> Item | None:
    return conditional_put(client, "table", NEW, condition)


def deletes(client: Any, condition: Condition) -> None:
    conditional_delete(client, "table", {"id": "1"}, condition)


every_write = pytest.mark.parametrize(("write", "after"), [(updates, [NEW]), (puts, [NEW]), (deletes, [])])


@pytest.fixture
def database() -> Database:
    """A table with one item."""
    database = Database()
    database.create_table(
        {
            "TableName": "table",
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        }
    )
    memory_client(database).put_item(TableName="table", Item=to_attributes(OLD))
    return database


def stored(database: Database) -> list[Item]:
    """The items of the table."""
    return [to_item(item) for item in memory_client(database).scan(TableName="table")["Items"]]


@every_write
def test_a_write_is_made_if_its_condition_holds(database: Database, write: Write, after: list[Item]) -> None:
    write(memory_client(database), IS_HELD)

    assert stored(database) == after


@every_write
def test_a_write_whose_condition_does_not_hold_changes_nothing(
    database: Database, write: Write, after: list[Item]
) -> None:
    write(memory_client(database), IS_PAID)

    assert stored(database) == [OLD] != after


@every_write
def test_a_write_is_made_again_after_a_transient_error(
    database: Database, write: Write, after: list[Item], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retries, "PAUSE_SECONDS_MAX", 0)
    errors = [refused("injected", code="ThrottlingException")]
    call = database.call

    def throttled_once(operation: str, request: dict[str, Any]) -> Any:
        if errors:
            raise errors.pop()
        return call(operation, request)

    monkeypatch.setattr(database, "call", throttled_once)
    write(memory_client(database), IS_HELD)

    assert stored(database) == after


def test_an_update_answers_the_item_afterwards_changed_or_not(database: Database) -> None:
    client = memory_client(database)

    assert updates(client, IS_HELD) == NEW
    assert updates(client, IS_HELD) == NEW
    deletes(client, IS_PAID)
    assert updates(client, IS_HELD) is None


def test_a_put_answers_the_item_that_prevents_it(database: Database) -> None:
    client = memory_client(database)

    assert puts(client, IS_PAID) == OLD
    assert puts(client, IS_HELD) is None
