"""Two publishers at once: the second one runs completely between any two calls of the first one."""

from collections.abc import Callable

import pytest

from inventory.model import ReleaseReason
from tests.support.handlers import Meanwhile
from tests.support.live import publications
from tests.support.live.publications import CASES, Case
from tests.support.live.replayed_publication import Arrived, ReplayedPublication

Replayed = Callable[[Case], ReplayedPublication]

OF_PRODUCTS = [
    Case(publications.a_product_is_new),
    Case(publications.a_product_changes_right_after_a_push),
    Case(publications.a_product_changes_long_after_a_push),
    Case(publications.a_product_changes_while_its_last_push_is_not_made_yet),
    Case(publications.a_product_changes_while_its_last_events_are_in_the_outbox),
    Case(publications.a_product_sells_out),
    Case(publications.a_level_becomes_low),
    Case(publications.a_product_sells_out_while_no_target_works),
    Case(publications.a_push_is_made_from_its_queue),
]
OF_HELD_RESERVATIONS = [
    Case(publications.a_reservation_is_held),
    Case(publications.the_lines_of_a_reservation_are_changed),
    Case(publications.a_reservation_is_extended),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_another_publisher_of_the_same_changes_changes_nothing(case: Case, replayed: Replayed) -> None:
    publication = replayed(case)
    complete, calls = publication.play()

    for number, call in enumerate(calls):
        arrived, _ = publication.play(meanwhile=[Meanwhile(number, publication.another_runs)])

        where = f"before {call}, call {number}"
        assert arrived.events == complete.events, where
        assert_one_id_each(arrived, where)
        assert arrived.pushes == complete.pushes, where
        assert arrived.sequences == complete.sequences, where
        assert arrived.unsettled == [], where


@pytest.mark.parametrize("case", OF_PRODUCTS, ids=str)
def test_a_change_that_another_publisher_sees_is_shown_at_the_end(case: Case, replayed: Replayed) -> None:
    publication = replayed(case)
    shop = publication.publisher.shop
    complete, calls = publication.play()

    def changes_and_is_published() -> None:
        shop.adjusts(4)
        publication.another_runs()

    for number, call in enumerate(calls):
        arrived, _ = publication.play(meanwhile=[Meanwhile(number, changes_and_is_published)])

        where = f"before {call}, call {number}"
        assert_pages_show_the_stock(publication, arrived, where)
        assert_one_id_each(arrived, where)
        [(subject, sequence)] = complete.sequences.items()
        assert arrived.sequences[subject] - sequence in (0, 1), where


def test_a_change_back_is_shown_whenever_it_happens_and_another_publisher_runs(replayed: Replayed) -> None:
    publication = replayed(Case(publications.a_product_changes_long_after_a_push))
    shop = publication.publisher.shop
    _, calls = publication.play()

    for changed in range(len(calls)):
        for seen in range(changed, len(calls)):
            back = Meanwhile(changed, lambda: shop.adjusts(-1))
            arrived, _ = publication.play(meanwhile=[back, Meanwhile(seen, publication.another_runs)])

            where = f"changed before call {changed}, seen before call {seen}"
            if arrived.pushes:
                assert_pages_show_the_stock(publication, arrived, where)
            assert shop.level("P-1").available == 5
            assert_one_id_each(arrived, where)


@pytest.mark.parametrize("case", OF_HELD_RESERVATIONS, ids=str)
def test_a_release_that_another_publisher_sees_is_announced_once_and_last(case: Case, replayed: Replayed) -> None:
    publication = replayed(case)
    shop = publication.publisher.shop
    _, calls = publication.play()

    def is_cancelled_and_published() -> None:
        shop.reservations.cancel("R-1", ReleaseReason.CANCELLED, shop.now())
        publication.another_runs()

    for number, call in enumerate(calls):
        arrived, _ = publication.play(meanwhile=[Meanwhile(number, is_cancelled_and_published)])

        where = f"before {call}, call {number}"
        assert_one_id_each(arrived, where)
        assert arrived.unsettled == [], where
        in_order = sorted((int(sequence), detail_type) for detail_type, _, sequence, _ in arrived.events)
        numbers = [sequence for sequence, _ in in_order]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers))), where
        assert in_order[-1] == (*arrived.sequences.values(), "ReservationReleased"), where
        assert [kind for _, kind in in_order].count("ReservationReleased") == 1, where


def assert_one_id_each(arrived: Arrived, where: str) -> None:
    """What comes more than once can be recognized."""
    assert all(len(ids) == 1 for ids in arrived.ids.values()), f"an event has two ids: {where}"


def assert_pages_show_the_stock(publication: ReplayedPublication, arrived: Arrived, where: str) -> None:
    """The push with the highest sequence is that of the row, and of the level."""
    level, push = publication.publisher.shop.level("P-1"), arrived.pushes["P-1"]
    assert (push["available"], push["status"]) == (level.available, level.status), where
    assert [push["sequence"]] == list(arrived.sequences.values()), where
    assert arrived.unsettled == [], where
