"""A short load test of the deployed stack."""

import pytest

from tools.demo.stock_loader import StockLoader
from tools.load_test.plan import Call, Plan
from tools.load_test.results import Outcome
from tools.load_test.run import run
from tools.local import Stack


def test_a_load_test_sells_compares_the_books_and_leaves_no_product(
    stack: Stack, stock_loader: StockLoader, capsys: pytest.CaptureFixture[str]
) -> None:
    results = run(stack, Plan(rate=2, seconds=3, ramp=1, products=2))

    assert {result.call for result in results if result.outcome is Outcome.OK} == set(Call)
    assert "0 differ" in capsys.readouterr().out
    assert [level for level in stock_loader.levels() if level["product_id"].startswith("LOAD-TEST")] == []
