"""The API of checkout services: reserve, change, pay, extend, cancel; and after the payment, dispatch and return."""

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.event_handler import Response

from inventory import dependencies
from inventory.admin.pagination import fingerprint, read_own_cursor, write_cursor
from inventory.after_sale.requests import DispatchContent, ReturnContent
from inventory.entrypoints.http import answer, body_of, required_header, resolver, serve
from inventory.errors import HoldLimitReached, InsufficientStock, InventoryError, PaymentUnfulfilled
from inventory.identifiers import name_of
from inventory.model import RejectionReason, ReleaseReason, Reservation, Status, utc_now
from inventory.observability import logger
from inventory.reservations.checkout import raise_unless_cancelled, raise_unless_declined
from inventory.reservations.payment_result import PaymentResult
from inventory.reservations.requests import OrderQuery
from inventory.reservations.reservation_request import ReservationRequest, parse_key, parse_reservation_id

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

app = resolver()


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """Answer an API Gateway proxy event."""
    return serve(app, event, context)


@app.post("/reservations")
def create_reservation() -> Response[str]:
    """Start a checkout and answer as soon as it is decided."""
    reservation_id = parse_key(required_header(app, "Idempotency-Key"))
    logger.append_keys(reservation_id=reservation_id)
    request = ReservationRequest.parse(body_of(app))
    start = dependencies.checkouts().start(reservation_id, request, dependencies.hold_policy())
    name = name_of(reservation_id)
    location = {"Location": f"/reservations/{name}"}
    if start.reservation is None:
        pending = {"reservation_id": reservation_id, "execution_name": name, "status": "PENDING"}
        return answer(pending, HTTPStatus.ACCEPTED, location)
    if start.reservation.status is Status.REJECTED:
        raise _rejection(start.reservation)
    return answer(start.reservation.to_json(), HTTPStatus.CREATED if start.is_new else HTTPStatus.OK, location)


@app.get("/reservations")
def list_reservations_of_order() -> Response[str]:
    """Answer a page of an order's reservations."""
    query = OrderQuery.parse_query(app.current_event.query_string_parameters or {})
    mark = fingerprint("reservations of an order", query.order_id)
    page = dependencies.order_list().page(query.order_id, read_own_cursor(query.cursor, mark, parts=2))
    following = (mark, *page.next) if page.next else None
    return answer({"items": [found.to_json() for found in page.items], "cursor": write_cursor(following)})


@app.get("/reservations/<reservation_id>")
def get_reservation(reservation_id: str) -> Response[str]:
    """Answer the reservation."""
    return _answer(dependencies.reservation_store().get(_parse_reservation_id(reservation_id)))


@app.patch("/reservations/<reservation_id>")
def change_reservation(reservation_id: str) -> Response[str]:
    """Hold other lines instead: the shopper changed the cart."""
    key = parse_key(required_header(app, "Idempotency-Key"))
    request = ReservationRequest.parse_lines(body_of(app))
    reservation_id = _parse_reservation_id(reservation_id)
    changes = dependencies.hold_changes()
    return _answer(changes.change(reservation_id, key, request, dependencies.hold_policy(), utc_now()))


@app.post("/reservations/<reservation_id>/payment")
def record_payment(reservation_id: str) -> Response[str]:
    """Record what the payment provider answered."""
    payment = PaymentResult.parse(body_of(app))
    recorded = dependencies.payments().record(_parse_reservation_id(reservation_id), payment, utc_now())
    reservation = recorded.reservation
    if payment.outcome == "SUCCEEDED" and not recorded.fulfilled:
        detail = f"the reservation is {reservation.status}: the payment is recorded, return the money"
        raise PaymentUnfulfilled(detail, reservation)
    if payment.outcome == "FAILED":
        raise_unless_declined(reservation, retry=payment.retry)
    return _answer(reservation)


@app.post("/reservations/<reservation_id>/extension")
def extend_reservation(reservation_id: str) -> Response[str]:
    """Restart the hold: the shopper is still paying."""
    return _answer(dependencies.reservations().extend(_parse_reservation_id(reservation_id), utc_now()))


@app.delete("/reservations/<reservation_id>")
def cancel_reservation(reservation_id: str) -> Response[str]:
    """Give the units back: the shopper left the checkout."""
    reservation = dependencies.reservations().cancel(
        _parse_reservation_id(reservation_id), ReleaseReason.CANCELLED, utc_now()
    )
    raise_unless_cancelled(reservation)
    return _answer(reservation)


@app.post("/reservations/<reservation_id>/returns")
def return_units(reservation_id: str) -> Response[str]:
    """Take sold units back."""
    key = parse_key(required_header(app, "Idempotency-Key"))
    returned = ReturnContent.parse(body_of(app)).units_return()
    reservation_id = _parse_reservation_id(reservation_id)
    return _answer(dependencies.sold_units().return_units(reservation_id, key, returned, utc_now()))


@app.post("/reservations/<reservation_id>/dispatches")
def dispatch_units(reservation_id: str) -> Response[str]:
    """Let allocated units leave their warehouses."""
    dispatch = DispatchContent.parse(body_of(app)).units_dispatch()
    return _answer(dependencies.sold_units().dispatch_units(_parse_reservation_id(reservation_id), dispatch, utc_now()))


def _rejection(rejected: Reservation) -> InventoryError:
    """Why nothing is held."""
    if rejected.reason is RejectionReason.HOLD_LIMIT_REACHED:
        limits = dependencies.customer_limits()
        return HoldLimitReached(
            f"customer {rejected.customer_id} would hold more than one customer may at a time:"
            f" {limits.holds_max} reservations, with {limits.units_max} units in them"
        )
    return InsufficientStock("there is not enough of every line, so nothing is held", rejected.shortages)


def _parse_reservation_id(text: str) -> str:
    """Check a reservation's id, and add it to every log line from here on."""
    reservation_id = parse_reservation_id(text)
    logger.append_keys(reservation_id=reservation_id)
    return reservation_id


def _answer(reservation: Reservation) -> Response[str]:
    return answer(reservation.to_json())
