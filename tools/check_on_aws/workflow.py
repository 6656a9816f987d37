"""What every state of the workflow must do, written by hand and beside the definition: a table, read from top to bottom.

`cases.py` makes the calls from it. A state, Retry, Catch or Choice that is missing here is reported by the command.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tools.check_on_aws.case import Json
from tools.check_on_aws.definition import EXECUTION_NAME
from tools.check_on_aws.request import STARTED_AT, TASK_TOKEN

ERROR = "<the error>"  # in the table: the name of the mocked error
EXECUTION = "${ExecutionArn}"
ALL_ERRORS = "States.ALL"

# An error by which a wildcard is tried.
EXAMPLES = {ALL_ERRORS: "Unforeseen", "States.TaskFailed": "Sns.InternalErrorException"}

LAMBDA_ERRORS = (
    "TransientError",
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
    "Lambda.Unknown",
    "Runtime.ExitError",
    "Runtime.OutOfMemory",
    "Sandbox.Timedout",
    "States.Timeout",
)
DYNAMODB_ERRORS = (
    "DynamoDb.InternalServerErrorException",
    "DynamoDb.ProvisionedThroughputExceededException",
    "DynamoDb.RequestLimitExceededException",
    "DynamoDb.SdkClientException",
    "DynamoDb.ThrottlingException",
    "DynamoDb.TransactionConflictException",
)


@dataclass(frozen=True)
class Success:
    """A result of a Task or a Map, and what follows. `arguments` are what the task must send."""

    title: str
    result: Json
    next_state: str | None
    output: Json
    assigns: Mapping[str, Json] = field(default_factory=dict)
    arguments: Json = None


@dataclass(frozen=True)
class Retry:
    """The errors of a Retry, and the pauses before its attempts: 1, 2, 4 … s, at most `longest_pause`."""

    errors: tuple[str, ...]
    attempts: int = 6
    longest_pause: float = 20

    def pause(self, retries: int) -> float:
        """The longest pause in seconds after so many retries."""
        return min(2.0**retries, self.longest_pause)


@dataclass(frozen=True)
class Catch:
    """The errors of a Catch, and what follows. The output is the error and its cause."""

    errors: tuple[str, ...]
    next_state: str
    assigns: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True)
class Work:
    """A Task or a Map. The order of `retries` and `catches` is that of the definition."""

    state: str
    input: Json
    successes: tuple[Success, ...]
    variables: Mapping[str, Json] = field(default_factory=dict)
    retries: tuple[Retry, ...] = ()
    catches: tuple[Catch, ...] = ()


@dataclass(frozen=True)
class Choice:
    """A branch of a Choice."""

    state: str
    title: str
    input: Json
    next_state: str
    variables: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True)
class End:
    """A Succeed state with its output, or a Fail state, whose error is the state's name and whose cause is given."""

    state: str
    input: Json
    output: Json = None
    cause: str | None = None
    variables: Mapping[str, Json] = field(default_factory=dict)


REQUEST = {"lines": [{"product_id": "KIT-0001", "quantity": 2}], "hold_seconds": 900}
OUTCOME: Json = {"reservation_id": EXECUTION_NAME, "status": "COMMITTED", "reason": None, "shortages": []}
ALERT = {
    "product_id": "KIT-0001",
    "warehouse_id": "main",
    "category": "kitchen",
    "claimant": "sale#order-1001",
    "subject": "Low stock",
    "message": "3 units are left",
}
ROW_NAME = "k-row"
VARIABLES = {
    "reservation_id": EXECUTION_NAME,
    "row_name": ROW_NAME,
    "hold_seconds": 900,
    "longest_hold_seconds": 86_400,
    "release_reason": "CANCELLED",
    "fault": "",
}
HELD = {"status": "HELD", "row_name": ROW_NAME, "outcome": OUTCOME, "hold_seconds": 900, "longest_hold_seconds": 86_400}
INVALID = {"status": "INVALID", "cause": "lines: must not be empty"}

