"""The system that a command works on: the local stack, or an environment in AWS."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import boto3
import typer
from botocore.config import Config
from botocore.exceptions import ClientError

from handlers import wiring
from local.aws import ACCOUNT, REGION
from skafu.reach.trouble import Trouble

LOCAL_OUTPUTS = Path(__file__).resolve().parents[2] / "local" / "outputs.json"

EnvironmentOption = Annotated[
    str, typer.Option("--environment", "-e", help="`local`, or the name of an environment in AWS.")
]
OutputsOption = Annotated[
    Path,
    typer.Option("--outputs", help="The file outputs.json of the local stack.", dir_okay=False),
]


@dataclass(frozen=True, slots=True)
class Target:
    """An environment, reached through this process' AWS settings."""

    environment: str

    def client(self, service: str, config: Config | None = None) -> Any:  # noqa: ANN401 - boto3 makes clients by name
        make: Any = boto3.client
        return make(service, config=config)

    def stack_outputs(self) -> dict[str, str]:
        """Return the outputs of the stack. Raises `Trouble` if there is none of its name."""
        cloudformation = self.client("cloudformation")
        with missing("ValidationError", f"{self.unknown}: it has no stack {self.stack}"):
            stacks = cloudformation.describe_stacks(StackName=self.stack)["Stacks"]
        return {o["OutputKey"]: o["OutputValue"] for o in stacks[0].get("Outputs", [])}

    def resources(self, kind: str) -> dict[str, str]:
        """Return the stack's resources of a type: physical by logical id. Raises `Trouble`."""
        pages = self.client("cloudformation").get_paginator("list_stack_resources")
        with missing("ValidationError", f"{self.unknown}: it has no stack {self.stack}"):
            return {
                found["LogicalResourceId"]: found["PhysicalResourceId"]
                for page in pages.paginate(StackName=self.stack)
                for found in page["StackResourceSummaries"]
                if found["ResourceType"] == kind
            }

    def parameter(self, name: str) -> str:
        """Return what Amplify wrote to SSM for this environment. Raises `Trouble`."""
        path = f"/skafu/{self.environment}/{name}"
        ssm = self.client("ssm")
        with missing("ParameterNotFound", f"{self.unknown}: {path} does not exist"):
            return str(ssm.get_parameter(Name=path)["Parameter"]["Value"])

    @property
    def stack(self) -> str:
        return f"skafu-{self.environment}"

    @property
    def unknown(self) -> str:
        return f"There is no environment {self.environment} in this AWS account and region"


@contextmanager
def missing(code: str, text: str) -> Iterator[None]:
    """Say in our words that a thing does not exist, which AWS says with this code."""
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] != code:
            raise
        raise Trouble(f"{text}.") from error


def select(environment: str, outputs: Path) -> Target:
    """Point this process at the environment: the functions' own wiring then finds everything."""
    forget_what_was_made()
    target = Target(environment)
    graphql_url = _local(outputs) if environment == "local" else target.parameter("graphqlUrl")
    os.environ |= {
        "EVENTS_TABLE": f"skafu-events-{environment}",
        "CLAIMS_TABLE": f"skafu-claims-{environment}",
        "COMMANDS_TABLE": f"skafu-commands-{environment}",
        "FEED_TABLE": f"skafu-feed-{environment}",
        "KEY_TABLE": f"skafu-keys-{environment}",
        "SEALING_KEY": f"alias/skafu-{environment}",
        "OPEN_KEY_SECONDS": "60",
        "EVENT_BUS": f"skafu-events-{environment}",
        "ERROR_BUS": f"skafu-errors-{environment}",
        "GRAPHQL_URL": graphql_url,
        "WORDS_TABLE": "",
    }
    return target


def select_with_words(environment: str, outputs: Path) -> Target:
    """Point this process at the environment, and at its index of words, if it has one."""
    target = select(environment, outputs)
    os.environ["WORDS_TABLE"] = target.stack_outputs().get("WordsTable", "")
    return target


def forget_what_was_made() -> None:
    """Forget the clients that the wiring made: another environment needs others."""
    for made in vars(wiring).values():
        if hasattr(made, "cache_clear"):
            made.cache_clear()


def _local(outputs: Path) -> str:
    found = local_outputs(outputs)
    os.environ |= {
        "AWS_ENDPOINT_URL": found["awsEndpointUrl"],
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": "test",
    }
    return found["graphqlUrl"]


NEEDED = ("awsEndpointUrl", "commandApiUrl", "graphqlUrl", "userPoolClientId")


def local_outputs(file: Path) -> dict[str, str]:
    """Return what the local stack wrote about itself. Raises `BadParameter`."""
    if not file.exists():
        raise typer.BadParameter(f"{file} does not exist: is `make dev` running?")
    try:
        found = json.loads(file.read_text())
    except (OSError, ValueError):
        found = None
    if not isinstance(found, dict) or not all(isinstance(found.get(n), str) for n in NEEDED):
        raise typer.BadParameter(f"{file} is not the outputs.json of a local stack.")
    return found
