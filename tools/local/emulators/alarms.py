"""Alarms over a sum of metrics, which ministack refuses. It keeps them here, and never finds them breached."""

from typing import Any

from ministack.services.cloudformation import provisioners

# So that no metric is found to be theirs.
NOT_EVALUATED = {"Namespace": "Local/NotEvaluated", "MetricName": "NotEvaluated"}


def install() -> None:
    """Let ministack deploy every alarm."""
    record = provisioners._cw_metric_alarm_record

    def record_any(name: str, properties: dict[str, Any]) -> dict[str, Any]:
        if "Metrics" in properties:
            properties = {key: value for key, value in properties.items() if key != "Metrics"} | NOT_EVALUATED
        alarm: dict[str, Any] = record(name, properties)
        return alarm

    provisioners._cw_metric_alarm_record = record_any
