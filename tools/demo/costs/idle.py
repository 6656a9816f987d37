"""What a deployed stack costs in a month without a sale, computed from the templates.

Command line: python -m tools.demo.costs.idle --stage prod
"""

import argparse
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from samcli.yamlhelper import yaml_parse

from tools.console import run_and_exit
from tools.demo.costs.usage import read_prices
from tools.deploy.parameters import parse_overrides
from tools.samconfig import SamconfigError, command_settings

PROJECT = Path(__file__).parent.parent.parent.parent
MINUTES_OF_MONTH = 730 * 60
MINUTES = {"minute": 1, "hour": 60, "day": 24 * 60}

# What one run of a scheduled job uses while there is nothing to process. Estimates, on the high side.
RUN_SECONDS = 0.2
RUN_READ_UNITS = 4
RUN_LOG_GIGABYTES = 2e-6

# The heartbeat of the read model: each minute one row of each of these tables is written, which is a run of each function that
# reads the table's stream. FollowChanges writes down that it saw the row.
BEATING = ("InventoryTable", "ReservationsTable")
BEAT_WRITE_UNITS = 2

# The metrics that the jobs write in every run, even if they find nothing.
IDLE_METRICS = (
    *("StrandedHolds", "SignalsRepeated", "AnnouncementsRepeated", "ReconciliationFailures"),
    *("StockDrift", "CustomerDrift", "UnreadableRows", "LevelsChecked", "LevelsUnsure"),
    *("LiveStockKeyDays", "ReadModelAgeSeconds", "ReadModelChanges"),
)

# Lambda waits for messages of a queue with five requests at once, each for 20 s. It reads streams without a charge.
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
POLLS_A_MINUTE = 5 * 3

Template = Mapping[str, Any]


@dataclass(frozen=True)
class Job:
    """A function that a schedule or a heartbeat starts."""

    runs: float  # in a month
    memory_gigabytes: float
    is_scheduled: bool = True
    is_traced: bool = True


@dataclass(frozen=True)
class Line:
    """One line of the bill for a month."""

    service: str
    quantity: str
    dollars: float

    @property
    def row(self) -> str:
        """The line as a row of a Markdown table."""
        return f"| {self.service} | {self.quantity} | ${self.dollars:.2f} |"


def idle_bill(parameters: Mapping[str, str]) -> list[Line]:
    """The lines of a month's bill without sales, without the free tier.

    Args:
        parameters: the stage's overrides; all others have the template's defaults.
    """
    prices = read_prices()
    main, monitoring = (
        yaml_parse((PROJECT / name).read_text()) for name in ("template.yaml", "monitoring.template.yaml")
    )
    values = {name: str(described["Default"]) for name, described in main["Parameters"].items()} | dict(parameters)
    resources = [*_existing(main, values), *_existing(monitoring, values)]
    alarms = _of_kind(resources, "AWS::CloudWatch::Alarm")
    metrics = sum(map(alarm_metrics, alarms))
    return [
        Line(
            "CloudWatch alarms", f"{len(alarms)} over {metrics} metrics", metrics * prices["cloudwatch"]["alarm_metric"]
        ),
        Line(
            "CloudWatch custom metrics",
            f"{len(IDLE_METRICS)}, written by the scheduled jobs",
            len(IDLE_METRICS) * prices["cloudwatch"]["custom_metric"],
        ),
        _of_count("CloudWatch dashboard", resources, "AWS::CloudWatch::Dashboard", prices["cloudwatch"]["dashboard"]),
        _of_count("KMS key", resources, "AWS::KMS::Key", prices["kms"]["key"]),
        *_job_lines([*_jobs(resources, main, values), *_consumers_of_heartbeats(main)], prices),
        _queue_line(resources, prices),
    ]


def alarm_metrics(alarm: Template) -> int:
    """The number of metrics that an alarm is charged for: each metric of its expression, or its only one."""
    metrics = alarm["Properties"].get("Metrics")
    return sum("MetricStat" in metric for metric in metrics) if metrics else 1


def runs_of_month(rate: str) -> float:
    """How often a schedule like rate(5 minutes) starts in a month.

    Raises:
        ValueError: the expression is not a rate.
    """
    found = re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", rate)
    if not found:
        raise ValueError(f"The cost of {rate} cannot be computed: it is not a rate like rate(5 minutes).")
    return MINUTES_OF_MONTH / (int(found[1]) * MINUTES[found[2]])


def _of_kind(resources: Iterable[Template], kind: str) -> list[Template]:
    return [resource for resource in resources if resource["Type"] == kind]


def _of_count(service: str, resources: Iterable[Template], kind: str, dollars: float) -> Line:
    count = len(_of_kind(resources, kind))
    return Line(service, str(count), count * dollars)


