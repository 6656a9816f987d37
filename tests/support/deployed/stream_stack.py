"""A small stack with a function that reads a stream and a queue, and fails for some of what it reads."""

import json
from typing import Any
from uuid import uuid4

from tests.support.waiting import until
from tools.local import Stack

DEPLOYED_WITHIN_SECONDS = 60
TIMEOUT_SECONDS = 5

# It logs what it processes. Rows and messages that begin with `fail` fail in its answer, those with `raise` by an error.
CODE = """
def handler(event, _):
    failed = []
    for record in event["Records"]:
        change = record.get("dynamodb")
        text = change["Keys"]["id"]["S"] if change else record["body"]
        name = change["SequenceNumber"] if change else record["messageId"]
        if text.startswith("raise"):
            raise ValueError(text)
        if text.startswith("fail"):
            failed.append({"itemIdentifier": name})
            if change:
                break
        else:
            images = sorted(key for key in change if key.endswith("Image")) if change else []
            print("PROCESSED", text, record.get("eventName"), images)
    return {"batchItemFailures": failed}
"""


def attribute(logical_id: str, name: str) -> Any:
    """An attribute of another resource."""
    return {"Fn::GetAtt": [logical_id, name]}


def mapping(source: Any, **properties: Any) -> Any:
    """An event source mapping of the alias."""
    of_all = {"FunctionName": {"Ref": "Alias"}, "FunctionResponseTypes": ["ReportBatchItemFailures"]}
    return {
        "Type": "AWS::Lambda::EventSourceMapping",
        "Properties": {**of_all, "EventSourceArn": source, **properties},
    }


RESOURCES = {
    "Table": {
        "Type": "AWS::DynamoDB::Table",
        "Properties": {
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "StreamSpecification": {"StreamViewType": "KEYS_ONLY"},
        },
    },
    "Role": {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "lambda.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                    }
                ],
            }
        },
    },
    "Function": {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Runtime": "python3.11",
            "Handler": "index.handler",
            "Role": attribute("Role", "Arn"),
            "Code": {"ZipFile": CODE},
            "Timeout": TIMEOUT_SECONDS,
        },
    },
    "Version": {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": "Function"}}},
    "Alias": {
        "Type": "AWS::Lambda::Alias",
        "Properties": {
            "FunctionName": {"Ref": "Function"},
            "Name": "live",
            "FunctionVersion": attribute("Version", "Version"),
        },
    },
    "FailedRows": {"Type": "AWS::SQS::Queue"},
    "FailedMessages": {"Type": "AWS::SQS::Queue"},
    "Messages": {
        "Type": "AWS::SQS::Queue",
        "Properties": {
            "VisibilityTimeout": TIMEOUT_SECONDS,
            "RedrivePolicy": {"deadLetterTargetArn": attribute("FailedMessages", "Arn"), "maxReceiveCount": 2},
        },
    },
    "OfStream": mapping(
        attribute("Table", "StreamArn"),
        StartingPosition="TRIM_HORIZON",
        BatchSize=100,
        MaximumRetryAttempts=1,
        BisectBatchOnFunctionError=True,
        DestinationConfig={"OnFailure": {"Destination": attribute("FailedRows", "Arn")}},
        FilterCriteria={"Filters": [{"Pattern": json.dumps({"eventName": ["INSERT", "MODIFY"]})}]},
    ),
    "OfQueue": mapping(attribute("Messages", "Arn"), BatchSize=10),
}
REFERENCES = ("Table", "Function", "Messages", "FailedRows", "FailedMessages")


class StreamStack:
    """The deployed stack."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._outputs = self._deploy()

    def writes(self, *names: str) -> None:
        """Write rows in one transaction."""
        puts = [{"Put": {"TableName": self._outputs["Table"], "Item": {"id": {"S": name}}}} for name in names]
        self._stack.client("dynamodb").transact_write_items(TransactItems=puts)

    def deletes(self, name: str) -> None:
        """Delete a row."""
        self._stack.client("dynamodb").delete_item(TableName=self._outputs["Table"], Key={"id": {"S": name}})

    def sends(self, *texts: str) -> None:
        """Send messages to the queue."""
        entries = [{"Id": str(number), "MessageBody": text} for number, text in enumerate(texts)]
        self._stack.client("sqs").send_message_batch(QueueUrl=self._outputs["Messages"], Entries=entries)

    @property
    def processed(self) -> list[str]:
        """What the function processed, in the order of the time: name, kind of change and images."""
        logs, group = self._stack.client("logs"), f"/aws/lambda/{self._outputs['Function']}"
        try:
            pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group)
            messages = [event["message"] for page in pages for event in page["events"]]
        except logs.exceptions.ResourceNotFoundException:
            return []
        lines = [line for message in messages for line in message.splitlines()]
        return [line.partition("PROCESSED ")[2] for line in lines if "PROCESSED " in line]

    def failed(self, queue: str) -> list[str]:
        """The messages in one of the queues of failures, which are removed from it."""
        sqs, url = self._stack.client("sqs"), self._outputs[queue]
        messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        for message in messages:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return [message["Body"] for message in messages]

    def _deploy(self) -> dict[str, str]:
        cloudformation, name = self._stack.client("cloudformation"), f"streams-{uuid4().hex[:8]}"
        outputs = {reference: {"Value": {"Ref": reference}} for reference in REFERENCES}
        template = json.dumps({"Resources": RESOURCES, "Outputs": outputs})
        cloudformation.create_stack(StackName=name, TemplateBody=template, Capabilities=["CAPABILITY_IAM"])

        def described() -> Any:
            return cloudformation.describe_stacks(StackName=name)["Stacks"][0]

        until(
            lambda: not described()["StackStatus"].endswith("PROGRESS"),
            "the small stack",
            within_seconds=DEPLOYED_WITHIN_SECONDS,
        )
        assert described()["StackStatus"] == "CREATE_COMPLETE"
        return {output["OutputKey"]: output["OutputValue"] for output in described()["Outputs"]}
