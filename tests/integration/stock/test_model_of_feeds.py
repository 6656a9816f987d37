"""Property test of lists of changes: each level ends as if its changes came one after the other, in their order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from inventory.errors import TransientError
from inventory.feed.changes import ChangeKind, StockChange
from inventory.feed.decisions import FeedDecisions
from inventory.feed.run import Applied, StockFeed
from inventory.model import LevelKey
from tests.support.fault_injection import FaultRates, injected_faults
from tests.support.shop import Shop
from tests.support.shop.shops import Shops

NOON = datetime.fromisoformat("2026-03-01T12:00:00Z")
PRODUCTS = ("P-1", "P-2", "P-3")  # P-3 does not exist at first
CALLS_MAX = 20

units = st.integers(1, 6)
products = st.sampled_from(PRODUCTS)


def of(product_id: str, kind: ChangeKind, **more: Any) -> StockChange:
    return StockChange(product_id, "main", kind, **more)


changes = st.one_of(
    st.builds(lambda product, delta: of(product, ChangeKind.RECEIVED, delta=delta), products, units),
    st.builds(lambda product, delta: of(product, ChangeKind.SOLD_ELSEWHERE, delta=-delta), products, units),
    st.builds(lambda product, delta: of(product, ChangeKind.ADJUSTED, delta=-delta), products, units),
    st.builds(lambda product, on_hand: of(product, ChangeKind.COUNTED, on_hand=on_hand), products, units),
    st.builds(
        lambda product, name: of(product, ChangeKind.DESCRIBED, name=name), products, st.sampled_from(["Mug", "Cup"])
    ),
)


@dataclass
class Expected:
    """A level by the rules in plain Python; `on_hand` is None while it does not exist."""

    on_hand: int | None
    reserved: int = 0
    name: str = "Mug"

    def apply(self, change: StockChange) -> str:
        """What becomes of the next change."""
        if self.on_hand is None:
            if change.kind not in (ChangeKind.RECEIVED, ChangeKind.COUNTED):
                return "INVALID"
            self.on_hand, self.name = change.delta or change.on_hand or 0, change.product_id
            return "APPLIED"
        if change.kind is ChangeKind.DESCRIBED:
            is_new, self.name = self.name != change.name, change.name or ""
            return "APPLIED" if is_new else "UNCHANGED"
        on_hand = self.on_hand + change.delta if change.delta else change.on_hand or 0
        if on_hand < self.reserved and on_hand != self.on_hand:
            return "SHORT" if change.kind is ChangeKind.SOLD_ELSEWHERE else "BELOW_RESERVED"
        is_new, self.on_hand = self.on_hand != on_hand, on_hand
        return "APPLIED" if is_new else "UNCHANGED"


def sent_until_decided(shop: Shop, sent: Sequence[StockChange]) -> list[Applied]:
    """The answer when nothing is busy any more."""
    decisions = FeedDecisions(shop.client, shop.tables)
    for _ in range(CALLS_MAX):
        feed = StockFeed(shop.stock_changes, decisions, timedelta(days=365), shop.now, lambda: 60.0)
        try:
            applied = feed.apply("night", sent, "erp")
        except TransientError:  # the whole call was busy
            continue
        if all(change.result != "BUSY" for change in applied):
            return applied
    raise AssertionError(f"busy in {CALLS_MAX} calls")


def test_each_level_ends_as_if_its_changes_came_one_after_the_other(shops: Shops) -> None:
    @settings(
        phases=[Phase.explicit, Phase.generate],
        max_examples=8,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(sent=st.lists(changes, min_size=6, max_size=14), seed=st.integers(0, 1_000), is_later=st.booleans())
    def holds(sent: list[StockChange], seed: int, is_later: bool) -> None:
        with shops.open() as shop:
            moments = iter(range(1_000_000))
            # Each reading of the clock is later, or all are the same moment.
            shop.now = lambda: NOON + timedelta(milliseconds=next(moments) if is_later else 0)
            shop.stocks("P-1", on_hand=5)
            shop.stocks("P-2", on_hand=3)
            shop.holds(("P-1", 2))
            model = {"P-1": Expected(5, reserved=2), "P-2": Expected(3), "P-3": Expected(None)}

            with injected_faults(shop.client, FaultRates(conflict=0.3, lost_response=0.1), seed=seed):
                applied = sent_until_decided(shop, sent)

            assert [change.result for change in applied] == [model[change.product_id].apply(change) for change in sent]
            for product_id, expected in model.items():
                level = shop.stock_store.level(LevelKey(product_id, "main"))
                assert (level.on_hand if level else None) == expected.on_hand
                assert level is None or level.name == expected.name
            shop.adds_up()

    holds()
