"""What needs attention now."""

from aws_lambda_powertools.event_handler import Response

from inventory import dependencies
from inventory.admin import overview
from inventory.admin.authorization import EVERYONE, Route
from inventory.entrypoints.http import answer
from inventory.model import utc_now


def get_overview() -> Response[str]:
    """Answer what needs attention now."""
    return answer(overview.get_overview(store=dependencies.overview_store(), now=utc_now()).to_json())


ROUTES = (Route("GET", "/admin/overview", EVERYONE, get_overview),)
