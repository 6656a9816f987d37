"""Where changes of a product are pushed."""

from aws_lambda_powertools.event_handler import Response

from admin_routes.app import query_parameters
from inventory import dependencies
from inventory.admin.authorization import EVERYONE, Route
from inventory.admin.queries import ProductName
from inventory.entrypoints.http import answer
from inventory.live.channel import channel_of
from inventory.live.connection import connection_json
from inventory.model import utc_now


def get_live_stock_of_product() -> Response[str]:
    """Answer what storefronts are answered, with the channel of the product in the query."""
    product_id = ProductName.parse_query(query_parameters()).product_id
    connection = connection_json(dependencies.live_stock_settings(), dependencies.live_stock_key().at(utc_now()))
    return answer(connection | {"channel": channel_of(product_id)})


ROUTES = (Route("GET", "/admin/live-stock", EVERYONE, get_live_stock_of_product),)
