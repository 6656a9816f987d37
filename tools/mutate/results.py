"""What is known of mutants: stored after each one, so that a run can be stopped and continued."""

import json
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from tools.mutate.mutants import PROJECT, Mutant

RESULTS = PROJECT / ".local" / "mutate" / "results.json"
SURVIVORS = Path(__file__).parent / "survivors.toml"
NOTICED_MIN = 0.95


class Outcome(StrEnum):
    """What the tests did with a mutant."""

    NOTICED = "noticed"
    TIMED_OUT = "timed out"
    SURVIVED = "survived"
    NOT_COVERED = "not covered"  # no test calls its function

    @property
    def is_noticed(self) -> bool:
        return self in (Outcome.NOTICED, Outcome.TIMED_OUT)


@dataclass(frozen=True)
class Result:
    """The outcome of one mutant, and what it is the outcome of."""

    outcome: Outcome
    source_hash: str  # of the mutated function
    tests_hash: str  # of the tests that call it
    test: str | None = None  # the test that noticed it


class Results:
    """The results of this run and of earlier ones, by the keys of the mutants."""

    def __init__(self, path: Path = RESULTS) -> None:
        self._path = path
        stored = json.loads(path.read_text()) if path.exists() else {}
        self._results = {
            key: Result(**{**found, "outcome": Outcome(found["outcome"])}) for key, found in stored.items()
        }

    def known(self, mutant: Mutant, tests_hash: str) -> Result | None:
        """The result of an earlier run, if it still holds.

        A noticed mutant counts as noticed until its function changes; a survivor until a test that calls it changes.
        """
        found = self._results.get(mutant.key)
        if found is None or found.source_hash != mutant.source_hash:
            return None
        return found if found.outcome.is_noticed or found.tests_hash == tests_hash else None

    def store(self, mutant: Mutant, result: Result) -> None:
        """Keep a result, also if the run is stopped now."""
        self._results[mutant.key] = result
        self._path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._path.with_suffix(".tmp")
        unfinished.write_text(json.dumps({key: asdict(result) for key, result in self._results.items()}, indent=1))
        unfinished.replace(self._path)

    def forget(self) -> None:
        """Begin again."""
        self._results.clear()


def listed_survivors(path: Path = SURVIVORS) -> dict[str, str]:
    """Mutants that are the same program as the original, by their keys, each with the reason."""
    listed = tomllib.loads(path.read_text())
    return {f"{entry['function']}: {entry['mutation']}": entry["reason"] for entry in listed.get("survivor", [])}


@dataclass(frozen=True)
class Report:
    """The figures of a run, and what is wrong with them."""

    outcomes: Sequence[tuple[Mutant, Outcome | None]]  # None: not run yet
    listed: dict[str, str]

    @property
    def survivors(self) -> list[Mutant]:
        """The survivors that are not listed."""
        return [mutant for mutant in self._missed() if mutant.key not in self.listed]

    @property
    def noticed_rate(self) -> float:
        """The share of noticed ones among those that ran."""
        ran = [outcome for _, outcome in self.outcomes if outcome]
        return sum(outcome.is_noticed for outcome in ran) / len(ran) if ran else 1.0

    @property
    def outdated(self) -> list[str]:
        """Listed survivors that were noticed or do not exist any more, of the modules of this run."""
        missed = {mutant.key for mutant in self._missed()}
        waiting = {mutant.key for mutant, outcome in self.outcomes if outcome is None}
        modules = {mutant.module for mutant, _ in self.outcomes}
        return [key for key in self.listed if key.partition(":")[0] in modules and key not in missed | waiting]

    @property
    def is_good(self) -> bool:
        return not self.survivors and not self.outdated and self.noticed_rate >= NOTICED_MIN

    def lines(self) -> Iterable[str]:
        """A table of the modules, and the survivors."""
        columns = [*Outcome, "not run"]
        modules = list(dict.fromkeys(mutant.module for mutant, _ in self.outcomes))
        width = max(map(len, modules), default=0)
        yield f"{'':{width}}  " + "  ".join(f"{column:>11}" for column in columns) + "     rate"
        for module in [*modules, "all"]:
            found = [outcome for mutant, outcome in self.outcomes if module in ("all", mutant.module)]
            counts = [*(found.count(outcome) for outcome in Outcome), found.count(None)]
            ran = len(found) - counts[-1]
            rate = f"{sum(counts[:2]) / ran:8.1%}" if ran else "        "
            yield f"{module:{width}}  " + "  ".join(f"{count:11}" for count in counts) + f" {rate}"
        for mutant, outcome in self.outcomes:
            if outcome and not outcome.is_noticed:
                reason = self.listed.get(mutant.key)
                yield f"{outcome}: {mutant.key}" + (
                    f" (the same program: {reason})" if reason else f" (line {mutant.line})"
                )
        for key in self.outdated:
            yield f"listed in {SURVIVORS.name}, but noticed or gone: {key}"

    def _missed(self) -> list[Mutant]:
        return [mutant for mutant, outcome in self.outcomes if outcome and not outcome.is_noticed]
