"""The scenarios of the demo, all at once, and the cost of each outcome."""

from collections import Counter
from pathlib import Path

import pytest

from tools.demo.checkout import CheckoutService
from tools.demo.checks import level_key
from tools.demo.costs.calls import measure_calls
from tools.demo.costs.measure import measure
from tools.demo.costs.usage import cost_problems
from tools.demo.findings import Findings
from tools.demo.messages import Subscriber
from tools.demo.pace import measured_pace
from tools.demo.runner import outcome_findings, run_scenarios
from tools.demo.scenarios import CATALOGUES, SCENARIOS
from tools.demo.stock_loader import StockLoader
from tools.load.catalogue_file import BadCatalogue
from tools.local import Stack

BECOME_LOW = [("DROP-0001", "main"), ("DROP-0003", "main"), ("DROP-0005", "main")]

pytestmark = pytest.mark.timeout(600)


@pytest.mark.alone
def test_all_scenarios_at_once_end_with_their_outcomes(
    stack: Stack, service: CheckoutService, stock_loader: StockLoader
) -> None:
    with Subscriber(stack, stack.outputs["LowStockTopicArn"]) as low_stock:
        for catalogue in CATALOGUES:
            stock_loader.load(catalogue)
        service.pace = measured_pace(service, "DAY", SCENARIOS[0].request("DAY"))
        outcomes = run_scenarios(SCENARIOS, service, run_id="DAY")
        alerts = low_stock.receive_until(lambda received: len(received) >= len(BECOME_LOW), service.pace.seconds(20))

    announced = Counter((alert["product_id"], alert["warehouse_id"]) for alert in alerts)
    assert outcome_findings(SCENARIOS, outcomes) == Findings()
    assert stock_loader.differences() == []
    assert announced == dict.fromkeys(BECOME_LOW, 1)


def test_no_checkout_and_no_other_call_costs_more_than_its_limit(
    stack: Stack, stock_loader: StockLoader, directory: Path
) -> None:
    for catalogue in CATALOGUES:
        stock_loader.load(catalogue)

    usages = measure(stack, directory / "dynamodb.jsonl", "MEASURED")
    levels = [level_key(level) for level in stock_loader.levels()]
    calls = measure_calls(stack, directory / "dynamodb.jsonl", "MEASURED", levels)

    assert cost_problems([*usages, *calls]) == []


def test_a_catalogue_with_invalid_rows_is_not_loaded(stock_loader: StockLoader, tmp_path: Path) -> None:
    before = stock_loader.levels()
    bad = tmp_path / "bad.csv"
    bad.write_text(
        "product_id,warehouse_id,name,category,on_hand,low_stock_threshold\n"
        "NEW-1,main,New,kitchen,5,1\n"
        "NEW-2,main,,kitchen,-5,1\n"
    )

    with pytest.raises(BadCatalogue) as refused:
        stock_loader.load(bad)

    assert "bad.csv:3: name" in str(refused.value)
    assert "bad.csv:3: on_hand" in str(refused.value)
    assert stock_loader.levels() == before
