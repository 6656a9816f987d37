"""Levels that need attention: sold in the last 14 days, with less than 14 days of cover. The most urgent is the first."""

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from inventory.errors import FieldError, InvalidRequest
from inventory.model import LevelKey
from inventory.read_model.entries import LevelEntry
from inventory.read_model.figures.sales import DAYS, Columns, Key

POSITION_PARTS = 4

Position = tuple[str, ...]


class Rank(NamedTuple):
    """The place of a level: days of cover, then more units sold first."""

    cover: float
    more_sold: int  # negative: the order is that of numbers
    product_id: str
    warehouse_id: str

    def to_position(self) -> Position:
        """A cursor's content."""
        return repr(self.cover), str(-self.more_sold), self.product_id, self.warehouse_id

    @classmethod
    def of(cls, position: Position) -> "Rank":
        """The inverse of `to_position`.

        Raises:
            InvalidRequest: the position is none of this list.
        """
        try:
            cover, sold, product_id, warehouse_id = position
            return cls(float(cover), -int(sold), product_id, warehouse_id)
        except ValueError as error:
            raise InvalidRequest([FieldError("cursor", "is not a cursor of this list")]) from error


@dataclass(frozen=True, slots=True)
class Attention:
    """A level that needs attention."""

    key: LevelKey
    sold_units: int  # in the last 14 days
    sold_per_day: float
    days_of_cover: float
    position: Position


@dataclass(frozen=True, slots=True)
class AttentionPage:
    """One page of these levels."""

    items: list[Attention]
    total: int  # on all pages
    next: Position | None


def sold_per_day(sold_units: int) -> float:
    """How many units are sold on a day, on average of 14 days."""
    return round(sold_units / DAYS, 2)


def days_of_cover(available: int, sold_units: int) -> float | None:
    """For how many days the available units last, if as many are sold as in the last 14 days; None if none are sold."""
    return round(max(0, available) * DAYS / sold_units, 1) if sold_units > 0 else None


def needing_attention(
    sold: Columns, changed: Mapping[Key, LevelEntry | None], now: datetime, start: Position | None, limit: int
) -> AttentionPage:
    """A page of the levels that need attention.

    Args:
        changed: the levels that changed since the file was written.
        start: the `next` of the page before.
    """
    totals = sold.totals(now)
    ranks = [
        *_unchanged(sold, totals, changed),
        *_changed(changed, lambda key: totals[at] if (at := sold.position(key)) is not None else 0),
    ]
    after = Rank.of(start) if start is not None else None
    rest: Iterable[Rank] = ranks if after is None else (rank for rank in ranks if rank > after)
    found = heapq.nsmallest(limit + 1, rest)
    page = found[:limit]
    return AttentionPage(
        list(map(_attention, page)), len(ranks), page[-1].to_position() if page and len(found) > limit else None
    )


def _unchanged(sold: Columns, totals: Sequence[int], changed: Mapping[Key, LevelEntry | None]) -> Iterator[Rank]:
    # Less than 14 days of cover: fewer units are available than were sold in 14 days.
    columns = zip(sold.available, totals, sold.products, sold.warehouses, strict=True)
    for available, units, product_id, warehouse_id in columns:
        if 0 <= available < units and (product_id, warehouse_id) not in changed:
            yield Rank(available / units, -units, product_id, warehouse_id)


def _changed(changed: Mapping[Key, LevelEntry | None], sold_of: Callable[[Key], int]) -> Iterator[Rank]:
    for key, entry in changed.items():
        if entry is not None and entry.active and max(0, entry.available) < (units := sold_of(key)):
            yield Rank(max(0, entry.available) / units, -units, *key)


def _attention(rank: Rank) -> Attention:
    units = -rank.more_sold
    key = LevelKey(rank.product_id, rank.warehouse_id)
    return Attention(key, units, sold_per_day(units), round(rank.cover * DAYS, 1), rank.to_position())
