"""Machines against the deployed API: the Python client, and the examples of docs/integration.md as they are."""

import os
import re
import subprocess
import sys
from uuid import uuid4

import boto3
import pytest
from inventory_client import ChangeKind, ChangeStatus, StockChange, StockClient

from tests.support.template.source import ROOT
from tools.demo.stock_loader import StockLoader
from tools.local import Credentials, Stack

BLOCK = re.compile(r"^```(python|sh)\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="package")
def signer(stack: Stack, stock_loader: StockLoader) -> Credentials:
    """The credentials of a machine, for a shop with stock."""
    assert stack.stock_feed
    return stack.stock_feed


@pytest.fixture(scope="package")
def client(stack: Stack, signer: Credentials) -> StockClient:
    """The client of a machine."""
    session = boto3.Session(signer.access_key_id, signer.secret_access_key, region_name=stack.region)
    return StockClient(stack.outputs["ApiUrl"], session=session)


def test_a_feed_is_applied_once_and_names_its_sender(stack: Stack, client: StockClient) -> None:
    product_id = f"feed / {uuid4()}"
    changes = [
        StockChange(product_id, ChangeKind.RECEIVED, delta=5),
        StockChange(product_id, ChangeKind.SOLD_ELSEWHERE, delta=-6),
        StockChange(product_id, ChangeKind.SOLD_ELSEWHERE, delta=-2),
        StockChange(product_id, ChangeKind.ADJUSTED),
    ]

    first = client.feed_stock(changes, key=product_id)
    again = client.feed_stock(changes, key=product_id)

    assert [result.result for result in first] == [
        ChangeStatus.APPLIED,
        ChangeStatus.SHORT,
        ChangeStatus.APPLIED,
        ChangeStatus.INVALID,
    ]
    assert again == first
    movements = stack.client("dynamodb").query(
        TableName=stack.outputs["MovementsTableName"],
        KeyConditionExpression="product_id = :product_id",
        ExpressionAttributeValues={":product_id": {"S": product_id}},
    )["Items"]
    assert [(movement["kind"]["S"], movement["actor"]["S"]) for movement in movements] == [
        ("RECEIVED", "user/stock-feed"),
        ("SOLD_ELSEWHERE", "user/stock-feed"),
    ]
    assert [level.on_hand for level in client.iterate_stock_levels() if level.product_id == product_id] == [3]


@pytest.mark.parametrize("number", range(4), ids=["nightly count", "comparison", "till", "delivery"])
def test_the_examples_of_the_guide_work_as_they_are(number: int, stack: Stack, signer: Credentials) -> None:
    _, _, guide = (ROOT / "docs" / "integration.md").read_text().partition("## Give a machine its role")
    blocks = BLOCK.findall(guide)
    # The first two prepare a role and the variables below.
    language, code = blocks[2:][number]
    command = [sys.executable, "-c", code] if language == "python" else ["sh", "-c", code]
    environment = {
        "API_URL": stack.outputs["ApiUrl"].rstrip("/"),
        "AWS_REGION": stack.region,
        "AWS_DEFAULT_REGION": stack.region,
        "AWS_ACCESS_KEY_ID": signer.access_key_id,
        "AWS_SECRET_ACCESS_KEY": signer.secret_access_key,
        "PYTHONPATH": str(ROOT / "clients" / "python"),
        "PATH": os.environ["PATH"],
    }

    ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)

    assert ran.returncode == 0, ran.stderr
    assert "KIT-000" in ran.stdout or "2 of 2" in ran.stdout
