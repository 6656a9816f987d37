"""Log lines and metrics of all functions, under the name of their stack.

Both are JSON on a function's standard output. A log line has the reservation's id if there is one, the trace of its
request, and never a task token. A metric is a line in CloudWatch's embedded metric format, so it needs no call.

The lines are those of Powertools for AWS Lambda, and so are the environment variables. Its logger would be an eighth of a
cold start and most of what our code adds to a warm request.
"""

import functools
import json
import logging
import os
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any, TypeVar, overload

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

NAMESPACE = "Inventory"
# https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
LEVEL_VARIABLES = ("AWS_LAMBDA_LOG_LEVEL", "POWERTOOLS_LOG_LEVEL", "LOG_LEVEL")

Handler = TypeVar("Handler", bound=Callable[..., Any])
_Error = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

_log_line = json.JSONEncoder(default=str, separators=(",", ":"), ensure_ascii=False).encode
_metric_line = json.JSONEncoder(separators=(",", ":")).encode


class Line(logging.LogRecord):
    """A log line with fields of its own."""

    def __init__(self, log: str, level: int, caller: FrameType, message: str, fields: Mapping[str, Any]) -> None:
        """A line.

        Args:
            log: the name of the log.
            level: one of logging's.
            caller: where it is written.
            message: what happened.
            fields: what it happened to; a value that is None is left out.
        """
        code = caller.f_code
        super().__init__(log, level, code.co_filename, caller.f_lineno, message, None, None, code.co_name)
        self.fields = fields


class JsonFormatter(logging.Formatter):
    """A log line as JSON: what every line has, then the keys of the request, then the line's own fields.

    Args:
        keys: what every line has; a value that is None is left out.
    """

    def __init__(self, keys: Mapping[str, Any]) -> None:
        super().__init__()
        self.always = dict(keys)
        self.keys = dict(keys)

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "level": record.levelname,
            "location": f"{record.funcName}:{record.lineno}",
            "message": record.getMessage(),
            "timestamp": self.formatTime(record),
            **self.keys,
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[0]:
            line |= self._exception(*record.exc_info)
        trace = os.environ.get("_X_AMZN_TRACE_ID")
        if trace:
            line["xray_trace_id"] = trace.partition(";")[0].replace("Root=", "")
        return _log_line({name: value for name, value in line.items() if value is not None})

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        text = time.strftime("%Y-%m-%d %H:%M:%S,{:03}%z", time.localtime(record.created))
        return text.format(int(record.msecs))

    def _exception(
        self, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
    ) -> dict[str, Any]:
        frames = traceback.extract_tb(trace)
        return {
            "exception": self.formatException((kind, error, trace)),  # type: ignore[arg-type]
            "exception_name": kind.__name__,
            "exception_notes": getattr(error, "__notes__", None),
            "stack_trace": {
                "type": kind.__name__,
                "value": error,
                "module": type(error).__module__,
                "frames": [
                    {"file": frame.filename, "line": frame.lineno, "function": frame.name, "statement": frame.line}
                    for frame in frames
                ],
            },
        }


class Logger:
    """Writes log lines. Keys that are appended stay until the next request."""

    def __init__(self) -> None:
        self.service = os.environ.get("POWERTOOLS_SERVICE_NAME") or "service_undefined"
        self._log = logging.getLogger(self.service)
        # On Lambda, the runtime's own handler would write each line a second time.
        self._log.propagate = "AWS_LAMBDA_FUNCTION_NAME" not in os.environ
        self._log.setLevel(_level())
        self.formatter = JsonFormatter({"service": self.service})
        self._is_cold_start = True
        handler = logging.StreamHandler(sys.stdout)
        handler.setFormatter(self.formatter)
        self._log.addHandler(handler)
        self.addHandler, self.removeHandler, self.setLevel = (
            self._log.addHandler,
            self._log.removeHandler,
            self._log.setLevel,
        )

    def info(self, message: str, **fields: Any) -> None:
        """Write a line."""
        self._write(logging.INFO, message, fields)

    def warning(self, message: str, **fields: Any) -> None:
        """Write a line about what may need attention."""
        self._write(logging.WARNING, message, fields)

    def error(self, message: str, **fields: Any) -> None:
        """Write a line about what needs attention."""
        self._write(logging.ERROR, message, fields)

    def exception(self, message: str, **fields: Any) -> None:
        """Write a line about the error that is handled now."""
        self._write(logging.ERROR, message, fields, sys.exc_info())

    def _write(self, level: int, message: str, fields: Mapping[str, Any], error: _Error | None = None) -> None:
        """Write a line without what logging does for each: look for its caller in the stack, and check its fields."""
        if self._log.isEnabledFor(level):
            line = Line(self.service, level, sys._getframe(2), message, fields)
            line.exc_info = error
            self._log.handle(line)

    def append_keys(self, **keys: Any) -> None:
        """Add keys to every further line."""
        self.formatter.keys.update(keys)

    @overload
    def inject_lambda_context(self, handler: Handler) -> Handler: ...

    @overload
    def inject_lambda_context(self, *, clear_state: bool) -> Callable[[Handler], Handler]: ...

    def inject_lambda_context(self, handler: Handler | None = None, *, clear_state: bool = False) -> Any:
        """Decorate a handler: every line has what identifies the invocation.

        Args:
            clear_state: forget the keys of the request before.
        """
        if handler is None:
            return functools.partial(self._inject, clear_state=clear_state)
        return self._inject(handler, clear_state=clear_state)

    def _inject(self, handler: Callable[..., Any], *, clear_state: bool) -> Callable[..., Any]:
        @functools.wraps(handler)
        def handle(event: Any, context: "LambdaContext") -> Any:
            if clear_state:
                self.formatter.keys = dict(self.formatter.always)
            self.append_keys(
                cold_start=self._is_cold_start,
                function_name=context.function_name,
                function_memory_size=context.memory_limit_in_mb,
                function_arn=context.invoked_function_arn,
                function_request_id=context.aws_request_id,
            )
            self._is_cold_start = False
            return handler(event, context)

        return handle


def _level() -> str:
    given = (os.environ.get(name) for name in LEVEL_VARIABLES)
    level = next((text.upper() for text in given if text), "INFO")
    return "NOTSET" if level == "TRACE" else level


logger = Logger()


def measure(
    counts: Mapping[str, int],
    *,
    milliseconds: Mapping[str, float] | None = None,
    by: Mapping[str, str] | None = None,
) -> None:
    """Write metrics, in total and once more by a dimension.

    Args:
        counts: how often each occurred.
        milliseconds: how long each took.
        by: a dimension and its value, with few different values; never an id.
    """
    if os.environ.get("POWERTOOLS_METRICS_DISABLED", "").lower() in ("1", "true"):
        return
    units = dict.fromkeys(counts, "Count") | dict.fromkeys(milliseconds or {}, "Milliseconds")
    content: dict[str, Any] = {
        "_aws": {
            "Timestamp": int(time.time() * 1_000),
            "CloudWatchMetrics": [
                {
                    "Namespace": NAMESPACE,
                    "Dimensions": [["service"], ["service", *by]] if by else [["service"]],
                    "Metrics": [{"Name": name, "Unit": unit} for name, unit in units.items()],
                }
            ],
        },
        "service": logger.service,
        **(by or {}),
        **{name: [float(value)] for name, value in {**counts, **(milliseconds or {})}.items()},
    }
    # In one piece, as jobs have threads.
    sys.stdout.write(_metric_line(content) + "\n")
