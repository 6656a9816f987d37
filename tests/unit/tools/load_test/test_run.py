"""Whatever becomes of a load test, its reservations are ended and its products are deleted."""

from collections.abc import Iterable
from typing import Any

import pytest

from tests.unit.tools.load_test.test_command import STACK
from tools.load_test import run as run_module
from tools.load_test.plan import BadPlan, Plan
from tools.load_test.run import BooksDiffer, run
from tools.reconcile.__main__ import AGREES, DIFFERS

PLAN = Plan(rate=5, seconds=10, ramp=0, products=2)
CLEANED_UP = ["settle", "compare", "remove"]


class FakeStock:
    """Records what is done with the products."""

    product_ids = ("P-1", "P-2")

    def __init__(self, did: list[str]) -> None:
        self.did = did

    def create(self, units: int) -> None:
        assert units * len(self.product_ids) >= 2 * PLAN.shoppers
        self.did.append("create")

    def warm_up(self, reservation_ids: Iterable[str]) -> None:
        self.did.append("warm up")
        self.warmed_up = set(reservation_ids)

    def settle(self, unpaid: Iterable[str], say: Any) -> None:
        assert self.warmed_up <= set(unpaid)  # a payment may have had no answer
        self.did.append("settle")

    def remove(self) -> None:
        self.did.append("remove")


@pytest.fixture
def did(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a load test does, in its order; the books agree."""
    did: list[str] = []
    monkeypatch.setattr(run_module, "TrialStock", lambda stack, products: FakeStock(did))
    monkeypatch.setattr("tools.load_test.run.Account.of", lambda stack: None)
    monkeypatch.setattr(run_module, "rehearse", lambda plan, shoppers: did.append("rehearse"))
    monkeypatch.setattr(run_module, "offer", lambda *_: did.append("offer"))
    books_are(AGREES, did, monkeypatch)
    return did


def books_are(code: int, did: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What the comparison at the end says."""

    def compare(account: Any, reason: str | None) -> int:
        did.append("compare")
        return code

    monkeypatch.setattr(run_module, "compare", compare)


def test_a_load_test_ends_with_the_comparison_and_without_its_products(did: list[str]) -> None:
    run(STACK, PLAN)

    assert did == ["rehearse", "create", "warm up", "offer", *CLEANED_UP]


def test_a_rate_that_cannot_even_be_prepared_writes_nothing(did: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_module, "rehearse", refused)

    with pytest.raises(BadPlan):
        run(STACK, PLAN)

    assert did == []


def test_a_test_that_falls_behind_is_cleaned_up(did: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_module, "offer", refused)

    with pytest.raises(BadPlan):
        run(STACK, PLAN)

    assert did == ["rehearse", "create", "warm up", *CLEANED_UP]


def test_books_that_differ_are_a_failure(did: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    books_are(DIFFERS, did, monkeypatch)

    with pytest.raises(BooksDiffer, match=r"^The books differ after the load test\.$"):
        run(STACK, PLAN)

    assert did[-1] == "remove"


def refused(*_: Any) -> None:
    """This machine cannot offer the rate."""
    raise BadPlan("This machine cannot offer it.")
