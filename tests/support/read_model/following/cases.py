"""What the follower is handed over, one case for each kind of change: the same cases are stopped and overtaken anywhere."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import pytest
from botocore.httpsession import URLLib3Session

from inventory.model import ExecutionStatus, FailedExecution, iso
from tests.support.aws_calls import Call
from tests.support.handlers import Cut, Functions, Meanwhile, Stopped
from tests.support.live import Record, level_record, reservation_record
from tests.support.read_model.following.shop import FollowedShop, execution_record, number_of, numbered, refund_record
from tests.support.shop.cases import BEFORE, NOW
from tests.support.shop.shops import Shops
from tests.support.shop.spread import has_shards
from tools.mutate.memory import ENDPOINT_URL, MemoryDynamoDB

Setup = Callable[[FollowedShop], Sequence[Record]]
Disturbance = Callable[[FollowedShop, Sequence[Record]], Meanwhile]

CASES: list["Case"] = []


@dataclass(frozen=True)
class Case:
    """What happened before, and the records that are handed over."""

    setup: Setup

    def __str__(self) -> str:
        return self.setup.__name__.replace("_", " ")


def case(setup: Setup) -> Setup:
    """Register a case."""
    CASES.append(Case(setup))
    return setup


@case
def a_first_level(followed: FollowedShop) -> Sequence[Record]:
    followed.shop.stocks("P-1", on_hand=5)
    return [level_record(followed.shop)]


@case
def a_level_that_was_followed_before(followed: FollowedShop) -> Sequence[Record]:
    followed.follows(*a_first_level(followed))
    followed.shop.adjusts(1)
    return [level_record(followed.shop)]


@case
def two_levels_of_which_one_was_deleted(followed: FollowedShop) -> Sequence[Record]:
    shop = followed.shop
    shop.stocks("P-1", on_hand=5)
    shop.stocks("P-2", on_hand=0)
    followed.follows(level_record(shop, "P-1"), level_record(shop, "P-2"))
    shop.adjusts(1)
    shop.deletes("P-2")
    return [level_record(shop, "P-1"), level_record(shop, "P-2")]


@case
def the_own_row_of_a_spread_level(followed: FollowedShop) -> Sequence[Record]:
    followed.shop.stocks("P-1", on_hand=9)
    has_shards(followed.shop, 4, 5)
    return [numbered(10**20, level_record(followed.shop))]


@case
def a_shard_of_a_spread_level(followed: FollowedShop) -> Sequence[Record]:
    followed.follows(*the_own_row_of_a_spread_level(followed))
    return [level_record(followed.shop, shard=1)]


@case
def a_level_that_cannot_be_read(followed: FollowedShop) -> Sequence[Record]:
    shop = followed.shop
    shop.stocks("P-1", on_hand=5)
    followed.follows(level_record(shop))
    shop.client.update_item(
        TableName=shop.tables.inventory,
        Key={"product_id": {"S": "P-1"}, "warehouse_id": {"S": "main"}},
        UpdateExpression="SET on_hand = :many",
        ExpressionAttributeValues={":many": {"S": "many"}},
    )
    return [level_record(shop)]


@case
def a_paid_reservation(followed: FollowedShop) -> Sequence[Record]:
    shop = followed.shop
    shop.stocks("P-1", on_hand=5)
    held = shop.holds(("P-1", 2), reservation_id="R-1")
    followed.follows(level_record(shop), reservation_record(shop))
    shop.pays(held)
    return [reservation_record(shop)]


@case
def a_payment_to_return(followed: FollowedShop) -> Sequence[Record]:
    shop = followed.shop
    shop.stocks("P-1", on_hand=1)
    held = shop.holds(("P-1", 1), reservation_id="R-1")
    shop.times_out(held)
    shop.holds(("P-1", 1), reservation_id="R-2")
    shop.pays(held)
    followed.follows(level_record(shop), reservation_record(shop, "R-1"), reservation_record(shop, "R-2"))
    return [refund_record(shop)]


@case
def an_execution_that_failed(followed: FollowedShop) -> Sequence[Record]:
    failed = FailedExecution("R-1", "R-1", ExecutionStatus.FAILED, iso(BEFORE))
    followed.shop.failed_execution_store.add(failed)
    return [execution_record(followed.shop)]


@case
def heartbeats(followed: FollowedShop) -> Sequence[Record]:
    return followed.heartbeats(BEFORE)


class Player:
    """Plays cases, each time in a new shop in memory. Nothing takes time, and all calls of a run have one order."""

    def __init__(self, functions: Functions, shops: Shops) -> None:
        self._functions = functions
        self._shops = shops

    @classmethod
    def installed(cls, monkeypatch: pytest.MonkeyPatch) -> "Iterator[Player]":
        """For a fixture: DynamoDB is in memory until the test ends."""
        monkeypatch.setattr(URLLib3Session, "send", URLLib3Session.send)  # restored afterwards
        MemoryDynamoDB().install()
        monkeypatch.setattr("time.sleep", lambda _: None)
        functions = Functions(monkeypatch, ENDPOINT_URL, NOW)
        yield cls(functions, Shops(ENDPOINT_URL))
        functions.stop()

    @contextmanager
    def plays(
        self, case: Case, cut: Cut | None = None, disturbances: Sequence[Disturbance] = ()
    ) -> Iterator[FollowedShop]:
        """Hand records over, and again those that failed, or all if the function was stopped."""
        with self._shops.open() as shop:
            shop.now = lambda: BEFORE
            followed = FollowedShop(self._functions, shop)
            records = list(case.setup(followed))
            self._functions.meanwhile = [disturbance(followed, records) for disturbance in disturbances]
            failed = [number_of(one) for one in records]
            with suppress(Stopped):
                failed = followed.follows(*records, cut=cut)
            self._functions.meanwhile = []
            again = [one for one in records if number_of(one) in failed]
            assert followed.follows(*again) == []
            yield followed

    def calls(self, case: Case) -> Sequence[Call]:
        """What the function asks of AWS if nothing disturbs it."""
        with self._shops.open() as shop:
            shop.now = lambda: BEFORE
            followed = FollowedShop(self._functions, shop)
            assert followed.follows(*case.setup(followed)) == []
            return list(self._functions.calls())
