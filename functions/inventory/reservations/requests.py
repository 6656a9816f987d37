"""What a checkout service asks for in a query, checked field by field."""

from inventory.validation import Reference, Request


class OrderQuery(Request):
    """A page of the reservations of one order."""

    order_id: Reference
    cursor: str | None = None
