"""Runs worlds: some seeds, the story of one, or the hunt for the seeded bugs.

Nothing of the component is imported here: a process that looks for a bug puts it into the sources first.
"""

import multiprocessing
import signal
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

COMMAND = "python -m tests.simulation"
SEEDS_A_BUG = 300  # after so many worlds a bug counts as not found
SENTENCES_SHOWN_MAX = 5
PROGRESS_SECONDS = 10.0


@dataclass(frozen=True)
class Result:
    """What happened in one world."""

    seed: int
    wrong: list[str]
    checkouts: int
    faults: int
    calls: int
    outcomes: Counter[str]


@dataclass(frozen=True)
class Hunt:
    """How a bug was found, if it was."""

    name: str
    seeds: int
    wrong: str | None


def simulate(seed: int, checkouts: int) -> Result:
    """Live through one world."""
    from tests.simulation.shop.world import World

    world = World(seed, checkouts)
    wrong = world.run()
    faults = world.faults.counted.total() + world.publisher_faults.counted.total()
    calls = world.aws.calls + world.publisher_aws.calls
    return Result(seed, wrong, len(world.shoppers.checkouts), faults, calls, world.books.outcomes)


def story(seed: int, checkouts: int) -> str:
    """Everything that happens in a world."""
    from tests.simulation.shop.world import World

    world = World(seed, checkouts, is_recorded=True)
    wrong = world.run()
    ending = [f"seed {seed}: {world.weather}", *(f"WRONG: {sentence}" for sentence in wrong)]
    return "\n".join([*world.story.lines, *ending])


def hunt(index: int, checkouts: int) -> Hunt:
    """Look for one bug, world after world."""
    from tests.simulation.bugs import BUGS
    from tests.simulation.sources import Sources

    bug = BUGS[index]
    Sources.seed(bug)
    for seed in range(1, SEEDS_A_BUG + 1):
        wrong = simulate(seed, checkouts).wrong
        if wrong:
            return Hunt(bug.name, seed, wrong[0])
    return Hunt(bug.name, SEEDS_A_BUG, None)


def simulate_all(seeds: Sequence[int], checkouts: int, processes: int) -> int:
    """Live through many worlds; the number of those in which something is wrong."""
    began = shown = time.monotonic()
    results: list[Result] = []
    print(f"Simulating {len(seeds)} worlds with {checkouts} checkouts each …", flush=True)
    for result in _results(seeds, checkouts, processes):
        results.append(result)
        if result.wrong:
            print(f"\nseed {result.seed} is wrong:", *result.wrong[:SENTENCES_SHOWN_MAX], sep="\n  ")
            print(
                f"  its story: {COMMAND} --seeds {result.seed}-{result.seed} --checkouts {checkouts} --story",
                flush=True,
            )
        if time.monotonic() - shown > PROGRESS_SECONDS:
            shown = time.monotonic()
            print(f"{len(results)} of {len(seeds)} worlds", flush=True)
    wrong = [result for result in results if result.wrong]
    print(
        f"{sum(result.checkouts for result in results):,} checkouts with {sum(result.faults for result in results):,}"
        f" faults in {sum(result.calls for result in results):,} calls to AWS, in {time.monotonic() - began:.0f} s:"
        f" {len(wrong)} of {len(seeds)} worlds are wrong"
    )
    outcomes = sum((result.outcomes for result in results), Counter())
    print(", ".join(f"{outcome} {count:,}" for outcome, count in sorted(outcomes.items())))
    if wrong:
        print(f"\nThe story of seed {wrong[0].seed}:\n{story(wrong[0].seed, checkouts)}")
    return len(wrong)


def _results(seeds: Sequence[int], checkouts: int, processes: int) -> Iterator[Result]:
    if processes == 1:
        yield from (simulate(seed, checkouts) for seed in seeds)
        return
    pool = ProcessPoolExecutor(processes, initializer=_end_at_ctrl_c)
    try:
        yield from pool.map(simulate, seeds, [checkouts] * len(seeds))
    finally:
        pool.shutdown(cancel_futures=True)


def _end_at_ctrl_c() -> None:
    """Let Ctrl-C end a process of the pool without a stack trace: this process says it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def hunt_all(indexes: Iterable[int], checkouts: int, processes: int) -> int:
    """Look for bugs, each in a process of its own; the number of those that were not found."""
    chosen = list(indexes)
    fresh = multiprocessing.get_context("spawn")
    missed = 0
    pool = ProcessPoolExecutor(processes, mp_context=fresh, max_tasks_per_child=1, initializer=_end_at_ctrl_c)
    try:
        for found in pool.map(hunt, chosen, [checkouts] * len(chosen)):
            missed += found.wrong is None
            result = f"found by seed {found.seeds}: {found.wrong}" if found.wrong else "NOT FOUND"
            print(f"{found.name}\n    {result}", flush=True)
    finally:
        pool.shutdown(cancel_futures=True)
    print(f"{len(chosen) - missed} of {len(chosen)} bugs are found")
    return missed
