"""Executions that began under an older version: its calls are answered, and its rows are sold and released.

An execution can wait for weeks, and its functions are updated meanwhile. The file of recorded calls has what older
versions sent, answered and wrote, as they did so. Add a version to it before a change of these shapes.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from inventory.aws.changes import to_attributes
from tests.support.handlers import Functions
from tests.support.shop import Shop

RECORDED = json.loads((Path(__file__).parents[2] / "support" / "workflow" / "recorded_calls.json").read_text())
CUSTOMER = "C-1"


def holds_as_then(shop: Shop, rows: list[dict[str, Any]]) -> None:
    """Two units are held by each of the rows, as an older version wrote them."""
    shop.stocks("P-1", on_hand=10)
    for row in rows:
        shop.reserves(("P-1", 2), reservation_id=row["reservation_id"], customer_id=CUSTOMER)
        shop.client.put_item(TableName=shop.tables.reservations, Item=to_attributes(row))


def has_all_of(answer: dict[str, Any], recorded: dict[str, Any]) -> bool:
    """Whether an answer has every field of a recorded one, with its value."""
    return all(
        has_all_of(answer[name], value) if isinstance(value, dict) else answer.get(name) == value
        for name, value in recorded.items()
    )


@pytest.mark.parametrize("version", RECORDED)
def test_an_execution_of_an_older_version_ends_as_it_would_have(version: str, shop: Shop, functions: Functions) -> None:
    recorded = RECORDED[version]
    holds_as_then(shop, recorded["held"])
    functions.serve(shop)
    reserve, commit, release = recorded["calls"]

    retried = functions.invoke(reserve["function"], reserve["event"])
    shop.pays(reserve["event"]["reservation_id"])
    sold = functions.invoke(commit["function"], commit["event"])
    released = functions.invoke(release["function"], release["event"])

    assert [call["function"] for call in recorded["calls"]] == ["reserve_stock", "commit_stock", "release_stock"]
    assert has_all_of(retried, reserve["answer"])
    assert has_all_of(sold, commit["answer"])
    assert has_all_of(released, release["answer"])
    assert (shop.level().on_hand, shop.level().reserved, shop.held_by(CUSTOMER)) == (8, 0, (0, 0))
    shop.adds_up()


@pytest.mark.parametrize("version", RECORDED)
def test_a_hold_of_an_older_version_is_extended_cancelled_and_paid(version: str, shop: Shop) -> None:
    first, second = RECORDED[version]["held"]
    holds_as_then(shop, [first, second])

    assert shop.extends(shop.reservation(first["reservation_id"])).held_until > first["held_until"]
    assert shop.cancels(shop.reservation(first["reservation_id"])).status == "RELEASED"
    assert shop.pays(second["reservation_id"]).fulfilled
    shop.adds_up()
