"""The code that `make bench` measures over HTTP works."""

from tools.bench.deployed import deployed_pairs
from tools.local import Stack


def test_every_benchmark_over_http_runs(stack: Stack) -> None:
    pairs = deployed_pairs(stack, products=2)

    for ours, bare in pairs.values():
        ours()
        bare()

    assert len(pairs) == 3
