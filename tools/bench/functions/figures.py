"""The figures of the functions, for `make bench`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tools.bench.functions.cold_start import can_count, instructions
from tools.bench.functions.measured import Deployed, pair
from tools.bench.functions.package import make_package, make_sdk
from tools.bench.functions.requests import MEASURED
from tools.bench.functions.warm import cpu_seconds
from tools.local.processes.temporary import temporary_directory
from tools.local.settings import PROJECT

ROUNDS = 200


def figures(*, rounds: int = ROUNDS, log: Callable[[str], None] = lambda text: None) -> dict[str, float]:
    """Measure each function with a request that does everything.

    Args:
        rounds: how many warm requests of each function.
        log: is called with what is measured now.

    Returns:
        `cold_start.{function}`: the instructions of a cold start over those of bare boto3 with the same clients and the same
        calls; without valgrind they are missing. `warm.{function}`: the CPU of a request over that of its bare calls;
        `warm.same_settings.{function}`: over that of the same calls by a client with our settings, which is quicker.
    """
    found: dict[str, float] = {}
    with deployed() as package:
        for request in MEASURED:
            log(f"Measuring: {request.function} …")
            with pair(request, package) as measured:
                if can_count():
                    ours, bare = instructions(measured)
                    found[f"cold_start.{request.function}"] = ours / bare
                cpu = cpu_seconds(measured, rounds)
                found[f"warm.{request.function}"] = cpu.ours / cpu.bare
                found[f"warm.same_settings.{request.function}"] = cpu.ours / cpu.bare_with_our_settings
    return found


@contextmanager
def deployed() -> Iterator[Deployed]:
    """The package and the SDK as on Lambda."""
    with temporary_directory(PROJECT / ".local" / "bench") as directory:
        yield Deployed(make_package(directory / "package"), make_sdk(directory / "sdk"))
