"""What the benchmark of live stock calculates from what was written and shown."""

import socket
import sys

import pytest

from tools.bench.live import sentence
from tools.bench.live.changes import Product, Seen
from tools.bench.live.measure import percentiles
from tools.bench.live.plan import Plan
from tools.bench.live.processes import connections_to


def a_product(**written_at: float) -> Product:
    """A product whose units were written at these times: `u2=10.0`."""
    written = {int(units.removeprefix("u")): at for units, at in written_at.items()}
    return Product("LIVE-1", units=max(written), written_at=written)


def test_a_change_is_shown_with_the_first_state_that_contains_it() -> None:
    product = a_product(u2=10.0, u3=10.1, u4=11.0)

    assert product.latencies([Seen(3, 10.4), Seen(4, 11.2)]) == pytest.approx([0.4, 0.3, 0.2])


def test_an_older_state_that_comes_late_shows_nothing_new() -> None:
    product = a_product(u2=10.0, u3=10.1)

    assert product.latencies([Seen(3, 10.4), Seen(2, 10.5)]) == pytest.approx([0.4, 0.3])


def test_a_change_that_was_never_shown_has_no_latency_and_is_lost() -> None:
    product = a_product(u2=10.0, u3=10.1)
    seen = [Seen(2, 10.3)]

    assert product.latencies(seen) == pytest.approx([0.3])
    assert not product.is_shown_in(seen)
    assert product.is_shown_in([*seen, Seen(3, 12.0)])


def test_changes_before_the_measurement_are_left_out() -> None:
    product = a_product(u2=10.0, u3=20.0)

    assert product.latencies([Seen(3, 20.5)], since=15.0) == pytest.approx([0.5])


def test_the_percentiles_of_one_latency_are_that_latency() -> None:
    assert percentiles("live.rest", [0.2]) == {
        "live.rest.p50_seconds": 0.2,
        "live.rest.p99_seconds": 0.2,
        "live.rest.shown": 1,
    }


def test_the_99th_percentile_leaves_one_of_a_hundred_out() -> None:
    seconds = [number / 100 for number in range(1, 101)]

    found = percentiles("live.rest", seconds)

    assert (found["live.rest.p50_seconds"], found["live.rest.p99_seconds"]) == (0.5, 0.99)


def test_the_sentence_says_which_goals_are_missed() -> None:
    crowd = Plan(300, 2_000).crowd
    found = {
        "live.rest.p99_seconds": 0.3,
        f"{crowd}.p99_seconds": 2.5,
        "live.away.seconds": 0.8,
        f"{crowd}.last_values_lost": 1.0,
    }

    text = sentence(found)

    assert "At rest a page shows 99 of 100 changes in 0.30 s, within the goal of 1 s" in text
    assert "in a crowd of 300 at 2000 changes in 2.50 s, beyond the goal of 2 s" in text
    assert text.endswith("Last values that were lost: 1.")


@pytest.mark.parametrize(("minutes", "is_soak"), [(1.0, False), (10.0, True)])
def test_a_long_run_looks_for_leaks(minutes: float, is_soak: bool) -> None:
    assert Plan(minutes=minutes).is_soak == is_soak


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="it reads /proc")
def test_a_connection_that_the_server_keeps_counts_until_it_is_closed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        client = socket.create_connection(("127.0.0.1", port))
        kept, _ = server.accept()

        assert connections_to(port) == 1

        client.close()
        assert connections_to(port) == 1

        kept.close()
        assert connections_to(port) == 0
