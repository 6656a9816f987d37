"""Whether the books agree, and which alarms are on."""

from aws_lambda_powertools.event_handler import Response

from inventory import dependencies
from inventory.admin.authorization import EVERYONE, Route
from inventory.admin.operations import health
from inventory.entrypoints.http import answer
from inventory.model import utc_now


def get_health() -> Response[str]:
    """Answer what the last comparison found, and the alarms that are on."""
    return answer(
        health.get_health(results=dependencies.comparison_results(), alarms=dependencies.alarms(), now=utc_now())
    )


ROUTES = (Route("GET", "/admin/health", EVERYONE, get_health),)
