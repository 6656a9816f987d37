"""The demo's own checks: each reports what is wrong, and nothing else."""

from collections import Counter
from dataclasses import replace

import pytest

from inventory.errors import InvalidReservation
from inventory.reservations.reservation_request import ReservationRequest
from tools.demo.checks import alert_findings, is_low, refund_findings
from tools.demo.costs.calls import CHANGE, FEED, RETURN
from tools.demo.costs.measure import MEASURED
from tools.demo.costs.usage import LIMITS, Usage, cost_problems, read_prices
from tools.demo.findings import Findings
from tools.demo.runner import outcome_findings
from tools.demo.scenarios import EVENTS, LAST_UNITS, SCENARIOS, WRONG_FIELDS, Outcome, sends_an_invalid_request

MUG = {"product_id": "P-1", "warehouse_id": "main"}
TEA = {"product_id": "P-2", "warehouse_id": "main"}
PAID = Usage(
    outcome="paid",
    states=5,
    function_seconds=(0.1, 0.1, 0.1),
    calls=Counter(TransactWriteItems=2),
    write_units=16,
    index_write_units=4,
    read_units=2,
    publishes=0,
    http_calls=2,
)


def outcome(scenario: str, number: int, status: str, *problems: str) -> Outcome:
    return Outcome(scenario, f"R-{number}", status, None, False, problems)


@pytest.mark.parametrize(("on_hand", "low"), [(3, False), (2, True), (0, True)])
def test_a_level_is_low_at_its_threshold(on_hand: int, low: bool) -> None:
    assert is_low({"on_hand": on_hand, "low_stock_threshold": 2}) is low


def test_one_alert_for_each_level_that_became_low_is_right() -> None:
    assert alert_findings([MUG], {("P-1", "main")}) == Findings()


def test_repeated_and_unexpected_alerts_are_problems_and_a_missing_one_may_be_late() -> None:
    missing = alert_findings([], {("P-1", "main")})
    repeated = alert_findings([MUG, MUG], {("P-1", "main")})
    unexpected = alert_findings([TEA], set())

    assert missing == Findings(delays=["P-1 in main became low 1 times, but 0 alerts were sent"])
    assert repeated == Findings(["P-1 in main became low 1 times, but 2 alerts were sent"])
    assert unexpected == Findings(["P-2 in main became low 0 times, but 1 alerts were sent"])


def test_repeated_refund_messages_are_problems_and_a_missing_one_may_be_late() -> None:
    message = {"reservation_id": "R-1"}

    assert refund_findings([message], ["R-1"]) == Findings()
    assert refund_findings([], ["R-1"]) == Findings(delays=["0 messages were sent about the refund for R-1"])
    assert refund_findings([message, message], ["R-1"]) == Findings(["2 messages were sent about the refund for R-1"])


def test_problems_of_shoppers_and_unexpected_statuses_are_reported() -> None:
    scenarios = [scenario for scenario in SCENARIOS if scenario.name == "paid"]

    assert outcome_findings(scenarios, [outcome("paid", 1, "COMMITTED")]) == Findings()
    assert outcome_findings(scenarios, [outcome("paid", 1, "RELEASED", "it is wrong")]) == Findings(
        ["paid, R-1: it is wrong", "paid, R-1: ended RELEASED, not COMMITTED"]
    )


def test_the_status_of_a_checkout_that_came_late_is_a_delay() -> None:
    scenarios = [scenario for scenario in SCENARIOS if scenario.name == "paid"]
    late = replace(outcome("paid", 1, "UNKNOWN"), delays=["the API did not respond"])

    assert outcome_findings(scenarios, [late]) == Findings(
        delays=["paid, R-1: the API did not respond", "paid, R-1: ended UNKNOWN, not COMMITTED"]
    )


@pytest.mark.parametrize(
    ("sold", "problems"), [(LAST_UNITS, []), (LAST_UNITS + 1, [f"{LAST_UNITS + 1} of the last 10 units were sold"])]
)
def test_more_sales_than_units_are_reported(sold: int, problems: list[str]) -> None:
    [scenario] = [scenario for scenario in SCENARIOS if scenario.shoppers == 60]
    outcomes = [outcome(scenario.name, number, "COMMITTED") for number in range(sold)]

    assert outcome_findings([scenario], outcomes) == Findings([f"{scenario.name}: {problem}" for problem in problems])


def test_usage_beyond_a_limit_is_reported() -> None:
    assert cost_problems([PAID]) == []
    assert cost_problems([replace(PAID, write_units=17)]) == ["paid: write_units is 17, more than the limit of 16"]


def test_a_million_checkouts_cost_what_their_usage_costs() -> None:
    dollars = PAID.dollars_per_million(read_prices())

    assert (dollars["Step Functions"], round(dollars["DynamoDB"], 2), dollars["SNS"]) == (125.0, 12.75, 0.0)
    assert round(PAID.http_dollars_per_million(read_prices()), 2) == 7.0


def test_the_invalid_sample_is_refused_in_every_field_that_the_demo_expects() -> None:
    [scenario] = [scenario for scenario in SCENARIOS if scenario.steps is sends_an_invalid_request]

    with pytest.raises(InvalidReservation) as refused:
        ReservationRequest.parse(scenario.request())

    assert {error.field for error in refused.value.errors} == set(WRONG_FIELDS)


def test_measured_outcomes_and_limits_refer_to_scenarios_with_an_input() -> None:
    assert set(MEASURED) <= {scenario.name for scenario in SCENARIOS}
    assert set(LIMITS) <= {*MEASURED.values(), CHANGE, RETURN, FEED}
    assert all((EVENTS / scenario.event).exists() for scenario in SCENARIOS)
