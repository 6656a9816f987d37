"""Faults of a call to AWS. Each receives the call, and may let it proceed."""

import json
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from werkzeug.wrappers import Response

from tests.support.workflow.cloud import Call, Fault, Proceed, function_error
from tests.support.workflow.functions import FunctionFailed

HANGS_SECONDS = 3  # longer than what a test lets a task wait


def refuse(code: str, status: int = 400, **details: Any) -> Fault:
    """AWS responds with an error, and does nothing."""

    def answer(call: Call, proceed: Proceed) -> Response:
        headers = {"x-amzn-requestid": str(uuid4()), "x-amzn-errortype": code}
        if call.service == "sns":
            error = f"<Error><Code>{code}</Code><Message>injected</Message></Error>"
            xml = f"<ErrorResponse>{error}<RequestId>{uuid4()}</RequestId></ErrorResponse>"
            return Response(xml, status, content_type="text/xml", headers=headers)
        body = json.dumps({"__type": code, "message": "injected"} | details)
        return Response(body, status, content_type="application/json", headers=headers)

    return answer


def crash(error_type: str) -> Fault:
    """The function fails with this type of error before it has done anything."""
    return lambda call, proceed: function_error(FunctionFailed(error_type, "injected"))


def hang(call: Call, proceed: Proceed) -> Response:
    """The response comes after the caller has stopped waiting."""
    time.sleep(HANGS_SECONDS)
    return Response(status=503)


def do_then(fault: Fault) -> Fault:
    """The call does its work, but the caller sees the fault."""

    def answer(call: Call, proceed: Proceed) -> Response:
        proceed()
        return fault(call, proceed)

    return answer


def run_before(action: Callable[[], object], then: Fault | None = None) -> Fault:
    """Run an action just before the call."""

    def answer(call: Call, proceed: Proceed) -> Response:
        action()
        return then(call, proceed) if then else proceed()

    return answer


def only_calls_with(text: str, fault: Fault) -> Fault:
    """Inject a fault only into calls whose request contains this text."""

    def answer(call: Call, proceed: Proceed) -> Response:
        is_meant = text.encode() in call.request.get_data()
        return fault(call, proceed) if is_meant else proceed()

    return answer