TASKS = (
    Work(
        "ReserveStock",
        REQUEST,
        successes=(
            Success(
                "the units are held",
                {"Payload": HELD},
                "IsStockReserved",
                output=HELD,
                assigns=VARIABLES,
                arguments={
                    "FunctionName": "${ReserveStockFunctionArn}",
                    "Payload": {
                        "reservation_id": EXECUTION_NAME,
                        "request": REQUEST,
                        "execution_arn": EXECUTION,
                        "started_at": STARTED_AT,
                    },
                },
            ),
            Success(
                "the request is invalid",
                {"Payload": INVALID},
                "IsStockReserved",
                output=INVALID,
                assigns={**VARIABLES, "row_name": EXECUTION_NAME, "hold_seconds": 0, "longest_hold_seconds": 0},
            ),
        ),
        retries=(Retry(LAMBDA_ERRORS),),
        catches=(
            Catch(
                (ALL_ERRORS,),
                "ReleaseStock",
                assigns={"reservation_id": EXECUTION_NAME, "release_reason": "CANCELLED", "fault": ERROR},
            ),
        ),
    ),
    Work(
        "AwaitPayment",
        HELD,
        successes=(
            Success(
                "the payment came",
                {},
                "CommitStock",
                output={},
                arguments={
                    "TableName": "${ReservationsTableName}",
                    "Key": {"reservation_id": {"S": ROW_NAME}},
                    "UpdateExpression": "SET task_token = :token",
                    "ConditionExpression": "#status = :held",
                    "ExpressionAttributeNames": {"#status": "status"},
                    "ExpressionAttributeValues": {":token": {"S": TASK_TOKEN}, ":held": {"S": "HELD"}},
                },
            ),
        ),
        variables=VARIABLES,
        retries=(Retry(DYNAMODB_ERRORS),),
        catches=(
            Catch(
                ("States.HeartbeatTimeout", "States.Timeout", "Expired"),
                "ReleaseStock",
                assigns={"release_reason": "EXPIRED"},
            ),
            Catch(("PaymentFailed",), "ReleaseStock", assigns={"release_reason": "PAYMENT_FAILED"}),
            Catch(("Cancelled", "DynamoDb.ConditionalCheckFailedException"), "ReleaseStock"),
            Catch((ALL_ERRORS,), "ReleaseStock", assigns={"fault": ERROR}),
        ),
    ),
    Work(
        "CommitStock",
        {},
        successes=(
            Success(
                "the units are sold",
                {"Payload": {"outcome": OUTCOME, "alerts": []}},
                "AlertLowStock",
                output={"outcome": OUTCOME, "alerts": []},
                arguments={
                    "FunctionName": "${CommitStockFunctionArn}",
                    "Payload": {"reservation_id": EXECUTION_NAME, "execution_arn": EXECUTION},
                },
            ),
        ),
        variables=VARIABLES,
        retries=(Retry(LAMBDA_ERRORS, attempts=30),),
        catches=(Catch((ALL_ERRORS,), "CommitNeedsAttention"),),
    ),
    Work(
        "AlertLowStock",
        {"outcome": OUTCOME, "alerts": [ALERT]},
        successes=(Success("a level became low", [{}], None, output=OUTCOME),),
        variables=VARIABLES,
    ),
    Work(
        "PublishLowStock",
        ALERT,
        successes=(
            Success(
                "the message is published",
                {"MessageId": "0c0a0b0c-0000-4000-8000-000000000000"},
                "SettleAlert",
                output=ALERT,
                arguments={
                    "TopicArn": "${LowStockTopicArn}",
                    "Subject": ALERT["subject"],
                    "Message": ALERT["message"],
                    "MessageAttributes": {
                        name: {"DataType": "String", "StringValue": ALERT[name]}
                        for name in ("product_id", "warehouse_id", "category")
                    },
                },
            ),
        ),
        retries=(Retry(("States.TaskFailed", "States.Timeout"), attempts=3),),
        catches=(Catch((ALL_ERRORS,), "AlertDelayed"),),
    ),
    Work(
        "SettleAlert",
        ALERT,
        successes=(
            Success(
                "the alert is not pending any more",
                {},
                None,
                output={},
                arguments={
                    "TableName": "${InventoryTableName}",
                    "Key": {"product_id": {"S": "KIT-0001"}, "warehouse_id": {"S": "main"}},
                    "UpdateExpression": "REMOVE low_stock_alert_by, low_stock_alert_at",
                    "ConditionExpression": "low_stock_alert_by = :claimant",
                    "ExpressionAttributeValues": {":claimant": {"S": ALERT["claimant"]}},
                },
            ),
        ),
        retries=(Retry(DYNAMODB_ERRORS),),
        catches=(Catch((ALL_ERRORS,), "AlertDelayed"),),
    ),
    Work(
        "ReleaseStock",
        {},
        successes=(
            Success(
                "the units are released",
                {"Payload": {"status": "RELEASED", "outcome": OUTCOME}},
                "RouteOutcome",
                output={"status": "RELEASED", "outcome": OUTCOME},
                arguments={
                    "FunctionName": "${ReleaseStockFunctionArn}",
                    "Payload": {
                        "reservation_id": EXECUTION_NAME,
                        "execution_arn": EXECUTION,
                        "reason": "EXPIRED",
                    },
                },
            ),
        ),
        variables={**VARIABLES, "release_reason": "EXPIRED"},
        retries=(Retry(LAMBDA_ERRORS),),
        catches=(Catch((ALL_ERRORS,), "ReleaseNeedsAttention"),),
    ),
)

