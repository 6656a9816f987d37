"""The pages and dialogs of which there are pictures."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from playwright.sync_api import Page

from tests.support.deployed.manager import Manager
from tools.pictures import dialogs
from tools.pictures.orders import MISCOUNTED, PAID_AT_LAST, TO_RELEASE

Action = Callable[[Page, Manager], None]


@dataclass(frozen=True)
class Shown:
    """A page: the name of its pictures, and its address behind `/#/`."""

    name: str
    path: str
    heading: str  # that is on the page as soon as it is the right one
    action: Action | None = None  # that is done on the page before its picture
    is_dialog: bool = False  # a picture of a dialog is as large as the screen

    @staticmethod
    def dialog(name: str, path: str, heading: str, action: Action) -> "Shown":
        """A dialog that an action opens."""
        return Shown(f"dialog-{name}", path, heading, action, is_dialog=True)


def _reservation(reservation_id: str) -> str:
    return f"reservation?{urlencode({'reservation_id': reservation_id})}"


SIGN_IN = Shown("sign-in", "", "Inventory")
PAGES = (
    Shown("overview", "", "Overview"),
    Shown("stock", "stock", "Stock"),
    Shown("product", f"product?{urlencode({'product_id': 'KIT-0004'})}", "Stoneware Salad Bowl"),
    Shown("receive", "receive", "Receive", dialogs.receive),
    Shown("count", "count", "Count", dialogs.count),
    Shown("reservations", "reservations", "Reservations"),
    Shown("reservation", _reservation(PAID_AT_LAST.reservation_id), PAID_AT_LAST.reservation_id),
    Shown("timeline", f"timeline?{urlencode({'order_id': PAID_AT_LAST.order_id})}", PAID_AT_LAST.order_id),
    Shown("refunds", "refunds", "Payments to return"),
    Shown("executions", "executions", "Failed orders"),
    Shown("search", f"search?{urlencode({'query': 'walnut te'})}", "Search"),
    Shown("import", "import", "Import"),
)
DIALOGS = (
    Shown.dialog("adjust", "stock?search=KIT-0013", "Stock", dialogs.adjust),
    Shown.dialog("conflict", f"stock?search={MISCOUNTED}", "Stock", dialogs.conflict),
    Shown.dialog("thresholds", "stock?search=walnut", "Stock", dialogs.set_thresholds),
    Shown.dialog("adjust-many", "stock?search=KIT-0007", "Stock", dialogs.adjust_many),
    Shown.dialog("add", "stock?search=LMP", "Stock", dialogs.add_level),
    Shown.dialog("count-review", "count", "Count", dialogs.review),
    Shown.dialog("release", _reservation(TO_RELEASE.reservation_id), TO_RELEASE.reservation_id, dialogs.release),
    Shown.dialog("refund", "refunds", "Payments to return", dialogs.mark_returned),
)
