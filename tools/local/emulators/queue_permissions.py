"""IAM decides about a batch call of SQS by the permission for the single call, as on AWS; ministack asks for one of its own.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html
"""

from typing import Any

BATCH_ACTIONS = {
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:SendMessageBatch": "sqs:SendMessage",
}


def authorize_batches_as_single_calls() -> None:
    """Patch ministack's names of permissions."""
    from ministack.core import iam_actions

    extract_iam_action = iam_actions.extract_iam_action

    def extract(*call: Any, **named: Any) -> str:
        action: str = extract_iam_action(*call, **named)
        return BATCH_ACTIONS.get(action, action)

    iam_actions.extract_iam_action = extract
