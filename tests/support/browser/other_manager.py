"""Another manager: changes and reads stock through the API while the test has the page open."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from tests.support.deployed.manager import Manager
from tools.demo.checkout import CheckoutService

HOLD_SECONDS = 600


@dataclass(frozen=True)
class OtherManager:
    """Another manager of the same stock, and the shop's checkout."""

    manager: Manager
    checkout: CheckoutService

    def adds(
        self,
        on_hand: int = 20,
        *,
        warehouse_id: str = "main",
        threshold: int = 2,
        product_id: str | None = None,
        **description: str,
    ) -> str:
        """Add a product with its own id. `description`: its name and category."""
        product_id = product_id or f"T-{uuid4().hex[:8].upper()}"
        described = {"name": "Copper Kettle", "category": "kitchen"} | description
        content = {**described, "on_hand": on_hand, "low_stock_threshold": threshold}
        self.manager.puts(_level(product_id, warehouse_id), content | {"reason": "delivery"})
        return product_id

    def adjusts(self, product_id: str, delta: int, *, reason: str = "found again") -> None:
        """Add units, or remove some."""
        self.manager.posts(
            _level(product_id, path="/admin/level/adjustments"),
            {"delta": delta, "reason": reason},
            Idempotency_Key=uuid4().hex,
        )

    def sets_threshold(self, product_id: str, threshold: int) -> None:
        """Set the low-stock threshold."""
        level = self.level(product_id)
        content = {name: level[name] for name in ("on_hand", "name", "category")}
        content |= {"low_stock_threshold": threshold, "reason": "sells quicker"}
        self.manager.puts(_level(product_id), content, If_Match=str(level["version"]))

    def level(self, product_id: str, warehouse_id: str = "main") -> dict[str, Any]:
        """A product's current level."""
        levels = self.manager.gets("/admin/levels", product_id=product_id)["items"]
        [level] = [level for level in levels if level["warehouse_id"] == warehouse_id]
        found: dict[str, Any] = level
        return found

    def ledger(self, product_id: str) -> list[dict[str, Any]]:
        """A product's movements, the newest first."""
        movements: list[dict[str, Any]] = self.manager.gets("/admin/movements", product_id=product_id)["items"]
        return movements

    def holds(self, product_id: str, quantity: int = 1) -> str:
        """Start a shopper's checkout that holds units."""
        reservation_id = f"order-{uuid4().hex[:8]}"
        lines = [{"product_id": product_id, "quantity": quantity}]
        self.checkout.start(
            reservation_id, {"lines": lines, "order_id": f"O-{reservation_id}", "hold_seconds": HOLD_SECONDS}
        )
        assert self.checkout.await_status(reservation_id, "HELD", "RELEASED", "REJECTED") == "HELD"
        return reservation_id

    def sells(self, product_id: str, quantity: int = 1) -> str:
        """Complete a shopper's checkout with a payment."""
        reservation_id = self.holds(product_id, quantity)
        self.checkout.pay(reservation_id, f"PAY-{reservation_id}")
        self.checkout.await_status(reservation_id, "COMMITTED")
        return reservation_id


def _level(product_id: str, warehouse_id: str = "main", path: str = "/admin/level") -> str:
    return f"{path}?{urlencode({'product_id': product_id, 'warehouse_id': warehouse_id})}"
