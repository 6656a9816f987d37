"""Sales of one product in virtual time: the same seed is the same table, and paid orders go before new holds."""

import json
import os
import subprocess
import sys
from functools import cache

import pytest

from tests.support.template.source import ROOT
from tools.bench.hot.__main__ import main

Figures = dict[str, float]


@cache
def simulated(*arguments: str) -> Figures:
    """The figures of one crowd. It runs as its command does: time and chance are replaced in its process."""
    command = [sys.executable, "-m", "tools.bench.hot", "--json", "--processes", "1", *arguments]
    ended = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": "functions:clients/python:."},
        capture_output=True,
        text=True,
        timeout=250,
        check=True,
    )
    figures: Figures = json.loads(ended.stdout)
    assert "1 of 1 sales" in ended.stderr
    return {name.rpartition(".")[2]: figure for name, figure in figures.items()}


def test_the_same_seed_is_the_same_table() -> None:
    first = simulated("--offered", "8", "--seconds", "5")
    simulated.cache_clear()

    assert simulated("--offered", "8", "--seconds", "5") == first


def test_a_small_crowd_is_served_at_once() -> None:
    figures = simulated("--offered", "8", "--seconds", "5")

    assert figures["orders_per_second"] == pytest.approx(8, abs=4)
    assert figures["p50_seconds"] <= figures["p99_seconds"] < 0.5
    assert (figures["given_up"], figures["turned_away"]) == (0, 0)


def test_in_a_large_crowd_paid_orders_are_committed_soon_and_new_holds_wait() -> None:
    figures = simulated("--offered", "50", "--seconds", "5")

    assert figures["orders_per_second"] > 25
    assert figures["given_up"] == 0
    assert figures["commit_p99_seconds"] < 2 < figures["p99_seconds"]


# --- what happens while it sells: the command fails if the books, the shelf or an answer are not as they should be


def in_scenario(name: str) -> Figures:
    """The figures of a small scenario: 4 shards are enough for its 50 buyers a second."""
    numbers = ("--shards", "4", "--offered", "50", "--seconds", "4", "--warm-up", "2")
    figures = simulated("--scenarios", name, *numbers)
    assert (figures["given_up"], figures["turned_away"]) == (0, 0)
    return figures


def test_a_level_is_changed_in_every_way_while_it_sells() -> None:
    figures = in_scenario("changes")

    assert figures["changes"] > 12
    assert figures["changes_busy"] == 0
    assert figures["p99_seconds"] < 1


def test_a_level_gets_more_shards_while_it_sells() -> None:
    assert in_scenario("growing")["p99_seconds"] < 2


def test_a_level_gets_fewer_shards_while_it_sells() -> None:
    assert in_scenario("shrinking")["p99_seconds"] < 2


@pytest.mark.parametrize(("name", "left"), [("selling_out", 0), ("selling_out_in_threes", 1)])
def test_a_level_is_sold_out_to_the_last_unit_that_anybody_wants(name: str, left: int) -> None:
    figures = in_scenario(name)

    assert figures["left"] == left
    assert figures["refused"] > 0
    assert figures["refusal_p99_seconds"] < 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--offered", "0"), "every number must be at least 1"),
        (("--shards", "0"), "every number must be at least 1"),
        (("--seconds", "0"), "every number must be at least 1"),
        (("--seeds", "-1"), "every number must be at least 1"),
        (("--shards", "33"), "a level has at most 32 shards"),
        (("--warm-up", "0"), "every number must be at least 1"),
        (("--scenarios", "unknown"), "invalid choice: 'unknown'"),
    ],
)
def test_a_number_that_cannot_be_is_refused_with_one_sentence(
    arguments: tuple[str, str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)

    assert sentence in capsys.readouterr().err
