"""Run one function of the template on one event, as `sam local invoke` would, but without a
container.

On Linux the function runs under Lambda's own runtime interface emulator, which aws-sam-cli brings
along, with the interface client that Lambda runs (awslambdaric); elsewhere in an environment like
those of the local stack.
"""

import json
import os
import platform
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from botocore.exceptions import ClientError

from local import ports
from local import template as templates
from local.aws import ACCOUNT, REGION, Aws
from local.emulator.environments import Code, Process, variables_of
from local.outputs import ROOT

GENERATED = "generated"
"""Stands as `apiId` in samples that are generated."""
TOKEN = "sample"
"""Stands in a sample for the token of the person whose claims it has."""

Json: TypeAlias = Any

RAPID = ROOT / ".tools" / "sam" / "lib"
INVOCATIONS = "http://127.0.0.1:{port}/2015-03-31/functions/function/invocations"
START_SECONDS = 20.0


class UnknownFunction(Exception):
    """The template has no such function, or the stack runs without it."""


@dataclass(frozen=True)
class Invocation:
    """The outcome: the function's answer, if that is an error, and its output."""

    answer: Json
    failed: bool
    log: str


@dataclass(frozen=True)
class Function:
    """A function as the running stack knows it."""

    handler: str
    folder: Path
    configuration: Mapping[str, Any]
    endpoint: str

    def variables(self) -> dict[str, str]:
        credentials = {"AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_SECRET_ACCESS_KEY": "test"}
        code = Code(self.folder, packaged=False)
        return variables_of(dict(self.configuration), code, credentials, REGION, self.endpoint)


def find(aws: Aws, template: Path, stack: str, logical_id: str) -> Function:
    """The function's code from the template, its environment from the running stack."""
    declared = templates.functions(templates.load(template))
    if logical_id not in declared:
        raise UnknownFunction(
            f"{template.name} has no function {logical_id!r}; there are: {', '.join(declared)}"
        )
    name = physical_id(aws, stack, logical_id)
    configuration = aws.client("lambda").get_function_configuration(FunctionName=name)
    folder = (template.parent / declared[logical_id]["CodeUri"]).resolve()
    return Function(declared[logical_id]["Handler"], folder, configuration, aws.endpoint)


def physical_id(aws: Aws, stack: str, logical_id: str) -> str:
    try:
        answer = aws.client("cloudformation").describe_stack_resource(
            StackName=stack, LogicalResourceId=logical_id
        )
    except ClientError as error:
        raise UnknownFunction(f"{logical_id} is not deployed in {stack}: {error}") from error
    return str(answer["StackResourceDetail"]["PhysicalResourceId"])


def emulator() -> Path | None:
    """Lambda's runtime interface emulator for this machine, where there is one."""
    machine = {"x86_64": "x86_64", "amd64": "x86_64", "arm64": "arm64", "aarch64": "arm64"}.get(
        platform.machine().lower()
    )
    if platform.system() != "Linux" or machine is None:
        return None
    return next(
        RAPID.glob(f"python*/site-packages/samcli/local/rapid/aws-lambda-rie-{machine}"), None
    )


def invoke(function: Function, event: Json) -> Invocation:
    binary = emulator()
    return invoke_emulated(binary, function, event) if binary else invoke_plainly(function, event)


def invoke_plainly(function: Function, event: Json) -> Invocation:
    """In an environment like those of the local stack."""
    process = Process(Code(function.folder, packaged=False), function.variables())
    timeout = float(function.configuration.get("Timeout", 3))
    started = process.receive(START_SECONDS)
    if "ok" in started:
        arn = function.configuration["FunctionArn"]
        request = {"event": event, "requestId": "local", "functionArn": arn, "timeout": timeout}
        process.send({**request, "environment": {}})
        started = process.receive(timeout)
    process.popen.stdin.close()  # type: ignore[union-attr] # opened with a pipe
    process.popen.wait()
    answer = json.loads(started["ok"]) if "ok" in started else started["error"]
    return Invocation(answer, "error" in started, process.log())


def invoke_emulated(binary: Path, function: Function, event: Json) -> Invocation:
    """Under Lambda's own emulator, which takes one request at a time."""
    timeout = float(function.configuration.get("Timeout", 3))
    with running(binary, function) as (port, process):
        answer = post(INVOCATIONS.format(port=port), event, timeout + START_SECONDS)
    log, _ = process.communicate()
    return Invocation(answer, isinstance(answer, dict) and "errorType" in answer, up_to_report(log))


def up_to_report(log: str) -> str:
    """Cut off the output after the report: it is the environment's end, not the function's."""
    lines = log.splitlines()
    ends = [index for index, line in enumerate(lines) if line.startswith("REPORT RequestId")]
    return "\n".join(lines[: ends[0] + 1] if ends else lines)


@contextmanager
def running(binary: Path, function: Function) -> Iterator[tuple[int, "subprocess.Popen[str]"]]:
    port, runtime_port = ports.free(2)
    variables = {**function.variables(), "PYTHONPATH": str(function.folder)}
    variables["AWS_LAMBDA_FUNCTION_TIMEOUT"] = str(function.configuration.get("Timeout", 3))
    command = [str(binary), "--log-level", "error",
               "--runtime-interface-emulator-address", f"127.0.0.1:{port}",
               "--runtime-api-address", f"127.0.0.1:{runtime_port}",
               sys.executable, "-m", "awslambdaric", function.handler]  # fmt: skip
    process = subprocess.Popen(
        command, cwd=function.folder, env=variables, text=True, start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        await_port(port, process)
        yield port, process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def await_port(port: int, process: "subprocess.Popen[str]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise RuntimeError(
        f"the Lambda emulator did not start: {process.stdout.read() if process.stdout else ''}"
    )


def post(url: str, event: Json, timeout: float) -> Json:
    request = urllib.request.Request(
        url, json.dumps(event).encode(), {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=timeout) as response:
            body = response.read().decode()
    except urllib.error.HTTPError as error:
        body = error.read().decode()
    try:
        return json.loads(body)
    except ValueError:
        return {"errorType": "Sandbox.Failed", "errorMessage": body}
