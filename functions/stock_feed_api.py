"""The API of machines that know the shelf: an ERP, tills, a warehouse system."""

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.event_handler import Response

from inventory import dependencies
from inventory.admin import lists
from inventory.admin.pagination import write_cursor
from inventory.admin.queries import StockLevelQuery
from inventory.entrypoints.http import answer, body_of, required_header, resolver, serve
from inventory.feed.requests import parse_changes
from inventory.model import utc_now
from inventory.observability import logger
from inventory.reservations.reservation_request import parse_key

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

app = resolver()


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """Answer an API Gateway proxy event."""
    return serve(app, event, context)


@app.post("/stock/changes")
def change_stock() -> Response[str]:
    """Apply a list of changes, each once for an Idempotency-Key, and answer what became of each."""
    key = parse_key(required_header(app, "Idempotency-Key"))
    sent = parse_changes(body_of(app))
    applied = dependencies.stock_feed(utc_now, _time_left()).apply(key, sent, _actor())
    logger.info("changed stock", results=Counter(change.result for change in applied))
    return answer({"results": [change.to_json(index) for index, change in enumerate(applied)]})


@app.get("/stock/levels")
def list_stock_levels() -> Response[str]:
    """Answer a page of levels."""
    query = StockLevelQuery.parse_query(app.current_event.query_string_parameters or {})
    page = lists.list_stock_levels(query, store=dependencies.list_store())
    return answer({"items": [level.to_json() for level in page.items], "cursor": write_cursor(page.next)})


def _time_left() -> Callable[[], float]:
    """How many seconds are left of this invocation, also when the next one has begun."""
    context = app.lambda_context
    return lambda: float(context.get_remaining_time_in_millis()) / 1_000


def _actor() -> str:
    """Who calls: the role and its session, as in the ARN of the signature's credentials."""
    arn = app.current_event.request_context.identity.user_arn or ""
    return arn.rpartition(":")[2].removeprefix("assumed-role/") or "unknown"
