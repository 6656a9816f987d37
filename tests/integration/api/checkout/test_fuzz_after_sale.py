"""Whatever is sent as a return or a dispatch, it is done whole or refused with a reason, and the books add up."""

from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, example, given, settings
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
REASONS = {"NOT_SOLD", "NOT_ALLOCATED", "LEVEL_NOT_FOUND", "IDEMPOTENCY_CONFLICT", "MALFORMED_JSON"}

TWO = [{"product_id": "P-1", "quantity": 2}]
GOOD_RETURNS = [{"lines": TWO, "disposition": kind, "reference": "RMA-1"} for kind in ("RESTOCK", "DISCARD")]
GOOD_DISPATCH = {"lines": TWO, "reference": "PARCEL-1"}

fuzzed = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


def done_or_refused(answer: Answer, shop: Shop, before: Any) -> bool:
    """Whether the call was done; a refusal has a reason and changes nothing."""
    shop.adds_up()
    if answer.status == 200:
        return True
    assert answer.code in REASONS or answer.invalid_fields, answer
    assert state(shop) == before
    return False


def state(shop: Shop) -> Any:
    return shop.reservation("R-1"), shop.rows(shop.tables.inventory)


def moved(shop: Shop) -> tuple[int, int]:
    """The units that were returned and those that were dispatched."""
    after_sale = shop.reservation("R-1").after_sale
    return sum(part.returned for part in after_sale), sum(part.dispatched for part in after_sale)


def units_of(content: dict[str, Any]) -> int:
    return sum(line["quantity"] for line in content["lines"])


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
@example(GOOD_RETURNS[0])
@example(GOOD_RETURNS[1])
def test_any_return_is_done_whole_or_refused_with_a_reason(service: Caller, shop: Shop, content: Any) -> None:
    before, (returned, dispatched) = state(shop), moved(shop)

    answer = service.post("/reservations/R-1/returns", content, key=uuid4().hex)

    assert done_or_refused(answer, shop, before) or content not in GOOD_RETURNS
    if answer.status == 200:
        assert moved(shop) == (returned + units_of(content), dispatched)


@pytest.mark.usefixtures("sold")
@fuzzed
@given(DISPATCHES)
@example(GOOD_DISPATCH)
def test_any_dispatch_is_done_whole_or_refused_with_a_reason(service: Caller, shop: Shop, content: Any) -> None:
    before, (returned, dispatched) = state(shop), moved(shop)

    answer = service.post("/reservations/R-1/dispatches", content)

    is_done = done_or_refused(answer, shop, before)
    assert is_done or content != GOOD_DISPATCH or not shop.tracks_dispatch
    if is_done and content.get("lines"):
        assert moved(shop) == (returned, dispatched + units_of(content))
