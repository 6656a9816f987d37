"""Step Functions: executes the real definition in virtual time, with its retries, timeouts, heartbeats and signals."""

import json
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError
from jsonata import Jsonata

from tests.simulation.platform.aws import Topics
from tests.simulation.platform.faults import Faults
from tests.simulation.platform.invocations import InvocationFailed, Invocations
from tests.simulation.platform.scheduler import Continuation, Scheduler, Script, Wait, sleep
from tests.simulation.platform.stage import Stage
from tests.simulation.platform.times import iso_at
from tests.support.memory_dynamodb.database import Database
from tests.support.memory_dynamodb.values import refused
from tests.support.workflow.definition import handler_for

STATE_MACHINE_ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:reservation"
UPDATE_AND_WAIT = "arn:aws:states:::aws-sdk:dynamodb:updateItem.waitForTaskToken"
DEFAULT_TIMEOUT_SECONDS = 99_999_999
TOKEN_LENGTH = 668  # of AWS's tokens

State = dict[str, Any]
Variables = dict[str, Any]


class StateError(Exception):
    """A state fails with an error and a cause."""

    def __init__(self, error: str, cause: str = "") -> None:
        super().__init__(error, cause)
        self.error, self.cause = error, cause


@dataclass
class TokenWait:
    """A task that waits for a signal."""

    continuation: Continuation
    heartbeat_seconds: float
    beats_until: float
    is_signalled: bool = False


@dataclass
class Execution:
    """One execution."""

    name: str
    content: str  # its input, as JSON
    started_at: float
    status: str = "RUNNING"
    output: Any = None
    error: str | None = None
    cause: str | None = None
    ended_at: float | None = None
    waits: TokenWait | None = None
    tokens: set[str] = field(default_factory=set)

    @property
    def arn(self) -> str:
        return f"{STATE_MACHINE_ARN.replace(':stateMachine:', ':execution:')}:{self.name}"


