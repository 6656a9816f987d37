"""The ordinary life of a reservation: held, paid and sold, and what each step moves on its level and in the ledger."""

from tests.support.shop import TASK_TOKEN, Shop


def test_a_hold_moves_units_from_available_to_reserved(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)

    reservation = shop.reserves(("P-1", 3))

    level = shop.level("P-1")
    assert reservation.status == "HELD"
    assert (level.on_hand, level.available, level.reserved) == (10, 7, 3)
    shop.adds_up()


def test_a_paid_reservation_is_committed_and_recorded_in_the_ledger(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = shop.holds(("P-1", 3))

    payment = shop.pays(reservation)
    committed, _ = shop.commits(reservation)

    level = shop.level("P-1")
    assert payment.fulfilled
    assert shop.signals.sent == [("paid", TASK_TOKEN)]
    assert committed.outcome() == {
        "reservation_id": reservation.reservation_id,
        "status": "COMMITTED",
        "reason": None,
        "shortages": [],
    }
    assert (level.on_hand, level.available, level.reserved) == (7, 7, 0)
    sold = [movement for movement in shop.rows(shop.tables.movements) if movement["kind"] == "SOLD"]
    assert [(movement["delta"], movement["reference"]) for movement in sold] == [(-3, reservation.reservation_id)]
    shop.adds_up()
