"""The samples of each function, invoked as `skafu invoke` does it."""

import json
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any

from domain.contents import contents
from local import invoke as invoking
from local.outputs import ROOT
from local.stack import Stack
from skafu.commands.invoke import signed_in
from tests.support import lab, template
from tests.support.paths import EVENTS

IDLE = frozenset() if contents.sagas else frozenset({"SagaStep"})
"""Functions that a domain without sagas has nothing to do for."""
TRIES = 4  # of a batch that a busy machine does not get through in one request


def samples() -> Iterator[tuple[str, list[str]]]:
    """Yield the samples of each function; those of a projector are named for its rows."""
    for function, resource in template.written().items():
        if resource["Type"] == "AWS::Serverless::Function" and function not in IDLE:
            folder = resource["Properties"]["Handler"].split(".")[1]
            own = resource["Properties"].get("Environment", {}).get("Variables", {})
            prefix = f"{own['PROJECTION']}_" if "PROJECTION" in own else ""
            found = sorted((EVENTS / folder).glob(f"{prefix}*.json"))
            yield function, [file.relative_to(EVENTS).as_posix() for file in found]


SAMPLES = dict(samples())


def succeeded(answer: object) -> bool:
    """Tell if an answer is no refusal, not even of a part, and gives no record back."""
    match answer:
        case {"statusCode": int(status), "body": str(body)}:
            return status < 300 and all(part["status"] < 300 for part in parts(body))
        case {"batchItemFailures": returned}:
            return not returned
        case {"finished": bool(finished)}:
            return finished
        case {"job": _, "counts": _} | {"released": True}:
            return True
    return answer is None


def parts(body: str) -> list[dict[str, Any]]:
    """Return the results of a batch."""
    found = json.loads(body) if body.startswith("{") else {}
    results: list[dict[str, Any]] = found.get("results", [])
    return results


def answers(running: Stack, function: str, names: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """Yield the running function's answer to each sample."""
    deployed = invoking.find(running.aws, ROOT / "template.yaml", "skafu-local", function)
    arn = deployed.configuration["FunctionArn"]
    for name in names:
        for _ in range(TRIES):
            answer = lab.call(running.aws, arn, sample(running, EVENTS / name))
            if not is_to_be_sent_again(answer):
                break
        yield name, answer


def is_to_be_sent_again(answer: object) -> bool:
    """Tell if a batch had no time for some of its commands; the others are recognised then."""
    match answer:
        case {"body": str(body)}:
            return any(part["status"] == HTTPStatus.SERVICE_UNAVAILABLE for part in parts(body))
    return False


def sample(running: Stack, file: Path) -> Any:  # noqa: ANN401 - JSON
    event = json.loads(file.read_text())
    return signed_in(event, running.aws, running.outputs["userPoolClientId"])