def _queue_line(resources: Iterable[Template], prices: Mapping[str, Mapping[str, float]]) -> Line:
    consumed = sum(
        "StartingPosition" not in mapping["Properties"]
        for mapping in _of_kind(resources, "AWS::Lambda::EventSourceMapping")
    )
    polls = consumed * POLLS_A_MINUTE * MINUTES_OF_MONTH
    return Line("SQS", f"{polls:,.0f} requests for messages of {consumed} queues", polls * prices["sqs"]["request"])


def _job_lines(jobs: list[Job], prices: Mapping[str, Mapping[str, float]]) -> list[Line]:
    scheduled = [job for job in jobs if job.is_scheduled]
    starts, runs = sum(job.runs for job in scheduled), sum(job.runs for job in jobs)
    traces = sum(job.runs for job in jobs if job.is_traced)
    beats = len(BEATING) * MINUTES_OF_MONTH
    gigabyte_seconds = sum(job.runs * RUN_SECONDS * job.memory_gigabytes for job in jobs)
    functions = runs * prices["lambda"]["request"] + gigabyte_seconds * prices["lambda"]["gigabyte_second"]
    quantity = f"{starts:,.0f} runs of {len(scheduled)} jobs"
    return [
        Line("EventBridge Scheduler", quantity, starts * prices["scheduler"]["invocation"]),
        Line("Lambda", f"{runs:,.0f} runs, {gigabyte_seconds:,.0f} GB-seconds", functions),
        Line("X-Ray", f"{traces:,.0f} traces", traces * prices["xray"]["trace"]),
        Line(
            "CloudWatch Logs",
            f"{runs * RUN_LOG_GIGABYTES:.2f} GB",
            runs * RUN_LOG_GIGABYTES * prices["cloudwatch"]["log_gigabyte"],
        ),
        Line(
            "DynamoDB reads",
            f"{runs * RUN_READ_UNITS:,.0f} units",
            runs * RUN_READ_UNITS * prices["dynamodb"]["read_unit"],
        ),
        Line(
            "DynamoDB writes",
            f"{beats * BEAT_WRITE_UNITS:,.0f} units",
            beats * BEAT_WRITE_UNITS * prices["dynamodb"]["write_unit"],
        ),
    ]


def _consumers_of_heartbeats(template: Template) -> Iterable[Job]:
    """What each function that reads the stream of such a table does with the heartbeats."""
    resources, memory = template["Resources"], template["Globals"]["Function"]["MemorySize"]
    for mapping in _of_kind(resources.values(), "AWS::Lambda::EventSourceMapping"):
        source = mapping["Properties"]["EventSourceArn"]["Fn::GetAtt"]
        if source in [[table, "StreamArn"] for table in BEATING]:
            consumer = mapping["Properties"]["FunctionName"]["Ref"].removesuffix(".Alias")
            function = resources[consumer]["Properties"]
            gigabytes = function.get("MemorySize", memory) / 1024
            yield Job(MINUTES_OF_MONTH, gigabytes, is_scheduled=False, is_traced="Tracing" not in function)


def _jobs(resources: Iterable[Template], template: Template, values: Mapping[str, str]) -> Iterable[Job]:
    memory = template["Globals"]["Function"]["MemorySize"]
    for resource in resources:
        properties = resource.get("Properties", {})
        for event in properties.get("Events", {}).values():
            if event["Type"] == "ScheduleV2":
                rate = event["Properties"]["ScheduleExpression"]
                rate = rate if isinstance(rate, str) else values[rate["Ref"]]
                yield Job(runs_of_month(rate), properties.get("MemorySize", memory) / 1024)


def _existing(template: Template, values: Mapping[str, str]) -> list[Template]:
    """The resources whose condition is true."""
    conditions = template.get("Conditions", {})
    return [
        resource
        for resource in template["Resources"].values()
        if "Condition" not in resource or _is_true(conditions[resource["Condition"]], values)
    ]


def _is_true(condition: Mapping[str, Any], values: Mapping[str, str]) -> bool:
    [(function, arguments)] = condition.items()
    match function:
        case "Fn::Not":
            return not _is_true(arguments[0], values)
        case "Fn::Equals":
            left, right = (values[one["Ref"]] if isinstance(one, dict) else str(one) for one in arguments)
            return bool(left == right)
    raise ValueError(f"The condition {function} is not known here. Add it.")


def main() -> int:
    """Print the bill as a Markdown table. An error is one message without a stack trace."""
    parser = argparse.ArgumentParser(prog="python -m tools.demo.costs.idle", description=__doc__.splitlines()[0])
    parser.add_argument("--stage", default="prod", help="the stage of samconfig.toml; default: prod")
    stage = parser.parse_args().stage
    try:
        settings = command_settings(PROJECT / "samconfig.toml", stage, "deploy")
        lines = idle_bill(parse_overrides(settings.get("parameter_overrides", "")))
    except (SamconfigError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    print("| service | quantity | a month |\n| --- | --- | --- |")
    for line in [*lines, Line("**total**", "", sum(line.dollars for line in lines))]:
        print(line.row)
    return 0


if __name__ == "__main__":
    run_and_exit(main)
