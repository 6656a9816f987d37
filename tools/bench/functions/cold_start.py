"""Instructions of a cold start: the imports, the handler and the first calls, counted by valgrind.

Unlike times, they are the same on a busy machine.
"""

import re
import shutil

from tools.bench.functions.measured import Pair

# Of its tools the quickest one that counts.
COUNT = ("valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null")
COUNTED = re.compile(r"I\s+refs:\s+([\d,]+)")


def can_count() -> bool:
    """Whether this machine has valgrind."""
    return shutil.which("valgrind") is not None


def instructions(pair: Pair) -> tuple[int, int]:
    """The instructions of our cold start, and of bare boto3 with the same clients and the same calls."""
    ours = pair.run(pair.ours, *COUNT)
    pair.check(ours)
    return _counted(ours), _counted(pair.run(pair.bare, *COUNT))


def _counted(errors: str) -> int:
    found = COUNTED.search(errors)
    if not found:
        raise RuntimeError(f"valgrind counted nothing:\n{errors}")
    return int(found[1].replace(",", ""))
