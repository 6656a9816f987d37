"""How an execution is started."""

import json

import boto3
import pytest
from botocore.stub import Stubber

from inventory.executions import Executions
from inventory.settings import trace_header

ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:reservation"
TRACE = "Root=1-6b03513a-33f3270c1033100a2ccd491d;Parent=53995c3f42cd8ad8;Sampled=1"


@pytest.mark.parametrize("trace", [TRACE, None])
def test_an_execution_goes_on_with_the_trace_of_its_request(trace: str | None) -> None:
    environment = {"_X_AMZN_TRACE_ID": trace} if trace else {}
    client = boto3.client(
        "stepfunctions", region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
    )
    started = {"stateMachineArn": ARN, "name": "R-1", "input": json.dumps({"lines": []})}
    with Stubber(client) as stubber:
        stubber.add_response(
            "start_execution",
            {"executionArn": f"{ARN}:R-1", "startDate": 0},
            started | ({"traceHeader": trace} if trace else {}),
        )

        assert Executions(client, state_machine_arn=ARN).start("R-1", {"lines": []}, trace_header(environment))
