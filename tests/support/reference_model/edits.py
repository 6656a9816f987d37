"""What shoppers make of a cart that is held, and which units of an order a shop means: made from what there is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from inventory.model import LevelKey
from tests.support.reference_model.calls import Lines
from tests.support.reference_model.placement import Asked, Placed


@dataclass(frozen=True)
class Edit:
    """A change of one line of a cart: so many units more or fewer, from where it says; with others beside it or not."""

    position: int
    resize: int
    where: Literal["as it is", "anywhere", "its first warehouse"]
    keeps_others: bool
    more: Lines

    def of(self, lines: Placed) -> Lines:
        """The whole new cart, which has at least one line."""
        if not lines:  # of a reservation that was rejected
            return self.more or ((("P-1", None), 1),)
        position = self.position % len(lines)
        (product_id, warehouse_id), taken = list(lines.items())[position]
        if self.where == "anywhere":
            warehouse_id = None
        elif self.where == "its first warehouse":
            warehouse_id = next(iter(taken)).warehouse_id
        quantity = sum(taken.values()) + self.resize
        others = [(line, sum(units.values())) for line, units in lines.items()]
        del others[position]
        edited: Lines = (((product_id, warehouse_id), quantity),) if quantity > 0 else ()
        return (*edited, *(others if self.keeps_others else ()), *self.more) or (((product_id, warehouse_id), 1),)


@dataclass(frozen=True)
class Part:
    """Some units of an order: a share of what is left in one of its sources, and the warehouse that is named, if any."""

    position: int
    share: Literal["one", "half", "all", "one too many"]
    where: Literal["anywhere", "their warehouse", "main", "north", "west"]  # nothing is ever stocked in west

    def of(self, left: Mapping[LevelKey, int]) -> tuple[Asked, int]:
        """The line of a call."""
        sources = list(left.items()) or [(LevelKey("P-1", "main"), 1)]  # of a reservation that was rejected
        source, units = sources[self.position % len(sources)]
        quantity = {"one": 1, "half": (units + 1) // 2, "all": units, "one too many": units + 1}[self.share] or 1
        warehouse_id = {"anywhere": None, "their warehouse": source.warehouse_id}.get(self.where, self.where)
        return (source.product_id, warehouse_id), quantity


def lines_json(lines: Lines) -> list[dict[str, Any]]:
    """Lines as a caller sends them."""
    return [
        {"product_id": product_id, "quantity": quantity} | ({"warehouse_id": warehouse_id} if warehouse_id else {})
        for (product_id, warehouse_id), quantity in lines
    ]
