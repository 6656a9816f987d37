"""The cost of an idle stack, and that docs/deployment.md names it."""

import ast
from pathlib import Path

import pytest

from inventory.read_model.merging.job import Report
from inventory.read_model.merging.merge import MergeResult, Outcome
from tests.support.template.source import ROOT
from tools.demo.costs.idle import IDLE_METRICS, Line, alarm_metrics, idle_bill, runs_of_month
from tools.demo.costs.live_stock import change_lines, viewer_lines
from tools.demo.costs.read_model import STORES, WRITE_UNITS, checkout_lines, page_lines, store_rows
from tools.demo.costs.usage import read_prices
from tools.deploy.parameters import parse_overrides
from tools.samconfig import command_settings


def bill(stage: str = "prod", **changed: str) -> dict[str, Line]:
    overrides = parse_overrides(command_settings(ROOT / "samconfig.toml", stage, "deploy")["parameter_overrides"])
    return {line.service: line for line in idle_bill(overrides | changed)}


def test_the_documented_bill_is_that_of_the_templates() -> None:
    document = (ROOT / "docs" / "deployment.md").read_text()
    lines = bill().values()

    for line in (*lines, Line("**total**", "", sum(line.dollars for line in lines))):
        assert f"{line.row}\n" in document
    prices = read_prices()["storage"]
    assert f"${prices['table_gigabyte']:.2f} for its storage" in document
    assert f"${prices['recovery_gigabyte']:.2f} for point-in-time recovery" in document


def test_the_documented_costs_of_live_stock_are_those_of_the_prices() -> None:
    document = (ROOT / "docs" / "live-stock.md").read_text()
    changes = change_lines(read_prices())

    total = Line("**total**", "", sum(line.dollars for line in changes))
    for line in (*changes, total, *viewer_lines(read_prices())):
        assert f"{line.row}\n" in document


def test_the_documented_costs_of_the_read_model_are_those_of_the_prices() -> None:
    document = (ROOT / "docs" / "read-model.md").read_text()

    for lines in (checkout_lines(read_prices()), page_lines(read_prices())):
        total = Line("**total**", "", sum(line.dollars for line in lines))
        for line in (*lines, total):
            assert f"{line.row}\n" in document
        assert f"${total.dollars:.2f}" in (ROOT / "docs" / "operations.md").read_text()


def test_the_read_model_adds_at_most_four_write_units_to_a_checkout_and_a_dollar_to_an_open_page() -> None:
    dynamodb, *others = page_lines(read_prices())

    assert WRITE_UNITS <= 4
    assert dynamodb.dollars + sum(line.dollars for line in others) < 1


def test_the_documented_comparison_of_stores_is_that_of_the_prices() -> None:
    document = (ROOT / "docs" / "decisions.md").read_text()

    rows = store_rows(read_prices())
    assert len(rows) == len(STORES)
    for row in rows:
        assert f"{row}\n" in document


def test_a_heartbeat_is_paid_for_at_both_consumers_of_both_streams() -> None:
    assert bill()["DynamoDB writes"].quantity == f"{2 * 2 * 43_800:,} units"
    assert bill()["Lambda"].quantity.startswith(f"{97_120 + 2 * 2 * 43_800:,} runs")


def test_both_stages_cost_the_same() -> None:
    assert bill("default") == bill("prod")


def test_an_alarm_is_charged_for_each_metric_of_its_expression() -> None:
    metric = {"Id": "a", "MetricStat": {}}

    assert alarm_metrics({"Properties": {"MetricName": "Holds"}}) == 1
    assert (
        alarm_metrics({"Properties": {"Metrics": [{"Id": "all", "Expression": "SUM(METRICS())"}, metric, metric]}}) == 2
    )


def test_an_alarm_whose_condition_is_false_costs_nothing() -> None:
    usual = bill()["CloudWatch alarms"].dollars

    assert bill(SalesExpected="true")["CloudWatch alarms"].dollars == pytest.approx(usual + 0.10)
    assert bill(GradualDeployment="false")["CloudWatch alarms"].dollars < usual


@pytest.mark.parametrize(
    ("rate", "runs"),
    [("rate(1 minute)", 43_800), ("rate(5 minutes)", 8_760), ("rate(1 hour)", 730), ("rate(2 days)", 15.2)],
)
def test_a_rate_is_counted_for_a_month(rate: str, runs: float) -> None:
    assert runs_of_month(rate) == pytest.approx(runs, rel=0.01)


def test_another_schedule_is_refused() -> None:
    with pytest.raises(ValueError, match=r"cron\(0 12 \* \* \? \*\) cannot be computed"):
        runs_of_month("cron(0 12 * * ? *)")


def test_a_rarer_schedule_costs_less() -> None:
    assert bill(ReconcileHoldsRate="rate(2 minutes)")["Lambda"].dollars < bill()["Lambda"].dollars


def test_the_metrics_of_an_idle_stack_are_those_that_the_jobs_always_write() -> None:
    jobs = ("reconcile_holds.py", "reconcile_counters.py", "check_low_stock.py", "renew_live_stock_key.py")
    written = {name for job in jobs for name in metrics_always_written(ROOT / "functions" / job)}

    assert written | Report(MergeResult(Outcome.NOTHING), None).counts.keys() == set(IDLE_METRICS)


def metrics_always_written(path: Path) -> list[str]:
    """The names in the calls of `measure` without a dimension, which only an outcome has."""
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    return [
        str(key.value)
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id == "measure" and not call.keywords
        for argument in call.args
        if isinstance(argument, ast.Dict)
        for key in argument.keys
        if isinstance(key, ast.Constant)
    ]
