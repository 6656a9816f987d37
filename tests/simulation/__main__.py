"""Simulates checkouts in many worlds: `python -m tests.simulation --seeds 1-1000 --checkouts 100`."""

import argparse
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

CHECKOUTS = 100
PROCESSES = 2


@dataclass(frozen=True)
class Result:
    """What happened in one world."""

    seed: int
    wrong: list[str]
    checkouts: int
    faults: int
    calls: int


def simulate(seed: int, checkouts: int) -> Result:
    """Live through one world."""
    from tests.simulation.world import World

    world = World(seed, checkouts)
    wrong = world.run()
    return Result(seed, wrong, len(world.shoppers.checkouts), world.faults.counted.total(), world.aws.calls)


def tell(seed: int, checkouts: int) -> None:
    """Print the story of a world."""
    from tests.simulation.world import World

    world = World(seed, checkouts, is_told=True)
    wrong = world.run()
    print("\n".join(world.story.lines))
    print(f"seed {seed}: {world.weather}")
    for sentence in wrong:
        print(f"WRONG: {sentence}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", default="1-100", help="the worlds: 7, or 1-100 (default)")
    parser.add_argument("--checkouts", type=int, default=CHECKOUTS, help=f"in each world (default: {CHECKOUTS})")
    parser.add_argument("--processes", type=int, default=PROCESSES, help=f"at a time (default: {PROCESSES})")
    parser.add_argument("--story", action="store_true", help="print everything that happens")
    arguments = parser.parse_args()
    first, _, last = arguments.seeds.partition("-")
    seeds = range(int(first), int(last or first) + 1)
    if arguments.story:
        for seed in seeds:
            tell(seed, arguments.checkouts)
        return 0
    began, done, faults, failed = time.monotonic(), 0, 0, 0
    with ProcessPoolExecutor(arguments.processes) as pool:
        for result in pool.map(simulate, seeds, [arguments.checkouts] * len(seeds)):
            done += result.checkouts
            faults += result.faults
            if result.wrong:
                failed += 1
                print(f"seed {result.seed}: {result.wrong[:5]}")
    seconds = time.monotonic() - began
    print(f"{done} checkouts, {faults} faults, {seconds:.0f} s; {failed} of {len(seeds)} worlds failed")
    return 1 if failed else 0


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != "0":  # the order of sets must not differ from run to run
        os.environ["PYTHONHASHSEED"] = "0"
        os.execv(sys.executable, [sys.executable, "-m", "tests.simulation", *sys.argv[1:]])
    sys.exit(main())
