"""Changes of items: DynamoDB's expression, its values and the changed item say the same."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.aws.changes import Change, Condition, to_attributes, to_item, write_request
from tests.support.memory_dynamodb import Database, memory_client

NUMBERS = st.integers(-5, 5)
SETS = st.sets(st.sampled_from("xyz"), min_size=1)


@st.composite
def items_with_changes(draw: st.DrawFn) -> tuple[dict[str, Any], Change]:
    """An item of numbers and sets, and a change that names each attribute at most once."""
    names = draw(st.permutations(["a", "b", "c", "d", "e"]))
    sets = draw(st.permutations(["s", "t"]))
    item = {"id": "1"} | {name: draw(NUMBERS) for name in names} | {name: {"x", "y", "z"} for name in sets}
    absent = draw(st.sets(st.sampled_from([names[0], names[2], names[3], sets[0]])))
    change = Change(
        set={names[0]: draw(NUMBERS)},
        increase={names[1]: draw(NUMBERS)},
        add={names[2]: draw(NUMBERS), sets[0]: draw(SETS)},
        delete={sets[1]: draw(st.sampled_from([{"x"}, {"x", "y"}]))},
        remove=(names[3],),
    )
    return {name: value for name, value in item.items() if name not in absent}, change


@settings(deadline=None)
@given(items_with_changes())
def test_the_changed_item_is_what_dynamodb_makes_of_it(item_and_change: tuple[dict[str, Any], Change]) -> None:
    item, change = item_and_change
    database = Database()
    client = memory_client(database)
    database.create_table(
        {
            "TableName": "table",
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        }
    )
    client.put_item(TableName="table", Item=to_attributes(item))

    request = write_request(Condition("attribute_exists(id)"), change)
    client.update_item(TableName="table", Key={"id": {"S": "1"}}, **request)

    [row] = client.scan(TableName="table", ConsistentRead=True)["Items"]
    assert to_item(row) == to_item(to_attributes(change.applied_to(item)))


def test_a_change_names_each_attribute_and_value_once() -> None:
    change = Change(
        set={"status": "PAID"}, increase={"version": 1}, add={"holds": 1}, delete={"tags": {"x"}}, remove=("token",)
    )

    assert change.expression() == (
        "SET #status = :set_status, #version = #version + :increase_version"
        " REMOVE #token ADD #holds :add_holds DELETE #tags :delete_tags"
    )
    assert {name for names in change.names_by_clause() for name in names} == {
        "status",
        "version",
        "holds",
        "tags",
        "token",
    }
    assert change.values() == {"set_status": "PAID", "increase_version": 1, "add_holds": 1, "delete_tags": {"x"}}


@pytest.mark.parametrize(
    ("change", "expression"),
    [
        (Change(set={"a": 1}), "SET #a = :set_a"),
        (Change(increase={"a": 1}), "SET #a = #a + :increase_a"),
        (Change(add={"a": 1}), "ADD #a :add_a"),
        (Change(delete={"a": {"x"}}), "DELETE #a :delete_a"),
        (Change(remove=("a", "b")), "REMOVE #a, #b"),
    ],
)
def test_a_change_has_only_the_clauses_that_it_needs(change: Change, expression: str) -> None:
    assert change.expression() == expression


def test_conditions_are_combined_with_their_values() -> None:
    first, second = Condition("a = :a", {"a": 1}), Condition("b = :b OR c = :b", {"b": 2})

    assert first & second == Condition("(a = :a) AND (b = :b OR c = :b)", {"a": 1, "b": 2})
    assert first | second == Condition("(a = :a) OR (b = :b OR c = :b)", {"a": 1, "b": 2})


def test_a_write_asks_for_the_item_that_fails_its_condition() -> None:
    assert write_request(Condition("#status = :status", {"status": "HELD"}), Change(set={"version": 2})) == {
        "ConditionExpression": "#status = :status",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        "UpdateExpression": "SET #version = :set_version",
        "ExpressionAttributeNames": {"#status": "status", "#version": "version"},
        "ExpressionAttributeValues": {":status": {"S": "HELD"}, ":set_version": {"N": "2"}},
    }


def test_a_write_without_names_and_values_does_not_mention_them() -> None:
    assert write_request(Condition("attribute_exists(id)")).keys() == {
        "ConditionExpression",
        "ReturnValuesOnConditionCheckFailure",
    }
    assert write_request(None, Change(remove=("a",))) == {
        "UpdateExpression": "REMOVE #a",
        "ExpressionAttributeNames": {"#a": "a"},
    }
    assert write_request(None) == {}


def test_an_attribute_without_a_value_is_an_error() -> None:
    with pytest.raises(ValueError, match="held_until has no value"):
        to_attributes({"reservation_id": "R-1", "held_until": None})


@pytest.mark.parametrize("digits", ["1" + "0" * 40, "1" * 38, "-" + "9" * 38, "0." + "0" * 120 + "1"])
def test_every_number_that_dynamodb_keeps_is_read_exactly(digits: str) -> None:
    assert to_item({"on_hand": {"N": digits}}) == {"on_hand": Decimal(digits)}
