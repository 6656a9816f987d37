"""Whatever is sent as a return or a dispatch, it is done whole or refused with a reason, and the books add up."""

from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.http.bodies import JSON, LINES, ODD_LINES
from tests.support.http.gateway import Answer, Caller
from tests.support.shop import Shop

REFERENCES = st.sampled_from(["RMA-1", "RMA-2"])
DISPOSITIONS = st.sampled_from(["RESTOCK", "DISCARD"])
RETURNS = (
    st.fixed_dictionaries(
        {"lines": st.lists(LINES, min_size=1, max_size=3), "disposition": DISPOSITIONS, "reference": REFERENCES}
    )
    | st.fixed_dictionaries(
        {"lines": st.lists(ODD_LINES, max_size=3) | JSON, "disposition": DISPOSITIONS | JSON, "reference": REFERENCES}
    )
    | JSON
)
DISPATCHES = (
    st.fixed_dictionaries(
        {"reference": st.uuids().map(str)}, optional={"lines": st.lists(LINES, min_size=1, max_size=3)}
    )
    | st.fixed_dictionaries(
        {"reference": REFERENCES | JSON}, optional={"lines": st.lists(ODD_LINES, max_size=3) | JSON}
    )
    | JSON
)
REASONS = {"NOT_SOLD", "NOT_ALLOCATED", "LEVEL_NOT_FOUND", "IDEMPOTENCY_CONFLICT"}

fuzzed = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


def is_sent(answer: Answer, shop: Shop, before: dict[str, Any]) -> None:
    """Assert that the call was done, or that its refusal has a reason and changed nothing."""
    if answer.status != 200:
        assert answer.code in REASONS or answer.invalid_fields, answer
        assert state(shop) == before
    shop.adds_up()


def state(shop: Shop) -> dict[str, Any]:
    return {"after_sale": shop.reservation("R-1").after_sale, "levels": shop.rows(shop.tables.inventory)}


@pytest.fixture(params=[False, True], ids=["untracked", "tracked"])
def sold(request: pytest.FixtureRequest, service: Caller, shop: Shop) -> None:
    """A sale of 200 units of each product, so that something is left after many returns."""
    shop.tracks_dispatch = request.param
    shop.stocks("P-1", on_hand=300)
    shop.stocks("P-2", on_hand=300)
    shop.sold(("P-1", 200), ("P-2", 200), reservation_id="R-1")


@pytest.mark.usefixtures("sold")
@fuzzed
@given(RETURNS)
def test_any_return_is_done_whole_or_refused_with_a_reason(service: Caller, shop: Shop, content: Any) -> None:
    before = state(shop)

    answer = service.post("/reservations/R-1/returns", content, key=uuid4().hex)

    is_sent(answer, shop, before)
    returned = sum(part.returned for part in shop.reservation("R-1").after_sale)
    units = sum(line["quantity"] for line in content["lines"]) if answer.status == 200 else 0
    assert returned == sum(part.returned for part in before["after_sale"]) + units


@pytest.mark.usefixtures("sold")
@fuzzed
@given(DISPATCHES)
def test_any_dispatch_is_done_whole_or_refused_with_a_reason(service: Caller, shop: Shop, content: Any) -> None:
    before = state(shop)

    answer = service.post("/reservations/R-1/dispatches", content)

    is_sent(answer, shop, before)
