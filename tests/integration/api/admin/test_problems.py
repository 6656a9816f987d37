"""Requests that no operation can handle are answered with a problem and its code."""

from tests.support.http.gateway import Caller


def test_a_body_that_is_not_json_is_refused(manager: Caller) -> None:
    assert manager.calls("POST", "/admin/reservations/R-1/release", "{").code == "MALFORMED_JSON"


def test_a_route_that_does_not_exist_is_not_found(manager: Caller) -> None:
    assert manager.get("/admin/nothing").code == "ROUTE_NOT_FOUND"
