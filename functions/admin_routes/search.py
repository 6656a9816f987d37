"""What was found, whatever kind it is, and what happened to it."""

from aws_lambda_powertools.event_handler import Response

from admin_routes.app import query_parameters
from admin_routes.reservation_answers import reservation_in_list
from inventory import dependencies
from inventory.admin.authorization import EVERYONE, Route
from inventory.admin.pagination import write_cursor
from inventory.admin.queries import SearchQuery, TimelineQuery
from inventory.entrypoints.http import answer


def search_everything() -> Response[str]:
    """Answer a page of levels, reservations, failed executions and payments that were found."""
    query = SearchQuery.parse_query(query_parameters())
    results = dependencies.everything_search().page(query)
    found = results.found
    return answer(
        {
            "query": query.query,
            "levels": [level.to_admin_json() for level in found.levels],
            "reservations": [reservation_in_list(reservation) for reservation in found.reservations],
            "executions": [failed.to_json() for failed in found.executions],
            "refunds": [refund.to_json() for refund in found.refunds],
            "cursor": write_cursor(results.next),
            "read_model": results.freshness.to_json(),
        }
    )


def get_timeline() -> Response[str]:
    """Answer a page of what happened to an order or to a customer."""
    page, freshness = dependencies.timelines().page(TimelineQuery.parse_query(query_parameters()))
    content = {"items": [entry.to_json() for entry in page.items], "cursor": write_cursor(page.next)}
    return answer(content | ({"read_model": freshness.to_json()} if freshness else {}))


ROUTES = (
    Route("GET", "/admin/search", EVERYONE, search_everything),
    Route("GET", "/admin/timeline", EVERYONE, get_timeline),
)