class StepFunctions:
    """Starts executions of a definition, and signals them."""

    def __init__(
        self, definition: dict[str, Any], stage: Stage, invocations: Invocations, database: Database, topics: Topics
    ) -> None:
        self.executions: dict[str, Execution] = {}
        self.on_failed: Callable[[Execution], None] | None = None  # as the rule of EventBridge is called
        self._definition = definition
        self._scheduler = stage.scheduler
        self._faults = stage.faults
        self._story = stage.story
        self._invocations = invocations
        self._database = database
        self._topics = topics
        self._of_token: dict[str, Execution] = {}
        self._tokens = 0

    # --- the API

    def call(self, operation: str, request: dict[str, Any]) -> Any:
        """One call of the API."""
        match operation:
            case "StartExecution":
                return self._start(request["name"], request["input"])
            case "DescribeExecution":
                return self._describe(request["executionArn"])
            case "SendTaskSuccess":
                return self._signal(request["taskToken"], None, json.loads(request["output"]))
            case "SendTaskFailure":
                return self._signal(
                    request["taskToken"], StateError(request.get("error", ""), request.get("cause", ""))
                )
            case "SendTaskHeartbeat":
                return self._beat(request["taskToken"])
            case "GetExecutionHistory":
                self._describe(request["executionArn"])
                return {"events": []}
        raise refused(f"{operation} is not known here", code="UnknownOperationException")

    def _start(self, name: str, content: str) -> Any:
        existing = self.executions.get(name)
        if existing is None:
            execution = Execution(name, content, self._scheduler.now)
            self.executions[name] = execution
            self._scheduler.after(0.01, lambda: self._run(execution))
        elif existing.status != "RUNNING" or json.loads(existing.content) != json.loads(content):
            raise refused("Execution Already Exists", code="ExecutionAlreadyExists")
        return {"executionArn": self.executions[name].arn}

    def _describe(self, arn: str) -> Any:
        execution = self.executions.get(arn.rpartition(":")[2])
        if execution is None:
            raise refused("Execution Does Not Exist", code="ExecutionDoesNotExist")
        described = {
            "status": execution.status,
            "input": execution.content,
            "name": execution.name,
            "startDate": datetime.fromtimestamp(execution.started_at, UTC),
        }
        if execution.ended_at:
            described["stopDate"] = datetime.fromtimestamp(execution.ended_at, UTC)
        return described | ({"error": execution.error, "cause": execution.cause} if execution.error else {})

    def _signal(self, token: str, error: StateError | None, output: Any = None) -> Any:
        wait = self._wait_of(token)
        wait.is_signalled = True
        # The execution continues by itself, and not in the turn of the process that signals.
        self._scheduler.after(0, lambda: wait.continuation.throw(error) if error else wait.continuation.send(output))
        return {}

    def _beat(self, token: str) -> Any:
        wait = self._wait_of(token)
        wait.beats_until = self._scheduler.now + wait.heartbeat_seconds
        return {}

    def _wait_of(self, token: str) -> TokenWait:
        execution = self._of_token.get(token)
        if execution is None:
            raise refused("Invalid token", code="InvalidToken")
        wait = execution.waits
        if wait is None or wait.is_signalled or wait.continuation.is_over or token not in execution.tokens:
            raise refused("Task Timed Out", code=("TaskTimedOut", "TaskDoesNotExist")[self._faults.pick(2)])
        return wait

    def stop(self, name: str) -> None:
        """Somebody stops an execution in the console; a function that it invoked runs on."""
        execution = self.executions[name]
        if execution.status == "RUNNING":
            execution.status = "ABORTED"
            execution.tokens.clear()
            self._end(execution)
            self._story.add(f"execution {name} is stopped by hand")

    # --- executions

    def _run(self, execution: Execution) -> None:
        self._scheduler.start(self._guarded(execution))

    def _guarded(self, execution: Execution) -> Script:
        run = _Run(self, execution)
        try:
            output = yield from self._unless_stopped(
                execution, run.scope(self._definition, json.loads(execution.content), {})
            )
        except StateError as failure:
            execution.status, execution.error, execution.cause = "FAILED", failure.error, failure.cause
            self._story.add(f"execution {execution.name} fails: {failure.error} {failure.cause}")
            self._end(execution)
            return
        if execution.status == "RUNNING":
            execution.status, execution.output = "SUCCEEDED", output
            self._story.add(f"execution {execution.name} ends: {output}")

    def _end(self, execution: Execution) -> None:
        execution.ended_at = self._scheduler.now
        if self.on_failed:
            self.on_failed(execution)

    def _unless_stopped(self, execution: Execution, script: Generator[Wait, Any, Any]) -> Generator[Wait, Any, Any]:
        """Run a script until its end, or until the execution is stopped."""
        result, error = None, None
        while execution.status == "RUNNING":
            try:
                wait = script.send(result) if error is None else script.throw(error)
            except StopIteration as end:
                return end.value
            result, error = None, None
            try:
                result = yield wait
            except StateError as raised:
                error = raised
        script.close()
        return None

    # --- what a run of an execution needs

    @property
    def scheduler(self) -> Scheduler:
        return self._scheduler

    @property
    def faults(self) -> Faults:
        return self._faults

    def record(self, event: str) -> None:
        self._story.add(event)

    def new_token(self, execution: Execution) -> str:
        self._tokens += 1
        token = f"{self._tokens}-{execution.name}-".ljust(TOKEN_LENGTH, "t")
        self._of_token[token] = execution
        return token

    def invoke(self, execution: Execution, function: str, payload: Any) -> Wait:
        """Invoke a function; the answer may be lost, and the function may run twice."""

        def begin(continuation: Continuation) -> None:
            if self._faults.happens(self._faults.weather.lost_rate / 2):
                error = ("Lambda.TooManyRequestsException", "Lambda.ServiceException")[self._faults.pick(2)]
                self._scheduler.after(0.1, lambda: continuation.throw(StateError(error)))
                return
            is_lost = self._faults.happens(self._faults.weather.lost_rate)

            def end(answer: Any, error: InvocationFailed | None) -> None:
                if is_lost:
                    self._story.add(f"execution {execution.name} does not get the answer of {function}")
                    continuation.throw(StateError("Lambda.SdkClientException"))
                elif error:
                    continuation.throw(StateError(error.error_type, error.message))
                else:
                    continuation.send({"Payload": answer})

            self._invocations.invoke(function, payload, end)

        return begin

    def call_service(self, service: str, operation: str, request: dict[str, Any]) -> Wait:
        """A task's call of another service."""
        prefix, call = {"dynamodb": ("DynamoDb", self._database.call), "sns": ("SNS", self._topics.call)}[service]

        def begin(continuation: Continuation) -> None:
            weather = self._faults.weather
            if service in self._faults.down or self._faults.happens(weather.fault_rate):
                self._scheduler.after(0.1, lambda: continuation.throw(StateError(f"{prefix}.ThrottlingException")))
                return

            def make() -> None:
                try:
                    answer = call(operation, request)
                except ClientError as error:
                    continuation.throw(StateError(f"{prefix}.{error.response['Error']['Code']}"))
                    return
                if self._faults.happens(weather.fault_rate):
                    self._story.add(f"the answer of {operation} is lost")
                    continuation.throw(StateError(f"{prefix}.SdkClientException"))
                else:
                    continuation.send(answer)

            self._scheduler.after(self._faults.latency(), make)

        return begin


