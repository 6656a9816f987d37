"""The permissions that IAM asks for when a caller sends to a queue."""

import pytest
from ministack.core import iam_actions

from tools.local.emulators import queue_permissions


@pytest.mark.parametrize(
    ("call", "permission"),
    [
        ("SendMessageBatch", "sqs:SendMessage"),
        ("DeleteMessageBatch", "sqs:DeleteMessage"),
        ("ChangeMessageVisibilityBatch", "sqs:ChangeMessageVisibility"),
        ("SendMessage", "sqs:SendMessage"),
        ("ReceiveMessage", "sqs:ReceiveMessage"),
    ],
)
def test_a_batch_call_needs_the_permission_of_the_single_call(
    monkeypatch: pytest.MonkeyPatch, call: str, permission: str
) -> None:
    monkeypatch.setattr(iam_actions, "extract_iam_action", iam_actions.extract_iam_action)
    queue_permissions.authorize_batches_as_single_calls()

    assert (
        iam_actions.extract_iam_action("sqs", "POST", "/", {"x-amz-target": f"AmazonSQS.{call}"}, b"{}", {})
        == permission
    )
