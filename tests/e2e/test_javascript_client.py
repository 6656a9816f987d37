"""The JavaScript client against the deployed API, in Node.js."""

from tests.support.javascript import run_checkouts
from tools.demo.stock_loader import StockLoader
from tools.local import Stack


def test_every_call_of_a_checkout_service_and_of_a_storefront(stack: Stack, stock_loader: StockLoader) -> None:
    answers = run_checkouts(
        apiUrl=stack.outputs["ApiUrl"],
        apiKey=str(stack.storefront_api_key),
        region=stack.region,
        accessKeyId=stack.checkout.access_key_id,
        secretAccessKey=stack.checkout.secret_access_key,
        productId="KIT-0011",
    )

    assert answers["statuses"][:2] == [200, 304]
    assert (answers["held"], answers["taken"], answers["changed"]) == ("HELD", 2, 1)
    assert answers["isExtended"]
    assert (answers["paid"], answers["cancelled"]) == ("PAID", "RELEASED")
    assert answers["refusals"] == ["ALREADY_DECIDED", "IDEMPOTENCY_CONFLICT", "RESERVATION_NOT_FOUND"]
    assert answers["listed"] in ([], ["order #7"])  # the list is up to a second late
    assert answers["live"] == ["api_key", "expires_at", "http_host", "realtime_url"]
