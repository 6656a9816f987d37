"""The paths of one level in the admin API, and the content of a PUT for it."""

from typing import Any

MUG = "/admin/inventory/P-1/main"
ADJUSTMENTS = f"{MUG}/adjustments"


def mug(on_hand: int = 10, **more: Any) -> dict[str, Any]:
    """The content of a PUT for the level of mugs."""
    return {
        "on_hand": on_hand,
        "name": "Mug",
        "category": "kitchen",
        "low_stock_threshold": 2,
        "reason": "count",
    } | more
