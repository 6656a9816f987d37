"""The storefront's function in this process, over a shop's tables."""

import os
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from storefront_api import handler
from tests.shop import Shop

CONTEXT = SimpleNamespace(
    function_name="storefront",
    memory_limit_in_mb=512,
    invoked_function_arn="arn:aws:lambda:us-east-1:000000000000:function:storefront",
    aws_request_id="bench",
)


def storefront_handler(shop: Shop, url: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """The function's handler, warm."""
    os.environ |= {
        "AWS_ENDPOINT_URL": url,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "INVENTORY_TABLE_NAME": shop.tables.inventory,
        "RESERVATIONS_TABLE_NAME": shop.tables.reservations,
        "MOVEMENTS_TABLE_NAME": shop.tables.movements,
        "CUSTOMERS_TABLE_NAME": shop.tables.customers,
        "LOW_STOCK_TOPIC_ARN": "arn:aws:sns:us-east-1:000000000000:low-stock",
        "OPERATIONS_TOPIC_ARN": "arn:aws:sns:us-east-1:000000000000:operations",
        "LONGEST_HOLD_SECONDS": "86400",
        "RESERVATION_RETENTION_DAYS": "365",
        "STOREFRONT_CACHE_CONTROL": "no-store",
        "ALLOWED_ORIGIN": "*",
    }
    return lambda event: handler(event, CONTEXT)  # type: ignore[arg-type]


def api_event(
    resource: str, *, path: dict[str, str] | None = None, query: dict[str, str] | None = None
) -> dict[str, Any]:
    """A GET as API Gateway hands it to a function."""
    return {
        "resource": resource,
        "path": resource.format(**(path or {})),
        "httpMethod": "GET",
        "headers": {},
        "multiValueHeaders": {},
        "queryStringParameters": query,
        "multiValueQueryStringParameters": {name: [value] for name, value in (query or {}).items()},
        "pathParameters": path,
        "requestContext": {"requestId": "bench"},
        "body": None,
        "isBase64Encoded": False,
    }
