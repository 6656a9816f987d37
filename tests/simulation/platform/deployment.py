"""What is deployed to the simulated AWS: the definition of the workflow, and the timeouts of the functions."""

import json
from functools import cache
from typing import Any

import yaml

from tests.simulation.platform.runtime import LOW_STOCK_TOPIC, TABLES
from tests.support.template.source import template
from tests.support.workflow.definition import deployed

DEFINITION = "statemachines/reservation.asl.yaml"


@cache
def workflow_definition(text: str) -> dict[str, Any]:
    """The definition of the workflow from its text, after its substitutions."""
    substitutions = {
        "Partition": "aws",
        "ReserveStockFunctionArn": "reserve_stock",
        "CommitStockFunctionArn": "commit_stock",
        "ReleaseStockFunctionArn": "release_stock",
        "ReservationsTableName": TABLES["ReservationsTable"],
        "InventoryTableName": TABLES["InventoryTable"],
        "LowStockTopicArn": LOW_STOCK_TOPIC,
    }
    loaded: dict[str, Any] = json.loads(deployed(substitutions, {}, yaml.safe_load(text)))
    return loaded


@cache
def function_timeouts() -> dict[str, float]:
    """After how many seconds Lambda stops each function."""
    usual = template()["Globals"]["Function"]["Timeout"]
    return {
        one["Properties"]["Handler"].partition(".")[0]: float(one["Properties"].get("Timeout", usual))
        for one in template()["Resources"].values()
        if one["Type"] == "AWS::Serverless::Function"
    }
