"""The pages of which there are pictures."""

from dataclasses import dataclass
from urllib.parse import urlencode

from tools.pictures.orders import PAID_AT_LAST


@dataclass(frozen=True)
class Shown:
    """A page: the name of its pictures, and its address behind `/#/`."""

    name: str
    path: str
    heading: str  # that is on the page as soon as it is the right one


SIGN_IN = Shown("sign-in", "", "Inventory")
PAGES = (
    Shown("overview", "", "Overview"),
    Shown("stock", "stock", "Stock"),
    Shown("product", f"product?{urlencode({'product_id': 'KIT-0004'})}", "Stoneware Salad Bowl"),
    Shown("receive", "receive", "Receive"),
    Shown("count", "count", "Count"),
    Shown("reservations", "reservations", "Reservations"),
    Shown(
        "reservation",
        f"reservation?{urlencode({'reservation_id': PAID_AT_LAST.reservation_id})}",
        PAID_AT_LAST.reservation_id,
    ),
    Shown("timeline", f"timeline?{urlencode({'order_id': PAID_AT_LAST.order_id})}", PAID_AT_LAST.order_id),
    Shown("refunds", "refunds", "Payments to return"),
    Shown("executions", "executions", "Failed orders"),
    Shown("search", f"search?{urlencode({'query': 'walnut te'})}", "Search"),
    Shown("import", "import", "Import"),
)