CHOICES = (
    Choice("IsStockReserved", "held", HELD, "AwaitPayment", VARIABLES),
    Choice("IsStockReserved", "too few units", {"status": "REJECTED"}, "ReservationRejected", VARIABLES),
    Choice("IsStockReserved", "the id is taken", {"status": "CONFLICT"}, "ReservationConflict", VARIABLES),
    Choice("IsStockReserved", "invalid", INVALID, "InvalidReservation", VARIABLES),
    Choice("RouteOutcome", "a payment came first", {"status": "PAID"}, "CommitStock", VARIABLES),
    Choice("RouteOutcome", "paid after all", {"status": "COMMITTED"}, "ReservationRescued", VARIABLES),
    Choice(
        "RouteOutcome",
        "released after a fault",
        {"status": "RELEASED"},
        "ReservationNeedsAttention",
        {**VARIABLES, "fault": "Lambda.Unknown"},
    ),
    Choice("RouteOutcome", "released", {"status": "RELEASED"}, "ReservationReleased", VARIABLES),
)

FAILED_STEP = {"Error": "Lambda.Unknown", "Cause": "the process ended"}

ENDS = (
    End("AlertDelayed", FAILED_STEP, output=FAILED_STEP),
    End("ReservationReleased", {"status": "RELEASED", "outcome": OUTCOME}, output=OUTCOME),
    End("ReservationRescued", {"status": "COMMITTED", "outcome": OUTCOME}, output=OUTCOME),
    End("ReservationRejected", {"status": "REJECTED", "outcome": OUTCOME}, output=OUTCOME),
    End("InvalidReservation", INVALID, cause=INVALID["cause"]),
    End("ReservationConflict", {"status": "CONFLICT", "cause": "other content"}, cause="other content"),
    End(
        "ReservationNeedsAttention",
        {"status": "RELEASED"},
        cause="Nothing is held any more. The step failed with Lambda.Unknown",
        variables={**VARIABLES, "fault": "Lambda.Unknown"},
    ),
    End("CommitNeedsAttention", FAILED_STEP, cause="Lambda.Unknown: the process ended"),
    End("ReleaseNeedsAttention", FAILED_STEP, cause="Lambda.Unknown: the process ended"),
)
