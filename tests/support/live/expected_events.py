"""What each use case lets pages and other systems know: the events of each product and reservation, in their order.

A StockChanged has one push with it, and nothing else has any. A case that is not here is not expected to publish anything;
`test_write_paths.py` says which of these write rows all the same.
"""

from collections.abc import Mapping, Sequence

from inventory.live.events import DetailType

Events = Mapping[str, Sequence[DetailType]]

CHANGED = (DetailType.STOCK_CHANGED,)
SOLD_OUT = (DetailType.STOCK_CHANGED, DetailType.SOLD_OUT)
BACK = (DetailType.STOCK_CHANGED, DetailType.BACK_IN_STOCK)
LOW = (DetailType.STOCK_LOW,)
CHANGED_AND_LOW = (DetailType.STOCK_CHANGED, DetailType.STOCK_LOW)
HELD = (DetailType.RESERVATION_HELD,)
HOLD_CHANGED = (DetailType.RESERVATION_CHANGED,)
REJECTED = (DetailType.RESERVATION_REJECTED,)
COMMITTED = (DetailType.RESERVATION_COMMITTED,)
RELEASED = (DetailType.RESERVATION_RELEASED,)
UNFULFILLED = (DetailType.PAYMENT_UNFULFILLED,)
RETURNED = (DetailType.STOCK_RETURNED,)

A_RELEASE: Events = {"P-1": CHANGED, "R-1": RELEASED}
A_SALE: Events = {"R-1": COMMITTED}  # its units were taken when they were held
A_SALE_OF_TWO_LEVELS: Events = {"P-1": LOW, "P-2": LOW, "R-1": COMMITTED}
A_RESCUE_OF_TWO_LEVELS: Events = {"P-1": CHANGED_AND_LOW, "P-2": CHANGED_AND_LOW, "R-1": COMMITTED}
A_REJECTION: Events = {"R-1": REJECTED}
A_PAYMENT_TO_RETURN: Events = {"R-1": UNFULFILLED}

EXPECTED: dict[str, Events] = {
    # holding
    "reserve_stock: everything is available": {"P-1": SOLD_OUT, "P-2": SOLD_OUT, "R-1": HELD},
    "reserve_stock: a line is short": A_REJECTION,
    "reserve_stock: the first warehouse is short and the line is split": {"P-1": CHANGED, "R-1": HELD},
    "reserve_stock: no warehouse has the line whole": A_REJECTION,
    "reserve_stock: a part of the cart is there and accepted": {"P-1": CHANGED, "P-2": SOLD_OUT, "R-1": HELD},
    "reserve_stock: nothing is there of a cart of which a part is accepted": A_REJECTION,
    "reserve_stock: a customer has another hold": {"P-1": CHANGED, "R-1": HELD},
    "reserve_stock: a customer has reached the hold limit": A_REJECTION,
    # selling
    "commit_stock: a sale to a customer": A_SALE,
    "commit_stock: a sale of a split line": {"P-1": LOW, **A_SALE},
    "commit_stock: a sale leaves the level above its threshold": A_SALE,
    "commit_stock: a sale makes two levels low": A_SALE_OF_TWO_LEVELS,
    "commit_stock: the cart had changed": {"P-2": LOW, **A_SALE},
    "commit_stock: a tracked sale makes two levels low": A_SALE_OF_TWO_LEVELS,
    # releasing
    "release_stock: the hold of a changed cart expired": A_RELEASE,
    "release_stock: the hold expired": {"P-1": CHANGED, "P-2": BACK, "R-1": RELEASED},
    "release_stock: the hold of a split line expired": A_RELEASE,
    "release_stock: the hold of a customer expired": A_RELEASE,
    # payments: one in time is announced with the sale
    "record_payment: a late payment makes two levels low": A_RESCUE_OF_TWO_LEVELS,
    "record_payment: a late payment of a tracked sale makes two levels low": A_RESCUE_OF_TWO_LEVELS,
    "record_payment: a late payment of a split line": {"P-1": CHANGED_AND_LOW, "R-1": COMMITTED},
    "record_payment: a late payment when the units are gone": A_PAYMENT_TO_RETURN,
    "record_payment: a payment after a cancellation": A_PAYMENT_TO_RETURN,
    "record_payment: a second payment after a sale": A_PAYMENT_TO_RETURN,
    "record_payment: a payment for a rejected reservation": A_PAYMENT_TO_RETURN,
    "record_payment: a declined payment": A_RELEASE,
    "record_payment: a declined payment of a customer": A_RELEASE,
    "record_payment: a late payment of a customer with another hold": {"P-1": CHANGED, "R-1": COMMITTED},
    "record_payment: a payment of a cancelled reservation that came before its reservation": A_PAYMENT_TO_RETURN,
    # the shopper decides otherwise
    "cancel_reservation: the shopper cancels": A_RELEASE,
    "cancel_reservation: a customer cancels": A_RELEASE,
    "cancel_reservation: the shopper cancels before the execution waits": A_RELEASE,
    "extend_hold: the shopper extends the hold": {"R-1": HOLD_CHANGED},
    # imports
    "import_catalogue: a file has new changed and unchanged levels and a bad row": {
        "P-2": CHANGED_AND_LOW,
        "P-3": CHANGED,
        "P-5": CHANGED,
    },
    "import_catalogue: a file is applied by a second run after a sale": {"P-2": CHANGED, "P-3": CHANGED_AND_LOW},
    # jobs
    "reconcile_holds: a hold and a payment are stranded": {
        "P-1": CHANGED_AND_LOW,
        "R-1": RELEASED,
        "R-2": COMMITTED,
    },
    # over HTTP: the checkout
    "checkout_api: a reservation is cancelled": A_RELEASE,
    "checkout_api: a cart changes": {"P-1": CHANGED, "P-3": CHANGED, "P-4": CHANGED, "R-1": HOLD_CHANGED},
    "checkout_api: a cart shrinks": {"P-1": CHANGED, "R-1": HOLD_CHANGED},
    "checkout_api: a hold is extended over http": {"R-1": HOLD_CHANGED},
    "checkout_api: sold units of two levels are restocked": {"P-1": CHANGED, "P-2": CHANGED, "R-1": RETURNED},
    "checkout_api: dispatched and undispatched units are returned at once": {"P-1": CHANGED, "R-1": RETURNED},
    "checkout_api: undispatched units are discarded": {"R-1": RETURNED},
    # machines
    "stock_feed_api: a till sells and the level becomes low": {"P-1": CHANGED_AND_LOW},
    "stock_feed_api: a count follows a delivery of its level": {"P-1": CHANGED},
    "stock_feed_api: a count creates a level and an edit names another": {"P-1": CHANGED, "P-2": CHANGED},
    # managers
    "admin_api: a level is new": {"P-1": CHANGED},
    "admin_api: a delivery is added": {"P-1": CHANGED},
    "admin_api: a product is back": {"P-1": BACK},
    "admin_api: units break and the level becomes low": {"P-1": CHANGED_AND_LOW},
    "admin_api: an edit of the units": {"P-1": CHANGED},
    "admin_api: an edit of the name alone": {"P-1": CHANGED},
    "admin_api: an edit of the threshold makes the level low": {"P-1": CHANGED_AND_LOW},
    "admin_api: a level is retired": {"P-1": SOLD_OUT},
    "admin_api: an empty level is deleted": {"P-1": CHANGED},
    "admin_api: units break in two shards": {"P-1": CHANGED_AND_LOW},
    "admin_api: a spread level is retired with another count and threshold": {"P-1": SOLD_OUT},
    "admin_api: a hold is released by hand": A_RELEASE,
    "admin_api: a level is new in a warehouse that is called movements": {"P-1": CHANGED},
    "admin_api: a delivery comes to a warehouse that is called movements": {"P-1": CHANGED},
}

