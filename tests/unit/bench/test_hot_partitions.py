"""The simulated partitions of DynamoDB: what they refuse, and for how long."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.simulation.platform.scheduler import Scheduler
from tests.support.memory_dynamodb import Database
from tools.bench.hot.dynamodb import UNIT_BYTES, UNITS_A_SECOND, HoldTime, Partitions

TABLE = {
    "TableName": "levels",
    "KeySchema": [{"AttributeName": "product_id", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "product_id", "AttributeType": "S"}],
}
HELD_FOR = 0.012


class World:
    """One table on its partitions, and a caller whose waits advance the clock.

    What others do while a transaction holds its items is `meanwhile`.
    """

    def __init__(self) -> None:
        self.scheduler = Scheduler(0.0)
        self.meanwhile: Callable[[], object] | None = None
        database = Database(now=lambda: self.scheduler.now)
        database.create_table(TABLE)
        hold_time = HoldTime(HELD_FOR, HELD_FOR)
        self.partitions = Partitions(database, self.scheduler, hold_time, random.Random(1), wait=self.wait)

    def wait(self, seconds: float) -> None:
        if seconds != HELD_FOR:  # a call travels in no time
            return
        began = self.scheduler.now
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile:
            meanwhile()
        self.scheduler.now = began + seconds

    def transacts(self, *product_ids: str, condition: str | None = None, text: str = "") -> str:
        """Write these levels in one transaction; `written`, or the reasons why not."""
        actions = [{"Put": write(product_id, text, condition)} for product_id in product_ids]
        return self._result("TransactWriteItems", {"TransactItems": actions})

    def puts(self, product_id: str, text: str = "") -> str:
        return self._result("PutItem", write(product_id, text))

    def gets(self, product_id: str) -> Any:
        request = {"TableName": "levels", "Key": {"product_id": {"S": product_id}}, "ConsistentRead": True}
        return self.partitions.call("GetItem", request)

    def _result(self, operation: str, request: Any) -> str:
        try:
            self.partitions.call(operation, request)
        except ClientError as error:
            response: Any = error.response
            reasons = response.get("CancellationReasons")
            return " ".join(reason["Code"] for reason in reasons) if reasons else response["Error"]["Code"]
        return "written"


def write(product_id: str, text: str = "", condition: str | None = None) -> dict[str, Any]:
    item = {"product_id": {"S": product_id}, "text": {"S": text}}
    return {"TableName": "levels", "Item": item} | ({"ConditionExpression": condition} if condition else {})


@pytest.fixture
def world() -> World:
    return World()


def test_a_transaction_that_meets_another_one_is_cancelled_and_names_the_item(world: World) -> None:
    seen: list[str] = []
    world.meanwhile = lambda: seen.append(world.transacts("other", "hot"))

    assert world.transacts("hot") == "written"

    assert seen == ["None TransactionConflict"]


def test_a_write_of_one_item_that_meets_a_transaction_is_refused_and_a_read_is_not(world: World) -> None:
    seen: list[Any] = []
    world.meanwhile = lambda: seen.extend([world.puts("hot"), "Item" in world.gets("hot")])

    world.transacts("hot")

    assert seen == ["TransactionConflictException", True]


def test_an_item_is_free_again_when_its_transaction_has_ended(world: World) -> None:
    assert [world.transacts("hot"), world.transacts("hot"), world.puts("hot")] == ["written"] * 3


def test_items_of_others_are_free_all_the_time(world: World) -> None:
    seen: list[str] = []
    world.meanwhile = lambda: seen.append(world.transacts("other"))

    world.transacts("hot")

    assert seen == ["written"]


def test_a_transaction_whose_condition_fails_holds_nothing(world: World) -> None:
    assert world.transacts("hot", condition="attribute_exists(product_id)") == "ConditionalCheckFailed"

    assert world.scheduler.now < HELD_FOR, "it did not wait"
    assert world.transacts("hot") == "written"


def spend_all(world: World, text: str = "") -> int:
    """Write one item until its partition refuses, all at one time; the number of writes."""
    written = 0
    while world.puts("hot", text) == "written":
        written += 1
    return written


def test_a_partition_takes_its_units_of_a_second_and_no_more(world: World) -> None:
    assert spend_all(world) == UNITS_A_SECOND

    assert world.transacts("hot") == "ThrottlingError"
    assert world.puts("hot") == "ProvisionedThroughputExceededException"
    assert world.transacts("cold") == "written"


def test_a_larger_item_costs_more(world: World) -> None:
    assert spend_all(world, "x" * 3 * UNIT_BYTES) == UNITS_A_SECOND / 4


def test_what_is_refused_costs_units_too(world: World) -> None:
    for _ in range(10):
        assert world.transacts("hot", condition="attribute_exists(product_id)") == "ConditionalCheckFailed"

    assert spend_all(world) == UNITS_A_SECOND - 10


def test_a_partition_that_was_throttled_takes_writes_again_a_moment_later(world: World) -> None:
    spend_all(world)
    world.scheduler.now += 0.1

    assert world.transacts("hot") == "written"
