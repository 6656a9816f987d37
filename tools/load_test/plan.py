"""What a load test does: how many shoppers arrive, and when."""

import heapq
import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite, sqrt

RATE_MAX = 10_000.0  # shoppers per second
SECONDS_MAX = 3_600
PRODUCTS_MAX = 1_000
THINK_SECONDS = 0.5  # between a shopper's calls


class BadPlan(Exception):
    """A setting is not usable: one sentence that names it."""


class Call(StrEnum):
    """A call of a shopper, in the order in which they are made."""

    LOOK_UP = "look up"
    RESERVE = "reserve"
    PAY = "pay"


@dataclass(frozen=True, order=True)
class Due:
    """A call that is planned for a moment, in seconds after the start."""

    at: float
    shopper: int
    call: Call


@dataclass(frozen=True)
class Plan:
    """Shoppers that arrive at random, at a rate that rises from 0 during the ramp."""

    rate: float  # shoppers per second after the ramp
    seconds: float  # with the ramp
    ramp: float
    products: int

    @classmethod
    def parse(cls, *, rate: str, seconds: str, ramp: str, products: str) -> "Plan":
        """Read the settings of the command line.

        Raises:
            BadPlan: one of them is not usable.
        """
        plan = cls(
            _number("RATE", rate, 0.1, RATE_MAX),
            _whole("SECONDS", seconds, 1, SECONDS_MAX),
            _whole("RAMP", ramp, 0, SECONDS_MAX),
            _whole("PRODUCTS", products, 1, PRODUCTS_MAX),
        )
        if plan.ramp > plan.seconds:
            raise BadPlan(f"RAMP is a part of SECONDS, so it cannot be {plan.ramp:g} of {plan.seconds:g}.")
        return plan

    @property
    def shoppers(self) -> float:
        """How many shoppers arrive on average."""
        return self.rate * (self.seconds - self.ramp / 2)

    def without_ramp(self, seconds: float) -> "Plan":
        """The full rate for so long."""
        return Plan(self.rate, seconds, 0, self.products)

    def arrivals(self, seed: int = 0) -> Iterator[float]:
        """When shoppers arrive: a Poisson process, because shoppers do not know of each other."""
        draw = random.Random(seed)
        expected = draw.expovariate(1.0)
        while (at := self._moment_of(expected)) < self.seconds:
            yield at
            expected += draw.expovariate(1.0)

    def calls(self, seed: int = 0) -> Iterator[Due]:
        """The calls whose moments are known before: those that wait for no answer. In the order of their moments."""
        return heapq.merge(
            (Due(at, number, Call.LOOK_UP) for number, at in enumerate(self.arrivals(seed))),
            (Due(at + THINK_SECONDS, number, Call.RESERVE) for number, at in enumerate(self.arrivals(seed))),
        )

    def _moment_of(self, expected: float) -> float:
        """The moment until which so many shoppers are expected."""
        in_ramp = self.rate * self.ramp / 2
        if expected < in_ramp:
            return sqrt(2 * expected * self.ramp / self.rate)
        return self.ramp + (expected - in_ramp) / self.rate


def _number(name: str, text: str, least: float, most: float) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not isfinite(value) or not least <= value <= most:
        raise BadPlan(f"{name} must be a number from {least:g} to {most:g}, not {text!r}.")
    return value


def _whole(name: str, text: str, least: int, most: int) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and least <= int(text) <= most):
        raise BadPlan(f"{name} must be a whole number from {least} to {most}, not {text!r}.")
    return int(text)
