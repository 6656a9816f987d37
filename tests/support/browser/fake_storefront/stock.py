"""The products of a fake storefront, and the JSON of their stock."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from inventory.live.channel import channel_of


@dataclass
class FakeProduct:
    """One product, whose stock a test changes."""

    product_id: str
    available: int
    low_stock_threshold: int = 5
    name: str = "Tea Kettle"
    sequence: int = 1

    def to_json(self) -> dict[str, Any]:
        """As `GET /inventory/{product_id}` answers it."""
        status = "OUT_OF_STOCK" if not self.available else "IN_STOCK"
        if 0 < self.available <= self.low_stock_threshold:
            status = "LOW_STOCK"
        return {
            "product_id": self.product_id,
            "name": self.name,
            "available": self.available,
            "status": status,
            "warehouses": [{"warehouse_id": "main", "available": self.available, "status": status}],
            "updated_at": "2026-11-22T10:15:00.000Z",
            "sequence": self.sequence,
            "channel": channel_of(self.product_id),
        }


@dataclass
class FakeStock:
    """All products."""

    products: dict[str, FakeProduct] = field(default_factory=dict)

    def look_up(self, product_ids: list[str]) -> dict[str, Any]:
        """As `GET /inventory` answers it."""
        items = [self.products[name].to_json() for name in product_ids if name in self.products]
        return {"items": items, "not_found": [name for name in product_ids if name not in self.products]}


def etag_of(content: object) -> str:
    """A weak tag of an answer."""
    return f'W/"{hashlib.sha256(json.dumps(content).encode()).hexdigest()[:24]}"'
