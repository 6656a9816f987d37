"""The steps of a purchase: each needs the one before."""

from tools.smoke.errors import Unexpected
from tools.smoke.probe import UNITS, Probe
from tools.smoke.steps import step


def purchase(probe: Probe) -> None:
    """Hold a unit and cancel it, hold another one and buy it.

    Raises:
        StepFailed: a step failed.
    """
    with step("set the product's stock"):
        probe.set_stock()
        before = probe.level()
    with step("read the product's stock as a storefront"):
        probe.await_available(before.available)
    with step("hold a unit"):
        cancelled = probe.hold("cancelled")
        _expect("available", probe.level().available, before.available - 1)
    with step("cancel the hold"):
        probe.cancel(cancelled)
        _expect("available", probe.level().available, before.available)
    with step("hold another unit"):
        paid = probe.hold("paid")
    with step("pay for the hold"):
        probe.pay(paid)
        _expect("on_hand", probe.level().on_hand, before.on_hand - 1)
    with step("read the product's stock again as a storefront"):
        probe.await_available(before.available - 1)


def clean_up(probe: Probe) -> None:
    """Leave nothing in the shop: no hold, no unit and no product.

    Raises:
        StepFailed: a step failed.
    """
    try:
        with step("cancel open holds and restore sold units"):
            probe.clean_up()
        with step("check that the stock is as before"):
            level = probe.level()
            _expect("on_hand", level.on_hand, UNITS)
            _expect("reserved", level.reserved, 0)
    finally:
        with step("delete the test products"):
            probe.remove_products()


def _expect(name: str, found: int, expected: int) -> None:
    if found != expected:
        raise Unexpected(f"{name} is {found}, not {expected}")
