"""What needs attention now."""

from aws_lambda_powertools.event_handler import Response

from admin_routes.app import page_answer, query_parameters
from inventory import dependencies
from inventory.admin.authorization import EVERYONE, Route
from inventory.admin.figures import attention, overview
from inventory.admin.queries import AttentionQuery
from inventory.entrypoints.http import answer
from inventory.model import utc_now


def get_overview() -> Response[str]:
    """Answer the figures of now."""
    found = overview.get_overview(
        read_model=dependencies.read_model(), store=dependencies.overview_store(), now=utc_now()
    )
    return answer(found.to_json())


def list_attention() -> Response[str]:
    """Answer a page of levels that run out."""
    query = AttentionQuery.parse_query(query_parameters())
    found = attention.list_attention(query, read_model=dependencies.read_model(), rows=dependencies.row_store())
    return page_answer(found.page, total=found.total, read_model=found.freshness.to_json())


def list_lost_demand() -> Response[str]:
    """Answer the products of which units were refused."""
    return answer(attention.list_lost_demand(read_model=dependencies.read_model(), now=utc_now()))


ROUTES = (
    Route("GET", "/admin/overview", EVERYONE, get_overview),
    Route("GET", "/admin/attention", EVERYONE, list_attention),
    Route("GET", "/admin/lost-demand", EVERYONE, list_lost_demand),
)
