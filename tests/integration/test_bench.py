"""What `make bench` measures does what it is measured for."""

import os
from unittest.mock import patch

from tests.support.handlers import Functions
from tools.bench.in_process import in_process_pairs


def test_everything_that_is_measured_in_process_runs(functions: Functions, dynamodb_url: str) -> None:
    with patch.dict(os.environ):  # the functions that are measured are told of a shop of their own
        functions.stop()
        pairs = in_process_pairs(dynamodb_url, products=2, live_holds=(3,))

        for ours, bare in pairs.values():
            ours()
            bare()

    assert len(pairs) == 4
