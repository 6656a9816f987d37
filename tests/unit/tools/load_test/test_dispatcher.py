"""Calls start at their planned moments, whatever became of those before."""

import threading
import time

import pytest

from tools.load_test.dispatcher import Dispatcher, FellBehind
from tools.load_test.plan import BadPlan, Call, Due, Plan
from tools.load_test.run import offer

WITHIN_SECONDS = 20


def due_at(*moments: float) -> list[Due]:
    """Calls that are planned for these moments."""
    return [Due(at, number, Call.LOOK_UP) for number, at in enumerate(moments)]


def test_a_call_without_an_answer_delays_no_later_call() -> None:
    all_started = threading.Barrier(20)

    def make(due: Due) -> None:
        all_started.wait(WITHIN_SECONDS)  # no call is answered before the last one has started

    Dispatcher(make).run(iter(due_at(*(0.01 * number for number in range(20)))))

    assert not all_started.broken


def test_no_call_starts_before_its_moment() -> None:
    early: list[Due] = []

    def make(due: Due) -> None:
        if dispatcher.elapsed < due.at:
            early.append(due)

    dispatcher = Dispatcher(make)
    dispatcher.run(iter(due_at(0.0, 0.05, 0.1, 0.15)))

    assert dispatcher.started == 4
    assert dispatcher.elapsed >= 0.15
    assert early == []


def test_the_call_that_follows_from_an_answer_is_made_too() -> None:
    made = []

    def make(due: Due) -> Due | None:
        made.append(due)
        return Due(due.at + 0.05, due.shopper, Call.PAY) if due.call is Call.LOOK_UP else None

    Dispatcher(make).run(iter(due_at(0.0, 0.02)))

    assert sorted(due.call for due in made) == sorted([Call.LOOK_UP, Call.LOOK_UP, Call.PAY, Call.PAY])
    assert all(due.at >= 0.05 for due in made if due.call is Call.PAY)


def test_calls_that_start_late_end_the_run() -> None:
    made = []

    def make(due: Due) -> None:
        made.append(due)
        time.sleep(1.2)

    with pytest.raises(FellBehind) as behind:
        Dispatcher(make, calls_at_once=1).run(iter(due_at(*(0.001 * number for number in range(1_000)))))

    assert behind.value.late > 1.0
    assert len(made) < 5


def test_a_rate_that_this_machine_cannot_offer_is_one_sentence() -> None:
    plan = Plan(rate=400, seconds=10, ramp=0, products=1)

    with pytest.raises(BadPlan, match=r"^This machine cannot offer 400 shoppers per second: .* Choose a lower RATE\.$"):
        offer(plan, Dispatcher(lambda due: time.sleep(0.05), calls_at_once=1), plan)


def test_a_defect_in_a_call_ends_the_run() -> None:
    def make(due: Due) -> None:
        raise RuntimeError("a defect")

    with pytest.raises(RuntimeError, match="a defect"):
        Dispatcher(make).run(iter(due_at(0.0, 0.01, 5.0)))
