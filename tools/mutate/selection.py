"""Which tests run for a mutant, and in which order.

Nearly every test calls the functions that move stock, and there is not enough time for all of them. So tests of the
mutated subject come first. In each file these alternate: tests that run lines which few other tests run, because a
condition is noticed by a test in which it fails; and quick ones, which are near the function, and notice too much of it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

import pytest

from tools.mutate.calls import Calls
from tools.mutate.mutants import Mutant

# A test of the original that takes longer, in the time of a processor, does not run for mutants.
TEST_SECONDS_MAX = 5.0
# Of the tests that run a mutated line, those that take so long together: a small mutation needs a test near it.
TESTS_SECONDS_MAX = 30.0
# What the tables and the fixtures of a test take about.
SETUP_SECONDS = 0.05
# For each test of another subject, so many of the mutated subject run, and so many of the module's own files:
# test_counts.py for stock/counts.py.
NEAR_BEFORE_OTHER = 8
OWN_BEFORE_OTHER = 64


class Selection:
    """Selects the tests that run for a mutant."""

    def __init__(self, items: Sequence[pytest.Item], calls: Mapping[str, Calls]) -> None:
        self._calls = calls
        self._tests: dict[str, list[pytest.Item]] = defaultdict(list)
        self._rarities: dict[str, dict[str, float]] = {}
        for item in items:
            found = calls.get(item.nodeid)
            if found is None or not found.passed or found.seconds > TEST_SECONDS_MAX:
                continue
            for function, lines in found.lines.items():
                self._tests[function].append(item)
                for line in lines:
                    self._tests[f"{function}+{line}"].append(item)

    def __call__(self, mutant: Mutant) -> list[pytest.Item]:
        """The tests that run the mutated line, or its function if no test is known to run the line."""
        found = {test.nodeid: test for place in mutant.places() for test in self._tests.get(place, ())}
        if not found:
            found = {test.nodeid: test for test in self._tests.get(mutant.function, ())}
        return list(self._within_time(self._in_order(list(found.values()), mutant)))

    def _in_order(self, tests: Sequence[pytest.Item], mutant: Mutant) -> list[pytest.Item]:
        """The files take turns, those of the subject first: with a particular test and a quick one alternately."""
        subject = mutant.module.split(".")[1:]
        rarity = self._rarity(mutant.module)
        costs = self._costs(tests)
        particular = sorted(tests, key=lambda test: -rarity[test.nodeid] / costs[test.nodeid])
        quick = sorted(tests, key=lambda test: costs[test.nodeid])
        places: Counter[Path] = Counter()
        turns: dict[pytest.Item, float] = {}
        for test in chain.from_iterable(zip(particular, quick, strict=True)):
            if test not in turns:
                place = places[test.path]
                turns[test] = _turn(place, _nearness(test.path, subject))
                places[test.path] += 1
        return sorted(turns, key=lambda test: turns[test])

    def _costs(self, tests: Sequence[pytest.Item]) -> dict[str, float]:
        """How long tests take; of a test with parameters the second variant counts twice, as it notices much the same."""
        variants: Counter[str] = Counter()
        costs = {}
        for test in sorted(tests, key=lambda test: self._calls[test.nodeid].seconds):
            name = test.nodeid.partition("[")[0]
            variants[name] += 1
            costs[test.nodeid] = (self._calls[test.nodeid].seconds + SETUP_SECONDS) * variants[name]
        return costs

    def _rarity(self, module: str) -> dict[str, float]:
        """Of each test, how many lines of a module it runs, each divided by the number of tests that run it."""
        if module not in self._rarities:
            rarities: dict[str, float] = defaultdict(float)
            for place, tests in self._tests.items():
                if place.startswith(f"{module}:") and "+" in place:
                    for test in tests:
                        rarities[test.nodeid] += 1 / len(tests)
            self._rarities[module] = rarities
        return self._rarities[module]

    def _within_time(self, tests: Sequence[pytest.Item]) -> Iterator[pytest.Item]:
        seconds = 0.0
        for test in tests:
            seconds += self._calls[test.nodeid].seconds
            if seconds > TESTS_SECONDS_MAX:
                return
            yield test


def _turn(place: int, nearness: int) -> float:
    """When the test at a place of its file runs; the first ones of near files run before all others."""
    return place / nearness if nearness > 1 else place + 1


def _nearness(path: Path, subject: Sequence[str]) -> int:
    """How many tests of a file run for each test of another subject."""
    if path.stem == f"test_{subject[-1]}":
        return OWN_BEFORE_OTHER
    # A unit test calls little else.
    is_near = {"unit", *subject, *(f"test_{name}" for name in subject)} & {*path.parts, path.stem}
    return NEAR_BEFORE_OTHER if is_near else 1
