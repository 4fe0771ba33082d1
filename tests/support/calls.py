"""The calls that the functions of a stack made, as the rights that they need.

With SKAFU_CALLS set, the calls of each shared stack are kept in that folder until all are judged:
the processes of one run have a stack each.
"""

import json
import os
import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests

from local.emulator.environments import KEY_PREFIX
from local.stack import Stack
from tests.support.api_client import Json
from tests.support.right import Right

FOLDER = os.environ.get("SKAFU_CALLS")
KIND = re.compile(r"^(?:table|event-bus|function|stateMachine|execution|key|userpool)[/:]")

Names = dict[tuple[str, str], str]


def keep(running: Stack) -> None:
    """Write down what was called on a stack that is about to end."""
    if FOLDER:
        folder = Path(FOLDER)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{uuid.uuid4()}.json").write_text(json.dumps(sorted(recorded(running))))


def kept() -> set[Right]:
    """Return what was written down."""
    files = Path(FOLDER).glob("*.json") if FOLDER else ()
    return {Right(*call) for file in files for call in json.loads(file.read_text())}


def recorded(running: Stack) -> set[Right]:
    names = logical_ids(running)
    return {*to_emulator(running, names), *to_appsync(running, names)}


def to_emulator(running: Stack, names: Names) -> Iterator[Right]:
    for function, made in fetch(f"{running.options.addresses.aws}/_skafu/calls").items():
        for action, arn in made:
            yield Right(function_id(function, names), action, resource_id(arn, names))


def to_appsync(running: Stack, names: Names) -> Iterator[Right]:
    address = f"http://127.0.0.1:{running.options.appsync_port}/_calls"
    for key, fields in fetch(address).items():
        if key.startswith(KEY_PREFIX):  # the other keys are operators'
            function = function_id(key.removeprefix(KEY_PREFIX), names)
            yield from (Right(function, "appsync:GraphQL", field) for field in fields)


def fetch(url: str) -> dict[str, Any]:
    answer = requests.get(url, timeout=60)
    answer.raise_for_status()
    return dict(answer.json())


def logical_ids(running: Stack) -> Names:
    """Service and name of what was deployed → logical id; a table and a bus may share a name.

    What a parameter names lies outside of the stack.
    """
    return {**of_resources(running), **of_parameters(running)}


def of_parameters(running: Stack) -> Names:
    stacks = running.aws.client("cloudformation").describe_stacks(StackName=stack_name(running))
    found = {p["ParameterValue"]: p["ParameterKey"] for p in stacks["Stacks"][0]["Parameters"]}
    return {
        (arn.split(":")[2], KIND.sub("", arn.split(":", 5)[5])): name
        for arn, name in found.items()
        if arn.startswith("arn:")
    }


def stack_name(running: Stack) -> str:
    return f"skafu-{running.options.environment}"


def of_resources(running: Stack) -> Names:
    pages = running.aws.client("cloudformation").get_paginator("list_stack_resources")
    return {
        (service(found), physical_name(found)): found["LogicalResourceId"]
        for page in pages.paginate(StackName=stack_name(running))
        for found in page["StackResourceSummaries"]
    }


def service(resource: Json) -> str:
    """Return the name as ARNs have it."""
    name = str(resource["ResourceType"]).split("::")[1].lower()
    return {"stepfunctions": "states"}.get(name, name)


def physical_name(resource: Json) -> str:
    return re.split("[/:]", str(resource["PhysicalResourceId"]))[-1]


def function_id(name: str, names: Names) -> str:
    return names.get(("lambda", name), name)


def resource_id(arn: str, names: Names) -> str:
    """The logical id, or the ARN of what is not of this stack."""
    if not arn.startswith("arn:"):
        return arn
    _, _, service, _, _, rest = arn.split(":", 5)
    return names.get((service, re.split("[/:]", KIND.sub("", rest))[0]), arn)
