"""The demo's clock stretches with the machine, and a slow machine is not reported as a fault of the component."""

import math
import threading
import time
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError
from inventory_client import ApiError, Unavailable

from tests.support.template.source import template
from tests.support.waiting import until
from tools.demo import pace
from tools.demo.checkout import CheckoutService
from tools.demo.findings import DID_NOT_HOLD, EVERYTHING_HELD, TOO_SLOW, Findings, Verdict
from tools.demo.pace import STRETCH_MAX, MachineTooSlow, Pace, measured_pace
from tools.demo.runner import Progress, outcome_findings, run_scenarios
from tools.demo.scenarios import SCENARIOS, Scenario
from tools.demo.shopper import Shopper

URL = "http://127.0.0.1:1"
PAID = next(scenario for scenario in SCENARIOS if scenario.name == "paid")
EXTENDED = next(scenario for scenario in SCENARIOS if scenario.name == "extended, then paid")
INVALID = next(scenario for scenario in SCENARIOS if scenario.name == "invalid request")


class FakeService(CheckoutService):
    """A checkout service whose executions end as paid; each payment takes some time, or ends with an error."""

    def __init__(self, payment_seconds: float = 0.0, error: Exception | None = None) -> None:
        self.pace = Pace()  # and no clients, which are slow to create
        self._payment_seconds = payment_seconds
        self._error = error

    def start(self, reservation_id: str, request: Any) -> None:
        """Nothing."""

    def await_status(self, reservation_id: str, *statuses: str, seconds: float = 180) -> str:
        return statuses[0]

    def await_end(self, reservation_id: str, seconds: float = 90) -> Any:
        raise self._error or TimeoutError(f"the execution {reservation_id} is still running")

    def row(self, reservation_id: str) -> Any:
        time.sleep(self._payment_seconds)

    def pay(self, reservation_id: str, payment_reference: str) -> dict[str, Any]:
        time.sleep(self._payment_seconds)
        return {"fulfilled": False}


@pytest.mark.parametrize(
    ("seconds", "stretch"), [(0.1, 1.0), (1.0, 1.0), (2.5, 2.5), (14.0, STRETCH_MAX)], ids=lambda value: str(value)
)
def test_the_clock_stretches_with_the_machine_within_bounds(seconds: float, stretch: float) -> None:
    measured = Pace.of_checkouts(seconds)

    assert measured.stretch == stretch
    assert measured.seconds(10) == 10 * stretch
    assert (measured.arrival_seconds == 0) == (stretch == 1)


def test_a_machine_on_which_functions_would_time_out_is_not_judged() -> None:
    with pytest.raises(MachineTooSlow, match="This machine is too slow for the demo: one of 8 checkouts"):
        Pace.of_checkouts(15.1)


def test_a_machine_on_which_a_checkout_never_ends_is_not_judged() -> None:
    with pytest.raises(MachineTooSlow, match="still running"):
        measured_pace(NeverHeld(), "RUN", PAID.request())


def test_short_holds_are_stretched_and_an_invalid_one_stays_invalid() -> None:
    slow = Pace(stretch=2.5)

    assert EXTENDED.request(pace=slow)["hold_seconds"] == math.ceil(EXTENDED.request()["hold_seconds"] * 2.5)
    assert INVALID.request(pace=slow) == INVALID.request()


@pytest.mark.parametrize(
    ("findings", "is_too_slow", "code", "conclusion"),
    [
        (Findings(), True, EVERYTHING_HELD, "Everything held."),
        (Findings(["sold twice"]), True, DID_NOT_HOLD, "1 check did not hold."),
        (Findings(delays=["late", "later"]), False, DID_NOT_HOLD, "2 checks did not hold."),
        (Findings(["sold twice"], ["late"]), True, DID_NOT_HOLD, "2 checks did not hold."),
        (Findings(delays=["late"]), True, TOO_SLOW, "This machine is too slow for 1 check;"),
    ],
)
def test_a_slow_machine_is_distinguished_from_a_fault(
    findings: Findings, is_too_slow: bool, code: int, conclusion: str
) -> None:
    verdict = Verdict.of(findings, is_too_slow=is_too_slow)

    assert verdict.exit_code == code
    assert verdict.conclusion.startswith(conclusion)
    assert len(verdict.sentences) == len(findings.problems) + len(findings.delays)


@pytest.mark.parametrize(
    "error",
    [
        Unavailable(503, {"code": "BUSY", "detail": "try again"}),
        ApiError(418, {"code": "NEW", "detail": "unknown"}),
        EndpointConnectionError(endpoint_url=URL),
        ReadTimeoutError(endpoint_url=URL),
        TimeoutError("still running"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_every_error_of_a_client_is_reported_and_stops_no_other_shopper(error: Exception) -> None:
    scenario = Scenario("two", "paid.json", lambda shopper: None, ("COMMITTED",))

    outcomes = run_scenarios([scenario], FakeService(error=error), run_id="RUN")

    assert len(outcomes) == 2
    findings = outcome_findings([scenario], outcomes)
    assert findings.problems == []
    assert f"two, RUN-1-1: {type(error).__name__}: {error}" in findings.delays


def test_an_answer_that_is_wrong_in_time_is_a_problem_and_one_after_the_hold_a_delay() -> None:
    fast = Shopper(FakeService(), "R-1", {"hold_seconds": 10})
    late = Shopper(FakeService(payment_seconds=0.05), "R-2", {"hold_seconds": 0.1})

    for shopper in (fast, late):
        shopper.expect("fulfilled", shopper.pay_at_once()["fulfilled"], True)

    assert fast.findings == Findings(["fulfilled is False, not True"])
    assert late.findings == Findings(delays=["fulfilled is False, not True"])


class NeverHeld(FakeService):
    """A service that never decides."""

    def await_status(self, reservation_id: str, *statuses: str, seconds: float = 180) -> str:
        raise TimeoutError(f"{reservation_id} is still running")


class SlowRows(FakeService):
    """A service whose rows take some seconds, by a clock of its own."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._seconds = seconds
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def row(self, reservation_id: str) -> Any:
        self.now += self._seconds


@pytest.mark.parametrize(("seconds", "is_too_slow"), [(1.9, False), (2.1, True)])
def test_the_machine_is_watched_while_the_demo_runs(
    seconds: float, is_too_slow: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, measured = SlowRows(seconds), Pace()
    monkeypatch.setattr(pace, "PAUSE_SECONDS", 0.001)
    monkeypatch.setattr(pace, "time", service)

    with measured.watched(service):
        until(lambda: measured.slowest_read_seconds > 0, "a row is read", within_seconds=30)

    assert measured.is_too_slow == is_too_slow


def test_nobody_waits_for_the_shoppers_after_ctrl_c() -> None:
    shoppers_may_go = threading.Event()

    def wait(shopper: Shopper) -> None:
        shoppers_may_go.wait(60)

    scenario = Scenario("waits", "paid.json", wait, ("COMMITTED",))

    def stop(progress: Progress) -> None:
        raise KeyboardInterrupt

    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        run_scenarios([scenario], FakeService(), run_id="RUN", on_progress=stop)
    assert time.monotonic() - started < 30
    shoppers_may_go.set()


def test_a_function_has_the_time_that_the_template_gives_it() -> None:
    assert template()["Globals"]["Function"]["Timeout"] == pace.FUNCTION_SECONDS
