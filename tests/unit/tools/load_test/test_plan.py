"""When shoppers arrive, and which settings are refused."""

from itertools import islice, pairwise

import pytest

from tools.load_test.plan import THINK_SECONDS, BadPlan, Call, Plan

SETTINGS = {"rate": "5", "seconds": "30", "ramp": "10", "products": "20"}


def test_the_settings_are_read() -> None:
    assert Plan.parse(rate="2.5", seconds="30", ramp="0", products="7") == Plan(2.5, 30, 0, 7)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *(("rate", text) for text in ("0", "-1", "", "abc", "nan", "inf", "1e9", "5/s", "0.01")),
        *(("seconds", text) for text in ("0", "-1", "", "1.5", "abc", "3601", "9" * 5_000, "٣")),
        *(("ramp", text) for text in ("-1", "", "x", "31")),
        *(("products", text) for text in ("0", "", "1001", "many")),
    ],
)
def test_a_setting_that_is_not_usable_is_named_in_one_sentence(name: str, text: str) -> None:
    with pytest.raises(
        BadPlan, match=rf"^{name.upper()} (must be a .*number from .* to \d+, not '.*'|is a part of .*)\.$"
    ) as refused:
        Plan.parse(**(SETTINGS | {name: text}))

    assert "\n" not in str(refused.value)


def test_shoppers_arrive_at_the_rate() -> None:
    arrivals = list(Plan(50, 200, 0, 1).arrivals())

    assert len(arrivals) == pytest.approx(50 * 200, rel=0.05)
    assert 0 < arrivals[0] and arrivals[-1] < 200


def test_the_rate_rises_evenly_during_the_ramp() -> None:
    plan = Plan(50, 200, 100, 1)
    arrivals = list(plan.arrivals())

    def in_part(start: float, end: float) -> int:
        return sum(start <= at < end for at in arrivals)

    assert in_part(0, 50) == pytest.approx(50 * 50 / 4, rel=0.15)  # a quarter of the full rate, on average
    assert in_part(50, 100) == pytest.approx(50 * 50 * 3 / 4, rel=0.1)
    assert in_part(100, 200) == pytest.approx(50 * 100, rel=0.06)
    assert plan.shoppers == 50 * 150


def test_arrivals_are_random_and_the_same_in_each_run() -> None:
    plan = Plan(10, 60, 10, 1)
    arrivals = list(plan.arrivals())

    assert arrivals == list(plan.arrivals()) != list(plan.arrivals(seed=1))
    assert arrivals == sorted(arrivals)
    pauses = [later - earlier for earlier, later in pairwise(arrivals)]
    assert min(pauses) < 0.02 and max(pauses) > 0.2


def test_each_shopper_reserves_some_time_after_the_look_up() -> None:
    calls = list(Plan(10, 20, 0, 1).calls())

    assert calls == sorted(calls)
    planned = {(due.shopper, due.call): due.at for due in calls}
    looked_up = [shopper for shopper, call in planned if call is Call.LOOK_UP]
    assert len(calls) == 2 * len(looked_up) > 100
    for shopper in looked_up:
        assert planned[shopper, Call.RESERVE] == planned[shopper, Call.LOOK_UP] + THINK_SECONDS


def test_a_long_test_at_a_high_rate_is_not_planned_as_a_whole() -> None:
    assert len(list(islice(Plan(10_000, 3_600, 0, 1).calls(), 100))) == 100
