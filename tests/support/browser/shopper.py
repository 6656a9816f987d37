"""A shopper in front of the example shop's page."""

from contextlib import suppress

from inventory_client import AlreadyDecided
from playwright.sync_api import Locator, Page, expect

from tools.demo.checkout import CheckoutService
from tools.local import Stack

CONNECTION = "import('/inventory-widget.js').then((widget) => widget.liveStock()?.connection)"
LIVE = f"{CONNECTION}.then((connection) => connection === 'live')"
READY = "#checkout:not([data-state=loading])"


def is_live(page: Page) -> None:
    """Wait until the page is drawn and its changes are pushed: what is seen afterwards was not polled."""
    expect(page.locator(READY)).to_be_visible()
    page.wait_for_function(f"() => {LIVE}")


def status_of(page: Page, product_id: str = "SHOP-TEAPOT") -> Locator:
    """The stock status of a product on the page."""
    return page.locator(f"stock-status[product-id='{product_id}'] [part=text]")


def reserve_button(page: Page) -> Locator:
    """The button that holds the product."""
    return page.get_by_role("button", name="Reserve it")


def reserves(page: Page) -> None:
    """Hold the product, and wait until it is held."""
    reserve_button(page).click()
    expect(page.get_by_role("button", name="Give it back")).to_be_visible()


def pays(page: Page, card: str = "a card that works") -> None:
    """Pay with a card. The bank decides some time later."""
    page.get_by_role("radio", name=card).check()
    page.get_by_role("button", name="Pay").click()


def countdown_of(page: Page) -> Locator:
    """What is left of the hold."""
    return page.locator("hold-countdown").get_by_role("timer")


def message_of(page: Page) -> Locator:
    """What the page says about the last step."""
    return page.locator("#message")


def end_holds(stack: Stack) -> None:
    """Give back what is still held. A hold that ends later would put its units on the shelf of another test."""
    service = CheckoutService(stack)
    answer = stack.client("dynamodb").scan(
        TableName=stack.outputs["ReservationsTableName"],
        ConsistentRead=True,
        FilterExpression="#status = :held",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":held": {"S": "HELD"}},
    )
    for item in answer["Items"]:
        if any(line["M"]["product_id"]["S"].startswith("SHOP-") for line in item["lines"]["L"]):
            with suppress(AlreadyDecided):
                service.http.cancel_reservation(item["reservation_id"]["S"])
