"""Log lines and metrics: those of Powertools for AWS Lambda, which readers and queries know, at a part of its cost."""

import io
import json
import logging
import re
from collections.abc import Callable
from typing import Any

import aws_lambda_powertools
import pytest
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from inventory.model import Status
from inventory.observability import NAMESPACE, Logger, logger, measure
from tests.support.http.gateway import CONTEXT

TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"


def written(log: Any, write: Callable[[Any], object]) -> list[dict[str, Any]]:
    """The lines that are written, without what differs from line to line."""
    stream = io.StringIO()
    [handler] = logging.getLogger(log.service).handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(stream)
    write(log)
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def writes_fields(log: Any) -> None:
    log.append_keys(reservation_id="R-1", execution_arn=None)
    log.info("decided", status=Status.HELD, product_ids=["P-1"], umlaut="Größe", rescued=False)
    log.warning("late", reservation_id="R-2")


def writes_an_exception(log: Any) -> None:
    try:
        raise ValueError("wrong")
    except ValueError:
        log.exception("it failed", topic="operations")


def writes_in_two_requests(log: Any) -> None:
    def refuse(event: Any, context: Any) -> None:
        log.append_keys(**event)
        log.error("refused")

    handler = log.inject_lambda_context(clear_state=True)(refuse)
    handler({"reservation_id": "R-1"}, CONTEXT)
    handler({"import_id": "I-1"}, CONTEXT)


@pytest.mark.parametrize("write", [writes_fields, writes_an_exception, writes_in_two_requests])
def test_log_lines_are_those_of_powertools(write: Callable[[Any], object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", TRACE)
    lines: dict[str, list[list[tuple[str, Any]]]] = {}
    for service, kind in (("ours", Logger), ("theirs", aws_lambda_powertools.Logger)):
        monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", f"{service}-{write.__name__}")
        lines[service] = [_comparable(line) for line in written(kind(), write)]

    assert lines["ours"] == lines["theirs"]
    assert len(lines["ours"]) == (1 if write is writes_an_exception else 2)


def _comparable(line: dict[str, Any]) -> list[tuple[str, Any]]:
    """A line's fields in their order, without the values that differ between two lines."""
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}[+-]\d{4}", line["timestamp"])
    line |= {"timestamp": "now", "service": "stack"}
    line["location"] = line["location"].partition(":")[0]
    return list(line.items()) if "cold_start" not in line else sorted(line.items())


def test_a_metric_is_the_line_of_powertools(capsys: pytest.CaptureFixture[str]) -> None:
    measure({"Holds": 1, "Units": 3}, milliseconds={"Decided": 12.5}, by={"reason": "EXPIRED"})
    theirs = EphemeralMetrics(namespace=NAMESPACE, service=logger.service)
    theirs.add_metric("Holds", MetricUnit.Count, 1)
    theirs.add_metric("Units", MetricUnit.Count, 3)
    theirs.add_metric("Decided", MetricUnit.Milliseconds, 12.5)
    theirs.add_dimensions(service=logger.service, reason="EXPIRED")
    theirs.flush_metrics()

    ours, expected = capsys.readouterr().out.splitlines()
    without_time = re.compile(r'"Timestamp":\d{13}')
    assert without_time.sub("", ours) == without_time.sub("", expected)
    assert without_time.search(ours)


def test_metrics_can_be_disabled(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("POWERTOOLS_METRICS_DISABLED", "true")

    measure({"Holds": 1})

    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("variable", "level"), [("AWS_LAMBDA_LOG_LEVEL", "ERROR"), ("POWERTOOLS_LOG_LEVEL", "warning")]
)
def test_lambda_decides_which_lines_are_written(monkeypatch: pytest.MonkeyPatch, variable: str, level: str) -> None:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", f"level-{level}")
    monkeypatch.setenv(variable, level)

    lines = written(Logger(), lambda log: (log.info("decided"), log.error("refused")))

    assert [line["message"] for line in lines] == ["refused"]
