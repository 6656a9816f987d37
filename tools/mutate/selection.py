"""Which tests run for a mutant, and in which order.

Nearly every test calls the functions that move stock, and there is not enough time for all of them. So tests of the
mutated subject come first, and in each file those that run lines which few other tests run: a condition is noticed by a
test in which it fails.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from tools.mutate.calls import Calls
from tools.mutate.mutants import Mutant

# A test of the original that takes longer, in the time of a processor, does not run for mutants.
TEST_SECONDS_MAX = 5.0
# Of the tests that run a mutated line, those that take so long together: a small mutation needs a test near it.
TESTS_SECONDS_MAX = 10.0
# For each test of another subject, so many of the mutated subject run.
NEAR_BEFORE_OTHER = 8


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
        """The files take turns, with their most particular tests first."""
        subject = mutant.module.split(".")[1:]
        rarity = self._rarity(mutant.module)
        particular = {test.nodeid: rarity[test.nodeid] for test in tests}
        variants: Counter[str] = Counter()  # of a test with parameters: they notice much the same
        for test in sorted(tests, key=lambda test: self._calls[test.nodeid].seconds):
            name = test.nodeid.partition("[")[0]
            variants[name] += 1
            particular[test.nodeid] /= variants[name]
        places: Counter[Path] = Counter()
        order: dict[str, tuple[float, float]] = {}
        for test in sorted(tests, key=lambda test: -particular[test.nodeid]):
            turn = places[test.path] / (NEAR_BEFORE_OTHER if _is_near(test.path, subject) else 1)
            order[test.nodeid] = (turn, -particular[test.nodeid])
            places[test.path] += 1
        return sorted(tests, key=lambda test: order[test.nodeid])

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


def _is_near(path: Path, subject: Sequence[str]) -> bool:
    return bool({*subject, *(f"test_{name}" for name in subject)} & {*path.parts, path.stem})
