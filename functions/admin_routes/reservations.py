"""Reservations, their failed executions, and the payments to return."""

from aws_lambda_powertools.event_handler import Response

from admin_routes.app import actor, app, page_answer, query_parameters
from admin_routes.reservation_answers import reservation_in_list, reservation_json
from inventory import dependencies
from inventory.admin import lists
from inventory.admin.authorization import EVERYONE, MANAGERS_ONLY, Route
from inventory.admin.queries import ExecutionQuery, RefundQuery, ReservationQuery
from inventory.admin.requests import RefundContent, ReleaseContent
from inventory.entrypoints.http import answer, body_of
from inventory.errors import ReservationNotFound
from inventory.model import Intervention, MoneyReturned, iso, utc_now
from inventory.observability import logger
from inventory.reconciliation.failed_executions import to_admin_json
from inventory.reservations.reservation_request import parse_reservation_id


def list_reservations() -> Response[str]:
    """Answer a page of reservations."""
    query = ReservationQuery.parse_query(query_parameters())
    if query.search is None:
        return page_answer(lists.list_reservations(query, store=dependencies.list_store()), reservation_in_list)
    page, freshness = dependencies.reservation_search().page(query, query.search)
    return page_answer(page, reservation_in_list, read_model=freshness.to_json())


def inspect_reservation(reservation_id: str) -> Response[str]:
    """Answer a reservation, or the failed execution that made none, with the timeline of the execution."""
    reservation_id = _parse_reservation_id(reservation_id)
    try:
        reservation = dependencies.reservation_store().get(reservation_id)
        refunds = [refund.to_json() for refund in dependencies.refunds().of_reservation(reservation)]
        changes = [change.to_json() for change in reservation.changes]
        name = reservation.execution_name
        found = reservation_json(reservation) | {"refunds": refunds, "changes": changes}
    except ReservationNotFound:
        failed = dependencies.failed_executions().inspect(reservation_id)
        name, found = failed.execution_name, to_admin_json(failed)
    executions = dependencies.executions()
    timeline = {
        "history": [visit.to_json() for visit in executions.history(name)],
        "execution_console_url": executions.console_url(name),
    }
    return answer(found | timeline)


def inspect_execution(reservation_id: str) -> Response[str]:
    """Answer the execution of a reservation, with links to everything that an operator looks at."""
    return answer(dependencies.inspected_executions().inspect(_parse_reservation_id(reservation_id), utc_now()))


def release_reservation(reservation_id: str) -> Response[str]:
    """Give a reservation's units back, and end the wait of its execution."""
    reservation_id = _parse_reservation_id(reservation_id)
    intervention = Intervention(actor(), ReleaseContent.parse(body_of(app)).reason)
    released = dependencies.reservations().release_by_hand(reservation_id, intervention, utc_now())
    return answer(reservation_json(released))


def list_executions() -> Response[str]:
    """Answer a page of executions that did not succeed."""
    return page_answer(
        lists.list_executions(ExecutionQuery.parse_query(query_parameters()), store=dependencies.list_store())
    )


def list_refunds() -> Response[str]:
    """Answer a page of payments to return."""
    wanted = RefundQuery.parse_query(query_parameters())
    store = dependencies.list_store()
    page = lists.list_refunds(wanted, store=store, is_due=dependencies.refunds().is_due)
    return page_answer(page, total=store.count_refunds(wanted.status))


def return_payment(reservation_id: str) -> Response[str]:
    """Record that the money of a payment was returned."""
    reservation_id = _parse_reservation_id(reservation_id)
    content = RefundContent.parse(body_of(app))
    returned = MoneyReturned(content.reference, actor(), iso(utc_now()), content.note)
    refund = dependencies.refunds().return_payment(reservation_id, content.payment_reference, returned)
    return answer(refund.to_json())


def _parse_reservation_id(text: str) -> str:
    """Check a reservation's id, and add it to every log line from here on."""
    reservation_id = parse_reservation_id(text)
    logger.append_keys(reservation_id=reservation_id)
    return reservation_id


ROUTES = (
    Route("GET", "/admin/reservations", EVERYONE, list_reservations),
    Route("GET", "/admin/reservations/<reservation_id>", EVERYONE, inspect_reservation),
    Route("GET", "/admin/reservations/<reservation_id>/execution", EVERYONE, inspect_execution),
    Route("POST", "/admin/reservations/<reservation_id>/release", MANAGERS_ONLY, release_reservation),
    Route("POST", "/admin/reservations/<reservation_id>/refunds", MANAGERS_ONLY, return_payment),
    Route("GET", "/admin/executions", EVERYONE, list_executions),
    Route("GET", "/admin/refunds", EVERYONE, list_refunds),
)