@dataclass
class _Run:
    """The states of one execution, one after the other."""

    engine: StepFunctions
    execution: Execution

    def scope(self, scope: dict[str, Any], content: Any, variables: Variables) -> Generator[Wait, Any, Any]:
        """Run the states of the definition, or of a Map's ItemProcessor; returns the output of the last."""
        name: str | None = scope["StartAt"]
        while name is not None:
            state = scope["States"][name]
            self.engine.record(f"execution {self.execution.name}: {name}")
            content, name = yield from self._state(name, state, content, variables)
        return content

    def _state(
        self, name: str, state: State, content: Any, variables: Variables
    ) -> Generator[Wait, Any, tuple[Any, str | None]]:
        """Run a state with its retries and catches; returns its output and the next state."""
        attempts: dict[int, int] = {}
        while True:
            evaluated = _Evaluated(self, name, content, variables)
            try:
                return (yield from self._attempt(state, evaluated))
            except StateError as failure:
                if failure.error in ("States.Runtime", "States.DataLimitExceeded"):
                    raise
                retrier = handler_for(failure.error, state.get("Retry", []))
                number = attempts.get(id(retrier), 0)
                if retrier and number < retrier.get("MaxAttempts", 3):
                    attempts[id(retrier)] = number + 1
                    pause = retrier.get("IntervalSeconds", 1) * retrier.get("BackoffRate", 2.0) ** number
                    pause = min(pause, retrier.get("MaxDelaySeconds", pause))
                    self.engine.record(f"execution {self.execution.name}: {name} is retried after {failure.error}")
                    yield sleep(self.engine.scheduler, self.engine.faults.pause(pause))
                    continue
                catcher = handler_for(failure.error, state.get("Catch", []))
                if not catcher:
                    raise
                output = {"Error": failure.error, "Cause": failure.cause}
                variables.update(evaluated.fill(catcher.get("Assign", {}), errorOutput=output))
                return output, catcher["Next"]

    def _attempt(self, state: State, evaluated: "_Evaluated") -> Generator[Wait, Any, tuple[Any, str | None]]:
        match state["Type"]:
            case "Choice":
                chosen = next(
                    (choice["Next"] for choice in state["Choices"] if evaluated.fill(choice["Condition"]) is True),
                    state["Default"],
                )
                return evaluated.content, chosen
            case "Succeed":
                return evaluated.fill(state["Output"]) if "Output" in state else evaluated.content, None
            case "Fail":
                raise StateError(evaluated.fill(state["Error"]), evaluated.fill(state["Cause"]))
            case "Map":
                result: Any = []
                for item in evaluated.fill(state["Items"]):
                    result.append((yield from self.scope(state["ItemProcessor"], item, dict(evaluated.variables))))
            case "Task":
                result = yield from self._task(state, evaluated)
            case kind:
                raise AssertionError(f"states of type {kind} are not known here")
        output = evaluated.fill(state["Output"], result=result) if "Output" in state else result
        evaluated.variables.update(evaluated.fill(state.get("Assign", {}), result=result))
        return output, state.get("Next")

    def _task(self, state: State, evaluated: "_Evaluated") -> Generator[Wait, Any, Any]:
        resource = state["Resource"].replace("arn:${Partition}", "arn:aws")
        timeout = float(evaluated.fill(state.get("TimeoutSeconds", DEFAULT_TIMEOUT_SECONDS)))
        if resource == UPDATE_AND_WAIT:
            return (yield from self._await_signal(state, evaluated, timeout))
        arguments = evaluated.fill(state["Arguments"])
        match resource:
            case "arn:aws:states:::lambda:invoke":
                task = self.engine.invoke(self.execution, arguments["FunctionName"], arguments["Payload"])
            case "arn:aws:states:::sns:publish":
                task = self.engine.call_service("sns", "Publish", arguments)
            case "arn:aws:states:::aws-sdk:dynamodb:updateItem":
                task = self.engine.call_service("dynamodb", "UpdateItem", arguments)
            case _:
                raise AssertionError(f"{resource} is not known here")
        return (yield self._within(timeout, task))

    def _within(self, seconds: float, task: Wait) -> Wait:
        """A task that fails when it takes too long; what it began goes on."""

        def begin(continuation: Continuation) -> None:
            self.engine.scheduler.after(seconds, lambda: continuation.throw(StateError("States.Timeout")))
            task(continuation)

        return begin

    def _await_signal(self, state: State, evaluated: "_Evaluated", timeout: float) -> Generator[Wait, Any, Any]:
        """Call the service with a task token, and wait until it is signalled."""
        heartbeat = float(evaluated.fill(state["HeartbeatSeconds"]))
        if heartbeat >= timeout:  # https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html
            raise StateError("States.Runtime", "HeartbeatSeconds must be smaller than TimeoutSeconds")
        token = self.engine.new_token(self.execution)
        evaluated.token = token
        arguments = evaluated.fill(state["Arguments"])
        scheduler, execution = self.engine.scheduler, self.execution

        def begin(continuation: Continuation) -> None:
            wait = TokenWait(continuation, heartbeat, scheduler.now + heartbeat)
            execution.waits, execution.tokens = wait, {token}

            def time_out() -> None:
                if not wait.is_signalled:
                    continuation.throw(StateError("States.Timeout"))

            scheduler.after(timeout, time_out)

            def check_heartbeat() -> None:
                left = wait.beats_until - scheduler.now
                if wait.is_signalled or continuation.is_over:
                    return
                if left > 0:
                    scheduler.after(left, check_heartbeat)
                else:
                    continuation.throw(StateError("States.HeartbeatTimeout"))

            scheduler.after(heartbeat, check_heartbeat)
            # The answer of the call does not end the task; its error does.
            begun = Continuation(lambda _, error: continuation.throw(error) if error else None)
            self.engine.call_service("dynamodb", "UpdateItem", arguments)(begun)

        return (yield begin)


