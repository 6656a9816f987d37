"""The code that `make bench` measures in process works."""

import os
from unittest.mock import patch

from tests.support.handlers import Functions
from tools.bench.in_process import in_process_pairs


def test_every_in_process_benchmark_runs(functions: Functions, dynamodb_url: str) -> None:
    with patch.dict(os.environ):  # the benchmarks set the environment for a shop of their own
        functions.stop()
        pairs = in_process_pairs(dynamodb_url, products=2, live_holds=(3,))

        for ours, bare in pairs.values():
            ours()
            bare()

    assert len(pairs) == 4
