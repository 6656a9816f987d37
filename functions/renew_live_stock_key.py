"""RenewLiveStockKey: on a schedule, moves the end of the key with which pages subscribe to live stock."""

from typing import TYPE_CHECKING, Any

from inventory import dependencies
from inventory.live.api_keys import renew_key
from inventory.model import iso, utc_now
from inventory.observability import logger, measure

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, str]:
    """Any event becomes `{"expires_at"}`, the end of the key as it is now. An alarm watches the days until then."""
    now = utc_now()
    key = renew_key(dependencies.appsync(), dependencies.live_stock_key_settings().live_stock_api_id, now)
    measure({"LiveStockKeyDays": (key.expires_at - now).days})
    return {"expires_at": iso(key.expires_at)}
