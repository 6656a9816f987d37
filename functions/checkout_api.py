"""The checkout service's API: reserve, pay, extend, cancel."""

from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from inventory import dependencies
from inventory.entrypoints.http import Problem, answer, body_of, required_header, resolver, serve
from inventory.errors import AlreadyDecided
from inventory.model import RejectionReason, ReleaseReason, Reservation, Status, utc_now
from inventory.observability import logger
from inventory.reservations.checkout import cancelled, start_checkout
from inventory.reservations.lifecycle import cancel, extend, record_payment
from inventory.reservations.requests import PaymentResult, ReservationRequest, parse_reservation_id

app = resolver()


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer an API Gateway proxy event."""
    return serve(app, event, context)


def create() -> Response[str]:
    """`POST /reservations`: start a checkout and answer as soon as it is decided."""
    reservation_id = _parse_reservation_id(required_header(app, "Idempotency-Key"), field="Idempotency-Key")
    request = ReservationRequest.parse(
        body_of(app),
        longest_hold_seconds=dependencies.settings().longest_hold_seconds,
        customer_id_required=dependencies.customer_settings().customer_id_required,
    )
    begun = start_checkout(
        reservation_id, request, reservations=dependencies.reservation_store(), executions=dependencies.executions()
    )
    location = {"Location": f"/reservations/{reservation_id}"}
    if begun.reservation is None:
        return answer({"reservation_id": reservation_id, "status": "PENDING"}, HTTPStatus.ACCEPTED, location)
    if begun.reservation.status is Status.REJECTED:
        raise _refusal(begun.reservation)
    return answer(begun.reservation.to_json(), HTTPStatus.CREATED if begun.is_new else HTTPStatus.OK, location)


def read(reservation_id: str) -> Response[str]:
    """`GET /reservations/{reservation_id}`."""
    return _answer(dependencies.reservation_store().reservation(_parse_reservation_id(reservation_id)))


def pay(reservation_id: str) -> Response[str]:
    """`POST /reservations/{reservation_id}/payment`: what the payment provider said."""
    payment = PaymentResult.parse(body_of(app))
    recorded = record_payment(
        _parse_reservation_id(reservation_id),
        payment,
        reservations=dependencies.reservation_store(),
        stock=dependencies.stock_store(),
        signals=dependencies.signals(),
        topics=dependencies.topics(),
        now=utc_now(),
    )
    reservation = recorded.reservation
    if payment.outcome == "SUCCEEDED" and not recorded.fulfilled:
        detail = f"the reservation is {reservation.status}: the payment is recorded, return the money"
        members = {"reservation": reservation.to_json()}
        raise Problem(HTTPStatus.CONFLICT, "PAYMENT_UNFULFILLED", detail, members)
    if payment.outcome == "FAILED" and reservation.status not in (Status.HELD, Status.RELEASED):
        raise AlreadyDecided(f"reservation {reservation.reservation_id} is {reservation.status}")
    return _answer(reservation)


def prolong(reservation_id: str) -> Response[str]:
    """`POST /reservations/{reservation_id}/extension`: the shopper is still paying."""
    return _answer(
        extend(
            _parse_reservation_id(reservation_id),
            longest_hold_seconds=dependencies.settings().longest_hold_seconds,
            reservations=dependencies.reservation_store(),
            signals=dependencies.signals(),
            now=utc_now(),
        )
    )


def give_up(reservation_id: str) -> Response[str]:
    """`DELETE /reservations/{reservation_id}`: the shopper gave up."""
    return _answer(
        cancelled(
            cancel(
                _parse_reservation_id(reservation_id),
                ReleaseReason.CANCELLED,
                reservations=dependencies.reservation_store(),
                signals=dependencies.signals(),
                now=utc_now(),
            )
        )
    )


app.post("/reservations")(create)
app.get("/reservations/<reservation_id>")(read)
app.post("/reservations/<reservation_id>/payment")(pay)
app.post("/reservations/<reservation_id>/extension")(prolong)
app.delete("/reservations/<reservation_id>")(give_up)


def _refusal(rejected: Reservation) -> Problem:
    """Why nothing is held."""
    if rejected.reason is RejectionReason.HOLD_LIMIT_REACHED:
        limits = dependencies.customer_limits()
        detail = (
            f"customer {rejected.customer_id} would hold more than one customer may at a time:"
            f" {limits.holds_max} reservations, with {limits.units_max} units in them"
        )
        return Problem(HTTPStatus.CONFLICT, "HOLD_LIMIT_REACHED", detail)
    detail = "there is not enough of every line, so nothing is held"
    members = {"shortages": rejected.to_json()["shortages"]}
    return Problem(HTTPStatus.CONFLICT, "INSUFFICIENT_STOCK", detail, members)


def _parse_reservation_id(text: str, *, field: str = "reservation_id") -> str:
    """A reservation's id, checked, and in every log line from here on."""
    reservation_id = parse_reservation_id(text, field=field)
    logger.append_keys(reservation_id=reservation_id)
    return reservation_id


def _answer(reservation: Reservation) -> Response[str]:
    return answer(reservation.to_json())
