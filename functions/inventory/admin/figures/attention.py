"""The use cases of what a manager acts on first: levels that run out, and units that were refused."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inventory.admin.pagination import Page, fingerprint, own_position, read_cursor
from inventory.admin.queries import AttentionQuery
from inventory.admin.read_budget import ReadBudget
from inventory.admin.row_store import RowStore
from inventory.errors import ReadModelMissing
from inventory.model import Level, iso
from inventory.read_model.figures.attention import POSITION_PARTS, days_of_cover, sold_per_day
from inventory.read_model.reader import Freshness, ReadModel

# Of the rows: the read model reads up to 43 units before.
ROW_UNITS_MAX = 57


@dataclass(frozen=True, slots=True)
class RunningOut:
    """A level that runs out, as it is now, and what it sold in the last 14 days."""

    level: Level
    sold_units: int

    def to_json(self) -> dict[str, Any]:
        return self.level.to_admin_json() | {
            "sold_units": self.sold_units,
            "sold_per_day": sold_per_day(self.sold_units),
            "days_of_cover": days_of_cover(self.level.available, self.sold_units),
        }


@dataclass(frozen=True, slots=True)
class AttentionPage:
    """A page of levels that run out, how many all pages have, and how old the read model is."""

    page: Page[RunningOut]
    total: int
    freshness: Freshness


def list_attention(query: AttentionQuery, *, read_model: ReadModel, rows: RowStore) -> AttentionPage:
    """Levels that run out, the most urgent first. One that was filled up or retired meanwhile is left out.

    A page is shorter than its limit if its rows would cost more than a call may.

    Raises:
        InvalidRequest: the cursor is from another list.
        ReadModelMissing: what was sold is not known now.
    """
    mark = fingerprint("attention")
    start = own_position(read_cursor(query.cursor, parts=1 + POSITION_PARTS), mark)
    found, freshness = read_model.attention(start, query.limit)
    if found is None:
        raise ReadModelMissing("the read model is being built: until it is ready, it is not known what runs out")
    levels, number = rows.levels_within([attention.key for attention in found.items], ReadBudget(ROW_UNITS_MAX))
    listed = [
        RunningOut(level, attention.sold_units)
        for attention in found.items[:number]
        if (level := levels.get(attention.key)) and level.active and level.available < attention.sold_units
    ]
    following = found.next if number == len(found.items) else found.items[number - 1].position
    return AttentionPage(Page(listed, (mark, *following) if following else None), found.total, freshness)


def list_lost_demand(*, read_model: ReadModel, now: datetime) -> dict[str, Any]:
    """The units that were refused in the last 24 hours, by product, the most units first.

    Raises:
        ReadModelMissing: what was refused is not known now.
    """
    found, freshness = read_model.lost_demand(now)
    if found is None:
        raise ReadModelMissing("the read model is being built: until it is ready, it is not known what was refused")
    names: dict[str, str] = {}
    if index := read_model.levels(exact=False).index:
        with suppress(ReadModelMissing):  # of a snapshot that is gone, some files may be left
            names = index.names(product.product_id for product in found.items)
    return {
        "since": iso(found.since),
        "items": [product._asdict() | {"name": names.get(product.product_id)} for product in found.items],
        "total_units": found.total_units,
        "read_model": freshness.to_json(),
    }
