"""The level that the tests of the admin API change, and the content of the calls that change it."""

from typing import Any

MUG = "/admin/inventory/P-1/main"
ADJUSTMENTS = f"{MUG}/adjustments"


def mug(on_hand: int = 10, **more: Any) -> dict[str, Any]:
    """What a level is to be."""
    return {
        "on_hand": on_hand,
        "name": "Mug",
        "category": "kitchen",
        "low_stock_threshold": 2,
        "reason": "count",
    } | more
