"""How changes of products are published: claimed with their events, sent, pushed, and settled.

A row is claimed under the condition that it is still as it was read, and its levels are read after it. So what has a higher
sequence was read later, and of two publishers of one product the second reads again. A crash after the claim leaves events
in the outbox, which the next publisher of the product sends with the same ids.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import field, replace
from datetime import datetime

from inventory.errors import TransientError
from inventory.items import Unreadable
from inventory.live.products.decisions import Display, announce
from inventory.live.published import PublishedProduct
from inventory.live.published_store import PublishedStore
from inventory.live.targets.pages import Pages
from inventory.model import LevelKey, iso
from inventory.stock.store import StockStore
from inventory.values import dataclass

# How often a product is read and claimed in a row. A product that changes as quickly as that is published again later.
CLAIMS_MAX = 5
ATTEMPTS_MAX = 20  # against other publishers of the same product


@dataclass(frozen=True, slots=True)
class ProductClaim:
    """A product's row after its changes were claimed."""

    row: PublishedProduct
    may_push: bool = False  # this publisher has claimed the time of the next push
    is_current: bool = True  # the levels have not changed since
    unreadable: Mapping[LevelKey, Unreadable] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Products:
    """Publishes products, each by itself."""

    stock: StockStore
    published: PublishedStore
    pages: Pages
    display: Display
    clock: Callable[[], datetime]
    sleep: Callable[[float], None]

    def claim(self, row: PublishedProduct) -> ProductClaim:
        """Write what has changed of a product into its row.

        The levels are read once more after a claim. Another publisher may have read a newer state before the claim, found
        it published, and be gone.
        """
        may_push = False
        for _ in range(CLAIMS_MAX):
            levels, unreadable = self.stock.levels_with_unreadable_of(row.product_id)
            now = self.clock()
            changed = announce(row, levels, self.display, now)
            if changed is None:
                return ProductClaim(row, may_push, unreadable=unreadable)
            claims_push = changed.needs_push and not may_push and changed.next_push_at(now) == now
            row, is_mine = self.published.write(replace(changed, pushed_at=iso(now)) if claims_push else changed)
            may_push = may_push or (claims_push and is_mine)
        return ProductClaim(row, may_push, is_current=False, unreadable=unreadable)

    def complete(self, claim: ProductClaim, delivered: Callable[[], Collection[str]]) -> bool:
        """Push what is shown, if it was not pushed yet, and remove delivered events from the outbox.

        Args:
            delivered: waits until the events are sent, and gives the ids of those that arrived. A push does not wait for it.

        Returns:
            Whether everything of the product is published; if not, it must be published again.

        Raises:
            TransientError: others wrote the row in every attempt.
        """
        row = claim.row
        if row.needs_push and not claim.may_push:
            row = self._settle(row, delivered())  # before its own wait, so that nobody sends them again
        pushed = self._push(row, may_push=claim.may_push) if row.needs_push else Push(row.pushed_sequence)
        self._settle(row, delivered(), pushed)
        return claim.is_current and pushed is not None

    def _push(self, row: PublishedProduct, *, may_push: bool) -> "Push | None":
        """Push what is shown, at most so many times a second; what others show meanwhile is pushed with it.

        Returns:
            The latest push, by this publisher or another one; None if it was not accepted.
        """
        wanted = row.sequence
        for _ in range(ATTEMPTS_MAX):
            if may_push:
                is_accepted = self.pages.push(row.channel, row.pushed(), self.clock())
                return Push(row.sequence, iso(self.clock())) if is_accepted else None
            now = self.clock()
            next_push_at = row.next_push_at(now)
            self.sleep((next_push_at - now).total_seconds())
            found = self._read(row.product_id)
            if found.pushed_sequence >= wanted:
                return Push(found.pushed_sequence)
            if found.pushed_at == row.pushed_at:  # nobody has claimed the time that was waited for
                pushed_at = max(next_push_at, self.clock())
                found, may_push = self.published.write(replace(found, pushed_at=iso(pushed_at)))
            row = found
        return None

    def _read(self, product_id: str) -> PublishedProduct:
        found = self.published.products([product_id])[product_id]
        if isinstance(found, Unreadable):
            raise TransientError(f"the row of a product was overwritten: {found}")
        return found

    def _settle(
        self, row: PublishedProduct, delivered: Collection[str], push: "Push | None" = None
    ) -> PublishedProduct:
        for _ in range(ATTEMPTS_MAX):
            settled = replace(row, pending=tuple(event for event in row.pending if event.event_id not in delivered))
            if push and push.sequence > row.pushed_sequence:
                pushed_at = max(filter(None, (row.pushed_at, push.at)), default=None)
                settled = replace(settled, pushed_sequence=push.sequence, pushed_at=pushed_at)
            if settled == row:
                return row
            row, is_mine = self.published.write(settled)
            if is_mine:
                return row
        raise TransientError("what was sent of a product could not be recorded, as others write its row")


@dataclass(frozen=True, slots=True)
class Push:
    """A push that AppSync has accepted."""

    sequence: int
    at: str | None = None  # None if another publisher made it, whose row says so
