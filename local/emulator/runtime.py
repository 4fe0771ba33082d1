"""A Lambda execution environment: one process that imports a handler once and runs it for one event
after another.

It runs on the interpreter of the functions and knows the standard library only. Requests come as
JSON lines on standard input; answers leave on what was standard output, which the handler itself
cannot reach any more. Everything the handler prints goes to standard error, where a line with
END_OF_LOG closes each invocation.
"""

import importlib
import importlib.util
import json
import os
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

Handler = Callable[[Any, Any], Any]
END_OF_LOG = "\x1eend-of-invocation"
# The variable with the file for spans of traces.
SPANS = "SKAFU_SPANS"
# Among the names of libraries: a service of AWS, by its description in botocore.
SERVICE = "aws:"
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
MAX_RESPONSE_BYTES = 6 * 1024 * 1024


class Context:
    """The context that Lambda hands to a Python handler beside the event."""

    identity = None
    client_context = None

    def __init__(self, request: dict[str, Any]) -> None:
        self.aws_request_id = request["requestId"]
        self.invoked_function_arn = request["functionArn"]
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self._deadline = time.monotonic() + request["timeout"]

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self._deadline - time.monotonic()) * 1000))


def failure(error: BaseException, error_type: str | None = None) -> dict[str, Any]:
    """Shape an exception as Lambda does: the error type is the name of its class."""
    return {
        "errorMessage": str(error),
        "errorType": error_type or type(error).__name__,
        "stackTrace": traceback.format_tb(error.__traceback__),
    }


def traceback_of(error: BaseException) -> str:
    """The whole traceback, with causes and the place of a syntax error, for people to read."""
    return "".join(traceback.format_exception(error))


def imported(*roots: str) -> list[str]:
    """The imported modules that lie under one of the folders."""
    return [
        name
        for name, module in list(sys.modules.items())
        if str(getattr(module, "__file__", None) or "").startswith(roots) and name != "__main__"
    ]


def import_handler(name: str) -> Handler:
    module, _, attribute = name.replace("/", ".").rpartition(".")
    handler: Handler = getattr(importlib.import_module(module), attribute)
    return handler


def serialise(result: object) -> str:
    body = json.dumps(result, ensure_ascii=False)
    if len(body.encode()) > MAX_RESPONSE_BYTES:
        raise ResponseTooLarge(
            "Response payload size exceeded maximum allowed payload size "
            f"({MAX_RESPONSE_BYTES} bytes)."
        )
    return body


class ResponseTooLarge(Exception):
    pass


def answer(handler: Handler, request: dict[str, Any]) -> dict[str, Any]:
    """Run the handler once and return `{"ok": <json text>}` or `{"error": {...}}`."""
    try:
        result = handler(request["event"], Context(request))
    except Exception as error:
        traceback.print_exc()
        return {"error": failure(error), "traceback": traceback_of(error)}
    try:
        return {"ok": serialise(result)}
    except ResponseTooLarge as error:
        return {"error": failure(error, "Function.ResponseSizeTooLarge")}
    except (TypeError, ValueError) as error:
        return {"error": failure(error, "Runtime.MarshalError")}


def carry(values: dict[str, str | None]) -> None:
    """Set the variables which Lambda changes with each invocation (the trace header, for one)."""
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def instrument_botocore(services: set[str]) -> None:
    """Let nested Invoke calls carry their depth, which MiniStack's recursion guard reads, and take
    note of the services that clients are made for.
    """
    try:
        from botocore import handlers, loaders
    except ImportError:
        return

    def add_depth(params: dict[str, Any], **_: object) -> None:
        depth = os.environ.get("_MINISTACK_INVOKE_DEPTH")
        if depth:
            params["headers"].setdefault("X-Ministack-Invoke-Depth", depth)

    def note(loader: object, service: str, *args: object, **more: object) -> object:
        services.add(service)
        return load(loader, service, *args, **more)

    handlers.BUILTIN_HANDLERS.append(("before-call", add_depth))
    reader: Any = loaders.Loader
    load, reader.load_service_model = reader.load_service_model, note


def record_spans() -> None:
    """Let spans of this process end in a file, if there is one for them and the API to do it."""
    file = os.environ.pop(SPANS, None)
    if file is None:
        return
    path = Path(__file__).with_name("spans.py")
    spec = importlib.util.spec_from_file_location("skafu_spans", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except ImportError:
        return  # a function without the API of OpenTelemetry has no spans
    module.record(file, os.environ["AWS_LAMBDA_FUNCTION_NAME"])


def main() -> None:
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what native code prints must not fall between the answers
    sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
    sys.dont_write_bytecode = bool(os.environ.pop("SKAFU_NO_BYTECODE", None))

    def reply(message: dict[str, Any]) -> None:
        sys.stdout.flush()
        sys.stderr.write(END_OF_LOG + "\n")
        sys.stderr.flush()
        answers.write(json.dumps(message) + "\n")
        answers.flush()

    services: set[str] = set()
    try:
        instrument_botocore(services)
        record_spans()
        handler = import_handler(os.environ["_HANDLER"])
    except BaseException as error:
        traceback.print_exc()
        kind = "Runtime.ImportModuleError" if isinstance(error, ImportError) else None
        return reply({"error": failure(error, kind), "traceback": traceback_of(error)})
    # Of the interpreter and of packages installed in it; and of the function's own sources.
    libraries = imported(sys.prefix, sys.base_prefix)
    sources = imported(os.environ["LAMBDA_TASK_ROOT"])
    known = [*libraries, *(SERVICE + name for name in sorted(services))]
    reply({"ok": "null", "libraries": known, "sources": sources})
    for line in sys.stdin:
        request = json.loads(line)
        carry(request["environment"])
        reply(answer(handler, request))


if __name__ == "__main__":
    main()
