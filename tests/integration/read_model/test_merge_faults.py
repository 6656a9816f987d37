"""Merges and rebuilds that are stopped, or that others are faster than, at each of their calls."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

import pytest

from inventory.read_model.figures import decisions, ledger, update
from inventory.read_model.merging import scan
from inventory.read_model.merging.merge import Outcome
from tests.support.handlers import AtOnce
from tests.support.read_model.day import ReadModelDay
from tests.support.read_model.interrupted import Interruption, PrecededAt, StoppedAt, interrupted
from tests.support.shop.in_memory import Stopped

STEPS = 12
LATER = timedelta(minutes=10)  # what a run has claimed is free again
WANTED: dict[str, dict[str, Any]] = {"merge": {"merge": True}, "rebuild": {"rebuild": True}}


@pytest.fixture(autouse=True)
def one_call_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every call has its place in a run. Most of the time of these hundreds of runs was the start of their threads."""
    for module in (decisions, ledger, scan, update):
        monkeypatch.setattr(module, "ThreadPoolExecutor", lambda _: AtOnce())


def a_day() -> ReadModelDay:
    """A day on which something waits to be merged."""
    day = ReadModelDay(seed=3)
    day.opens()
    day.model.runs()
    for _ in range(STEPS):
        day.shop_day.goes_on()
    day.writes()
    day.hands_over()
    day.shop_day.now = day.shop_day.now.replace(minute=30)  # files are cleaned up, too
    return day


def calls_of(wanted: str) -> list[int]:
    """The numbers of the calls that such a run makes: the first of each series of equal ones."""
    day = a_day()
    with interrupted(day.model, Interruption()) as counted:
        day.model.runs(**WANTED[wanted])
    numbered = enumerate(map(_kind_of, counted.calls), start=1)
    series = (list(same) for _, same in groupby(numbered, key=itemgetter(1)))
    return [same[0][0] for same in series]


def _kind_of(call: str) -> str:
    """A call without the ids in it."""
    operation, _, name = call.partition(" ")
    parts = name.split("/")
    return f"{operation} {parts[0]} {parts[2] if len(parts) > 2 else ''}"


def is_right(day: ReadModelDay) -> None:
    """After the next merges, the model is what is built from the tables, and nothing is left over after two hours."""
    day.shop_day.now += LATER
    day.ends()
    for _ in range(3):
        day.model.runs()
    assert day.model.manifest.rebuild is None
    rebuilt = day.another_model()
    assert day.model.state() == rebuilt.state()
    day.shop_day.now += timedelta(hours=2)
    day.shop_day.now = day.shop_day.now.replace(minute=0)
    day.model.runs()
    day.shop_day.now += timedelta(hours=2)
    day.model.runs()
    kept = {name for name in day.model.files.stored if not name.startswith("changed/")}
    assert kept == day.model.contents.files


@pytest.mark.parametrize("wanted", WANTED)
def test_a_run_that_is_stopped_is_completed_by_the_next_one(wanted: str) -> None:
    for number in calls_of(wanted):
        day = a_day()
        with interrupted(day.model, StoppedAt(number)), suppress(Stopped):
            day.model.runs(**WANTED[wanted])

        is_right(day)


def other_run(day: ReadModelDay) -> Callable[[], object]:
    """Another run of the job, which finds as much to do."""
    return lambda: day.model.runs(merge=True)


def other_rebuild(day: ReadModelDay) -> Callable[[], object]:
    """Another run, which is asked for a rebuild."""
    return lambda: day.model.runs(rebuild=True)


def a_sale(day: ReadModelDay) -> Callable[[], object]:
    """Something happens in the shop, and is followed."""

    def happens() -> None:
        day.shop_day.goes_on()
        day.writes()
        day.hands_over()

    return happens


def other_run_and_a_closed_generation(day: ReadModelDay) -> Callable[[], object]:
    """Another run merges everything; then something is sold, and a third run closes its generation and merges nothing yet."""

    def happens() -> None:
        other_run(day)()
        a_sale(day)()
        manifest = day.model.manifest
        assert day.model.manifests.write(replace(manifest, generation=manifest.generation + 1))

    return happens


def test_a_merge_does_not_leave_out_what_another_run_has_merged_since_it_began() -> None:
    day = a_day()
    with interrupted(day.model, Interruption()) as counted:
        day.model.runs(merge=True)
    of_its_snapshot = next(number for number, call in enumerate(counted.calls, 1) if "contents.json" in call)

    day = a_day()
    meanwhile = other_run_and_a_closed_generation(day)
    with interrupted(day.model, PrecededAt(of_its_snapshot + 1, meanwhile)):
        day.model.runs(merge=True)

    is_right(day)


@pytest.mark.parametrize("meanwhile", [other_run, other_rebuild, a_sale])
@pytest.mark.parametrize("wanted", WANTED)
def test_whatever_happens_during_a_run_nothing_is_lost(
    wanted: str, meanwhile: Callable[[ReadModelDay], Callable[[], object]]
) -> None:
    for number in calls_of(wanted):
        day = a_day()
        with interrupted(day.model, PrecededAt(number, meanwhile(day))):
            day.model.runs(**WANTED[wanted])

        is_right(day)


def test_of_two_merges_the_second_one_deletes_its_files() -> None:
    outcomes = set()
    for number in calls_of("merge"):
        day = a_day()
        before = {name.split("/")[1] for name in day.model.files.stored if name.startswith("snapshots/")}
        with interrupted(day.model, PrecededAt(number, other_run(day))):
            report = day.model.merges()

        outcomes.add(report.merge.outcome)
        made = {name.split("/")[1] for name in day.model.files.stored if name.startswith("snapshots/")} - before
        assert made == {day.model.contents.snapshot}, f"call {number}"
    assert outcomes == {Outcome.MERGED, Outcome.LATE, Outcome.NOTHING}