@dataclass
class _Evaluated:
    """The expressions of one attempt of a state."""

    run: _Run
    state_name: str
    content: Any
    variables: Variables
    token: str | None = None

    def fill(self, template: Any, **states: Any) -> Any:
        """A template with its JSONata expressions evaluated."""
        if isinstance(template, str):
            if template.startswith("{%") and template.endswith("%}"):
                return self._value(template, states)
            return template
        if isinstance(template, dict):
            return {name: self.fill(value, **states) for name, value in template.items()}
        if isinstance(template, list):
            return [self.fill(value, **states) for value in template]
        return template

    def _value(self, template: str, states: dict[str, Any]) -> Any:
        expression = _compiled(template)
        frame = expression.create_frame()
        for name, value in self.variables.items():
            frame.bind(name, value)
        frame.bind("states", {"input": self.content, "context": self._context(), **states})
        try:
            value = expression.evaluate(None, frame)
        except Exception as error:
            raise StateError("States.QueryEvaluationError", f"{template}: {error}") from error
        if value is None:
            raise StateError("States.QueryEvaluationError", f"{template} returned nothing")
        return value

    def _context(self) -> dict[str, Any]:
        execution = self.run.execution
        context: dict[str, Any] = {
            "Execution": {
                "Id": execution.arn,
                "Name": execution.name,
                "Input": self.run.execution.content,
                "StartTime": iso_at(execution.started_at),
            },
            "State": {"Name": self.state_name},
            "StateMachine": {"Id": STATE_MACHINE_ARN, "Name": "reservation"},
        }
        return context | ({"Task": {"Token": self.token}} if self.token else {})


_expressions: dict[str, Jsonata] = {}


def _compiled(template: str) -> Jsonata:
    """An expression, parsed once."""
    if template not in _expressions:
        _expressions[template] = Jsonata(template[2:-2].strip())
    return _expressions[template]
