"""Where a page connects to be pushed changes of stock, and the key for it."""

from typing import TYPE_CHECKING, Any

from inventory.model import iso

if TYPE_CHECKING:
    from inventory.live.api_keys import ApiKey
    from inventory.settings import LiveStockSettings


def connection_json(settings: "LiveStockSettings", key: "ApiKey") -> dict[str, Any]:
    """What a page needs to subscribe to channels."""
    return {
        "realtime_url": settings.live_stock_realtime_url,
        "http_host": settings.live_stock_http_host,
        "api_key": key.value,
        "expires_at": iso(key.expires_at),
    }