# These write rows that a stream hands over, of which pages and other systems are shown nothing.
WRITES_UNSEEN = {
    "record_payment: a payment in time": "paid is announced as sold",
    "record_payment: a payment before the execution waits": "paid is announced as sold",
    "record_payment: a declined payment after the hold expired": "a declined payment of a hold that has ended",
    "cancel_reservation: the shopper cancels after the hold expired": "it was released before",
    "check_low_stock: two alerts are overdue and a level was written by hand": "alerts on SNS are recorded",
    "check_low_stock: a tool restocked a level without its flag": "the flag of an alert",
    "reconcile_holds: a signal and a notification are pending": "an outbox is emptied",
    "reconcile_holds: payments of the first edition are in the row of their reservation": "they move to another table",
    "record_failed_execution: the execution of a paid reservation was stopped": "it is due for the next run",
    "checkout_api: a payment is reported": "paid is announced as sold",
    "checkout_api: all units of a sale are dispatched": "dispatched units were sold before",
    "stock_feed_api: a count changes nothing and a sale is short": "the time of the last count",
    "admin_api: a level is spread": "its units are in other rows",
    "admin_api: the shards of a level are joined": "its units are in other rows",
}

WRITES_NOTHING = {
    "reserve_stock: a product is unknown",
    "reserve_stock: the id was used for another cart",
    "reserve_stock: it was held before the longest hold was lowered",
    "release_stock: a payment won the race",
    "record_payment: a declined payment that will be retried",
    "record_payment: a payment for an unknown reservation",  # a row of the payments to return
    "record_payment: a second payment with an amount that operations have not heard of",
    "cancel_reservation: the reservation is paid",
    "extend_hold: the reservation was paid after an extension",
    "extend_hold: the reservation was cancelled",
    "check_low_stock: nothing is low",
    "import_catalogue: a file without changes",
    "import_catalogue: a file is refused for one bad row",
    "import_catalogue: a file is only checked",
    "import_catalogue: an export is asked for",
    "import_catalogue: an export of a category is asked for",
    "reconcile_holds: nothing is stranded",
    "record_failed_execution: an execution failed without a reservation",
    "storefront_api: a shopper reads a product",
    "checkout_api: a checkout is repeated",
    "checkout_api: a checkout asks for a product that does not exist",
    "checkout_api: a cart changes and is short",
    "checkout_api: a cart changes after its payment",
    "checkout_api: more units are returned than were sold",
    "checkout_api: units are dispatched that left with their sale",
    "admin_api: a payment is returned",
    "admin_api: a catalogue is uploaded",
    "admin_api: an export is begun",
}
