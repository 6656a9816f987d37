"""Delivers messages of queues to functions: what a partial answer means, as Lambda sees it.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
ministack reads the queues, but takes a message for processed if an answer names an unknown one.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any

Message = Mapping[str, Any]


def failed_messages(batch: Sequence[Message], answer: Any) -> set[str]:
    """The ids of the messages that stay in the queue: those that an answer names, or all if it names an unknown one."""
    ids = {message["id"] for message in batch}
    failures = (answer.get("batchItemFailures") or []) if isinstance(answer, dict) else []
    named = [failure.get("itemIdentifier") for failure in failures]
    return set(named) if all(name in ids for name in named) else ids


def install() -> None:
    """Patch ministack: a batch of messages is processed with this rule."""
    from ministack.services import lambda_svc

    lambda_svc._run_sqs_batch = _run_batch


def _run_batch(mapping: dict[str, Any], function: Any, event: Any, batch: Sequence[Message], *queue: str) -> None:
    """Call the function, and delete from the queue what it processed."""
    from ministack.services import lambda_svc, sqs

    result = lambda_svc._execute_function(function, event)
    if result.get("error") or result.get("throttle"):
        mapping["LastProcessingResult"] = "FAILED"
        # The messages stay invisible until their visibility timeout ends; this paces the next batch, as in ministack.
        lambda_svc._esm_backoff_until[mapping["UUID"]] = time.time() + lambda_svc._ESM_BACKOFF_SECONDS
        return
    lambda_svc._esm_backoff_until.pop(mapping["UUID"], None)
    takes_partial_answers = "ReportBatchItemFailures" in (mapping.get("FunctionResponseTypes") or [])
    failed = failed_messages(batch, result.get("body")) if takes_partial_answers else set()
    mapping["LastProcessingResult"] = f"OK - {len(batch) - len(failed)} records, {len(failed)} partial failures"
    processed = {message["receipt_handle"] for message in batch if message["id"] not in failed}
    queue_url, _ = queue
    sqs._delete_messages_for_esm(queue_url, processed)
